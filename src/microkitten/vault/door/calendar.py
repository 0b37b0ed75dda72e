"""Ends and facts at the door: what the shop tells of an order, and when what is held lapses and goes (P7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from microkitten.vault.calendar import Calendar, GroupEnds
from microkitten.vault.door.batch import Batch
from microkitten.vault.types import Actor


def tell(persons: Sequence[UUID], fact: str, *, by: Actor) -> None:
    """Tell a fact about the order of some persons: `placed` (no draft any more) or `arrived` (the parcel has come).

    It only ever takes a right away or brings an end nearer; told again it changes nothing. Raises: Refused.
    Promise: P7, P43.
    """
    with Batch(by) as one:
        one._ask("tell", _nothing, persons=[person.hex for person in persons], fact=fact)


def calendar(*, by: Actor) -> Calendar:
    """Return how many records lapse and leave in which month, and how old the addresses are that can still be opened
    to ship: for the merchant and for whoever runs the server. Raises: Refused. Promise: P7.
    """
    with Batch(by) as one:
        found = one._ask("calendar", _calendar)
    return found.value


def _nothing(_answer: Any) -> None:
    return None


def _calendar(answer: Any) -> Calendar:
    groups = tuple(
        GroupEnds(name, told["held"], MappingProxyType(told["lapses"]), MappingProxyType(told["leaves"]))
        for name, told in answer["groups"].items()
    )
    return Calendar(datetime.fromtimestamp(answer["at"], UTC), groups, tuple(answer["ages"]))
