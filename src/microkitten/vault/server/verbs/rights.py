"""What people may ask of whoever holds their data: see it all, take it along, mend it, have it rest, object (P43)."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import purpose
from microkitten.policy.words import LAW_PURPOSES
from microkitten.vault.server import index
from microkitten.vault.server.ends import uses
from microkitten.vault.server.keys import OBJECTED, RESTRICTED, Person
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, consents, erase, look, notices, seeing
from microkitten.vault.server.verbs.grants import check_reason
from microkitten.vault.server.work import Record, Work

ENTRIES_A_PAGE: Final = 400  # so that an answer keeps within a frame
PEOPLE_FOUND_MAX: Final = 100
TIME_BYTES: Final = 8  # of a mark in a box
EMAIL: Final = "customer.email"
_RIGHTS: Final = purpose.rights
MAY_OBJECT_TO: Final = frozenset({"own interest", "consent"})


# Before an erasure


def preview_erasure(work: Work, *, person: UUID) -> dict[str, Any]:
    """Tell what an erasure would do, to whom may erase; nothing is done. Raises: Refusal."""
    done, box = index.erased(work, person), work.vault.keyring.of(person)
    why = erase.decide(work, box, is_done=done is not None)
    seeing.limit(work, person, why)
    receipt = None if done is None else erase.receipt(work, person, done)
    if box is None:
        if done is None:
            work.refuse("absent", purpose=str(why))
        return {
            "kind": "",
            "groups": [],
            "parties": [],
            "consents": [],
            "entries": 0,
            "done": receipt,
            "entry": None,
        }
    handed, fates = notices.handed(work, box), erase.fates(work, box)
    entered = work.enter(Kind.USE, why, box, fields=[], outcome="preview")
    (entries,) = work.vault.database.row("SELECT COUNT(*) FROM vault_detail WHERE person = ?", person.hex)
    return {
        "kind": box.kind,
        "groups": [erase.told(work, one, handed) for one in fates],
        "parties": notices.parties(handed),
        "consents": sorted(name.partition(":")[2] for name in box.keys if name.startswith("consent:")),
        "entries": entries,
        "done": receipt,
        "entry": entered.index,
    }


# Seeing all of it


def export(work: Work, *, person: UUID, purpose: str, start: int) -> dict[str, Any]:
    """Open all that is held of somebody, with where it came from, who got it, why and until when.

    Params: `purpose` is `rights` where it is for themselves; the books and the law get what they may open, and no
    entries. `start` 0 for the values and the first entries, then what `next` told, for more entries. Raises: Refusal.
    """
    why = work.purpose(purpose)
    if purpose not in LAW_PURPOSES:
        work.refuse("purpose", purpose=purpose)  # for every other purpose there is `use`, field by field
    box, records = seeing.somebody(work, person)
    found = seeing.allowed(work, box, records, "use", why)
    fields = [name for name, _ in found]
    outcome = "export" if start == 0 else "export goes on"
    entered = work.enter(
        Kind.USE, why, box, fields=fields if start == 0 else [], rule=seeing.rules_of(found), outcome=outcome
    )
    entries, following = _entries(work, box, start) if why is _RIGHTS else ([], None)
    if start:
        return {"entries": entries, "next": following}
    rows = {
        group: (since, json.loads(provenance))
        for group, since, provenance in work.vault.database.rows(
            "SELECT group_name, collected_at, provenance FROM vault_record WHERE person = ?", person.hex
        )
    }
    groups, values = dict[str, Any](), dict[str, Any]()
    for name in dict.fromkeys(field.partition(".")[0] for field in fields):
        if name in records:
            opened = collect.open_record(
                work, box, work.vault.policy.groups[name], records[name], by_law=True
            )
            shown = {field: value for field, value in opened.items() if field in fields}
            values |= shown
            groups[name] = _group(work, records[name], *rows[name], list(shown))
    return {
        "person": person.hex,
        "kind": box.kind,
        "at": work.at,
        "entry": entered.index,
        "restricted": _marked(box, RESTRICTED),
        "objected": {
            name.partition(":")[2]: _marked(box, name) for name in box.keys if name.startswith(f"{OBJECTED}:")
        },
        "groups": groups,
        "values": values,
        "consents": consents.rows_of(work, person) if why is _RIGHTS else [],
        "entries": entries,
        "next": following,
        "ledger": {"key": str(work.vault.journal.signer.verifier)},
    }


def _group(
    work: Work, record: Record, since: int, provenance: dict[str, Any], fields: list[str]
) -> dict[str, Any]:
    """Return how a record is held; of each field by which input, under which policy it came."""
    sources, under = provenance["sources"], provenance["policy"]
    return {
        "since": since,
        "claimed": record.claimed_at is not None,
        "lapse": record.lapse_at,
        "until": record.until_at,
        "lapsed": record.lapse_at <= work.at,
        "uses": uses(work, record),
        "sources": {
            name: [sources.get(name, ""), provenance.get("under", {}).get(name, under)] for name in fields
        },
    }


def _entries(work: Work, person: Person, start: int) -> tuple[list[dict[str, Any]], int | None]:
    """Return some entries of somebody from an index on, and where the next begin."""
    if "log" not in person.keys:
        return [], None
    rows = work.vault.journal.details_of(person, start=start, limit=ENTRIES_A_PAGE + 1)
    following = rows[ENTRIES_A_PAGE][0] if len(rows) > ENTRIES_A_PAGE else None
    return [look.view(*row) for row in rows[:ENTRIES_A_PAGE]], following


def _marked(person: Person, name: str) -> int | None:
    mark = person.keys.get(name)
    return None if mark is None else int.from_bytes(mark, "big")


# Mending it


def correct(work: Work, *, person: UUID, given: dict[str, Told]) -> dict[str, Any]:
    """Put right what is held: a new collection, of which every party that got the old value is told. Returns: entry
    and how many are told. Raises: Refusal.
    """
    box, records = seeing.somebody(work, person)
    group = next(iter(given)).partition(".")[0]
    if group not in records or records[group].lapse_at <= work.at:
        work.refuse("absent", purpose=str(purpose.rights))  # to mend something, it must be there and in use
    handed = notices.handed(work, box)
    stored = collect.store(
        work, person=person, kind=box.kind, purpose=purpose.rights, given=given,
        outcome="corrected", told=notices.parties(handed, given),
    )  # fmt: skip
    made = notices.make(work, notices.CORRECTION, stored.entry, handed, given)
    return {"record": stored.record.hex, "entry": stored.entry, "notices": made}


# Having it rest, and objecting


def restrict(work: Work, *, person: UUID, on: bool, reason: str) -> dict[str, Any]:
    """Let somebody's data rest, or end that: meanwhile it serves their rights, the books and the law alone. Returns:
    entry and how many parties are told. Raises: Refusal.
    """
    box, records = seeing.somebody(work, person)
    check_reason(work, reason, str(purpose.rights))
    found = seeing.allowed(work, box, records, "restrict")
    is_new = on != (RESTRICTED in box.keys)
    handed = notices.handed(work, box) if on and is_new else []
    entered = work.enter(
        Kind.USE, purpose.rights, box, fields=[name for name, _ in found], rule=seeing.rules_of(found),
        outcome="restricted" if on else "restriction ended", reason=reason, told=notices.parties(handed),
    )  # fmt: skip
    if is_new:
        mark = work.at.to_bytes(TIME_BYTES, "big")
        work.vault.keyring.change(box, drop=[] if on else [RESTRICTED], put={RESTRICTED: mark} if on else {})
    return {"entry": entered.index, "notices": notices.make(work, notices.RESTRICTION, entered.index, handed)}


def object_to(work: Work, *, person: UUID, purpose: str) -> dict[str, Any]:
    """Object to a purpose: from now on nothing of theirs is used for it. Returns: the entry. Raises: Refusal, with
    `basis` for what rests on a contract or on the law: there one may restrict or erase.
    """
    why = work.purpose(purpose)
    box, records = seeing.somebody(work, person)
    found = seeing.allowed(work, box, records, "restrict")
    if work.vault.policy.purposes[why.name].basis not in MAY_OBJECT_TO:
        work.refuse("basis", purpose=purpose, decision=found[0][1])
    entered = work.enter(Kind.WITHDRAWAL, why, box, rule=seeing.rules_of(found), outcome="objected")
    name = f"{OBJECTED}:{why}"
    if name not in box.keys:
        work.vault.keyring.change(box, put={name: work.at.to_bytes(TIME_BYTES, "big")})
    return {"entry": entered.index}


# Finding whoever asks by letter or by telephone


def find_people(work: Work, *, field: str, value: str, purpose: str, reason: str) -> list[dict[str, str]]:
    """List whom a value or an order's number leads to, by id and kind alone; entered with the reason. Raises:
    Refusal.
    """
    why = work.purpose(purpose)
    check_reason(work, reason, purpose)
    if not work.vault.limits.allow("find"):
        work.refuse("rate", purpose=purpose)
    if field not in (index.ORDER, EMAIL):
        work.refuse("fields", purpose=purpose)
    # An order's number is nobody's datum: whoever may look for an address may look for that.
    decision = work.decide("compare", EMAIL, why, work.conditions(None, None, None))
    found = index.look_up_all(work, field, value)[:PEOPLE_FOUND_MAX]
    people = {person: box for person in found if (box := work.vault.keyring.of(person)) is not None}
    if field == index.ORDER:
        people |= _together(work, list(people.values()))
    for box in people.values():
        work.enter(Kind.USE, why, box, fields=[], rule=decision.rule, outcome="found", reason=reason)
    if not people:
        work.enter(Kind.USE, why, None, fields=[], rule=decision.rule, outcome="nobody found", reason=reason)
    return [{"person": person.hex, "kind": box.kind} for person, box in people.items()]


def _together(work: Work, found: list[Person]) -> dict[UUID, Person]:
    """Return everybody who was collected with these: an order's receivers."""
    rows = work.vault.database.among(
        "SELECT id FROM vault_person WHERE together IN (?)", sorted({box.together.hex for box in found})
    )
    others = [UUID(person) for (person,) in rows]
    return {person: box for person in sorted(others) if (box := work.vault.keyring.of(person)) is not None}
