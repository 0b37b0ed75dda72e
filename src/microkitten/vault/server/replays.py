"""One batch, one answer: a frame that is sent again after it was answered, by whomever, does nothing (P35).

The door sends a batch anew when the line broke before its answer, at most for three seconds; its id tells when it
was made (UUIDv7), so that what is older than a minute is refused even after the vault's own memory of it is gone.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

FRESH_SECONDS: Final = 60.0
KEPT_MAX: Final = 50_000


@dataclass(slots=True)
class _Seen:
    digest: bytes
    answered: bool = False


class Replays:
    """The ids of the last minute's batches, for all connections together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[UUID, _Seen] = OrderedDict()

    def is_good(self, batch: UUID, frame: bytes) -> bool:
        """Tell whether a batch may be worked off: fresh, and either new or the very same that was never answered."""
        now = time.time()
        if batch.version != 7 or abs(now - _made_at(batch)) > FRESH_SECONDS:
            return False
        digest = hashlib.sha256(frame).digest()
        with self._lock:
            seen = self._seen.get(batch)
            if seen is not None:
                return not seen.answered and seen.digest == digest
            self._seen[batch] = _Seen(digest)
            self._forget(now)
        return True

    def answered(self, batch: UUID, *, was_heard: bool = True) -> None:
        """Say that the answer goes out, or that it could not: then the same may be asked again."""
        with self._lock:
            if batch in self._seen:
                self._seen[batch].answered = was_heard

    def _forget(self, now: float) -> None:
        """Drop what its own age refuses from now on, and the oldest if there are too many."""
        while self._seen:
            oldest = next(iter(self._seen))
            if len(self._seen) <= KEPT_MAX and now - _made_at(oldest) <= FRESH_SECONDS:
                return
            del self._seen[oldest]


def _made_at(batch: UUID) -> float:
    """Return the time that an id tells, in seconds since 1970."""
    return (batch.int >> 80) / 1000
