"""The ledger's logs: the one that goes on, and those that ended when their last entries were lost.

What was signed for and is gone cannot be continued under the same name: a restore that lacks entries begins a new log,
with a new origin, whose first entry names the last checkpoint of the old one (P42). Entries keep their numbers: those
of the new log begin at `base`, above every number the old one has told anybody.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Final

from microkitten.ledger.tree import stored_index

BASE: Final = "ledger_base"
PAST: Final = "ledgers"
ORIGIN: Final = "origin"
RESTORES: Final = "restores"
_NUMBERED: Final = re.compile(r"(.*)/([1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True)
class Past:
    """A log that ended: `first` is the number of its first entry, `held` how many of its entries are still here.

    `note` is a signed checkpoint of it whose entries are all still here, so that what it proves can be proven on.
    """

    origin: str
    first: int
    held: int
    note: str

    @property
    def size(self) -> int:
        """How many entries the checkpoint is for."""
        return int(self.note.split("\n")[1])


@dataclass(frozen=True, slots=True)
class Logs:
    """Where the present log begins, and the logs before it, oldest first."""

    base: int = 0
    past: tuple[Past, ...] = ()

    @classmethod
    def read(cls, rows: list[Any]) -> Logs:
        """Read them from rows of `vault_fact`: name and value."""
        told = dict(tuple(row) for row in rows)
        past = tuple(Past(**one) for one in json.loads(told.get(PAST, "[]")))
        return cls(int(told.get(BASE, "0")), past)

    def facts(self) -> dict[str, str]:
        """Return them as `vault_fact` keeps them."""
        return {BASE: str(self.base), PAST: json.dumps([asdict(one) for one in self.past])}

    def past_of(self, number: int) -> Past | None:
        """Return the ended log that an entry stands in and is proven by; None for any other."""
        for one in self.past:
            if one.first <= number < one.first + one.size:
                return one
        return None


def node_of(base: int) -> int:
    """Return where the stored hashes of a log begin: above all that a log before it can have stored."""
    return stored_index(0, base)


def origin_after(*origins: str) -> str:
    """Return the name of the log that follows all these: the first one's with a number, from 2 on."""
    numbers = [_NUMBERED.fullmatch(one) for one in origins]
    first = numbers[0][1] if numbers[0] else origins[0]
    return f"{first}/{max(int(found[2]) if found else 1 for found in numbers) + 1}"
