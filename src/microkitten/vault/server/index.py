"""The blind index: exact values found again by a keyed hash, under a key for each column and month (P35)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from uuid import UUID

from microkitten.vault.server.clock import month
from microkitten.vault.server.work import Work
from microkitten.vault.values import normalized

COLUMNS: Final = frozenset({"customer.email", "visitor.cookie"})
ORDER: Final = "order.number"  # no field of the policy: an order's number is nobody's datum, who ordered is
TAG_BYTES: Final = 16


def put(work: Work, column: str, value: str, person: UUID) -> None:
    """Make a person findable by a value, and no longer by the one before."""
    now = month(work.at)
    drop(work, column, person)
    work.vault.database.run(
        'INSERT INTO vault_find ("column", month, tag, person) VALUES (?, ?, ?, ?)',
        column,
        now,
        tag(work, column, now, value),
        person.hex,
    )


def drop(work: Work, column: str, person: UUID) -> None:
    """Make a person no longer findable by a column."""
    work.vault.database.run('DELETE FROM vault_find WHERE person = ? AND "column" = ?', person.hex, column)


def look_up(work: Work, column: str, value: str) -> UUID | None:
    """Return the person of a value, the newest if several; None if there is none."""
    return next(iter(look_up_all(work, column, value)), None)


def look_up_all(work: Work, column: str, value: str) -> list[UUID]:
    """Return all persons of a value, the newest first."""
    tags = [
        tag(work, column, name.rpartition(":")[2], value)
        for name in work.vault.keyring.named(f"index:{column}:")
    ]
    rows = work.vault.database.among(
        'SELECT person FROM vault_find WHERE "column" = ? AND tag IN (?)', tags, column
    )
    return sorted({UUID(person) for (person,) in rows}, reverse=True)


def tag(work: Work, column: str, of_month: str, value: str) -> bytes:
    """Return the keyed hash of a value under the key of its column and a month."""
    key = work.vault.keyring.service(f"index:{column}:{of_month}")
    text = value if column == "visitor.cookie" else normalized(value)
    return hmac.digest(key, text.encode(), hashlib.sha256)[:TAG_BYTES]


def _stone(work: Work, person: UUID) -> str:
    return hmac.digest(work.vault.keyring.service("erased"), person.bytes, hashlib.sha256).hex()


def erased(work: Work, person: UUID) -> tuple[int, str] | None:
    """Return entry and leaf hash of a person's erasure, if they were erased."""
    row = work.vault.database.row(
        "SELECT entry, leaf_hash FROM vault_erased WHERE tag = ?", _stone(work, person)
    )
    return None if row is None else (row[0], row[1])


def mark_erased(work: Work, person: UUID, entry: int, leaf_hash: str) -> None:
    """Remember that a person was erased, under a keyed hash of their id."""
    work.vault.database.run(
        "INSERT INTO vault_erased (tag, entry, leaf_hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        _stone(work, person),
        entry,
        leaf_hash,
    )
