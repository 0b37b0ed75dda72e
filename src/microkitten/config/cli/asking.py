"""Commands that ask: the policy, the ledger, and for a token that signs the first member of staff in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from microkitten.config.cli import folder as folders

if TYPE_CHECKING:
    from microkitten.policy.wording import Company


@click.group("policy")
def policy_() -> None:
    """Read the privacy policy of a store."""


@policy_.command("check")
@folders.argument
def policy_check(folder: Path | None) -> None:
    """Load the policy and say what it holds, or every mistake with its line."""
    from microkitten import policy  # late: --help stays quick

    with folders.plain_errors():
        loaded = policy.load(folders.find(folder) / "policy.toml")
    click.echo(
        f"version {loaded.version}, profile {loaded.profile}: {len(loaded.statements)} statements,"
        f" {len(loaded.purposes)} purposes, {len(loaded.fields)} fields, {len(loaded.parties)} parties"
    )
    click.echo(f"hash {loaded.hash}")


@policy_.command("explain")
@click.argument("actor")
@click.argument("field")
@click.argument("purpose")
@click.option("--act", default="use", help="collect, use, compare, disclose or erase [use].")
@click.option("--party", default=None, help="Who outside would get it; it is a disclosure then.")
@click.option("--condition", "conditions", multiple=True, help="What holds at that moment, e.g. claimed.")
@folders.option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def policy_explain(
    actor: str,
    field: str,
    purpose: str,
    act: str,
    party: str | None,
    conditions: tuple[str, ...],
    folder: Path | None,
    as_json: bool,
) -> None:
    """Say whether ACTOR may use FIELD for PURPOSE, by which rule, statement and conditions.

    Ends with 0 for a yes, with 1 for a no or a yes that lacks a condition, with 2 for a word that the policy
    does not know.
    """
    from microkitten import policy
    from microkitten.policy.explain import explain

    with folders.plain_errors():
        where = folders.find(folder)
        loaded = policy.load(where / "policy.toml")
        company = _company(where)
    try:
        answer = explain(
            loaded, actor=actor, field=field, purpose=purpose, act=act, party=party, conditions=conditions,
            company=company,
        )  # fmt: skip
    except policy.UnknownWord as error:
        raise click.UsageError(str(error)) from None
    decision = answer.decision
    told = {
        "verdict": answer.verdict, "allowed": decision.allowed, "rule": decision.rule,
        "statement": decision.statement, "missing": answer.missing, "why": decision.why,
    }  # fmt: skip
    click.echo(json.dumps(told, sort_keys=True) if as_json else answer.text)
    raise SystemExit(0 if decision.allowed else 1)


def _company(store_folder: Path) -> Company:
    """Return who answers for the store, to fill the statements that are quoted."""
    from microkitten.config.store import read

    store, _ = read(store_folder)
    return store.answers()


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
