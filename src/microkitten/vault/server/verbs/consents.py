"""Consents: a yes is a key, its withdrawal destroys the key and all that hangs on it, and both leave a receipt (P8,
P17, P31)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from microkitten.ledger.leaf import Kind
from microkitten.ledger.tree import leaf_hash
from microkitten.policy import Purpose, purpose
from microkitten.vault.server import index
from microkitten.vault.server.journal import Entered
from microkitten.vault.server.keys import CONSENT, Person
from microkitten.vault.server.verbs import erase, seeing
from microkitten.vault.server.work import Work

_ROW: Final = (
    "purpose, act, policy, version, wording, given_at, receipt, entry, withdrawn_at, withdrawn_entry"
)


def give(work: Work, person: Person, why: Purpose, *, act: str, entry: int) -> None:
    """Write down a yes, whose key has been made: by which act, to which words, under which policy and entry."""
    policy = work.vault.policy
    work.vault.database.run(
        f"INSERT INTO vault_consent (person, {_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",  # noqa: S608 # names of ours
        person.id.hex, str(why), act, policy.hash, policy.version, policy.wording(why), work.at, uuid4().hex, entry,
    )  # fmt: skip


def consents_of(work: Work, *, person: UUID) -> list[dict[str, Any]]:
    """List what somebody has said yes to, as rows that become receipts. Raises: Refusal."""
    box, records = seeing.somebody(work, person)
    found = seeing.allowed(work, box, records, "use")
    work.enter(Kind.USE, purpose.rights, box, fields=[], rule=seeing.rules_of(found), outcome="consents")
    return rows_of(work, person)


def rows_of(work: Work, person: UUID) -> list[dict[str, Any]]:
    """Return the rows of somebody's consents, oldest first."""
    names = _ROW.split(", ")
    return [
        {"person": person.hex, **dict(zip(names, row, strict=True))}
        for row in work.vault.database.rows(
            f"SELECT {_ROW} FROM vault_consent WHERE person = ? ORDER BY given_at, receipt",  # noqa: S608 # names of ours
            person.hex,
        )
    ]


def withdraw(work: Work, *, person: UUID, purpose: str) -> dict[str, Any]:
    """Destroy the key of a consent and all under it; whoever has nothing else is erased. Idempotent. Returns: the
    receipt. Raises: Refusal.
    """
    why = work.purpose(purpose)
    box, done = work.vault.keyring.of(person), index.erased(work, person)
    if box is None:
        erase.decide(work, None, is_done=done is not None)
        if done is None:
            work.refuse("absent", purpose=purpose)
        return erase.receipt(work, person, done)
    _decide(work, box, why)
    key = f"{CONSENT}:{why}"
    if key not in box.keys:
        return _known(work, person, why)
    had_yes = work.vault.database.row(
        "SELECT 1 FROM vault_consent WHERE person = ? AND purpose = ? AND withdrawn_at IS NULL",
        person.hex,
        purpose,
    )
    # Where a cookie was assigned at a visit there was no yes that could be taken back: the erasure alone is entered.
    entered = work.enter(Kind.WITHDRAWAL, why, box) if had_yes else None
    if _has_nothing_else(work, box, key):
        done = erase.destroy(work, box, _purpose(work, box), reason="withdrawn")
        return erase.receipt(work, person, done)
    return _take_back(work, box, why, entered or work.enter(Kind.WITHDRAWAL, why, box))


def _decide(work: Work, person: Person, why: Purpose) -> None:
    """Ask whether this actor may erase what hangs on the consent. Raises: Refusal."""
    names = [
        name
        for group in work.vault.policy.groups.values()
        if group.key == f"{CONSENT}:{why}" and group.person == person.kind
        for name in work.vault.policy.fields_of(group.name)
    ]
    if not names:
        work.refuse("absent", purpose=str(why))
    for name in names:
        work.decide_any("erase", name, work.conditions(person, None, why))


def _purpose(work: Work, person: Person) -> Purpose:
    return erase.decide(work, person)


def _has_nothing_else(work: Work, person: Person, key: str) -> bool:
    groups = work.vault.policy.groups
    held = work.records([person.id], lapsed=True).get(person.id, {})
    return all(groups[name].key == key for name in held)


def _take_back(work: Work, person: Person, why: Purpose, entered: Entered) -> dict[str, Any]:
    """Take one consent from somebody of whom other things are held."""
    database, key = work.vault.database, f"{CONSENT}:{why}"
    work.vault.keyring.change(person, drop=[key, f"wording:{why}"])
    for group in work.vault.policy.groups.values():
        if group.key == key:
            database.run(
                "DELETE FROM vault_record WHERE person = ? AND group_name = ?", person.id.hex, group.name
            )
            for column in index.COLUMNS & set(work.vault.policy.fields_of(group.name)):
                index.drop(work, column, person.id)
    database.run("DELETE FROM vault_worded WHERE person = ? AND purpose = ?", person.id.hex, str(why))
    database.run(
        "UPDATE vault_consent SET withdrawn_at = ?, withdrawn_entry = ? WHERE person = ? AND purpose = ?"
        " AND withdrawn_at IS NULL",
        work.at, entered.index, person.id.hex, str(why),
    )  # fmt: skip
    work.vault.erased = True
    return _receipt(work, entered.index, entered.leaf_hash.hex())


def _known(work: Work, person: UUID, why: Purpose) -> dict[str, Any]:
    """Return the receipt of a withdrawal that was before. Raises: Refusal if there was no consent."""
    row = work.vault.database.row(
        "SELECT c.withdrawn_entry, e.leaf FROM vault_consent c JOIN vault_entry e ON e.number = c.withdrawn_entry"
        " WHERE c.person = ? AND c.purpose = ? ORDER BY c.withdrawn_at DESC LIMIT 1",
        person.hex, str(why),
    )  # fmt: skip
    if row is None:
        work.refuse("absent", purpose=str(why))
    return _receipt(work, row[0], leaf_hash(bytes(row[1])).hex())


def _receipt(work: Work, entry: int, hashed: str) -> dict[str, Any]:
    confirmed = work.vault.keyring.is_confirmed
    return {"entry": entry, "leaf_hash": hashed, "stays": [], "confirmed": confirmed, "notices": 0}
