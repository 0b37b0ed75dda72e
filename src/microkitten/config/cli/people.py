"""Commands for whoever answers people who ask for their rights by letter or telephone: each for a purpose and a reason,
under a grant, and entered (P3, P43)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from microkitten.config.cli import folder as folders
from microkitten.config.cli import people_shown

ADDRESS = ("line1", "line2", "line3", "city", "area", "region", "postcode", "sorting", "country")
_purpose = click.option(
    "--purpose", default="rights", show_default=True, help="What for: a purpose of the policy."
)
_reason = click.option("--reason", required=True, help="Why, in a few words without anybody's data; entered.")
_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


def _id(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Read a person's id as `person find` prints it, and write it as the vault does."""
    try:
        return UUID(value).hex
    except ValueError:
        message = f"{value!r} is no id of a person; `microkitten person find` prints ids"
        raise click.BadParameter(message) from None


_who = click.argument("who", metavar="ID", callback=_id)


@click.group()
def person() -> None:
    """People's rights: find, show, export, correct, restrict, erase; each under a grant, and entered."""


def _asks(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its purpose, its reason, its store and --json."""

    @wraps(command)
    def asks(folder: Path | None, **told: Any) -> None:
        store = folders.find(folder)
        with folders.plain_errors():
            command(store=store, **told)

    return folders.option(_purpose(_reason(_json(asks))))


def _ask(store: Path, act: str, *, purpose: str, reason: str, as_json: bool, **more: Any) -> Any:
    """Ask the vault; what it refuses ends the command with its words, its rule and the statement to read."""
    from microkitten.config import asking_people  # late: --help stays quick
    from microkitten.policy import Purpose, UnknownWord

    try:
        Purpose.named(purpose)
    except UnknownWord as error:
        raise click.UsageError(str(error)) from None
    try:
        told = asking_people.ask(store, {"act": act, "purpose": purpose, "reason": reason, **more})
    except asking_people.CannotAsk as error:
        raise click.ClickException(str(error)) from None
    if "answer" in told:
        return told["answer"]
    if as_json:
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        raise SystemExit(1)
    if "erased" in told:
        click.echo("erased already", err=True)
        people_shown.receipt(told["erased"])
        raise SystemExit(1)
    raise click.ClickException(_refused(told["refused"]))


def _refused(told: dict[str, str]) -> str:
    why = _WORDS.get(told["why"], told["why"])
    rule = f"\n  rule:      {told['rule']}" if told["rule"] else ""
    statement = f"\n  statement: {told['statement']} (microkitten policy explain, or the page /privacy)"
    return f"refused: {why}{rule}{statement if told['statement'] else ''}"


_WORDS = {
    "absent": "the vault has no such person, or nothing of the kind",
    "reason": "a reason is needed: a few words, in one line, without a card number",
    "rate": "too often in one minute; wait, and ask again",
    "fields": "the policy knows no such field of this person",
    "source": "this field is not corrected by hand",
}


def _print(answer: Any) -> None:
    click.echo(json.dumps(answer, indent=1, ensure_ascii=False))


@person.command("find")
@click.argument("value", metavar="EMAIL|ORDER")
@_asks
def find(store: Path, value: str, **told: Any) -> None:
    """Print the ids and kinds of whom an e-mail address or an order number leads to."""
    people = _ask(store, "find", value=value, **told)
    if told["as_json"]:
        _print(people)
        return
    for one in people:
        click.echo(f"{UUID(one['person'])}  {one['kind']}")
    if not people:
        raise click.ClickException("the vault knows nobody by that")


@person.command("show")
@_who
@_asks
def show(store: Path, who: str, **told: Any) -> None:
    """Print which groups are held of somebody, since when and until when; no value."""
    found = _ask(store, "show", person=who, **told)
    if told["as_json"]:
        _print(found)
        return
    people_shown.standing(found)


@person.command("export")
@_who
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here, for its owner's eyes alone."
)
@_asks
def export(store: Path, who: str, out: Path | None, **told: Any) -> None:
    """Write all that is held of somebody as JSON: values, purposes, parties, provenance, end dates, entries."""
    from microkitten.policy import versions
    from microkitten.vault import consents
    from microkitten.vault import export as exports

    if out is not None and out.exists():
        raise click.ClickException(f"{out} is there already; nothing was opened")
    found = _ask(store, "export", person=who, **told)
    policy = versions.governing(store)
    company = _company(store)
    found["consents"] = [consents.receipt(one, policy, company) for one in found["consents"]]
    text = json.dumps(exports.document(found, policy), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    click.echo(f"written to {out}", err=True)


@person.command("erase")
@_who
@click.option("--preview", is_flag=True, help="Only tell what would go and what has to stay.")
@click.option("--yes", is_flag=True, help="Do not ask once more.")
@_asks
def erase(store: Path, who: str, preview: bool, yes: bool, **told: Any) -> None:
    """Erase somebody: keys first, then rows; prints what has to stay, why and until when, and the receipt."""
    before = None
    if preview or not yes:
        before = _ask(store, "preview", person=who, **told)
        if before["done"] is not None and not preview:
            click.echo("erased already", err=True)
            _say(before["done"], as_json=told["as_json"])
            return
        if preview and told["as_json"]:
            _print(before)
            return
        people_shown.preview(before)
        if preview:
            return
        click.confirm("Erase now? It cannot be taken back", abort=True, err=True)
    _say(_ask(store, "erase", person=who, **told), as_json=told["as_json"])


@person.command("restrict")
@_who
@click.option("--off", is_flag=True, help="End the restriction.")
@_asks
def restrict(store: Path, who: str, off: bool, **told: Any) -> None:
    """Let somebody's data rest: meanwhile it serves their rights, the books and the law alone."""
    done = _ask(store, "restrict", person=who, on=int(not off), **told)
    if told["as_json"]:
        _print(done)
        return
    what = "the restriction is ended" if off else f"restricted; {done['notices']} notices to parties are due"
    click.echo(f"{what}; entry {done['entry']}")


@person.command("correct")
@_who
@click.argument("field", metavar="FIELD")
@_asks
def correct(store: Path, who: str, field: str, **told: Any) -> None:
    """Put right one field, such as customer.email; the value is read from the terminal or the standard input."""
    done = _ask(store, "correct", person=who, field=field, value=_value(field), **told)
    if told["as_json"]:
        _print(done)
        return
    click.echo(f"corrected; {done['notices']} notices to parties are due; entry {done['entry']}")


@person.command("consents")
@_who
@_asks
def consents_(store: Path, who: str, **told: Any) -> None:
    """Print the receipts of what somebody has said yes to (ISO/IEC TS 27560), as JSON."""
    from microkitten.policy import versions
    from microkitten.vault import consents

    policy, company = versions.governing(store), _company(store)
    rows = _ask(store, "consents", person=who, **told)
    _print([consents.receipt(one, policy, company) for one in rows])


def _company(store: Path) -> Any:
    from microkitten.config.store import load

    return load(store).answers()


def _value(field: str) -> Any:
    """Read a value: never from the command line, where the shell's history would keep it."""
    if not sys.stdin.isatty():
        text = sys.stdin.read().rstrip("\n")
        try:
            return json.loads(text) if field.endswith(".address") else text
        except ValueError:
            raise click.ClickException('an address is read as JSON: {"line1": ..., "country": ...}') from None
    if not field.endswith(".address"):
        return click.prompt(field, err=True)
    typed = {part: click.prompt(part, default="", show_default=False, err=True) for part in ADDRESS}
    return {part: value for part, value in typed.items() if value}


def _say(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print(told)
    else:
        people_shown.receipt(told)
