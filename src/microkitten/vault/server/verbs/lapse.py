"""Passing over: when daily use of a record ends, the books' part of it is sealed anew under a key for the law alone,
and the key for daily use is destroyed (P7)."""

from __future__ import annotations

from microkitten.ledger.leaf import Kind
from microkitten.policy import Purpose
from microkitten.vault.server import index, sealing
from microkitten.vault.server.keys import LAW, LIFE, Person
from microkitten.vault.server.verbs.collect import open_record
from microkitten.vault.server.work import Record, Work


def is_kept(work: Work, record: Record) -> bool:
    """Tell whether the books keep something of a record when its life ends: its order was placed, and the law's time
    runs. Of a draft the books know nothing.
    """
    group = work.vault.policy.groups[record.group]
    return group.law is not None and record.placed_at is not None and record.until_at > work.at


def has_passed(person: Person, record: Record) -> bool:
    """Tell whether a record has passed over already."""
    return f"{LAW}:{record.group}" in person.keys


def pass_over(work: Work, person: Person, record: Record, purpose: Purpose, *, reason: str) -> Person:
    """Seal what the books keep of a record under a fresh key of the law's, and drop the key of its life.

    The new key never opened what lay under the old one: a copy of the database from before opens no more with the
    keys of today. What no rule of the books names is gone. Returns: the person as they are now.

    Params: `purpose` by which the policy lets it go, `reason` for the entry. Raises: sealing.NotOpened.
    """
    policy = work.vault.policy
    group, kept = policy.groups[record.group], policy.kept_fields(record.group)
    try:
        values = open_record(work, person, group, record)
    except sealing.NotOpened:
        return _give_up(work, person, record, purpose, reason=reason)
    stays = {name: values[name] for name in kept if name in values}
    gone = sorted(values.keys() - stays.keys())
    work.enter(
        Kind.ERASURE, purpose, person, fields=gone, kept=sorted(stays), until=record.until_at, reason=reason
    )
    law = f"{LAW}:{group.name}"
    person = work.vault.keyring.change(person, add=law, drop=[f"{LIFE}:{group.name}"])
    version = record.version + 1
    place = person.place("record", group.name, record.id, version)
    sealed = sealing.seal(person.cipher(law), sealing.pack(stays), place, generation=person.generation)
    work.vault.database.run(
        "UPDATE vault_record SET sealed = ?, version = ?, lapse_at = ?, passed_at = ? WHERE id = ?",
        sealed, version, min(record.lapse_at, work.at), work.at, record.id.hex,
    )  # fmt: skip
    work.vault.keyring.raise_floor(person, group.name, version)
    for column in index.COLUMNS & set(gone):
        index.drop(work, column, person.id)
    work.vault.erased = True
    return person


def _give_up(work: Work, person: Person, record: Record, purpose: Purpose, *, reason: str) -> Person:
    """Let a record go that was spoilt: its time is over, and there is nothing left of it that the books could keep."""
    work.not_opened()
    fields = sorted(work.vault.policy.fields_of(record.group))
    work.enter(Kind.ERASURE, purpose, person, fields=fields, reason=f"{reason}; it did not open")
    work.vault.database.run("DELETE FROM vault_record WHERE id = ?", record.id.hex)
    for column in index.COLUMNS & set(fields):
        index.drop(work, column, person.id)
    work.vault.erased = True
    return work.vault.keyring.change(person, drop=[f"{LIFE}:{record.group}"])
