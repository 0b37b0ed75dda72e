"""`microkitten bench`: what the vault costs, measured on this machine with synthetic people."""

from __future__ import annotations

import subprocess
import sys

import click

MODULE = "microkitten.vault.server.bench"


@click.group()
def bench() -> None:
    """Measure on this machine; no store is touched."""


@bench.command()
@click.option("--people", default=10_000, show_default=True, help="Synthetic people, each with ten orders.")
@click.option(
    "--postgresql", metavar="URL", help="An empty database of its own role, to be measured beside SQLite."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def vault(people: int, postgresql: str | None, *, as_json: bool) -> None:
    """Measure opening, lists, pages, erasing, taking along, turning keys and bytes, beside plain tables (P35).

    The full figures are those of --people 100000, which takes some minutes. Ends with 1 if a target is missed.
    """
    command = [sys.executable, "-m", MODULE, "--people", str(people)]
    command += ["--json"] if as_json else []
    # The vault's own process measures itself, one for each engine, one after the other.
    runs = [command, *([[*command, "--postgresql", postgresql]] if postgresql else [])]
    raise SystemExit(max(subprocess.run(one, check=False).returncode for one in runs))
