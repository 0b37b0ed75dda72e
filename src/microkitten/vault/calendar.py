"""The calendar of ends as the merchant sees it: how many records lapse and leave when; counts, and nobody (P7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import final


@final
@dataclass(frozen=True, slots=True)
class GroupEnds:
    """One group: how many records are `held`, how many lapse and how many leave in each month (`2027-03`)."""

    name: str
    held: int
    lapses: Mapping[str, int]
    leaves: Mapping[str, int]


@final
@dataclass(frozen=True, slots=True)
class Calendar:
    """All groups at one moment of the vault's clock; `ages` counts the addresses that can still be opened to ship by
    the weeks since their order: first those of the first week.
    """

    at: datetime
    groups: tuple[GroupEnds, ...]
    ages: tuple[int, ...]
