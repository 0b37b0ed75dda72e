"""Commands that hold two policies side by side: what changed, how its page would look, what a
release brings."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from microkitten.config.cli import folder as folders

if TYPE_CHECKING:
    from microkitten.policy import Policy
    from microkitten.policy.wording import Company

PREVIEW_PORT = 8470
ERROR, DIFFERENT = 2, 1


class _Mistake(click.ClickException):
    exit_code = ERROR


@contextmanager
def _status_2() -> Iterator[None]:
    """As of `diff(1)`: 1 says that two things differ, so mistakes end with 2."""
    try:
        with folders.plain_errors():
            yield
    except click.ClickException as error:
        raise _Mistake(error.message) from None


@click.command("diff")
@click.argument("old", required=False)
@click.argument("new", required=False)
@folders.option
@click.option("--width", type=click.IntRange(40, 400), help="Columns of the terminal [its own].")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def policy_diff(
    old: str | None, new: str | None, folder: Path | None, width: int | None, as_json: bool
) -> None:
    """Say what differs between two policies: sentences, rights, lists, and which consents lapse.

    OLD and NEW are files or versions that have been in force ("1"); without them, the policy in force and
    policy.toml as it is edited; OLD alone may be the store's folder. Ends with 0 if they are the same, 1 if they
    differ, 2 for a mistake.
    """
    from microkitten.config.cli import side_by_side  # late: --help stays quick
    from microkitten.policy.diff import diff

    if old is not None and new is None and folder is None and Path(old).is_dir():
        folder, old = Path(old), None
    files = old is not None and new is not None and Path(old).is_file() and Path(new).is_file()
    with _status_2():
        where = None if files and folder is None else folders.find(folder)
        before, after = _policy(old, where, "force"), _policy(new, where, "edited")
        found = diff(before, after, _company(where))
    if as_json:
        click.echo(json.dumps(side_by_side.told(found), indent=1, ensure_ascii=False))
    else:
        is_wide = sys.stdout.isatty() or width is not None
        columns = width or shutil.get_terminal_size().columns
        click.echo(side_by_side.text(found, columns if is_wide else None))
    raise SystemExit(DIFFERENT if found else 0)


def _policy(word: str | None, where: Path | None, otherwise: str) -> Policy:
    """Load what a word of the command names: a file, or a version of the store's."""
    from microkitten import policy
    from microkitten.policy import past, versions

    if word is not None and Path(word).is_file():
        return past.read(Path(word))
    assert where is not None
    if word is None:
        return (
            past.read(versions.in_force(where))
            if otherwise == "force"
            else policy.load(where / versions.EDITED)
        )
    known = {one.version: one.path for one in versions.history(where)}
    if word not in known:
        been = ", ".join(known) or "none yet"
        raise click.ClickException(
            f"{word!r} is neither a file nor a version that has been in force ({been})"
        )
    return past.read(known[word])


def _company(where: Path | None) -> Company | None:
    from microkitten.config.store import read

    return read(where)[0].answers() if where else None


@click.command("preview")
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@folders.option
@click.option(
    "--port", default=PREVIEW_PORT, type=click.IntRange(0, 65535), help=f"Of 127.0.0.1 [{PREVIEW_PORT}]."
)
def policy_preview(file: Path | None, folder: Path | None, port: int) -> None:
    """Serve the privacy page of an edited policy beside the present one, to this machine alone, until Ctrl-C.

    FILE is policy.toml if none is named, or the store's folder. Edit it, reload the page: it is read anew each time.
    """
    from microkitten.config import preview

    if file and file.is_dir():
        file, folder = None, folder or file
    where = folders.find(folder)
    with folders.plain_errors():
        preview.serve(where, (file or where / "policy.toml").resolve(), port, say=click.echo)


@click.command("upgrade")
@folders.either
@click.option("--yes", is_flag=True, help="Write it without asking.")
@click.option("--json", "as_json", is_flag=True, help="For programs; without --yes nothing is written.")
def policy_upgrade(folder: Path | None, yes: bool, as_json: bool) -> None:
    """Bring policy.toml up to this release: what you changed stays, the rest becomes what the release brings.

    Shows what differs, asks, and writes policy.toml; `microkitten policy adopt` then puts it in force.
    """
    from microkitten.config import upgrading
    from microkitten.config.cli import side_by_side
    from microkitten.policy.diff import diff

    where = folders.find(folder)
    with folders.plain_errors():
        plan = upgrading.plan(where)
        found = diff(plan.before, plan.after, _company(where)) if plan else None
    if plan is None or found is None:
        click.echo(
            json.dumps({"upgrade": None}) if as_json else "policy.toml is of this release: nothing to do"
        )
        return
    if as_json:
        told: dict[str, object] = {"kept": plan.kept, "conflicts": [asdict(one) for one in plan.conflicts]}
        told |= {"untouched": plan.is_untouched, "difference": side_by_side.told(found)}
        click.echo(json.dumps({"upgrade": told, "written": yes}, indent=1, ensure_ascii=False))
    else:
        click.echo(
            side_by_side.text(found, shutil.get_terminal_size().columns if sys.stdout.isatty() else None)
        )
        click.echo(plan.text_of_choices())
    if yes or (not as_json and click.confirm("write policy.toml?", default=False)):
        upgrading.write(where, plan)
        if not as_json:
            click.echo("policy.toml written; put it in force:  microkitten policy adopt")
