"""What the vault tells anybody: its ledger and its counts, which are nobody's data (P42)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from microkitten.vault.door import line
from microkitten.vault.types import Count, Deployment, Restore


def checkpoint() -> str:
    """Return the signed checkpoint of the ledger as it stands (C2SP tlog-checkpoint, a signed note)."""
    return str(_ask("checkpoint"))


def ledger_key() -> str:
    """Return the key that verifies the checkpoint, as the signed-note format writes it:
    `name+hash+base64`.
    """
    return str(_ask("ledger_key"))


def inclusion(index: int) -> tuple[int, list[bytes]]:
    """Return the size of the checkpoint's tree and the proof that an entry lies in it (RFC 6962, section
    2.1.1).
    """
    answer = _ask("inclusion", index=index)
    return answer["size"], [bytes.fromhex(one) for one in answer["proof"]]


def consistency(old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of size `new` continues the one of size `old` (RFC 6962, section
    2.1.2).
    """
    return [bytes.fromhex(one) for one in _ask("consistency", old=old, new=new)]


def counts() -> tuple[Count, ...]:
    """Return how many entries the ledger has, by month, kind, purpose and party; verified by `ledger verify` (P20)."""
    return tuple(Count(*one) for one in _ask("counts"))


def deployments() -> tuple[Deployment, ...]:
    """Return which policies have governed, from which entry on and since when, oldest first (P42)."""
    return tuple(Deployment(*one) for one in _ask("deployments"))


def restores() -> tuple[Restore, ...]:
    """Return when an old copy of the vault was brought back, oldest first (P42)."""
    return tuple(
        Restore(datetime.fromtimestamp(at, UTC), entry, backup, origin, lost)
        for at, entry, backup, origin, lost in _ask("restores")
    )


def policy_hash() -> str:
    """Return the policy hash that vault and caller agreed on in their greeting."""
    return line.greeted_policy_hash()


def _ask(do: str, **parts: Any) -> Any:
    """Ask one thing that is nobody's personal act."""
    return line.ask({"by": None, "asks": [{"do": do, **parts}]}, repeatable=True)[0]
