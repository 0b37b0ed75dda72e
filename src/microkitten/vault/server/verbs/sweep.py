"""Clearing away: whatever no order claimed, and whatever has had its time, goes by the vault's own clock (P1,
P7)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import Purpose
from microkitten.vault.server import index
from microkitten.vault.server.clock import moment
from microkitten.vault.server.keys import Person
from microkitten.vault.server.verbs import erase
from microkitten.vault.server.work import Record, Work

PERSONS_A_SWEEP_MAX: Final = 200
DAY_SECONDS: Final = 86_400


def sweep(work: Work) -> int:
    """Erase what has ended. Returns: how many persons were touched; as many as the maximum means that
    there may be more.
    """
    database = work.vault.database
    rows = database.rows(
        "SELECT person FROM vault_record WHERE until_at <= ? GROUP BY person ORDER BY MIN(until_at) LIMIT ?",
        work.at,
        PERSONS_A_SWEEP_MAX,
    )
    persons = [UUID(person) for (person,) in rows]
    for person, records in work.records(persons, lapsed=True).items():
        box = work.vault.keyring.of(person)
        if box is None:
            database.run("DELETE FROM vault_record WHERE person = ?", person.hex)
            continue
        _sweep_person(work, box, records)
    outworded = _sweep_outworded(work)
    _sweep_passes(work)
    work.vault.erased = work.vault.erased or work.vault.unclean
    work.vault.unclean = False
    return max(len(persons), outworded)


def _sweep_outworded(work: Work) -> int:
    """Erase what hangs on consents to other words than the present ones (P42). Returns: how many persons."""
    swept = 0
    for name, wording in work.vault.policy.wordings.items():
        rows = work.vault.database.rows(
            "SELECT person FROM vault_worded WHERE purpose = ? AND (wording < ? OR wording > ?) LIMIT ?",
            name, wording, wording, PERSONS_A_SWEEP_MAX - swept,
        )  # fmt: skip
        for who in (UUID(person) for (person,) in rows):
            box = work.vault.keyring.of(who)
            if box is None or work.consents(box, name):
                work.vault.database.run(
                    "DELETE FROM vault_worded WHERE person = ? AND purpose = ?", who.hex, name
                )
                continue
            erase.destroy(work, box, erase.decide(work, box), reason="its words have changed")
        swept += len(rows)
    return swept


def _sweep_person(work: Work, person: Person, records: dict[str, Record]) -> None:
    over = {group: record for group, record in records.items() if record.until_at <= work.at}
    purpose = max((_decide(work, person, group, record) for group, record in over.items()), key=str)
    if len(over) == len(records) and person.kind != "staff":
        erase.destroy(work, person, purpose, reason="its time was over")
        return
    for group, record in over.items():
        fields = sorted(work.vault.policy.fields_of(group))
        work.enter(Kind.ERASURE, purpose, person, fields=fields, reason="its time was over")
        work.vault.database.run("DELETE FROM vault_record WHERE id = ?", record.id.hex)
        for column in index.COLUMNS & set(fields):
            index.drop(work, column, person.id)
    work.vault.erased = True


def _decide(work: Work, person: Person, group: str, record: Record) -> Purpose:
    purpose = None
    for name in work.vault.policy.fields_of(group):
        purpose, _ = work.decide_any("erase", name, work.conditions(person, record, None))
    assert purpose is not None, "a group has fields"
    return purpose


def _sweep_passes(work: Work) -> None:
    database = work.vault.database
    ended = database.rows("SELECT token_hash FROM vault_pass WHERE until_at <= ?", work.at)
    database.many("DELETE FROM vault_covered WHERE token_hash = ?", ended)
    database.many("DELETE FROM vault_pass WHERE token_hash = ?", ended)
    database.run("DELETE FROM vault_stafftoken WHERE until_at <= ?", work.at)
    database.run("DELETE FROM vault_try WHERE day < ?", moment(work.at - DAY_SECONDS).date().isoformat())
