"""How fast anybody may ask: as many at once as a minute gives, then one by one, each name and person alone (P3)."""

from __future__ import annotations

import pytest

from microkitten.vault.server import limits
from microkitten.vault.server.limits import PER_MINUTE, Limits


class Hand:
    """A clock that a test sets, in seconds."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def monotonic(self) -> float:
        """Return what it shows."""
        return self.at


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """The clock of the limits."""
    made = Hand()
    monkeypatch.setattr(limits, "time", made)
    return made


def allowed(made: Limits, name: str, *, of: str = "") -> int:
    """Ask until it is a no. Returns: how often it was a yes."""
    count = 0
    while made.allow(name, of=of):
        count += 1
    return count


@pytest.mark.parametrize("name", PER_MINUTE)
def test_a_minutes_asks_may_come_at_once(name: str, hand: Hand) -> None:
    """And the next ones as time goes by, never more than a minute's."""
    made = Limits()
    assert allowed(made, name) == PER_MINUTE[name]
    hand.at += 30
    assert allowed(made, name) == PER_MINUTE[name] // 2
    hand.at += 3_600
    assert allowed(made, name) == PER_MINUTE[name]


def test_each_name_and_each_person_is_counted_alone(hand: Hand) -> None:
    """One who asks too much holds up nobody else."""
    made = Limits()
    assert allowed(made, "standing", of="anna") == PER_MINUTE["standing"]
    assert allowed(made, "standing", of="bea") == PER_MINUTE["standing"]
    assert allowed(made, "sign_in") == PER_MINUTE["sign_in"]
    assert hand.at == 1_000.0


def test_whoever_asked_nothing_for_a_minute_is_forgotten(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there are too many; whoever has just asked is not, or their count would begin anew."""
    monkeypatch.setattr(limits, "BUCKETS_MAX", 2)
    made = Limits()
    for person in ("anna", "bea", "zoe"):
        allowed(made, "standing", of=person)
    hand.at += 60
    assert allowed(made, "standing", of="cleo") == PER_MINUTE["standing"]
    assert len(made._buckets) == 1
    for person in ("dora", "eve"):
        allowed(made, "standing", of=person)
    assert allowed(made, "standing", of="cleo") == 0
    assert len(made._buckets) == 3
