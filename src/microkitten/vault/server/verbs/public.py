"""What the ledger tells anybody: its checkpoint, its key, its proofs. Nobody's data, so nobody's purpose
(P42)."""

from __future__ import annotations

from typing import Any

from microkitten.vault.server.work import Work


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


def consistency(work: Work, *, old: int, new: int) -> list[str]:
    """Prove that the log only grew. Raises: Refusal for sizes it never had."""
    try:
        return [one.hex() for one in work.vault.journal.consistency(old, new)]
    except IndexError:
        work.refuse("no such size")


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
    }
