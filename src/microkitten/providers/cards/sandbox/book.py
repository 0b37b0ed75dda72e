"""The sandbox's memory: sessions, captures and waiting webhooks, in one SQLite file without card numbers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from microkitten.providers.cards import Card, Status
from microkitten.providers.cards.sandbox.outcomes import new_id
from microkitten.providers.cards.sandbox.rows import SCHEMA, Delivery, Row, Telling, Wanted

_PAYABLE = (Status.OPEN, Status.DECLINED)


class Conflict(Exception):
    """The session is not in a state in which this can be done; the message is one word for programs."""


class Book:
    """All changes are short transactions behind one lock; what the shop must hear leaves its webhook too."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it (0600)."""
        path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def create(self, key: str, fingerprint: str, wanted: Wanted, *, expires_at: float) -> Row:
        """Return the session of this key, made now if it is new.

        :raises Conflict: `key_reused` if the key came before with other contents.
        """
        with self._change() as db:
            known = db.execute(
                "SELECT id, fingerprint FROM session WHERE idempotency_key = ?", (key,)
            ).fetchone()
            if known is None:
                session_id = new_id("session")
                values = (
                    session_id,
                    key,
                    fingerprint,
                    wanted.amount_minor,
                    wanted.currency,
                    wanted.reference,
                )
                places = (wanted.return_url, wanted.webhook_url, Status.OPEN.value, expires_at)
                db.execute(
                    "INSERT INTO session (id, idempotency_key, fingerprint, amount_minor, currency,"
                    " reference, return_url, webhook_url, status, expires_at) VALUES (?,?,?,?,?,?,?,?,?,?)",
                    values + places,
                )
                return self._row(session_id)
            if known["fingerprint"] != fingerprint:
                raise Conflict("key_reused")
            return self._row(known["id"])

    def get(self, session_id: str) -> Row:
        """Return a session.

        :raises KeyError: if there is none of this id.
        """
        with self._lock:
            return self._row(session_id)

    def all(self) -> list[Row]:
        """Return every session, oldest first."""
        with self._lock:
            ids = [row["id"] for row in self._db.execute("SELECT id FROM session ORDER BY rowid")]
            return [self._row(session_id) for session_id in ids]

    def authorize(self, session_id: str, card: Card | None, *, tell: Telling) -> Row:
        """Approve the card, or, with None, the one its bank has asked about; a second time changes nothing.

        :raises Conflict: `not_payable`.
        """
        with self._change() as db:
            row = self._payable(session_id)
            if row.status == Status.AUTHORIZED:
                return row
            if card is None and not row.is_asked:
                raise Conflict("not_payable")
            if card is not None:
                self._keep(card, session_id)
            db.execute("UPDATE session SET status = 'authorized', asked = 0 WHERE id = ?", (session_id,))
            self._tell("payment.authorized", row, tell)
            return self._row(session_id)

    def ask(self, session_id: str, card: Card) -> Row:
        """Keep the card until its bank has heard the payer.

        :raises Conflict: `not_payable`.
        """
        with self._change() as db:
            if self._payable(session_id).status != Status.AUTHORIZED:
                self._keep(card, session_id)
                db.execute("UPDATE session SET status = 'open', asked = 1 WHERE id = ?", (session_id,))
            return self._row(session_id)

    def decline(self, session_id: str, *, tell: Telling) -> Row:
        """Decline a card and forget it; the session can be paid with another one.

        :raises Conflict: `not_payable`.
        """
        with self._change() as db:
            row = self._payable(session_id)
            if row.status == Status.AUTHORIZED:
                return row
            db.execute(
                "UPDATE session SET status = 'declined', asked = 0, brand = NULL, last4 = NULL,"
                " expiry = NULL, token = NULL WHERE id = ?",
                (session_id,),
            )
            self._tell("payment.declined", row, tell)
            return self._row(session_id)

    def void(self, session_id: str, *, tell: Telling) -> Row:
        """End a session; one that is over already stays as it is.

        :raises Conflict: `captured`.
        """
        with self._change() as db:
            row = self._row(session_id)
            if row.status == Status.CAPTURED:
                raise Conflict("captured")
            if row.status in (*_PAYABLE, Status.AUTHORIZED):
                db.execute("UPDATE session SET status = 'voided', asked = 0 WHERE id = ?", (session_id,))
                self._tell("payment.voided", row, tell)
            return self._row(session_id)

    def capture(self, session_id: str, amount_minor: int, once: str, *, tell: Telling) -> Row:
        """Move money, once under each name.

        :raises Conflict: `once_reused`, `not_authorized`, `too_much`.
        """
        with self._change() as db:
            row = self._row(session_id)
            same = (session_id, once)
            known = db.execute(
                "SELECT amount_minor FROM capture WHERE session_id = ? AND once = ?", same
            ).fetchone()
            if known is not None:
                if known["amount_minor"] != amount_minor:
                    raise Conflict("once_reused")
                return row
            if row.status not in (Status.AUTHORIZED, Status.CAPTURED):
                raise Conflict("not_authorized")
            if row.captured_minor + amount_minor > row.wanted.amount_minor:
                raise Conflict("too_much")
            db.execute(
                "INSERT INTO capture (session_id, once, amount_minor) VALUES (?,?,?)", (*same, amount_minor)
            )
            db.execute("UPDATE session SET status = 'captured' WHERE id = ?", (session_id,))
            self._tell("payment.captured", row, tell)
            return self._row(session_id)

    def expire(self, *, now: float, tell: Telling) -> None:
        """End what was not paid in time."""
        with self._change() as db:
            due = "SELECT id FROM session WHERE status IN ('open', 'declined') AND expires_at <= ?"
            for late in db.execute(due, (now,)).fetchall():
                db.execute("UPDATE session SET status = 'expired', asked = 0 WHERE id = ?", (late["id"],))
                self._tell("payment.expired", self._row(late["id"]), tell)

    def heed(self, kind: str, reference: str, once: str, *, done_at: float) -> tuple[str, float]:
        """Note what a person wants of a payment; at an erasure its card is forgotten, the amount stays in the books.

        :returns: the acknowledgement's id, and when it is done.
        :raises Conflict: `once_reused` if the name came with another notice.
        """
        with self._change() as db:
            known = db.execute("SELECT * FROM notice WHERE once = ?", (once,)).fetchone()
            if known is None:
                made = new_id("notice")
                values = (made, once, kind, reference, done_at)
                db.execute(
                    "INSERT INTO notice (id, once, kind, reference, done_at) VALUES (?,?,?,?,?)", values
                )
                if kind == "erasure":
                    db.execute(
                        "UPDATE session SET brand = NULL, last4 = NULL, expiry = NULL, token = NULL"
                        " WHERE reference = ?",
                        (reference,),
                    )
                return made, done_at
            if (known["kind"], known["reference"]) != (kind, reference):
                raise Conflict("once_reused")
            return str(known["id"]), float(known["done_at"])

    def due(self, *, now: float, newest_first: bool, limit: int) -> list[Delivery]:
        """Return webhooks to deliver now."""
        direction = -1 if newest_first else 1
        with self._lock:
            found = self._db.execute(
                "SELECT id, event_id, kind, object_id, url, attempts FROM delivery"
                " WHERE delivered = 0 AND next_at <= ? ORDER BY id * ? LIMIT ?",
                (now, direction, limit),
            ).fetchall()
        return [Delivery(**dict(row)) for row in found]

    def settle(self, delivery: Delivery, *, again_at: float | None) -> None:
        """Note how a try went: delivered (None), or the time of the next one."""
        with self._change() as db:
            values = (again_at is None, again_at or 0.0, delivery.id)
            db.execute(
                "UPDATE delivery SET attempts = attempts + 1, delivered = ?, next_at = ? WHERE id = ?", values
            )

    def waiting(self, object_id: str | None = None) -> int:
        """Count webhooks that have not arrived, of one session or of all."""
        query = "SELECT count(*) FROM delivery WHERE delivered = 0 AND (?1 IS NULL OR object_id = ?1)"
        with self._lock:
            return int(self._db.execute(query, (object_id,)).fetchone()[0])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block is left; taken back if the block raises."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _row(self, session_id: str) -> Row:
        found = self._db.execute("SELECT * FROM session WHERE id = ?", (session_id,)).fetchone()
        if found is None:
            raise KeyError(session_id)
        total = "SELECT coalesce(sum(amount_minor), 0) FROM capture WHERE session_id = ?"
        captured = self._db.execute(total, (session_id,)).fetchone()[0]
        card = (
            Card(found["brand"], found["last4"], found["expiry"], found["token"]) if found["token"] else None
        )
        names = ("amount_minor", "currency", "reference", "return_url", "webhook_url")
        wanted = Wanted(**{name: found[name] for name in names})
        return Row(found["id"], wanted, Status(found["status"]), bool(found["asked"]), int(captured), card)

    def _payable(self, session_id: str) -> Row:
        """Return a session that can be paid, or was: paying twice is no error, it just moves no money."""
        row = self._row(session_id)
        if row.status not in (*_PAYABLE, Status.AUTHORIZED):
            raise Conflict("not_payable")
        return row

    def _keep(self, card: Card, session_id: str) -> None:
        values = (card.brand, card.last4, card.expiry, card.token, session_id)
        self._db.execute(
            "UPDATE session SET brand = ?, last4 = ?, expiry = ?, token = ? WHERE id = ?", values
        )

    def _tell(self, kind: str, row: Row, tell: Telling) -> None:
        """Leave the webhook in the same transaction as what it tells: neither is ever without the other."""
        event_id = new_id("event")
        for _ in range(tell.copies):
            values = (event_id, kind, row.id, row.wanted.webhook_url, tell.at)
            self._db.execute(
                "INSERT INTO delivery (event_id, kind, object_id, url, next_at) VALUES (?,?,?,?,?)", values
            )
