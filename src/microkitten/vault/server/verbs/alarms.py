"""Alarms, for whoever runs the server and for the merchant: what they are told, and that they have seen it (P35)."""

from __future__ import annotations

from typing import Any

from microkitten.vault.server import alarms
from microkitten.vault.server.work import Work


def listed(work: Work) -> list[dict[str, Any]]:
    """Return the alarms, unseen ones first; nobody's data. Raises: Refusal."""
    _check(work)
    return alarms.listed(work.vault.database)


def seen(work: Work, *, id: int) -> None:
    """Note that somebody has looked at an alarm; what comes after it is a new one. Raises: Refusal."""
    _check(work)
    changed = work.vault.database.run(
        "UPDATE vault_alarm SET seen_at = COALESCE(seen_at, ?) WHERE id = ?", work.at, id
    )
    if not changed:
        work.refuse("absent")


def _check(work: Work) -> None:
    """Refuse all but the operator's own socket and a merchant with a live pass. Raises: Refusal."""
    if work.actor != "operator" and not (work.actor == "merchant" and work.actor in work.roles()):
        work.refuse("staff" if work.actor == "merchant" else "actor")
