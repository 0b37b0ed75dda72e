"""Notices: whoever got somebody's data is told that it was erased, corrected or restricted, and followed until they
say that they did it too (P43)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from microkitten.ledger.leaf import Kind
from microkitten.policy import purpose
from microkitten.vault.server import sealing
from microkitten.vault.server.keys import Person
from microkitten.vault.server.work import Work
from microkitten.vault.values import has_card_number, has_control

DUE_SECONDS: Final = 30 * 86_400
SHOWN_MAX: Final = 500
ERASURE, CORRECTION, RESTRICTION = "erasure", "correction", "restriction"
# By what a party knows a hand-over again, the best first.
_REFERENCES: Final = ("reference", "message_id", "order_number")
_SENDERS: Final = frozenset({"job:notify", "operator"})
_COLUMNS: Final = "id, kind, party, reference, entry, made_at, due_at, sent_at, acknowledged_at, answer"
_LISTED: Final = f"SELECT {_COLUMNS} FROM vault_notice WHERE acknowledged_at IS"  # noqa: S608 # names of ours
_OPEN: Final = f"{_LISTED} NULL ORDER BY due_at LIMIT ?"
_ANSWERED: Final = f"{_LISTED} NOT NULL ORDER BY acknowledged_at DESC LIMIT ?"


class Handed(NamedTuple):
    """That a party got fields of somebody, and under which reference it knows them."""

    entry: int
    party: str
    fields: tuple[str, ...]
    reference: str


def handed(work: Work, person: Person) -> list[Handed]:
    """Return what was handed over of a person, oldest first."""
    found = []
    for entry, sealed, is_own in work.vault.database.rows(
        "SELECT d.entry, d.sealed, d.person IS NOT NULL FROM vault_act a JOIN vault_detail d ON d.entry = a.entry"
        " WHERE a.person = ? ORDER BY d.entry",
        person.id.hex,
    ):
        # What a parcel on its way still took after the erasure stands under the store's key.
        try:
            _, detail = work.vault.journal.opened(entry, bytes(sealed), person if is_own else None)
        except sealing.NotOpened:  # spoilt: to whom it went nobody knows any more, and an erasure goes on
            work.not_opened()
            continue
        told = json.loads(detail)
        facts = told.get("facts", {})
        reference = next((str(facts[name]) for name in _REFERENCES if name in facts), f"entry {entry}")
        found.append(Handed(entry, told["party"], tuple(told.get("fields", ())), reference))
    return found


def parties(found: Iterable[Handed], fields: Collection[str] | None = None) -> list[str]:
    """Return who got any of the fields, or anything at all."""
    return sorted({one.party for one in found if fields is None or not set(fields).isdisjoint(one.fields)})


def make(
    work: Work, kind: str, entry: int, found: Iterable[Handed], fields: Collection[str] | None = None
) -> int:
    """Make one notice for each hand-over that a party must hear about, once. Returns: how many were made.

    Params: `fields` that it is about; None if it is about all that the party has. No notice names a person.
    """
    wanted = {
        (one.party, one.reference)
        for one in found
        if fields is None or not set(fields).isdisjoint(one.fields)
    }
    if kind == ERASURE:
        known = work.vault.database.among(
            "SELECT party, reference FROM vault_notice WHERE kind = ? AND reference IN (?)",
            sorted({reference for _, reference in wanted}),
            kind,
        )
        wanted -= {(party, reference) for party, reference in known}
    work.vault.database.many(
        "INSERT INTO vault_notice (id, kind, party, reference, entry, made_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (uuid4().hex, kind, party, reference, entry, work.at, work.at + DUE_SECONDS)
            for party, reference in sorted(wanted)
        ],
    )
    return len(wanted)


def made_by(work: Work, entry: int) -> int:
    """Return how many notices follow from an entry."""
    (count,) = work.vault.database.row("SELECT COUNT(*) FROM vault_notice WHERE entry = ?", entry)
    return int(count)


# The verbs


def notices(work: Work) -> list[dict[str, Any]]:
    """List what parties must be told, the open ones above all, those due first. Raises: Refusal."""
    if work.actor not in _SENDERS and not (work.actor == "merchant" and work.actor in work.roles()):
        work.refuse("actor", purpose=str(purpose.rights))
    rows: list[Any] = []
    for which in _OPEN, _ANSWERED:
        rows += work.vault.database.rows(which, SHOWN_MAX - len(rows))
    return [_told(row) for row in rows]


def notice_sent(work: Work, *, id: UUID) -> None:
    """Note that a party was told; a second time changes nothing. Raises: Refusal."""
    row = _of(work, id)
    if row["sent_at"] is None:
        _enter(work, row, "notice sent")
        work.vault.database.run("UPDATE vault_notice SET sent_at = ? WHERE id = ?", work.at, id.hex)


def notice_acknowledged(work: Work, *, id: UUID, answer: str) -> None:
    """Note what a party answered; the first answer stands. Raises: Refusal."""
    row = _of(work, id)
    if has_control(answer, one_line=True) or has_card_number(answer):
        work.refuse("answer", purpose=str(purpose.rights))
    if row["acknowledged_at"] is None:
        _enter(work, row, "notice acknowledged")
        work.vault.database.run(
            "UPDATE vault_notice SET acknowledged_at = ?, sent_at = COALESCE(sent_at, ?), answer = ? WHERE id = ?",
            work.at, work.at, answer, id.hex,
        )  # fmt: skip


def _of(work: Work, id: UUID) -> dict[str, Any]:
    if work.actor not in _SENDERS:
        work.refuse("actor", purpose=str(purpose.rights))
    row = work.vault.database.row(
        f"SELECT {_COLUMNS} FROM vault_notice WHERE id = ?",  # noqa: S608 # names of ours
        id.hex,
    )
    if row is None:
        work.refuse("absent", purpose=str(purpose.rights))
    return _told(row)


def _told(row: Any) -> dict[str, Any]:
    return dict(zip(_COLUMNS.split(", "), row, strict=True))


def _enter(work: Work, row: dict[str, Any], outcome: str) -> None:
    detail = {"party": row["party"], "notice": row["kind"], "of": row["entry"]}
    work.enter(Kind.USE, purpose.rights, None, outcome=outcome, **detail)
