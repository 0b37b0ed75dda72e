"""Use: decide every field, enter, and only then open; in that order, here and nowhere else (P11)."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import Purpose
from microkitten.policy.purpose import rights
from microkitten.policy.words import LAW
from microkitten.vault.server import ends
from microkitten.vault.server.keys import Person
from microkitten.vault.server.verbs.collect import open_record
from microkitten.vault.server.work import Record, Work


def use(
    work: Work, *, purpose: str, persons: dict[UUID, list[str]], facts: dict[str, int | str]
) -> dict[str, Any]:
    """Open fields of persons. Returns: values, entries and ends by person, and the first end. Raises: Refusal."""
    why = work.purpose(purpose)
    found = work.records(persons)
    values: dict[str, dict[str, Any]] = {}
    entries: dict[str, int] = {}
    told: dict[str, dict[str, dict[str, int | None]]] = {}
    until: int | None = None
    for person, fields in persons.items():
        box, records = work.vault.keyring.of(person), found.get(person, {})
        rules, kept = decided(work, box, records, fields, why)
        wanted = [name for name in fields if name.partition(".")[0] in records]
        if box is None or not wanted:
            continue
        entered = work.enter(
            Kind.USE, why, box, fields=sorted(wanted), rule=" ".join(sorted(rules)), facts=facts
        )
        entries[person.hex] = entered.index
        values[person.hex] = open_fields(work, box, records, wanted, by_law=kept)
        opened = {name: records[name] for name in dict.fromkeys(one.partition(".")[0] for one in wanted)}
        until = min([*(one.until_at for one in opened.values()), *([] if until is None else [until])])
        if why is rights:  # whoever looks at their own is told until when it can be used, and kept
            told[person.hex] = {name: ends.told(work, one) for name, one in opened.items()}
    return {"values": values, "entries": entries, "until": until, "ends": told}


def decided(
    work: Work, person: Person | None, records: dict[str, Record], fields: list[str], why: Purpose
) -> tuple[set[str], set[str]]:
    """Decide for each field whether it is opened. Returns: the rules, and the groups of which also what the law alone
    keeps may be opened. Raises: Refusal.
    """
    rules, kept = set[str](), set[str]()
    for group, names in groupby(fields, key=_group_of):
        record = records.get(group)
        held, age = work.conditions(person, record, why), work.age(record)
        here = {work.decide("use", name, why, held, age=age).rule for name in names}
        rules |= here
        if any(LAW in work.vault.policy.rules[rule].when for rule in here):
            kept.add(group)
    return rules, kept


def _group_of(field: str) -> str:
    return field.partition(".")[0]


def open_fields(
    work: Work,
    person: Person,
    records: dict[str, Record],
    fields: list[str],
    *,
    by_law: Collection[str] = (),
) -> dict[str, Any]:
    """Open the records of these fields, and of each record only these.

    Params: `by_law`, the groups of which also what the law alone keeps may be opened. Raises: sealing.NotOpened.
    """
    opened: dict[str, Any] = {}
    for name in dict.fromkeys(name.partition(".")[0] for name in fields):
        opened |= open_record(
            work, person, work.vault.policy.groups[name], records[name], by_law=name in by_law
        )
    return {name: opened[name] for name in fields if name in opened}
