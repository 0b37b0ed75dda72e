"""What every part of the running sandbox shares, and the few words of HTTP they answer in."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from microkitten.providers.cards.sandbox.book import Book
from microkitten.providers.cards.sandbox.knobs import Knobs
from microkitten.providers.cards.sandbox.rows import Telling

_LINGER_SECONDS_MAX = 1.5


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read as a whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Bank:
    """The running sandbox."""

    book: Book
    api_key: str
    webhook_key: str
    own_origin: str
    shop_origin: str
    """The only place this program ever talks to."""
    merchant: str
    knobs: Knobs
    wake: threading.Event = field(default_factory=threading.Event)
    """Set when a webhook may be waiting."""

    def now(self) -> float:
        """Return the time in seconds since 1970: the sandbox is an edge, so it reads the clock here."""
        return time.time()

    def telling(self) -> Telling:
        """Choose when the webhook of the next change leaves: before the browser does, or somewhat after."""
        before = self.knobs.webhook_when == "before"
        if self.knobs.webhook_when == "mixed":
            before = random.random() < 0.5  # noqa: S311 # chance for the sake of variety, nothing is guarded by it
        wait = 0.0 if before else random.uniform(0.1, 1.0) * self.knobs.webhook_delay_seconds  # noqa: S311 # as above
        return Telling(at=self.now() + wait, copies=self.knobs.webhook_copies)

    def linger(self, object_id: str, telling: Telling) -> None:
        """Wake the courier, and wait a little for a webhook that is meant to arrive before the browser."""
        self.wake.set()
        until = telling.at + _LINGER_SECONDS_MAX
        while (
            telling.at <= self.now() < until and not self.knobs.webhook_hold and self.book.waiting(object_id)
        ):
            time.sleep(0.02)
