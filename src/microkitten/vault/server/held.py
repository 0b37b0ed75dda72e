"""What the vault itself knows of a person, a record and whoever asks: the conditions and marks by which it decides
(P3, P7, P42, P43)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from microkitten.policy import Purpose
from microkitten.policy.words import GRANTEES, LAW, LAW_PURPOSES

if TYPE_CHECKING:
    from microkitten.vault.server.keys import Person
    from microkitten.vault.server.work import Record, Work

RESTRICTED, OBJECTED = "restricted", "objected"  # marks in a person's box
# Acts that open nothing, and that the person needs for their own rights: to be recognized, and to have it gone.
UNHINDERED: Final = frozenset({"compare", "restrict", "erase"})


class Grant(NamedTuple):
    """A live grant: whose, for what, of whom, for which groups, and the entry that tells its reason (P3)."""

    actor: str
    purpose: str
    person: UUID
    groups: frozenset[str]
    entry: int


def conditions(
    work: Work, person: Person | None, record: Record | None, purpose: Purpose | None
) -> frozenset[str]:
    """Return which of the policy's conditions hold, and the marks by which the person has had their data restricted
    or has objected.

    Where there is no record there is nothing to protect: it counts as claimed and unclaimed alike.
    """
    held = set()
    if record is None or record.claimed_at is None:
        held.add("unclaimed")
    if record is None or record.claimed_at is not None:
        held.add("claimed")
    if record is None or record.placed_at is None:
        held.add("draft")
    if record is not None and (record.lapse_at <= work.at or _is_outworded(work, person, record)):
        held.add("lapsed")
    if record is None or is_law(work, record):
        held.add("law")
    if work.actor in work.roles():
        held.add("staff")
    if person is not None:
        held |= _of_person(work, person, record, purpose)
    return frozenset(held)


def _of_person(work: Work, person: Person, record: Record | None, purpose: Purpose | None) -> set[str]:
    held = {mark for mark in person.keys if mark == RESTRICTED or mark.startswith(f"{OBJECTED}:")}
    if consents(work, person, str(purpose)):  # nobody's consent is to no purpose
        held.add("consent")
    if person.id in work.covered():
        held.add("proven")
    if _is_granted(work, person.id, record, purpose):
        held.add("granted")
    return held


def hindrance(act: str, purpose: Purpose, held: frozenset[str]) -> str:
    """Say why a person's own word stands against an act, empty if it does not: to erase, to keep the books, to answer
    the law and to serve their own rights goes on (P43).
    """
    if act in UNHINDERED or purpose.name in LAW_PURPOSES:
        return ""
    if RESTRICTED in held:
        return RESTRICTED
    return OBJECTED if f"{OBJECTED}:{purpose}" in held else ""


def consents(work: Work, person: Person, purpose: str) -> bool:
    """Tell whether a consent to the purpose holds: while its words are those it was given to (P42)."""
    wording = person.keys.get(f"wording:{purpose}")
    return (
        f"consent:{purpose}" in person.keys
        and wording is not None
        and wording.hex() == work.vault.policy.wordings.get(purpose)
    )


def is_law(work: Work, record: Record) -> bool:
    """Tell whether the record is of a group that the books keep, and its last end has not come (P7)."""
    group = work.vault.policy.groups.get(record.group)
    return group is not None and (group.law is not None or group.key == LAW) and record.until_at > work.at


def _is_outworded(work: Work, person: Person | None, record: Record) -> bool:
    """Tell whether the record lies under the key of a consent that was given to other words: its time is over."""
    group = work.vault.policy.groups.get(record.group)
    kind, _, purpose = ("", "", "") if group is None else group.key.partition(":")
    return person is not None and kind == "consent" and not consents(work, person, purpose)


def _is_granted(work: Work, person: UUID, record: Record | None, purpose: Purpose | None) -> bool:
    """Tell whether the token that came along is a live grant of this actor for the person, the purpose and the
    record's group; where there is no record, for any group (P3).
    """
    return any(
        one[:3] == (work.actor, str(purpose), person) and (record is None or record.group in one.groups)
        for one in work.grants()
    )


def grants_of(work: Work, token_hash: str) -> list[Grant]:
    """Read the live grant of a token, for an actor who may show one."""
    if work.actor not in GRANTEES:
        return []
    rows = work.vault.database.rows(
        "SELECT actor, purpose, person, groups, entry FROM vault_grant WHERE token_hash = ? AND until_at > ?",
        token_hash,
        work.at,
    )
    return [Grant(row[0], row[1], UUID(str(row[2])), frozenset(row[3].split()), row[4]) for row in rows]
