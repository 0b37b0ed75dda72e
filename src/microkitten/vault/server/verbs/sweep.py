"""Clearing away: whatever no order claimed, and whatever has had its time, goes by the vault's own clock (P1,
P7)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import Purpose
from microkitten.vault.server import index
from microkitten.vault.server.clock import moment
from microkitten.vault.server.keys import LAW, Person, key_name
from microkitten.vault.server.verbs import erase, lapse
from microkitten.vault.server.work import Record, Work

PERSONS_A_SWEEP_MAX: Final = 200
DAY_SECONDS: Final = 86_400


def sweep(work: Work) -> int:
    """Erase what has ended, and let pass over what the books keep on. Returns: how many persons were touched; as many
    as the maximum means that there may be more.
    """
    database, lapsed = work.vault.database, _sweep_lapsed(work)
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
    work.vault.turning = True  # a new month may have begun
    work.vault.erased = work.vault.erased or work.vault.unclean
    work.vault.unclean = False
    return max(len(persons), lapsed, outworded)


def _sweep_lapsed(work: Work) -> int:
    """Let pass over what has lapsed and is kept for the books (P7). Returns: how many persons."""
    rows = work.vault.database.rows(
        "SELECT person FROM vault_record WHERE lapse_at <= ? AND until_at > ? AND passed_at IS NULL"
        " GROUP BY person ORDER BY MIN(lapse_at) LIMIT ?",
        work.at,
        work.at,
        PERSONS_A_SWEEP_MAX,
    )
    for who, records in work.records([UUID(person) for (person,) in rows]).items():
        box = work.vault.keyring.of(who)
        if box is None:
            work.vault.database.run("DELETE FROM vault_record WHERE person = ?", who.hex)
            continue
        for record in records.values():
            if record.lapse_at > work.at:
                continue
            # A draft that nobody gave up; or the policy keeps it no longer.
            if not lapse.is_kept(work, record):
                work.vault.database.run(
                    "UPDATE vault_record SET until_at = lapse_at WHERE id = ?", record.id.hex
                )
                continue
            why = _decide(work, box, record.group, record)
            box = lapse.pass_over(work, box, record, why, reason="its daily use was over")
    return len(rows)


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
        person = work.vault.keyring.change(
            person, drop=[key_name(work.vault.policy.groups[group]), f"{LAW}:{group}"]
        )
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
