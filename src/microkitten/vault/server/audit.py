"""Verifying the ledger from its leaves alone: every hash again, every stored hash, every tally, and the
checkpoint that was signed (P42)."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any

from microkitten.ledger import tree
from microkitten.ledger.note import BadNote, Checkpoint, Verifier
from microkitten.vault.server.database import Failed, snapshot
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.logs import RESTORES, Logs, Past, node_of


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: `size` entries under `root`, of which `signed` are signed for; how often an old copy was brought
    back (`restores`), and how many logs ended by that (`ended`).
    """

    size: int
    root: bytes
    signed: int
    restores: int = 0
    ended: int = 0


def verify(folder: Folder) -> Audit:
    """Read one view of the database, without keys, also while a vault serves it. Raises: Doubt, naming the
    first thing wrong.
    """
    try:
        verifier = Verifier.parse(folder.verifier.read_text())
        signed = Checkpoint.opened(folder.signed.read_text(), verifier)
    except (OSError, BadNote) as error:
        raise Doubt(f"the signed checkpoint cannot be read: {error}") from None
    with snapshot(folder) as line:
        return _verify(line, signed, verifier)


def verify_copy(line: Any, note: str, verifier: Verifier) -> Audit:
    """Verify a copy of the ledger against the signed checkpoint that came with it. Raises: Doubt."""
    try:
        return _verify(line, Checkpoint.opened(note, verifier), verifier)
    except BadNote as error:
        raise Doubt(f"the signed checkpoint cannot be read: {error}") from None


def _verify(line: Any, signed: Checkpoint, verifier: Verifier) -> Audit:
    facts = list(line.execute("SELECT name, value FROM vault_fact"))
    logs, reading = Logs.read(facts), _Reading(line)
    for past in logs.past:
        _verify_past(reading, past, verifier)
    grown = reading.log(logs.base, None, signed, "that were signed for")
    if grown.size < signed.size:
        raise Doubt(f"the ledger has {grown.size} entries, but {signed.size} were signed for")
    if next(reading.stored, None) is not None:
        raise Doubt("there are stored hashes of entries that are gone")
    _verify_tallies(line, reading.counted)
    restores = len(json.loads(dict(facts).get(RESTORES, "[]")))
    return Audit(grown.size, grown.root(), signed.size, restores, len(logs.past))


def _verify_past(reading: _Reading, past: Past, verifier: Verifier) -> None:
    """Verify what is left of a log that ended: the same key has signed for it, under another name."""
    try:
        signed = Checkpoint.opened(past.note, Verifier(past.origin, verifier.public))
    except BadNote as error:
        raise Doubt(f"the last checkpoint of the log {past.origin} cannot be read: {error}") from None
    grown = reading.log(past.first, past.held, signed, f"of the log {past.origin}")
    if not signed.size <= grown.size == past.held:
        raise Doubt(f"of the log {past.origin}, {grown.size} entries are left, not {past.held}")


class _Reading:
    """Leaves and stored hashes in their order, and what the leaves say of themselves."""

    def __init__(self, line: Any) -> None:
        self._leaves = iter(line.execute("SELECT number, leaf FROM vault_entry ORDER BY number"))
        self.stored = iter(line.execute("SELECT number, hash FROM vault_node ORDER BY number"))
        self.counted: Counter[tuple[str, str, str]] = Counter()

    def log(self, first: int, held: int | None, signed: Checkpoint, whose: str) -> tree.Tree:
        """Grow the tree of one log from its leaves; `held` of them, or all that are left. Raises: Doubt."""
        grown, offset = tree.Tree(), node_of(first)
        if signed.size == 0 and signed.root != grown.root():
            raise Doubt("an empty ledger was signed for with another root")
        while held is None or grown.size < held:
            row = next(self._leaves, None)
            if row is None:
                break
            number, leaf = row
            if number != first + grown.size:
                raise Doubt(f"entry {first + grown.size} is missing")
            if not isinstance(leaf, bytes):
                raise Doubt(f"entry {number} was written by another hand")
            for stored, hashed in grown.append(tree.leaf_hash(leaf)):
                if next(self.stored, None) != (offset + stored, hashed):
                    raise Doubt(f"a stored hash differs at entry {number}")
            told = json.loads(leaf)
            self.counted[told["t"][:7], told["k"], told["p"]] += 1
            if grown.size == signed.size and grown.root() != signed.root:
                raise Doubt(f"the first {signed.size} entries are not those {whose}")
        return grown


def _verify_tallies(line: Any, counted: Counter[tuple[str, str, str]]) -> None:
    """Compare the tallies with what the leaves say; which party a disclosure went to, no leaf says."""
    try:
        tallies = {
            (month, kind, purpose): (entries, least)
            for month, kind, purpose, entries, least in line.execute(
                "SELECT month, kind, purpose, CAST(SUM(entries) AS BIGINT), MIN(entries) FROM vault_tally"
                " GROUP BY month, kind, purpose"
            )
        }
    except (sqlite3.OperationalError, Failed):
        raise Doubt("there are no tallies; run migrate") from None
    for key in sorted(counted.keys() | tallies.keys()):
        entries, least = tallies.get(key, (0, 0))
        if entries != counted[key] or least < 1:
            month, kind, purpose = key
            what = f"{kind} for {purpose}" if purpose else kind
            raise Doubt(f"the tally of {month} says {entries} x {what}, the leaves say {counted[key]}")
