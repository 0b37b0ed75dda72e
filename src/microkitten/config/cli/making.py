"""Commands that make a store and fill it."""

import json
import os
import sys
from pathlib import Path

import click

from microkitten.config.cli import folder as folders

PORT = 8443


@click.command()
@click.argument(
    "folder", metavar="[DIR]", default="demo-store", type=click.Path(file_okay=False, path_type=Path)
)
@click.option(
    "--port", default=None, type=click.IntRange(1, 65533), help=f"HTTPS port [{PORT}]; uses P to P+2."
)
@click.option("--reload", is_flag=True, help="Start again when the code, store.toml or policy.toml change.")
def demo(folder: Path, port: int | None, reload: bool) -> None:
    """Make a sample store with goods (if there is none in DIR) and serve it."""
    from microkitten.config import founding, supervisor  # late: --help stays quick

    with folders.plain_errors():
        if not (folder / folders.STORE_FILE).exists():
            founding.found(folder, founding.sample_plan(port or PORT))
            click.echo(f"sample store made in {folder}", err=True)
        if port is not None:  # the store's own file keeps what it says
            os.environ["MICROKITTEN_ADDRESS"] = f"https://localhost:{port}"
        raise SystemExit(supervisor.serve(folder.resolve(), reload=reload))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", prompt="Name of the shop")
@click.option("--address", prompt="Its address", default="https://localhost:8443", show_default=True)
@click.option("--company", prompt="Company that runs it (full legal name)")
@click.option("--postal-address", prompt="Postal address (lines separated by commas)")
@click.option("--email", prompt="E-mail address for customers")
@click.option("--country", prompt="Country of the company (two letters)", default="US", show_default=True)
@click.option(
    "--countries", prompt="Countries it sells to (two letters each, separated by commas)", default="US"
)
@click.option("--currency", default=None, help="Currency of all prices (three letters); asked if not given.")
@click.option("--language", default="en", show_default=True)
@click.option(
    "--sample", is_flag=True, help="To try things in: sandbox card processor, mailbox, sample goods."
)
def new(folder: Path, currency: str | None, sample: bool, **answers: str) -> None:
    """Make a new store in DIR: asks what it must know and writes store.toml and policy.toml."""
    from microkitten.config import founding
    from microkitten.config.countries import currency_of

    if currency is None:
        guess = currency_of(answers["country"].strip().upper())
        currency = click.prompt("Currency of all prices (three letters)", default=guess)
    with folders.plain_errors():
        plan = founding.plan(currency=currency, sample=sample, **answers)
        try:
            founding.found(folder, plan)
        except FileExistsError:
            raise click.ClickException(f"there is a store in {folder} already; nothing was changed") from None
    click.echo(f"store made in {folder}, policy profile: {plan.profile} ({plan.profile_reason})")
    click.echo(f"  set what is missing in   {folder / 'store.toml'}")
    click.echo(f"  read what it promises    {folder / 'policy.toml'}")
    click.echo(f"  add goods                microkitten import FILE --store {folder}")
    click.echo(f"  start it                 microkitten serve {folder}")


@click.command(hidden=True)
@click.argument("part", type=click.Choice(["shop", "pictures"]))
@folders.argument
def prepare(part: str, folder: Path | None) -> None:
    """One step of preparing a store, in a process (and, as root, under a user) of its own."""
    from microkitten.config import stocking

    with folders.plain_errors():
        stocking.run(part, folders.find(folder))


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folders.option
@click.option("--json", "as_json", is_flag=True, help="For programs: counts as JSON.")
def import_(file: Path, folder: Path | None, as_json: bool) -> None:
    """Import products from FILE (CSV, YAML or JSON)."""
    from microkitten.config import stocking

    store = folders.find(folder)
    with folders.plain_errors(), click.progressbar(length=1, label="importing", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total or 1
            bar.update(done - bar.pos)

        try:
            counts = stocking.import_file(store, file, progress)
        except stocking.CannotImport as error:
            raise click.ClickException(f"nothing was imported:\n{error}") from None
    if as_json:
        click.echo(json.dumps(counts, sort_keys=True))
    else:
        click.echo(", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counts.items()))
