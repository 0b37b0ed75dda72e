"""The leak battery's list: each probe is one way to come to a value, by name and number, with what it needs (P35)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

PROBES_MIN: Final = 40


@dataclass(frozen=True, slots=True)
class Probe:
    """One way: `act` raises AssertionError if it leads to a value. `needs`: `process`, `rows`, `vault`, `walled`."""

    number: int
    name: str
    needs: str
    act: Callable[..., None]

    def __str__(self) -> str:
        return f"{self.number:2} {self.name}"


ALL: Final[list[Probe]] = []


def probe(name: str, needs: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Put a function on the list."""

    def put(act: Callable[..., None]) -> Callable[..., None]:
        assert name not in {one.name for one in ALL}, f"{name} is on the list already"
        ALL.append(Probe(len(ALL) + 1, name, needs, act))
        return act

    return put


def needing(needs: str) -> list[Probe]:
    """Return the probes of one kind."""
    return [one for one in ALL if one.needs == needs]


def blank(shown: Any, *secrets: str) -> None:
    """Raise AssertionError if something shown holds a secret, forwards or backwards, in any case."""
    text = (shown.decode("latin-1") if isinstance(shown, bytes) else str(shown)).lower()
    assert secrets
    for secret in secrets:
        assert secret.lower() not in text
        assert secret.lower()[::-1] not in text
