"""Use: decide every field, enter, and only then open; in that order, here and nowhere else (P11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.vault.server.keys import Person
from microkitten.vault.server.verbs.collect import open_record
from microkitten.vault.server.work import Record, Work


def use(
    work: Work, *, purpose: str, persons: dict[UUID, list[str]], facts: dict[str, int | str]
) -> dict[str, Any]:
    """Open fields of persons. Returns: values and entries by person, and the first end. Raises: Refusal."""
    why = work.purpose(purpose)
    found = work.records(persons)
    values: dict[str, dict[str, Any]] = {}
    entries: dict[str, int] = {}
    until: int | None = None
    for person, fields in persons.items():
        box, records = work.vault.keyring.of(person), found.get(person, {})
        rules = set()
        for name in fields:
            record = records.get(name.partition(".")[0])
            held = work.conditions(box, record, why)
            rules.add(work.decide("use", name, why, held, age=work.age(record)).rule)
        wanted = [name for name in fields if name.partition(".")[0] in records]
        if box is None or not wanted:
            continue
        entered = work.enter(
            Kind.USE, why, box, fields=sorted(wanted), rule=" ".join(sorted(rules)), facts=facts
        )
        entries[person.hex] = entered.index
        values[person.hex] = open_fields(work, box, records, wanted)
        ends = [records[name.partition(".")[0]].until_at for name in wanted]
        until = min([*ends, *([] if until is None else [until])])
    return {"values": values, "entries": entries, "until": until}


def open_fields(work: Work, person: Person, records: dict[str, Record], fields: list[str]) -> dict[str, Any]:
    """Open the records of these fields, and of each record only these. Raises: sealing.NotOpened."""
    opened: dict[str, Any] = {}
    for name in dict.fromkeys(name.partition(".")[0] for name in fields):
        group = work.vault.policy.groups[name]
        if group.key in person.keys:
            opened |= open_record(person, group, records[name])
    return {name: opened[name] for name in fields if name in opened}
