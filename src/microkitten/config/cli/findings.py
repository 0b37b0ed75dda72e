"""Shows the findings of `microkitten check` to people and programs."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from microkitten.config.check import Severity, check

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "red", Severity.NOTE: "yellow"}


def show(folder: Path, *, as_json: bool) -> int:
    """Print the findings about the store in `folder`; returns 0 if there is no error, else 1."""
    findings = check(folder)
    agree = not any(finding.severity is Severity.ERROR for finding in findings)
    if as_json:
        click.echo(json.dumps({"agree": agree, "findings": [asdict(one) for one in findings]}, indent=1))
        return 0 if agree else 1
    for finding in findings:
        word = click.style(f"{finding.severity:<8}", fg=_COLORS[finding.severity], bold=True)
        click.echo(f"{word} {finding.id}  {finding.what}")
        if finding.remedy:
            click.echo(f"         -> {finding.remedy}")
    click.echo("policy, code and deployment agree" if agree else "policy, code and deployment do not agree")
    return 0 if agree else 1
