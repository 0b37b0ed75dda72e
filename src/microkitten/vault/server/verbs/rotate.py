"""Rotation: a new root, new keys for everybody, new keys of the blind index each month; all of it while serving, a
little at a time between the batches of others (P35).

A person is re-keyed whole, within one transaction: box, records and details, under the next generation. So whoever
comes in between is served by the old keys or by the new ones. What is opened here never leaves the vault.
"""

from __future__ import annotations

import json
import os
from typing import Any, Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.vault.server import index, sealing
from microkitten.vault.server.clock import month
from microkitten.vault.server.journal import detail_place
from microkitten.vault.server.keys import CONSENT, GENERATION, LAW, LIFE, LOG, TAG, Person
from microkitten.vault.server.keys.person import is_key, key_name
from microkitten.vault.server.verbs.collect import open_record
from microkitten.vault.server.work import Record, Work

PERSONS_A_SLICE_MAX: Final = 128  # about 30 ms for whoever waits behind it
TAGS_A_SLICE_MAX: Final = 500
REKEY: Final = "rekey"


def rotate_root(work: Work) -> None:
    """Replace the root; every copy of the keys from before is noise. Raises: Refusal."""
    _check(work)
    work.enter(Kind.DEPLOYMENT, "", None, rotated="root")
    work.vault.keyring.renew_root()


def begin_rekey(work: Work) -> dict[str, int]:
    """Begin to give everybody new keys, or go on with what was begun. Returns: as `rotation`. Raises: Refusal."""
    _check(work)
    if _state(work) is None:
        (last,) = work.vault.database.row("SELECT COALESCE(MAX(generation), 0) FROM vault_person")
        (total,) = work.vault.database.row("SELECT COUNT(*) FROM vault_person")
        state = {"generation": last + 1, "after": "0" * 32, "done": 0, "total": total}
        work.vault.database.run(
            "INSERT INTO vault_fact (name, value) VALUES (?, ?)", REKEY, json.dumps(state, sort_keys=True)
        )
        work.enter(Kind.DEPLOYMENT, "", None, rotated="people", generation=last + 1)
    work.vault.turning = True
    return rotation(work)


def rotation(work: Work) -> dict[str, int]:
    """Return how far the new keys have come: `done` of `total` persons, equal where nothing is under way."""
    state = _state(work)
    if state is None:
        (total,) = work.vault.database.row("SELECT COUNT(*) FROM vault_person")
        return {"done": total, "total": total, "under_way": 0}
    return {"done": state["done"], "total": state["total"], "under_way": 1}


def turn(work: Work) -> int:
    """Do the next small part of what is under way. Returns: how much it was; 0 when nothing is left to do."""
    work.vault.turning = False  # and so it stays if this fails: the sweeper begins anew, in its own time
    done = rekey(work) or retag(work)
    work.vault.turning = bool(done)
    return done


def rekey(work: Work) -> int:
    """Give the next few persons new keys. Returns: how many; 0 when nobody is left."""
    state = _state(work)
    if state is None:
        return 0
    rows = work.vault.database.rows(
        "SELECT id FROM vault_person WHERE id > ? ORDER BY id LIMIT ?", state["after"], PERSONS_A_SLICE_MAX
    )
    if not rows:
        work.vault.database.run("DELETE FROM vault_fact WHERE name = ?", REKEY)
        return 0
    persons = [UUID(person) for (person,) in rows]
    _rekey(work, persons, state["generation"])
    state |= {"after": persons[-1].hex, "done": state["done"] + len(persons)}
    work.vault.database.run(
        "UPDATE vault_fact SET value = ? WHERE name = ?", json.dumps(state, sort_keys=True), REKEY
    )
    return len(persons)


def retag(work: Work) -> int:
    """Move some of the blind index to this month's keys, and take away each older key that nothing is under any more,
    so that an old backup cannot be probed. Returns: how many entries were moved.
    """
    now, keyring, moved = month(work.at), work.vault.keyring, 0
    for name in keyring.named("index:"):
        _, column, of_month = name.split(":")
        if of_month >= now or column == index.ORDER:  # an order's number is kept nowhere here
            continue
        if moved >= TAGS_A_SLICE_MAX:
            break  # what was not looked at is not known to be empty
        rows = work.vault.database.rows(
            'SELECT id, person FROM vault_find WHERE "column" = ? AND month = ? LIMIT ?',
            column, of_month, TAGS_A_SLICE_MAX - moved,
        )  # fmt: skip
        for number, person in rows:
            _retag(work, number, UUID(person), column, now)
        moved += len(rows)
        if not rows:
            keyring.drop_service(name)
    return moved


def _check(work: Work) -> None:
    if work.actor != "operator":
        work.refuse("actor")


def _state(work: Work) -> dict[str, Any] | None:
    row = work.vault.database.row("SELECT value FROM vault_fact WHERE name = ?", REKEY)
    return None if row is None else json.loads(row[0])


# People


def _rekey(work: Work, persons: list[UUID], generation: int) -> None:
    records = work.records(persons, lapsed=True)
    details = _details(work, persons)
    sealed_records: list[tuple[Any, ...]] = []
    sealed_details: list[tuple[Any, ...]] = []
    changed = []
    for person in persons:
        old = work.vault.keyring.of(person)
        if old is None or old.generation >= generation:
            continue
        new = work.vault.keyring.rekey(old, generation, _fresh(old))
        sealed_records += _records(work, old, new, list(records.get(person, {}).values()))
        sealed_details += _sealed_details(work, old, new, details.get(person, []))
        changed.append((generation, person.hex))
    database = work.vault.database
    database.many("UPDATE vault_record SET sealed = ?, generation = ? WHERE id = ?", sealed_records)
    database.many("UPDATE vault_detail SET sealed = ? WHERE entry = ?", sealed_details)
    database.many("UPDATE vault_person SET generation = ? WHERE id = ?", changed)


def _fresh(person: Person) -> dict[str, bytes]:
    """Return new keys for all that are keys. What tags a person's entries stays: the leaves are public and for ever."""
    keys = {
        name: os.urandom(sealing.KEY_BYTES) if is_key(name) and name != TAG else key
        for name, key in person.keys.items()
    }
    if LOG in person.keys:
        keys[TAG] = person.keys.get(TAG, person.keys[LOG])
    return keys


def _records(work: Work, old: Person, new: Person, records: list[Record]) -> list[tuple[bytes, int, str]]:
    rows = []
    for record in records:
        names = {f"{LIFE}:{record.group}", f"{LAW}:{record.group}"}
        group = work.vault.policy.groups.get(record.group)
        if group is not None and group.key.startswith(f"{CONSENT}:"):
            names.add(key_name(group))
        name = next((name for name in sorted(names, reverse=True) if name in old.keys), None)
        if name is None:
            continue
        place = old.place("record", record.group, record.id, record.version)
        try:
            plain = sealing.open_sealed(old.cipher(name), record.sealed, place, generation=old.generation)
        except sealing.NotOpened:  # of one that was spoilt nobody else is kept waiting
            work.not_opened()
            continue
        place = new.place("record", record.group, record.id, record.version)
        sealed = sealing.seal(new.cipher(name), plain, place, generation=new.generation)
        rows.append((sealed, new.generation, record.id.hex))
    return rows


def _details(work: Work, persons: list[UUID]) -> dict[UUID, list[tuple[int, bytes]]]:
    found: dict[UUID, list[tuple[int, bytes]]] = {}
    for person, entry, sealed in work.vault.database.among(
        "SELECT person, entry, sealed FROM vault_detail WHERE person IN (?)",
        [person.hex for person in persons],
    ):
        found.setdefault(UUID(person), []).append((entry, sealed))
    return found


def _sealed_details(
    work: Work, old: Person, new: Person, details: list[tuple[int, bytes]]
) -> list[tuple[bytes, int]]:
    """Seal details anew; their place names no generation of the person, since the entry is what they belong to."""
    if LOG not in old.keys:
        return []
    rows = []
    for entry, sealed in details:
        place = detail_place(entry, old)
        try:
            plain = sealing.open_sealed(old.cipher(LOG), sealed, place, generation=GENERATION)
        except sealing.NotOpened:
            work.not_opened()
            continue
        rows.append((sealing.seal(new.cipher(LOG), plain, place, generation=GENERATION), entry))
    return rows


# The blind index


def _retag(work: Work, number: int, person: UUID, column: str, now: str) -> None:
    """Give one entry the tag of this month; what cannot be opened any more cannot be found any more either."""
    value = _value(work, person, column)
    if value is None:
        work.vault.database.run("DELETE FROM vault_find WHERE id = ?", number)
        return
    work.vault.database.run(
        "UPDATE vault_find SET month = ?, tag = ? WHERE id = ?",
        now,
        index.tag(work, column, now, value),
        number,
    )


def _value(work: Work, person: UUID, column: str) -> str | None:
    box = work.vault.keyring.of(person)
    group = work.vault.policy.groups.get(column.partition(".")[0])
    if box is None or group is None:
        return None
    record = work.records([person]).get(person, {}).get(group.name)
    if record is None:
        return None
    try:
        value = open_record(work, box, group, record).get(column)
    except sealing.NotOpened:
        work.not_opened()
        return None
    return None if value is None else str(value)
