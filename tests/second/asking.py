"""Thinks up questions about a policy file: true rows, near misses with one thing changed, and plain nonsense.

Like the translator it knows the file alone and nothing of `microkitten`.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.second.cedar import Asked, seconds

ODD_ACTORS = ["clerk", "", "person "]
ODD_FIELDS = ["customer", "customer.name ", "payment.number"]
ODD_WORDS = ["nonsense", ""]
YEAR = 365 * 86_400


class _Row(NamedTuple):
    """One rule of the file in one profile."""

    act: str
    fields: list[str | None]
    purpose: str
    actors: list[str]
    party: str | None
    when: list[str]
    within: int | None


class Asker:
    """Asks about one file in one profile. The same seed asks the same questions."""

    def __init__(self, text: str, profile: str, *, seed: int = 1) -> None:
        raw = tomllib.loads(text)
        self._chance = random.Random(seed)
        self._rows = [
            _row(purpose, entry, profile)
            for purpose, named in raw["rule"].items()
            for entry in named.values()
        ]
        self._pools: dict[str, list[Any]] = {
            "act": sorted({row.act for row in self._rows} | {"sell", "rent"}),
            "field": [*(f"{group}.{name}" for group, names in raw["field"].items() for name in names), None],
            "purpose": sorted(raw["purpose"]),
            "actor": sorted({actor for row in self._rows for actor in row.actors}),
            "party": [*sorted(raw["party"]), None],
        }
        self._words = sorted({word for row in self._rows for word in row.when})

    def questions(self, count: int) -> Iterator[Asked]:
        """Yield questions: half of them begin at a true row, of which two in three are then bent somewhere."""
        for _ in range(count):
            if self._chance.random() < 0.2:
                yield self._anything()
                continue
            asked = self._true()
            for _ in range(self._chance.choice((0, 1, 1, 2))):
                asked = self._bent(asked)
            yield asked

    def near(self, *, each: int) -> Iterator[Asked]:
        """Yield every true row once, and `each` bent forms of it."""
        for row in self._rows:
            for field in row.fields:
                for actor in row.actors:
                    held = frozenset(row.when)
                    asked = Asked(row.act, field, row.purpose, actor, row.party, held, row.within)
                    yield asked
                    for word in row.when:
                        yield asked._replace(held=held - {word})
                    for _ in range(each):
                        yield self._bent(asked)

    def _true(self) -> Asked:
        row, pick = self._chance.choice(self._rows), self._chance.choice
        more = {word for word in self._words if self._chance.random() < 0.2}
        age = pick((None, 0, YEAR)) if row.within is None else pick((0, row.within - 1, row.within))
        held = frozenset(row.when) | more
        return Asked(row.act, pick(row.fields), row.purpose, pick(row.actors), row.party, held, age)

    def _bent(self, asked: Asked) -> Asked:
        """Change one thing."""
        part = self._chance.choice(Asked._fields)
        if part == "held":
            words = [*self._words, *asked.held, *asked.held, *ODD_WORDS]
            return asked._replace(held=asked.held ^ {self._chance.choice(words)})
        if part == "age":
            return asked._replace(age=self._age())
        odd = {"actor": ODD_ACTORS, "field": ODD_FIELDS, "party": ["carrier", ""]}.get(part, [])
        return asked._replace(**{part: self._chance.choice([*self._pools[part], *odd])})

    def _age(self) -> int | None:
        ends = [row.within for row in self._rows if row.within is not None] or [86_400]
        end = self._chance.choice(ends)
        return self._chance.choice((None, 0, end - 1, end, end + 1, 2 * end, 100 * YEAR))

    def _anything(self) -> Asked:
        pick = self._chance.choice
        parts = {part: pick(pool) for part, pool in self._pools.items()}
        held = frozenset(word for word in [*self._words, *ODD_WORDS] if self._chance.random() < 0.5)
        return Asked(**parts, held=held, age=self._age())


def _row(purpose: str, entry: dict[str, Any], profile: str) -> _Row:
    def of(key: str, default: Any = None) -> Any:
        value = entry.get(key, default)
        return value[profile] if isinstance(value, dict) else value

    within = of("within")
    return _Row(
        act=of("act"),
        fields=[*of("fields"), *([None] if of("to") else [])],
        purpose=purpose,
        actors=of("actors"),
        party=of("to"),
        when=of("when"),
        within=None if within is None else seconds(within),
    )
