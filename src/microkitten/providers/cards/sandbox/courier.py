"""Brings webhooks to the shop, and to nobody else, until it acknowledges them: past failures and restarts."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

# One POST to one pinned host; the server brings this module anyway, and `requests` would double the memory.
from http.client import HTTPException, HTTPSConnection  # noqa: TID251 # see above
from pathlib import Path
from urllib.parse import urlsplit

from microkitten.providers.cards.sandbox.bank import Bank
from microkitten.providers.cards.sandbox.rows import Delivery
from microkitten.providers.cards.webhooks import sign

_TIMEOUT_SECONDS = 10.0
_AT_ONCE_MAX = 4
_PAUSE_SECONDS = 0.25
_RETRY_SECONDS_MAX = 60.0
_ATTEMPTS_MAX = 4_500
"""About three days; then the shop has to look up what it missed."""


def trusting(authority: Path | None, own_certificate: Path) -> ssl.SSLContext:
    """Return how the shop is recognized: by the store's authority, or else by our own certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=authority or own_certificate)
    if authority is None:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


class Courier(threading.Thread):
    """The thread that delivers; everything it has to do stands in the book, so it may die at any moment."""

    def __init__(self, bank: Bank, context: ssl.SSLContext) -> None:
        """Make it ready; `start()` starts it."""
        super().__init__(name="courier", daemon=True)
        self._bank = bank
        self._context = context
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        """Finish the deliveries under way and end."""
        self._is_stopped.set()
        self._bank.wake.set()
        self.join(_TIMEOUT_SECONDS + 1)

    def run(self) -> None:
        """Deliver what is due, and end sessions whose time is over, until stopped."""
        with ThreadPoolExecutor(_AT_ONCE_MAX, thread_name_prefix="delivery") as pool:
            while not self._is_stopped.is_set():
                self._bank.wake.wait(_PAUSE_SECONDS)
                self._bank.wake.clear()
                # A full disk must not silence the webhooks for ever: they wait for a later round.
                with contextlib.suppress(sqlite3.OperationalError):
                    self._round(pool)

    def _round(self, pool: ThreadPoolExecutor) -> None:
        bank = self._bank
        now = bank.now()
        bank.book.expire(now=now, tell=bank.telling())
        if bank.knobs.webhook_hold:
            return
        due = bank.book.due(now=now, newest_first=bank.knobs.webhook_newest_first, limit=_AT_ONCE_MAX)
        for delivery, arrived in zip(due, pool.map(self._deliver, due), strict=True):
            wait = max(bank.knobs.webhook_retry_seconds, 0.05) * 2 ** min(delivery.attempts, 10)
            is_over = arrived or delivery.attempts >= _ATTEMPTS_MAX
            bank.book.settle(
                delivery, again_at=None if is_over else bank.now() + min(wait, _RETRY_SECONDS_MAX)
            )
        if len(due) == _AT_ONCE_MAX:
            bank.wake.set()

    def _deliver(self, delivery: Delivery) -> bool:
        """Post one webhook (Standard Webhooks 1.0) and return whether the shop answered 2xx."""
        bank = self._bank
        seconds = int(bank.now())
        told = {
            "type": delivery.kind,
            "timestamp": datetime.fromtimestamp(seconds, UTC).isoformat(),
            "data": {"id": delivery.object_id},
        }
        body = json.dumps(told, separators=(",", ":")).encode("ascii")
        headers = {
            "content-type": "application/json",
            "user-agent": "microkitten-sandbox",
            "webhook-id": delivery.event_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": sign(bank.webhook_key, delivery.event_id, seconds, body),
        }
        place = urlsplit(delivery.url)
        # The address was checked when the session was made; checked again here, where the bytes leave.
        if f"{place.scheme}://{place.netloc}" != bank.shop_origin:
            return True
        connection = HTTPSConnection(
            place.hostname or "", place.port, timeout=_TIMEOUT_SECONDS, context=self._context
        )
        try:
            connection.request("POST", place.path + (f"?{place.query}" if place.query else ""), body, headers)
            return 200 <= connection.getresponse().status < 300
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
