"""The verb by which somebody learns how they stand with the shop, without anything being opened (P43)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from microkitten.policy import purpose
from microkitten.vault.door.batch import Batch
from microkitten.vault.opened import MAKER, Opened
from microkitten.vault.standing import Held, Standing, Standings
from microkitten.vault.types import Actor


def standing(persons: Sequence[UUID] = (), *, by: Actor) -> Standings:
    """Tell which groups are held of persons, since when, until when, and for which purposes still.

    No value leaves the vault. It is decided field by field like a use for `rights`, and entered like one. Without
    `persons`, everybody whom the actor's pass covers. Raises: Refused. Promise: P43.
    """
    with Batch(by) as batch:
        told = batch._ask("standing", _reader(), persons=[person.hex for person in persons])
    return told.value


def _reader() -> Callable[[Any], Standings]:
    def read(answer: Any) -> Standings:
        people = tuple(_standing(UUID(who), told) for who, told in answer["people"].items())
        looked = Opened(
            MAKER,
            purpose=purpose.rights,
            asked=[(one.person, f"{held.group}.") for one in people for held in one.held],
            values={},
            entries={UUID(who): told["entry"] for who, told in answer["people"].items()},
            until=min((held.until for one in people for held in one.held), default=None),
        )
        return Standings(people, looked)

    return read


def _standing(person: UUID, told: Any) -> Standing:
    held = tuple(
        Held(
            group=group,
            since=_time(one["since"]),
            until=_time(one["until"]),
            is_claimed=one["claimed"],
            count=one["count"],
            uses=MappingProxyType({name: _time(end) for name, end in one["uses"].items()}),
        )
        for group, one in told["groups"].items()
    )
    return Standing(person, told["kind"], held, told["entries"])


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
