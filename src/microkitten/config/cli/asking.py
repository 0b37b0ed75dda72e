"""Commands that ask: the policy, the ledger, and for a token that signs the first member of staff in."""

import json
from pathlib import Path

import click

from microkitten.config.cli import folder as folders


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
@click.option("--party", default=None, help="Who outside would get it.")
@click.option("--condition", "conditions", multiple=True, help="What holds at that moment, e.g. claimed.")
@folders.option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def policy_explain(
    actor: str,
    field: str,
    purpose: str,
    party: str | None,
    conditions: tuple[str, ...],
    folder: Path | None,
    as_json: bool,
) -> None:
    """Say whether ACTOR may use FIELD for PURPOSE, and by which rule and statement (ends with 1 if not)."""
    from microkitten import policy

    with folders.plain_errors():
        loaded = policy.load(folders.find(folder) / "policy.toml")
    try:
        asked = policy.Question(field, policy.Purpose.named(purpose), actor, party, frozenset(conditions))
        decision = policy.decide(loaded, asked)
    except policy.UnknownWord as error:
        raise click.ClickException(str(error)) from None
    answer = {
        "allowed": decision.allowed,
        "rule": decision.rule,
        "statement": decision.statement,
        "why": decision.why,
    }
    if as_json:
        click.echo(json.dumps(answer, sort_keys=True))
    else:
        word = click.style("yes", fg="green") if decision.allowed else click.style("no", fg="red")
        click.echo(f"{word}: {decision.why}\n  rule {decision.rule}, statement {decision.statement}")
    raise SystemExit(0 if decision.allowed else 1)


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
