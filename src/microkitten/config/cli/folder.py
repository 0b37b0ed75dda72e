"""Finds the store a command is about, and turns what can be wrong with it into a message with a remedy."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

import click

STORE_FILE = "store.toml"

argument = click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
option = click.option(
    "--store",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="The store's folder.",
)
_also = click.option(
    "--store", "also", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="The same."
)


def either(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command be told the store's folder as DIR or as --store DIR, whichever somebody is used to."""

    @wraps(command)
    def told(folder: Path | None, also: Path | None, **others: object) -> None:
        if folder and also:
            raise click.UsageError(f"the store's folder is named twice, {folder} and {also}")
        command(folder=folder or also, **others)

    return argument(_also(told))


def find(given: Path | None) -> Path:
    """Return the store's folder: the one given, else `MICROKITTEN_STORE`, else the present folder.

    Raises `click.ClickException` that says how to make one if there is no store.
    """
    folder = given or Path(os.environ.get("MICROKITTEN_STORE") or ".")
    if not (folder / STORE_FILE).is_file():
        raise click.ClickException(
            f"{folder} is not a store: it has no {STORE_FILE}.\n"
            f"  Name the store's folder, or make one:  microkitten new {folder / 'my-store'}"
        )
    return folder.resolve()


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show mistakes in `store.toml` or `policy.toml` as the list they are, not as a traceback."""
    from microkitten.config.database import CannotConnect  # late, as both below: --help stays quick
    from microkitten.config.store import StoreError
    from microkitten.policy import PolicyError

    try:
        yield
    except StoreError as error:
        raise click.ClickException(f"the store's settings do not fit:\n{error}") from None
    except CannotConnect as error:
        raise click.ClickException(f"the shop's database: {error}") from None
    except PolicyError as error:
        lines = "\n".join(f"{p.file}, line {p.line}: {p.message}\n    {p.hint}" for p in error.problems)
        raise click.ClickException(f"the policy cannot govern as it is:\n{lines}") from None
