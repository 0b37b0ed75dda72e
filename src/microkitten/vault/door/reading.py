"""Reads answers about people's rights as they come over the line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from microkitten.vault.rights import Fate, Receipt


def moment(seconds: int) -> datetime:
    """Return a time of the vault's."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe_moment(seconds: int | None) -> datetime | None:
    """Return a time of the vault's, or None where it told none."""
    return None if seconds is None else moment(seconds)


def fate(told: Mapping[str, Any]) -> Fate:
    """Return what an erasure means for a group."""
    times = {name: maybe_moment(told[name]) for name in ("until", "then_until")}
    lists = {name: tuple(told[name]) for name in ("kept", "parties")}
    return Fate(**{**told, **times, **lists})


def receipt(told: Mapping[str, Any]) -> Receipt:
    """Return the receipt of an erasure or a withdrawal."""
    return Receipt(
        entry_index=told["entry"],
        leaf_hash=told["leaf_hash"],
        stays=tuple(fate(one) for one in told["stays"]),
        confirmed=told["confirmed"],
        notices=told["notices"],
    )
