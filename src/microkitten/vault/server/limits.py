"""How fast anybody may ask for what could be guessed or hoarded: counted in memory, refused above (P3,
P8)."""

import time
from dataclasses import dataclass, field
from typing import Final

# Asks a minute; the same number may come at once after a quiet minute.
PER_MINUTE: Final = {
    "visitor": 1_200,  # cookies minted
    "find": 600,  # people looked up by something known
    "cookie": 120_000,  # browsers recognized: 128 random bits are not guessed
    "prove": 300,  # comparisons, besides the five tries a day for each person
    "sign_in": 60,  # staff tokens tried
    "standing": 30,  # looks of one person at how they stand: each is an entry, and nobody reads that fast
}
BUCKETS_MAX: Final = 10_000  # kept at once; those that are full again are forgotten first


@dataclass(slots=True)
class _Bucket:
    left: float
    since: float


@dataclass(slots=True)
class Limits:
    """Token buckets by name, or by name and person."""

    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def allow(self, name: str, *, of: str = "") -> bool:
        """Take one of this name's asks; with `of`, of those of one person. Returns: False if there is none left."""
        rate, now = PER_MINUTE[name], time.monotonic()
        if len(self._buckets) > BUCKETS_MAX:
            self._forget_full(now)
        bucket = self._buckets.setdefault((name, of), _Bucket(rate, now))
        bucket.left = min(rate, bucket.left + (now - bucket.since) * rate / 60)
        bucket.since = now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    def _forget_full(self, now: float) -> None:
        """Drop whoever has asked nothing for a minute: a new bucket is as full as theirs."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket.since < 60}
