"""Vacuuming after erasures, on a connection and a thread of its own: an answer never waits for it."""

from __future__ import annotations

import logging
import threading
from typing import Final

import psycopg

PAUSE_SECONDS: Final = 30.0  # many erasures are vacuumed after together: each run reads the indexes whole
_STATEMENT: Final = "VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF, SKIP_LOCKED ON) {}"  # never in the writer's way
log = logging.getLogger("microkitten.vault")


class Vacuum:
    """Remembers which tables are to be vacuumed; starts its thread with the first."""

    def __init__(self, url: str, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._url, self._pause_seconds = url, pause_seconds
        self._wanted: set[str] = set()
        self._lock, self._called, self._closing = threading.Lock(), threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def want(self, tables: set[str]) -> None:
        """Have tables vacuumed, soon."""
        if not tables:
            return
        with self._lock:
            self._wanted |= tables
        self._called.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="vacuum", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Vacuum what is left, and end."""
        if self._thread is not None:
            self._closing.set()
            self._called.set()
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._called.wait()
            self._called.clear()
            self._once()
            if self._closing.wait(self._pause_seconds):
                self._once()
                return

    def _once(self) -> None:
        with self._lock:
            tables, self._wanted = sorted(self._wanted), set()
        if not tables:
            return
        try:
            with psycopg.connect(
                self._url, autocommit=True, connect_timeout=5, application_name="microkitten vault vacuum"
            ) as line:
                for table in tables:
                    line.execute(_STATEMENT.format(table))
        except psycopg.Error as error:
            # The server's own autovacuum comes by all the same.
            log.warning("the vault's tables were not vacuumed: %s", error.sqlstate or type(error).__name__)
            with self._lock:
                self._wanted.update(tables)
