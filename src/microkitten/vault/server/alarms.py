"""What the merchant must look at: gathered in memory by whoever notices it, written with the next commit, told in
the ledger once an hour; nobody's answer ever waits for it (P35)."""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from microkitten.ledger.leaf import Kind
from microkitten.policy.words import ACTORS
from microkitten.vault.server.database import Database
from microkitten.vault.server.journal import Journal

KINDS_AT_ONCE_MAX: Final = 256  # different ones between two commits; what comes above is counted as `other`
REFUSALS_AN_HOUR: Final = 100  # of one role and actor: a shop's own pages ask for what they may have
SET_BACK_SECONDS: Final = 120  # leaves tell minutes
KEPT_SECONDS: Final = 400 * 86_400
SHOWN_MAX: Final = 500
HOUR: Final = 3_600
log = logging.getLogger("microkitten.vault")


class Alarmed(StrEnum):
    """What there is to be alarmed about."""

    RATE = "rate"
    UID = "wrong uid"
    FLOOD = "flood"
    MALFORMED = "malformed"
    REPLAY = "replay"
    TRIES = "tries"
    NOT_OPENED = "does not open"
    REFUSALS = "refusals"
    CLOCK = "clock set back"


OF_REFUSALS: Final = {"rate": Alarmed.RATE, "tries": Alarmed.TRIES}


class _Key(NamedTuple):
    kind: str
    role: str
    actor: str
    purpose: str


class Alarms:
    """The alarms of one vault. Connections' threads note; the writer alone writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: Counter[_Key] = Counter()
        self._written: Counter[_Key] = Counter()
        self._refusals: Counter[tuple[str, str, int]] = Counter()
        self._latest: int | None = None

    def note(self, kind: Alarmed, *, role: str = "", actor: str = "", purpose: str = "") -> None:
        """Note that something happened. Params: `actor` as told by the caller, or `uid N` where none was."""
        known = actor if not actor or actor in ACTORS or kind is Alarmed.UID else "unknown"
        key = _Key(kind.value, role, known[:32], purpose[:16])
        with self._lock:
            if key not in self._pending and len(self._pending) >= KINDS_AT_ONCE_MAX:
                key = _Key(kind.value, "", "other", "")
            self._pending[key] += 1

    def refused(self, *, role: str, actor: str, purpose: str, why: str, at: int) -> None:
        """Note a refusal: some are alarming by themselves, the others in number. Params: `at` by the vault's clock."""
        kind = OF_REFUSALS.get(why)
        if kind is not None:
            self.note(kind, role=role, actor=actor, purpose=purpose)
        hour = at // HOUR
        for key in [key for key in self._refusals if key[2] != hour]:
            del self._refusals[key]
        key = (role, actor if actor in ACTORS else "unknown", hour)
        self._refusals[key] += 1
        if self._refusals[key] % REFUSALS_AN_HOUR == 0:
            self.note(Alarmed.REFUSALS, role=role, actor=key[1])

    def write(self, database: Database, journal: Journal, at: int) -> None:
        """Write what was noted into the open transaction, one row for each kind, asker and hour not yet seen."""
        self._watch_clock(database, at)
        with self._lock:
            self._written, self._pending = self._pending, Counter()
        for key, count in self._written.items():
            if not _add(database, key, count, at):
                _begin(database, journal, key, count, at)

    def committed(self) -> None:
        """What was written is on disk."""
        self._written = Counter()

    def failed(self) -> None:
        """It is not: it is written again with the next commit."""
        with self._lock:
            self._pending += self._written
        self._written = Counter()

    def _watch_clock(self, database: Database, at: int) -> None:
        """Notice a clock that shows less than it did, also while the vault was down."""
        if self._latest is None:
            row = database.row("SELECT leaf FROM vault_entry ORDER BY number DESC LIMIT 1")
            self._latest = 0 if row is None else _told(json.loads(bytes(row[0]))["t"])
        if at < self._latest - SET_BACK_SECONDS:
            self.note(Alarmed.CLOCK)
        self._latest = at


def _told(minute: str) -> int:
    return int(datetime.fromisoformat(minute.replace("Z", "+00:00")).timestamp())


def _add(database: Database, key: _Key, count: int, at: int) -> bool:
    """Count it with this hour's row that nobody has seen yet. Returns: False if there is none."""
    sql = (
        "UPDATE vault_alarm SET count = count + ?, last_at = ? WHERE kind = ? AND role = ? AND actor = ?"
        " AND purpose = ? AND at >= ? AND at <= ? AND seen_at IS NULL"
    )
    return database.run(sql, count, at, *key, at - at % HOUR, at) > 0


def _begin(database: Database, journal: Journal, key: _Key, count: int, at: int) -> None:
    log.warning("alarm: %s; role %s, actor %s", key.kind, key.role or "-", key.actor or "-")
    entered = journal.enter(
        Kind.USE,
        at=at,
        purpose=key.purpose,
        actor=key.actor if key.actor in ACTORS else "unknown",
        person=None,
        detail={"outcome": "alarm", "alarm": key.kind, "role": key.role, "count": count},
    )
    database.run(
        "INSERT INTO vault_alarm (at, last_at, kind, role, actor, purpose, count, entry)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        at,
        at,
        *key,
        count,
        entered.index,
    )
    database.run("DELETE FROM vault_alarm WHERE last_at < ?", at - KEPT_SECONDS)


def listed(database: Database) -> list[dict[str, Any]]:
    """Return the alarms, those unseen above all, newest first."""
    names = ("id", "at", "last_at", "kind", "role", "actor", "purpose", "count", "entry", "seen_at")
    rows = database.rows(
        f"SELECT {', '.join(names)} FROM vault_alarm"  # noqa: S608 # names of ours
        " ORDER BY CASE WHEN seen_at IS NULL THEN 0 ELSE 1 END, last_at DESC, id DESC LIMIT ?",
        SHOWN_MAX,
    )
    return [dict(zip(names, row, strict=True)) for row in rows]
