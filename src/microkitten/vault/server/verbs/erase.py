"""Erase: the keys first, then the rows, and the write-ahead log before anybody hears that it is done; what the law or
a parcel on its way still needs stays, and says so (P43)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from uuid import UUID

from microkitten import policy as policies
from microkitten.ledger.leaf import Kind
from microkitten.policy import Purpose, Question, purpose
from microkitten.policy.table import keys_of
from microkitten.policy.words import CONDITIONS, SWEEPER
from microkitten.vault.server import index
from microkitten.vault.server.keys import OBJECTED, RESTRICTED, Person, key_name
from microkitten.vault.server.verbs import lapse, notices
from microkitten.vault.server.work import Record, Work

# Every table with something of a person, but for their records and box, parts of which may stay.
_DELETE: Final = (
    "DELETE FROM vault_find WHERE person = ?",
    "DELETE FROM vault_consent WHERE person = ?",
    "DELETE FROM vault_worded WHERE person = ?",
    "DELETE FROM vault_try WHERE person = ?",
    "DELETE FROM vault_detail WHERE person = ?",
    "DELETE FROM vault_staff WHERE person = ?",
    "DELETE FROM vault_stafftoken WHERE staff = ?",
    "DELETE FROM vault_pass WHERE staff = ?",
)
# Of whom something stays: these go when that goes. A pass still shows its holder what is left, and an act that the
# parcel needs is not done twice.
_DELETE_AT_LAST: Final = (
    "DELETE FROM vault_covered WHERE person = ?",
    "DELETE FROM vault_act WHERE person = ?",
    "DELETE FROM vault_grant WHERE person = ?",
)
ERASED, LAW, PARCEL = "erased", "law", "parcel"
KEPT: Final = "law"  # the key of a group that the books keep from the first day


class Fate(NamedTuple):
    """What an erasure means for one record: see `vault.rights.Fate`."""

    record: Record
    why: str
    kept: tuple[str, ...]
    until: int | None
    then_until: int | None


def erase(work: Work, *, person: UUID, reason: str) -> dict[str, Any]:
    """Erase a person; a second time gives the first receipt. Raises: Refusal."""
    done = index.erased(work, person)
    box = work.vault.keyring.of(person)
    why = decide(work, box, is_done=done is not None)
    if done is None:
        if box is None:
            work.refuse("absent", purpose=str(why))
        done = destroy(work, box, why, reason=reason)
    return receipt(work, person, done)


def decide(work: Work, person: Person | None, *, is_done: bool = False) -> Purpose:
    """Ask the policy for every field that the person has. Raises: Refusal.

    For one who has none it is asked whether the actor erases at all; of one who is gone (`is_done`) nothing is left
    to protect, so that whoever may erase hears again that it is done.
    """
    policy = work.vault.policy
    records = {} if person is None else work.records([person.id], lapsed=True).get(person.id, {})
    found = None
    for group, record in records.items():
        for name in policy.fields_of(group):
            found, _ = work.decide_any("erase", name, work.conditions(person, record, purpose.rights))
    if found is not None:
        return found
    if person is None and is_done:
        return _erases_at_all(work)
    held = work.conditions(person, None, purpose.rights) | {"lapsed"}
    name = min(policy.kind_fields("customer" if person is None else person.kind))
    return work.decide_any("erase", name, held)[0]


def _erases_at_all(work: Work) -> Purpose:
    """Return the purpose for which this actor may erase anybody, all conditions granted. Raises: Refusal."""
    policy, held = work.vault.policy, frozenset(CONDITIONS)
    for name in sorted(policy.fields):
        for why in Purpose.every():
            asked = Question(name, why, work.actor, None, held, "erase", 0)
            if policies.decide(policy, asked).allowed:
                return why
    return work.refuse(policy.table.closed.why, purpose=str(purpose.rights), decision=policy.table.closed)


# What stays


def fates(work: Work, person: Person) -> list[Fate]:
    """Return what an erasure means for each record of a person, by what the vault itself knows."""
    found = work.records([person.id], lapsed=True).get(person.id, {})
    return [_fate(work, record) for record in found.values() if record.until_at > work.at]


def _fate(work: Work, record: Record) -> Fate:
    group = work.vault.policy.groups[record.group]
    if group.key == KEPT:
        return Fate(record, LAW, work.vault.policy.fields_of(group.name), record.until_at, None)
    has_law = lapse.is_kept(work, record)
    kept = work.vault.policy.kept_fields(group.name) if has_law else ()
    then = record.until_at if has_law else None
    is_waited_for = record.placed_at is not None and record.arrived_at is None
    is_on_its_way = group.arrival is not None and is_waited_for and record.lapse_at > work.at
    if is_on_its_way and record.claimed_at is not None:
        return Fate(record, PARCEL, work.vault.policy.fields_of(group.name), record.lapse_at, then)
    if has_law:
        return Fate(record, LAW, kept, then, None)
    return Fate(record, ERASED, (), None, None)


def told(work: Work, one: Fate, handed: list[notices.Handed]) -> dict[str, Any]:
    """Return a fate as it travels."""
    policy, group = work.vault.policy, one.record.group
    return {
        "group": group,
        "title": policy.groups[group].title,
        "goes_now": one.why == ERASED,
        "why": one.why,
        "statement": _statement(work, one),
        "kept": list(one.kept),
        "until": one.until,
        "then_until": one.then_until,
        "parties": notices.parties(handed, policy.fields_of(group)),
    }


def _statement(work: Work, one: Fate) -> str:
    """Return the statement that tells why: the one that binds the rule of the books, of shipping, of the right."""
    fields = set(one.kept) or set(work.vault.policy.fields_of(one.record.group))
    purposes = {LAW: ("books", "legal"), PARCEL: ("deliver",), ERASED: ("rights",)}[one.why]
    acts = ("erase",) if one.why == ERASED else ("use",)
    for rule in work.vault.policy.rules.values():
        if rule.purpose.name in purposes and rule.act in acts and fields & set(rule.fields):
            return work.vault.policy.table.rows[keys_of(rule)[0]].allowed.statement
    return work.vault.policy.table.closed.statement


def receipt(work: Work, person: UUID, done: tuple[int, str]) -> dict[str, Any]:
    """Return the receipt of an erasure as it travels: what stays is what is left by now."""
    box = work.vault.keyring.of(person)
    left = [] if box is None else fates(work, box)
    return {
        "entry": done[0],
        "leaf_hash": done[1],
        "stays": [told(work, one, []) for one in left],
        "confirmed": work.vault.keyring.is_confirmed,
        "notices": notices.made_by(work, done[0]),
    }


# Doing it


def destroy(work: Work, person: Person, why: Purpose, *, reason: str) -> tuple[int, str]:
    """Destroy keys and rows of a person, but for what the law and a parcel on its way need. Returns: entry and leaf
    hash.
    """
    database, keyring, who = work.vault.database, work.vault.keyring, person.id.hex
    stays = [one for one in fates(work, person) if one.why != ERASED]
    # What goes because its time is over is no news to a party; what somebody has asked for is.
    is_asked = work.actor != SWEEPER or index.erased(work, person.id) is not None
    handed = notices.handed(work, person) if is_asked else []
    entered = work.enter(
        Kind.ERASURE, why, person, keep_detail=False, reason=reason,
        stays=sorted(one.record.group for one in stays), told=notices.parties(handed),
    )  # fmt: skip
    notices.make(work, notices.ERASURE, entered.index, handed)
    for one in stays:
        if one.why == LAW and not lapse.has_passed(person, one.record):
            person = lapse.pass_over(work, person, one.record, why, reason=reason)
    there = work.records([person.id], lapsed=True).get(person.id, {})
    stays = [
        one for one in stays if one.record.group in there
    ]  # without what was spoilt and could not pass over
    if stays:
        keyring.change(person, drop=[name for name in person.keys if name not in _kept_keys(work, stays)])
    else:
        keyring.destroy(person.id)
    kept = {one.record.group for one in stays}
    for group in there:
        if group not in kept:
            database.run("DELETE FROM vault_record WHERE person = ? AND group_name = ?", who, group)
    for statement in (*_DELETE, *(() if stays else _DELETE_AT_LAST)):
        database.run(statement, who)
    leaf_hash = entered.leaf_hash.hex()
    index.mark_erased(work, person.id, entered.index, leaf_hash)
    work.vault.erased = True
    return entered.index, leaf_hash


def _kept_keys(work: Work, stays: list[Fate]) -> set[str]:
    """Return the names in a box that outlast an erasure; what was forbidden before stays forbidden."""
    names = {RESTRICTED, *(f"{OBJECTED}:{purpose}" for purpose in Purpose.every())}
    for one in stays:
        group = work.vault.policy.groups[one.record.group]
        names.add(f"law:{group.name}" if one.why == LAW else key_name(group))
    return names
