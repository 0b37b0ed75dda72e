"""Commands about the privacy policy: check it, ask it, export it (comparing it: `comparing`)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from microkitten.config.cli import comparing
from microkitten.config.cli import folder as folders

if TYPE_CHECKING:
    from microkitten.policy import Policy
    from microkitten.policy.explain import Explanation
    from microkitten.policy.wording import Company
    from microkitten.web.store import Store


ALL = "all"


@click.group("policy")
def policy_() -> None:
    """Read, compare, change and export the privacy policy of a store."""


@policy_.command("check")
@folders.either
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def policy_check(folder: Path | None, as_json: bool) -> None:
    """Load policy.toml and say what it holds, or every mistake with its line.

    Ends with 1 if it cannot govern: it does not load, has other words under the version of the one in force, or a
    profile that does not fit the countries of the store.
    """
    from microkitten import policy  # late: --help stays quick
    from microkitten.config import adopting, check_parties
    from microkitten.config.store import read

    where = folders.find(folder)
    with folders.plain_errors():
        store, _ = read(where)
    try:
        loaded = adopting.check(store)
    except policy.PolicyError as error:
        if not as_json:
            with folders.plain_errors():
                raise
        told = [
            {"file": p.file, "line": p.line, "message": p.message, "hint": p.hint} for p in error.problems
        ]
        click.echo(json.dumps({"governs": False, "problems": told}, indent=1))
        raise SystemExit(1) from None
    today = datetime.now(UTC).date()
    contracts = check_parties.check(loaded, is_sample=store.sample, day=today)
    warnings = [*(f"{one.what} ({one.remedy})" for one in contracts), *_translated(loaded, store)]
    counts = {
        "statements": len(loaded.statements), "purposes": len(loaded.purposes), "fields": len(loaded.fields),
        "parties": len(loaded.parties), "rules": len(loaded.rules), "rows": len(loaded.table.rows),
    }  # fmt: skip
    if as_json:
        head = {"governs": True, "version": loaded.version, "profile": loaded.profile, "hash": loaded.hash}
        click.echo(json.dumps(head | {"counts": counts, "problems": [], "warnings": warnings}, indent=1))
        return
    holds = ", ".join(f"{count} {what}" for what, count in counts.items())
    click.echo(f"version {loaded.version}, profile {loaded.profile}: {holds}\nhash {loaded.hash}")
    for warning in warnings:
        click.echo(f"warning: {warning}")


def _translated(loaded: Policy, store: Store) -> list[str]:
    """Say which texts the page would show in English in the store's other languages. Raises: ClickException."""
    from microkitten.policy import languages

    found = []
    for code in store.languages:
        with folders.plain_errors():
            words = languages.read(code, store.folder)
        where = languages.OWN.format(code=code)
        found += [
            f"{code}: not translated, so told in English: {text!r} (translate it in {where})"
            for text in languages.lacking(loaded, words)
        ]
    return found


@policy_.command("explain")
@click.argument("words", nargs=-1, required=True, metavar="ACTOR FIELD PURPOSE | MODEL.FIELD")
@click.option("--act", default="use", help="collect, use, compare, disclose or erase [use].")
@click.option("--party", default=None, help="Who outside would get it; it is a disclosure then.")
@click.option("--condition", "conditions", multiple=True, help="What holds at that moment, e.g. claimed.")
@click.option("--state", "states", multiple=True, help="How the person stands, e.g. order-placed, withdrawn.")
@click.option("--age", default=None, help="How long ago the life of the data began, e.g. P40D.")
@click.option("--contract-ended", is_flag=True, help="Ask as if the party's contract were over.")
@click.option("--edited", is_flag=True, help="Ask policy.toml as it is edited, not the one in force.")
@folders.option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def policy_explain(
    words: tuple[str, ...],
    act: str,
    party: str | None,
    conditions: tuple[str, ...],
    states: tuple[str, ...],
    age: str | None,
    contract_ended: bool,
    edited: bool,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Say whether ACTOR may use FIELD for PURPOSE, by which rule, statement and conditions; or, of a model's field
    such as orders.Order.number, how its row leads to a person.

    Ends with 0 for a yes, with 1 for a no or a yes that lacks a condition, with 2 for a word that the policy
    does not know.
    """
    from microkitten import policy
    from microkitten.policy import versions
    from microkitten.policy.duration import BadDuration, Duration
    from microkitten.policy.explain import State, explain

    where = folders.find(folder)
    if len(words) == 1:
        click.echo(_path(words[0], where, as_json=as_json))
        return
    if len(words) != 3:
        raise click.UsageError("ask with three words, ACTOR FIELD PURPOSE, or with one, MODEL.FIELD")
    with folders.plain_errors():
        loaded = policy.load(where / versions.EDITED) if edited else versions.governing(where)
        company = company_of(where)
    actor, field, purpose = words
    try:
        seconds = Duration.parse(age).seconds_max() if age else None
        state = State(states, conditions, seconds, contract_ended, datetime.now(UTC).date())
        answer = explain(
            loaded, actor=actor, field=field, purpose=purpose, act=act, party=party, state=state,
            company=company,
        )  # fmt: skip
    except BadDuration:
        raise click.UsageError(f"bad duration {age!r}: write it like PT5H, P40D or P2M") from None
    except policy.UnknownWord as error:
        raise click.UsageError(str(error)) from None
    click.echo(json.dumps(_told(answer), sort_keys=True) if as_json else answer.text)
    raise SystemExit(0 if answer.decision.allowed else 1)


def _told(answer: Explanation) -> dict[str, object]:
    decision = answer.decision
    return {
        "verdict": answer.verdict, "allowed": decision.allowed, "rule": decision.rule,
        "statement": decision.statement, "missing": answer.missing, "why": decision.why,
        "conditions": [{"name": one.name, "holds": one.holds, "needed": one.needed} for one in answer.conditions],
        "nearest": [{"rule": one.rule, "changes": one.changes} for one in answer.nearest],
    }  # fmt: skip


def _path(label: str, where: Path, *, as_json: bool) -> str:
    """Say how a row of a model leads to its person; the shop's models must be read for that."""
    import os

    from microkitten.config.processes import environment

    os.environ.update(environment(where, "web"))
    import django

    with folders.plain_errors():
        django.setup()
    from microkitten.config.conformity.models import path_to_person
    from microkitten.policy import UnknownWord

    try:
        path = path_to_person(label)
    except UnknownWord as error:
        raise click.UsageError(str(error)) from None
    return json.dumps({"field": label, "path": path}) if as_json else path


@policy_.command("export")
@click.option("--what", default=ALL, help="dpv, fideslang, processing, parties or all [all].")
@click.option(
    "--to", "target", metavar="DIR", type=click.Path(path_type=Path), help="Write files there; else print."
)
@click.option("--edited", is_flag=True, help="Export policy.toml as it is edited, not the one in force.")
@folders.either
def policy_export(what: str, target: Path | None, edited: bool, folder: Path | None) -> None:
    """Write the policy for others: DPV (JSON-LD), fideslang, the record of processing, the list of parties."""
    from microkitten import policy
    from microkitten.policy import versions
    from microkitten.policy.export import NAMES, export

    chosen = [name for name, entry in NAMES.items() if what in (ALL, name, entry.kind)]
    if target is None and what in NAMES:
        chosen = [what]
    if not chosen:
        known = ", ".join(dict.fromkeys([*(entry.kind for entry in NAMES.values()), ALL, *NAMES]))
        raise click.UsageError(f"unknown export {what!r}; known are: {known}")
    if target is None and len(chosen) > 1:
        raise click.UsageError(
            f"--what {what} has more than one file ({', '.join(chosen)}): name a folder, --to DIR"
        )
    where = folders.find(folder)
    with folders.plain_errors():
        loaded = policy.load(where / versions.EDITED) if edited else versions.governing(where)
        company = company_of(where)
    texts = {name: export(loaded, company, name) for name in chosen}
    if target is None:
        click.echo(texts[chosen[0]], nl=False)
        return
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (target / NAMES[name].file).write_text(text, encoding="utf-8")
        click.echo(str(target / NAMES[name].file))


def company_of(store_folder: Path) -> Company:
    """Return who answers for the store, to fill the statements that are quoted."""
    from microkitten.config.store import read

    store, _ = read(store_folder)
    return store.answers()


for _command in (comparing.policy_diff, comparing.policy_preview, comparing.policy_upgrade):
    policy_.add_command(_command)
