"""What the ledger tells anybody: its checkpoint, its key, its proofs. Nobody's data, so nobody's purpose
(P42)."""

from __future__ import annotations

import json
from typing import Any, Final

from microkitten.vault.server.logs import RESTORES
from microkitten.vault.server.work import Work

RESTORES_MAX: Final = 100
ROWS_MAX: Final = 5_000  # what one answer holds: the newest


def checkpoint(work: Work) -> str:
    """Return the signed checkpoint of all that is committed."""
    return work.vault.journal.checkpoint()


def ledger_key(work: Work) -> str:
    """Return the key that verifies checkpoints."""
    return str(work.vault.journal.signer.verifier)


def inclusion(work: Work, *, index: int) -> dict[str, Any]:
    """Prove an entry. Raises: Refusal if there is none such."""
    try:
        size, proof = work.vault.journal.inclusion(index)
    except IndexError:
        work.refuse("no such entry")
    return {"size": size, "proof": [one.hex() for one in proof]}


def receipt(work: Work, *, index: int) -> dict[str, Any]:
    """Return an entry with its proof and the checkpoint that the proof leads to. Raises: Refusal if there is none."""
    row = work.vault.database.row("SELECT leaf FROM vault_entry WHERE number = ?", index)
    if row is None or index >= work.vault.journal.size:
        work.refuse("no such entry")
    work.vault.journal.checkpoint()
    try:
        proven = work.vault.journal.proven(index)
    except IndexError:
        work.refuse("no such entry")
    return {
        "index": proven.index,
        "leaf": bytes(row[0]).decode(),
        "proof": [one.hex() for one in proven.hashes],
        "checkpoint": proven.note,
    }


def is_confirmed(work: Work) -> bool:
    """Tell whether every place of the keys holds the last change."""
    return work.vault.keyring.is_confirmed


def consistency(work: Work, *, old: int, new: int) -> list[str]:
    """Prove that the log only grew. Raises: Refusal for sizes it never had."""
    try:
        return [one.hex() for one in work.vault.journal.consistency(old, new)]
    except IndexError:
        work.refuse("no such size")


def counts(work: Work) -> list[list[Any]]:
    """Return how many entries each month has, by kind, purpose and party; oldest month first."""
    rows = work.vault.database.rows(
        "SELECT month, kind, purpose, party, entries FROM vault_tally"
        " ORDER BY month DESC, kind DESC, purpose DESC, party DESC LIMIT ?",
        ROWS_MAX,
    )
    return [list(row) for row in reversed(rows)]


def deployments(work: Work) -> list[list[Any]]:
    """Return which policy governed from which entry on, and since which minute; oldest first."""
    rows = work.vault.database.rows(
        "SELECT d.policy, d.entry, e.leaf FROM vault_deployment d JOIN vault_entry e ON e.number = d.entry"
        " ORDER BY d.entry DESC LIMIT ?",
        ROWS_MAX,
    )
    return [[hashed, entry, json.loads(bytes(leaf))["t"]] for hashed, entry, leaf in reversed(rows)]


def restores(work: Work) -> list[list[Any]]:
    """Return when an old copy of the vault was brought back, with which entry, from when it was, the new log's origin
    if the old one ended by it, and how many entries were lost (None where nobody can say); oldest first.
    """
    row = work.vault.database.row("SELECT value FROM vault_fact WHERE name = ?", RESTORES)
    told = [] if row is None else json.loads(row[0])
    return [
        [one["at"], one["entry"], one["backup"], one["origin"], one["lost"]] for one in told[-RESTORES_MAX:]
    ]


def status(work: Work) -> dict[str, Any]:
    """Return counts and states, nobody's data."""
    database = work.vault.database
    counts = {
        name: database.row(f"SELECT COUNT(*) FROM vault_{name}")[0]  # noqa: S608 # names of ours
        for name in ("person", "record", "pass", "act", "erased")
    }
    (unclaimed,) = database.row("SELECT COUNT(*) FROM vault_record WHERE claimed_at IS NULL")
    return {
        **counts,
        "unclaimed": unclaimed,
        "entries": work.vault.journal.size,
        "policy": work.vault.policy.hash,
        "engine": database.engine,
        "doubts": database.doubts(),
    }
