"""How somebody stands with the shop: which groups are held until when, and what was done; no value among it (P43)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import final
from uuid import UUID

from microkitten.vault.opened import Opened


@final
@dataclass(frozen=True, slots=True)
class Held:
    """One group of somebody's data: when it came, when it goes, and until when each purpose may have it.

    `is_claimed` is False while no placed order has claimed it; `count` says how many values hang on it where it
    is a list (products seen), else None. `uses` maps purposes to when the shop's last right ends to open or hand over.
    """

    group: str
    since: datetime
    until: datetime
    is_claimed: bool
    count: int | None
    uses: Mapping[str, datetime]


@final
@dataclass(frozen=True, slots=True)
class Standing:
    """What is held of one person, and how many entries of the ledger are about them (this look among them)."""

    person: UUID
    kind: str
    held: tuple[Held, ...]
    entries: int


@final
@dataclass(frozen=True, slots=True)
class Standings:
    """The answer to one question; `looked` is an opening without values, for the page's receipt (P38)."""

    people: tuple[Standing, ...]
    looked: Opened


@final
@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of the ledger as its person may read it; `salt` and `detail` reproduce the leaf's
    commitment (P42).
    """

    index: int
    at: str
    kind: str
    purpose: str
    actor: str
    fields: tuple[str, ...]
    party: str
    outcome: str
    policy: str
    leaf: bytes
    salt: bytes
    detail: bytes
