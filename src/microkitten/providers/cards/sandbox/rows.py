"""The rows of the sandbox's book: what stands in a session, a webhook, and the tables that hold them."""

from __future__ import annotations

from dataclasses import dataclass

from microkitten.providers.cards import Card, Status

SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
  id TEXT PRIMARY KEY, idempotency_key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency TEXT NOT NULL, reference TEXT NOT NULL,
  return_url TEXT NOT NULL, webhook_url TEXT NOT NULL, status TEXT NOT NULL, asked INTEGER NOT NULL DEFAULT 0,
  expires_at REAL NOT NULL, brand TEXT, last4 TEXT, expiry TEXT, token TEXT) STRICT;
CREATE TABLE IF NOT EXISTS capture (
  session_id TEXT NOT NULL REFERENCES session, once TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), PRIMARY KEY (session_id, once)) STRICT;
CREATE TABLE IF NOT EXISTS delivery (
  id INTEGER PRIMARY KEY, event_id TEXT NOT NULL, kind TEXT NOT NULL, object_id TEXT NOT NULL,
  url TEXT NOT NULL, next_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS notice (
  id TEXT PRIMARY KEY, once TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, reference TEXT NOT NULL,
  done_at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (next_at) WHERE delivered = 0;
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the shop asks to be paid, and where to answer."""

    amount_minor: int
    currency: str
    reference: str
    return_url: str
    webhook_url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A session as it stands in the book."""

    id: str
    wanted: Wanted
    status: Status
    is_asked: bool
    """The card's bank waits for the payer's approval."""
    captured_minor: int
    card: Card | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One copy of one webhook that has not arrived yet."""

    id: int
    event_id: str
    kind: str
    object_id: str
    url: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Telling:
    """When the webhook about a change may leave, in seconds since 1970, and in how many copies."""

    at: float
    copies: int = 1
