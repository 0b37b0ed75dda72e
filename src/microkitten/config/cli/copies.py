"""Commands for backups: make one, bring one back, rehearse it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from microkitten.config.cli import folder as folders

if TYPE_CHECKING:
    from microkitten.config.copies.rehearsing import Rehearsal
    from microkitten.config.copies.restoring import Preview

KEYS = """\
The keys are not in it, and must not be: vault/keys.sqlite3 and the root key above it. They are kept apart by live
replicas (vault.replicas in store.toml, docs/operating/keys.md): a copy of the keys dies with the next erasure."""


@click.command()
@click.argument("dest", type=click.Path(file_okay=False, path_type=Path))
@folders.option
@click.option("--keep", type=click.IntRange(1, 10_000), help="Keep this many backups in DEST; older ones go.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def backup(dest: Path, folder: Path | None, keep: int | None, as_json: bool) -> None:
    """Make a backup of the store in a new folder below DEST; the store may be serving meanwhile."""
    from microkitten.config.copies import backing  # late, as below: --help stays quick

    store = folders.find(folder)
    with folders.plain_errors(), click.progressbar(length=1, label="copying files", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total or 1
            bar.update(done - bar.pos)

        try:
            made = backing.back_up(store, dest.absolute(), keep=keep, progress=progress)
        except backing.CannotBackUp as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        told = {"backup": str(made.path), "time": made.manifest.time, "gone": [str(one) for one in made.gone]}
        click.echo(json.dumps(told, indent=1))
        return
    size = sum(one.bytes for one in made.manifest.files)
    click.echo(f"backup made: {made.path}")
    click.echo(
        f"  {len(made.manifest.files)} files, {_bytes(size)}; {made.manifest.people} people sealed,"
        f" {made.manifest.entries} ledger entries"
    )
    for one in made.gone:
        click.echo(f"  removed, as --keep {keep} asks: {one}")
    click.echo(KEYS)
    click.echo(f"try whether it comes back:  microkitten check --restore {made.path} {store}")


@click.command()
@click.argument("backup", required=False, type=click.Path(file_okay=False, path_type=Path))
@folders.option
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@click.option("--discard", is_flag=True, help="Do not keep what is replaced.")
@click.option("--resume", is_flag=True, help="Finish a restore that was interrupted after it was decided.")
def restore(backup: Path | None, folder: Path | None, yes: bool, discard: bool, resume: bool) -> None:
    """Bring a backup back into a store that is stopped: old data with today's keys.

    BACKUP is a backup's folder, or the folder that holds several: then the newest. Who was erased since stays erased,
    what has lapsed stays lapsed, and no consent that was withdrawn holds again.
    """
    from microkitten.config.copies import restoring
    from microkitten.config.copies.manifest import NoBackup

    if resume == (backup is not None):
        raise click.UsageError("name a BACKUP, or --resume, and not both")
    with folders.plain_errors():
        try:
            if backup is None:
                done: restoring.Restored | None = restoring.resume(folders.find(folder))
            else:
                store = (
                    folders.find(folder)
                    if folder is None or (folder / folders.STORE_FILE).is_file()
                    else folder
                )
                done = restoring.restore(
                    store.absolute(), backup, agree=lambda preview: _agree(preview, yes=yes), keep=not discard
                )
        except (restoring.CannotRestore, NoBackup) as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            what = f"{error.strerror or type(error).__name__}: {error.filename or folder or '.'}"
            raise click.ClickException(what) from None
    if done is None:
        raise click.ClickException("nothing was restored")
    click.echo(f"restored; {done.files} missing files came back, all others stayed as they are today")
    if done.kept:
        click.echo("what was replaced is kept (sealed rows, and orders by their ids):")
        click.echo(f"  shop.{done.kept}.* and vault/before-restore-*; delete them when all is well")
    click.echo("next:  microkitten serve; then microkitten check, and microkitten ledger verify")


def _agree(preview: Preview, *, yes: bool) -> bool:
    for line in previewed(preview.found, preview.ledger, preview.present, preview.manifest.time):
        click.echo(line)
    return yes or click.confirm("Restore now?", default=False)


def previewed(
    found: dict[str, Any] | Any, ledger: dict[str, Any] | Any, present: str, time: str
) -> list[str]:
    """Return what would come back and what would not, line by line."""
    lines = [f"backup of {time}", f"  people who come back:            {found['people']}"]
    for group, counted in found["records"].items():
        parts = [f"{counted['life']} as before"] if counted.get("life") else []
        parts += [f"{counted['law']} for books and law alone"] if counted.get("law") else []
        parts += [f"{counted['gone']} not: lapsed, withdrawn or erased"] if counted.get("gone") else []
        lines.append(f"    {group + ':':<30} {', '.join(parts)}")
    lines += [
        f"  erased or ended since, stay so:  {found['gone']}",
        f"  consents that hold no more:      {found['withdrawn']}",
        f"  restricted, stay so:             {found['restricted']}",
        f"  collected since, LOST FOR GOOD:  {found['since']}",
    ]
    if present:
        lines.append(f"  the present database of the vault is not used: {present}")
    if not ledger["origin"]:
        lines.append("  the ledger goes on: nothing that was signed for is lost")
    else:
        lost = "unknown how many" if ledger["lost"] is None else ledger["lost"]
        lines.append(f"  LEDGER ENTRIES LOST:             {lost}; a new log begins: {ledger['origin']}")
    return lines


def rehearse(store: Path, given: Path | None, *, as_json: bool) -> int:
    """Rehearse a restore and print what was found; returns the exit status."""
    from microkitten.config.copies import rehearsing
    from microkitten.config.copies.manifest import NoBackup

    try:
        done = rehearsing.rehearse(store, given)
    except (NoBackup, rehearsing.CannotRehearse) as error:
        raise click.ClickException(f"this backup would not come back: {error}") from None
    if as_json:
        click.echo(
            json.dumps(asdict(done) | {"backup": str(done.backup), "manifest": done.manifest.time}, indent=1)
        )
    else:
        _report(done)
    return 1 if done.shop else 0


def _report(done: Rehearsal) -> None:
    click.echo(f"rehearsed with {done.backup}, thrown away again")
    click.echo(f"  every file is as its manifest says: {len(done.manifest.files)} files")
    click.echo(f"  ledger: {done.entries} entries verify against the signed checkpoint of that moment")
    click.echo(f"  people: {done.found['people']} come back, {done.found['gone']} are gone since")
    for group, counted in done.found["records"].items():
        numbers = ", ".join(f"{counted.get(name, 0)} {word}" for name, word in _WORDS)
        click.echo(f"    {group + ':':<30} {numbers}")
    click.echo(f"  collected since, in no backup yet: {done.found['since']}")
    shop = done.people
    click.echo(
        f"  shop: {done.shop or 'whole'}; of {shop['named']} people it names {shop['back']} come back,"
        f" {shop['gone']} are gone since, {shop['unknown']} the vault's copy does not have"
    )
    click.echo("  the day is noted; `microkitten check` asks again in three months")


_WORDS = (
    ("life", "openable"),
    ("law", "openable for books and law alone"),
    ("gone", "not openable any more"),
)


def _bytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count / 1_000:.1f} kB"
