"""The vault's own clock: ends and lives are counted by it, whatever anybody else says the time is (P7)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Now, and for tests another now: `offset_seconds` later."""

    offset_seconds: int = 0

    def now(self) -> int:
        """Return whole seconds since 1970, UTC."""
        return int(time.time()) + self.offset_seconds


def moment(seconds: int) -> datetime:
    """Return the same time as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def month(seconds: int) -> str:
    """Return the month, `2026-11`: index keys and pseudonyms change with it."""
    return moment(seconds).isoformat()[:7]
