"""The calendar of ends for the merchant: how old the usable addresses are, and what ends when; no person (P7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from microkitten.policy import Policy
from microkitten.policy.render import ENGLISH
from microkitten.vault import door
from microkitten.vault.calendar import Calendar
from microkitten.vault.types import Actor


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the drawn ages: the week since the order, how many addresses, and how high of 100."""

    week: int
    count: int
    height: float


@dataclass(frozen=True, slots=True)
class Month:
    """What ends in one month, by group in the order of `Ends.titles`: (lapses, leaves)."""

    words: str
    counts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Endings:
    """The page: `usable` addresses in all, how many weeks old the oldest is, bars, titles with what is held, months."""

    at: datetime
    usable: int
    oldest: int
    bars: tuple[Bar, ...]
    titles: tuple[tuple[str, int], ...]
    months: tuple[Month, ...]


def endings(*, token: str) -> Endings:
    """Ask the vault for the calendar and lay it out. Raises `Refused` for whoever is not the merchant."""
    policy: Policy = settings.POLICY
    told = door.calendar(by=Actor("merchant", token))
    most = max(told.ages, default=0) or 1
    bars = tuple(Bar(week + 1, count, round(count * 100 / most, 1)) for week, count in enumerate(told.ages))
    groups = [group for group in told.groups if group.held]
    return Endings(
        at=told.at,
        usable=sum(told.ages),
        oldest=len(told.ages),
        bars=bars,
        titles=tuple((policy.groups[group.name].title, group.held) for group in groups),
        months=tuple(
            Month(ENGLISH.month(month), tuple(_ending(group.lapses, group.leaves, month) for group in groups))
            for month in _months(told)
        ),
    )


def _months(told: Calendar) -> list[str]:
    return sorted({month for group in told.groups for month in (*group.lapses, *group.leaves)})


def _ending(lapses: Mapping[str, int], leaves: Mapping[str, int], month: str) -> tuple[int, int]:
    return lapses.get(month, 0), leaves.get(month, 0)
