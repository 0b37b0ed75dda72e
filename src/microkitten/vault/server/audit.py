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


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: `size` entries under `root`, of which `signed` are signed for."""

    size: int
    root: bytes
    signed: int


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
        return _verify(line, signed)


def _verify(line: Any, signed: Checkpoint) -> Audit:
    grown, stored = tree.Tree(), iter(line.execute("SELECT number, hash FROM vault_node ORDER BY number"))
    counted: Counter[tuple[str, str, str]] = Counter()
    root = grown.root()
    if signed.size == 0 and signed.root != root:
        raise Doubt("an empty ledger was signed for with another root")
    for number, leaf in line.execute("SELECT number, leaf FROM vault_entry ORDER BY number"):
        if number != grown.size:
            raise Doubt(f"entry {grown.size} is missing")
        if not isinstance(leaf, bytes):
            raise Doubt(f"entry {number} was written by another hand")
        for made in grown.append(tree.leaf_hash(leaf)):
            if next(stored, None) != made:
                raise Doubt(f"a stored hash differs at entry {number}")
        told = json.loads(leaf)
        counted[told["t"][:7], told["k"], told["p"]] += 1
        if grown.size == signed.size and grown.root() != signed.root:
            raise Doubt(f"the first {signed.size} entries are not those that were signed for")
    if next(stored, None) is not None:
        raise Doubt("there are stored hashes of entries that are gone")
    if grown.size < signed.size:
        raise Doubt(f"the ledger has {grown.size} entries, but {signed.size} were signed for")
    _verify_tallies(line, counted)
    return Audit(grown.size, grown.root(), signed.size)


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
