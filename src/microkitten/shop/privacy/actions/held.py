"""What is held of one person, in words: everything about it but its values (P43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from microkitten.policy import Purpose
from microkitten.shop.privacy.actions import telling
from microkitten.vault.types import Export, HeldGroup

OBJECTABLE: Final = frozenset({"own interest", "consent"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of an order as the reader may act for them: who ordered (position 0), or the receiver of a parcel."""

    number: str
    position: int
    id: UUID
    title: str
    may_correct: bool


@dataclass(frozen=True, slots=True)
class Use:
    """What a group may still be used for, and until when."""

    title: str
    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """That a party got something, by which entry."""

    title: str
    at: datetime
    fields: str
    index: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group of somebody's data in words: everything about it but its values.

    `fields` are those held; `gone` and `lapse_share` are percents of its whole time, for the bar.
    """

    name: str
    title: str
    person: UUID
    fields: tuple[str, ...]
    since: datetime
    lapse: datetime
    until: datetime
    is_claimed: bool
    has_lapsed: bool
    has_law: bool
    gone: int
    lapse_share: int
    uses: tuple[Use, ...]
    sources: tuple[tuple[str, str], ...]
    handed: tuple[Handed, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """One person's part of the page: who it is, what is held, what may be done.

    `rests` tells that it is set at rest, `is_erased` that an erasure was asked for and this is what has to stay.
    """

    who: Person | None
    title: str
    groups: tuple[Group, ...]
    rests: bool
    is_erased: bool
    objected: tuple[str, ...]
    may_object: tuple[tuple[str, str], ...]
    consents: tuple[Mapping[str, Any], ...]


def in_words(who: Person | None, export: Export, *, at: datetime) -> Mine:
    """Return one person's part of the page. Params: `who`, None for a browser."""
    uses = {name for group in export.groups for name in group.held.uses}
    may_object = {
        name: settings.POLICY.purposes[name].title
        for name in sorted(uses)
        if who is not None
        and settings.POLICY.purposes[name].basis in OBJECTABLE
        and name not in export.objected
    }
    return Mine(
        who=who,
        title="This browser" if who is None else who.title,
        groups=tuple(_group(export.person, group, at=at) for group in export.groups),
        rests=export.restricted is not None,
        is_erased=not export.entries,  # their key went with the erasure; before it, this very look is one
        objected=tuple(telling.purpose_why(name) for name in export.objected),
        may_object=tuple(may_object.items()),
        consents=export.consents,
    )


def _group(person: UUID, group: HeldGroup, *, at: datetime) -> Group:
    held, entry = group.held, settings.POLICY.groups[group.held.group]
    whole = max((held.until - held.since).total_seconds(), 1)
    names = [name for name in settings.POLICY.fields_of(entry.name) if name in group.sources]
    purposes = settings.POLICY.purposes
    return Group(
        name=entry.name,
        title=entry.title,
        person=person,
        fields=tuple(names),
        since=held.since,
        lapse=min(group.lapse, held.until),
        until=held.until,
        is_claimed=held.is_claimed,
        has_lapsed=group.lapse <= at,
        has_law=group.lapse < held.until,
        gone=_percent((at - held.since).total_seconds() / whole),
        lapse_share=_percent((group.lapse - held.since).total_seconds() / whole),
        uses=tuple(
            Use(purposes[name].title, purposes[name].why, until)
            for name, until in sorted(held.uses.items(), key=lambda use: use[1])
        ),
        sources=_sources(names, group),
        handed=tuple(
            Handed(
                telling.party(view.party), telling.minute(view.at), telling.fields(view.fields), view.index
            )
            for view in group.parties
        ),
    )


def _sources(names: Sequence[str], group: HeldGroup) -> tuple[tuple[str, str], ...]:
    """Return where values came from, those of the same place together."""
    places: dict[str, list[str]] = {}
    for name in names:
        places.setdefault(telling.typed_in(group.sources[name].input), []).append(name)
    return tuple((telling.fields(some), place) for place, some in places.items())


def _percent(share: float) -> int:
    return round(100 * min(max(share, 0.0), 1.0))


def objectable(name: str) -> Purpose | None:
    """Return the purpose of that name if it is one of the policy's; None for any other word."""
    return Purpose.named(name) if name in settings.POLICY.purposes else None
