"""Commands that ask: the ledger, and for a token that signs the first member of staff in."""

from __future__ import annotations

from pathlib import Path

import click

from microkitten.config.cli import folder as folders


@click.group()
def ledger() -> None:
    """Verify what was written down about each use of personal data."""


@ledger.command("verify")
@folders.argument
def ledger_verify(folder: Path | None) -> None:
    """Recompute the ledger's tree from its leaves and compare it with the signed checkpoint."""
    from microkitten.config import processes

    raise SystemExit(processes.ask_vault("verify", folders.find(folder)))


@click.group()
def staff() -> None:
    """Members of staff."""


@staff.command("token")
@folders.argument
def staff_token(folder: Path | None) -> None:
    """Print a fresh token with which a member of staff signs in once."""
    from microkitten.config import processes

    raise SystemExit(processes.ask_vault("staff-token", folders.find(folder)))
