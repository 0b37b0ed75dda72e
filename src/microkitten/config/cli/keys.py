"""Commands about the vault's keys: where they lie, whether each place alone would do, and what to do after a loss."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import click

from microkitten.config.cli import folder as folders


@click.group()
def keys() -> None:
    """Where the vault's keys lie, and how they come back after a loss (docs/operating/keys.md)."""


@keys.command()
@folders.argument
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(folder: Path | None, *, as_json: bool) -> None:
    """Say what each place of the keys holds, and when it last opened a probe alone."""
    told = _told("keys-status", folder)
    if as_json:
        click.echo(json.dumps(told, indent=1))
        return
    for one in told["places"]:
        click.echo(f"{one['place']}  ({one['custody']}, {one['folder']})")
        click.echo(f"  {one['said'] or 'change {}'.format(one['change'])}")
        click.echo(f"  rehearsed: {one['rehearsed'] or 'never'}")


@keys.command()
@folders.argument
def rehearse(folder: Path | None) -> None:
    """Let each place alone open a probe and write the day down; the store may go on serving."""
    told = _told("keys-rehearse", folder)
    for one in told["places"]:
        click.echo(f"{one['place']}: {'opens' if one['opens'] else one['said']}")
    if not all(one["opens"] for one in told["places"]):
        raise SystemExit(1)


@keys.command()
@folders.argument
def sync(folder: Path | None) -> None:
    """Bring every replica up to date, new ones included; stop the store first."""
    raise SystemExit(_run("keys-sync", folder, None).returncode)


@keys.command("bring-back")
@folders.argument
def bring_back(folder: Path | None) -> None:
    """Make the vault's own keys again from a replica, after a loss; stop the store first."""
    raise SystemExit(_run("keys-bring-back", folder, None).returncode)


@keys.group()
def rotate() -> None:
    """Replace keys while the store serves: after a suspicion, or because it is time."""


@rotate.command()
@folders.argument
def root(folder: Path | None) -> None:
    """Replace the root above all keys: every older copy of the keys is noise from then on."""
    _told("keys-rotate-root", folder)
    click.echo("There is a new root; copies of the keys from before open nothing any more.")


@rotate.command("people")
@folders.argument
def people_(folder: Path | None) -> None:
    """Give everybody new keys; a crash or Ctrl-C loses nothing, and the next start goes on.

    Backups from before open nothing afterwards: make a new one.
    """
    if _run("keys-rotate-people", folder, None).returncode:  # it tells how far it has come as it goes
        raise SystemExit(1)
    click.echo("Make a backup now: older ones open nothing any more.")


def _run(verb: str, folder: Path | None, output: int | None) -> subprocess.CompletedProcess[bytes]:
    from microkitten.config import processes

    return processes.vault_command(verb, folders.find(folder), output, as_vault=True)


def _told(verb: str, folder: Path | None) -> dict[str, Any]:
    """Return what a command says as JSON; a sentence instead ends ours with it."""
    said = _run(verb, folder, subprocess.PIPE).stdout.decode(errors="replace")
    try:
        told, _end = json.JSONDecoder().raw_decode(said)
    except ValueError:
        raise click.ClickException(said.strip()) from None
    return dict(told)
