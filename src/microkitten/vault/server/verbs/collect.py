"""Collect and claim: what was typed is sealed at once, and stays only if an order claims it (P1, P4)."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple
from uuid import UUID

from microkitten.ledger.leaf import Kind, canonical
from microkitten.policy import Group, Purpose
from microkitten.vault.ids import uuid7
from microkitten.vault.server import index, sealing
from microkitten.vault.server.clock import moment, month
from microkitten.vault.server.keys import CONSENT, LOG, Person, key_name
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.work import Record, Work
from microkitten.vault.values import flaw

MINTED: Final = frozenset({"visitor.cookie", "staff.token"})  # by the vault itself; nobody brings one along


def collect(work: Work, *, person: UUID, kind: str, purpose: str, given: dict[str, Told]) -> str:
    """Seal values of one group. Returns: the record's id. Raises: Refusal."""
    if not MINTED.isdisjoint(given):
        work.refuse("source")
    return store(work, person=person, kind=kind, purpose=work.purpose(purpose), given=given).record.hex


class Stored(NamedTuple):
    """What a collection made: the record, and its entry's index."""

    record: UUID
    entry: int


def store(
    work: Work,
    *,
    person: UUID,
    kind: str,
    purpose: Purpose,
    given: dict[str, Told],
    entry: Kind = Kind.COLLECTION,
    **detail: Any,
) -> Stored:
    """Check, enter and seal. Params: `detail`, what the entry tells besides. Raises: Refusal."""
    group = _group(work, kind, given)
    box = work.vault.keyring.of(person)
    record = work.records([person], lapsed=True).get(person, {}).get(group.name) if box is not None else None
    conditions = work.conditions(box, record, purpose)
    decision = [work.decide("collect", name, purpose, conditions) for name in given][-1]
    if box is None:
        box = _new_person(work, person, kind)
    if LOG not in box.keys:  # erased, but for what the books or a parcel on its way keep
        work.refuse("erased", purpose=str(purpose), decision=decision)
    if box.kind != kind:
        work.refuse("kind", purpose=str(purpose))
    if box.together == work.together:
        # Whoever comes to be in this batch may be in the pass that it mints; to know an existing id
        # is not enough.
        work.collected.add(person)
    if record is not None and record.lapse_at <= work.at < record.until_at:
        # The books keep what was true when it was shipped; nothing is written into it any more.
        work.refuse("lapsed", purpose=str(purpose), decision=decision)
    if record is not None and not may_correct(work, person, group):
        why = "same batch" if record.claimed_at is None else "claimed"
        work.refuse(why, purpose=str(purpose), decision=decision)
    if not group.key.startswith(CONSENT):
        box = work.vault.keyring.need(box, key_name(group))
    elif group.key not in box.keys:
        work.refuse("absent", purpose=str(purpose), decision=decision)
    sources = {name: told.source for name, told in given.items()}
    entered = work.enter(
        entry, purpose, box, fields=sorted(given), rule=decision.rule, sources=sources, **detail
    )
    values = {name: told.value for name, told in given.items()}
    return Stored(_write(work, box, group, record, values, sources), entered.index)


def _group(work: Work, kind: str, given: dict[str, Told]) -> Group:
    """Return the one group of the fields. Raises: Refusal for unknown fields, two groups, another's
    field, source or flaw.
    """
    policy = work.vault.policy
    for name, told in given.items():
        if name not in policy.fields or name.partition(".")[0] != next(iter(given)).partition(".")[0]:
            work.refuse("fields")
        if not policy.may_write(told.source, name):
            work.refuse("source")
        wrong = flaw(name, told.value)
        if wrong is not None:
            work.refuse(f"value:{wrong}")
    group = policy.group_of(next(iter(given)))
    if group.person != kind:
        work.refuse("kind")
    return group


def may_correct(work: Work, person: UUID, group: Group) -> bool:
    """Tell whether this asker may write over what is there, claimed or not yet: not a page that merely
    knows the person's id.
    """
    return (
        group.since != "claim"
        or not work.actor.startswith("web:")
        or person in work.collected | work.covered()
    )


def _new_person(work: Work, person: UUID, kind: str) -> Person:
    if index.erased(work, person) is not None:
        work.refuse("erased")
    return work.vault.keyring.make(person, kind, together=work.together, month=month(work.at))


def _write(
    work: Work,
    person: Person,
    group: Group,
    record: Record | None,
    values: dict[str, Any],
    sources: dict[str, str],
) -> UUID:
    """Write the record, or its next version with the fields that were given replaced."""
    row, version, provenance = uuid7(), 1, {"policy": work.vault.policy.hash, "sources": sources}
    if record is not None:
        row, version = record.id, record.version + 1
        if record.until_at > work.at:
            values = open_record(work, person, group, record) | values
            provenance = _joined(work, record, provenance)
    ends = _ends(work, group, record)
    place = person.place("record", group.name, row, version)
    sealed = sealing.seal(
        person.cipher(key_name(group)), sealing.pack(values), place, generation=person.generation
    )
    work.vault.database.run(
        "INSERT INTO vault_record (id, person, group_name, version, generation, sealed, provenance, collected_at,"
        " claimed_at, lapse_at, until_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (person, group_name) DO UPDATE SET version = excluded.version, sealed = excluded.sealed,"
        " provenance = excluded.provenance, claimed_at = excluded.claimed_at, lapse_at = excluded.lapse_at,"
        " until_at = excluded.until_at",
        row.hex, person.id.hex, group.name, version, person.generation, sealed, canonical(provenance).decode(), work.at,
        ends.claimed_at, ends.lapse_at, ends.until_at,
    )  # fmt: skip
    work.vault.keyring.raise_floor(person, group.name, version)
    for name in index.COLUMNS & sources.keys():
        index.put(work, name, values[name], person.id)
    return row


def _joined(work: Work, record: Record, provenance: dict[str, Any]) -> dict[str, Any]:
    """Return where each value of a record came from, once some are replaced: `under` has the policy of those that
    came under an earlier one.
    """
    (text,) = work.vault.database.row("SELECT provenance FROM vault_record WHERE id = ?", record.id.hex)
    before, now = json.loads(text), provenance["policy"]
    known = {name: before.get("under", {}).get(name, before["policy"]) for name in before["sources"]}
    under = {name: told for name, told in known.items() if name not in provenance["sources"] and told != now}
    sources = before["sources"] | provenance["sources"]
    return {"policy": now, "sources": sources, **({"under": under} if under else {})}


class Ends(NamedTuple):
    """When a record was claimed, when daily use of it ends, and when it goes (P7)."""

    claimed_at: int | None
    lapse_at: int
    until_at: int


def ends_of(group: Group, since: int) -> Ends:
    """Return the ends of a group's record whose life begins at `since`."""
    at = moment(since)
    life = int(group.life.after(at).timestamp())
    return Ends(since, life, life if group.law is None else int(group.law.after(at).timestamp()))


def _ends(work: Work, group: Group, record: Record | None) -> Ends:
    """Return claim and ends: an order's record waits for its claim, whatever else begins its life now."""
    if group.since != "claim":
        return ends_of(group, work.at)
    if record is not None and record.claimed_at is not None and record.until_at > work.at:
        return Ends(record.claimed_at, record.lapse_at, record.until_at)
    unclaimed = int(work.vault.policy.unclaimed.after(moment(work.at)).timestamp())
    return Ends(None, unclaimed, unclaimed)


def open_record(
    work: Work, person: Person, group: Group, record: Record, *, by_law: bool = False
) -> dict[str, Any]:
    """Open a record at its place; nothing if its key is gone.

    Params: `by_law` if what only the law still keeps may be opened. Raises: sealing.NotOpened, also for an older
    version of the row put back.
    """
    name = person.opening_name(group, by_law=by_law)
    if name is None:
        return {}
    if record.version < work.vault.keyring.floor(person, group.name):
        raise sealing.NotOpened
    place = person.place("record", group.name, record.id, record.version)
    return sealing.unpack(
        sealing.open_sealed(person.cipher(name), record.sealed, place, generation=person.generation)
    )


def claim(work: Work, *, persons: list[UUID]) -> None:
    """Let unclaimed records stay for the life of their groups. Raises: Refusal if one of the persons has
    none.
    """
    if work.actor != "web:checkout" and not work.actor.startswith("job:"):
        work.refuse("actor")
    found = work.records(persons)
    if found.keys() != set(persons):
        work.refuse("erased")
    for records in found.values():
        for record in records.values():
            if record.claimed_at is None:
                ends = ends_of(work.vault.policy.groups[record.group], work.at)
                work.vault.database.run(
                    "UPDATE vault_record SET claimed_at = ?, lapse_at = ?, until_at = ? WHERE id = ?",
                    *ends,
                    record.id.hex,
                )
