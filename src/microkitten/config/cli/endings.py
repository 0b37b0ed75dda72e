"""`microkitten calendar`: what lapses and leaves in which month, and how old the usable addresses are; counts, and
nobody (P7)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import click

from microkitten.config.cli import folder as folders


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@folders.argument
def calendar(folder: Path | None, *, as_json: bool) -> None:
    """Count what lapses (daily use ends) and leaves (is erased) by month, by the vault's own clock."""
    from microkitten.config import processes  # late: --help stays quick

    done = processes.vault_command("calendar", folders.find(folder), subprocess.PIPE)
    said = done.stdout.decode()
    if done.returncode:
        raise click.ClickException(said.strip())
    told: dict[str, Any] = json.loads(said[said.index("{") :])
    click.echo(json.dumps(told, indent=1) if as_json else "\n".join(_lines(told)))


def _lines(told: dict[str, Any]) -> list[str]:
    ages = told["ages"]
    lines = [f"{sum(ages)} addresses can be opened to ship, by weeks since the order:"]
    most = max(ages, default=0) or 1
    lines += [
        f"  week {week:2}  {count:7}  {'#' * round(count * 40 / most)}" for week, count in enumerate(ages, 1)
    ]
    for name, group in told["groups"].items():
        if not group["held"]:
            continue
        lines += ["", f"{name}: {group['held']} held", "  month    lapse   leave"]
        for month in sorted({*group["lapses"], *group["leaves"]}):
            lapses, leaves = (group[what].get(month, 0) for what in ("lapses", "leaves"))
            lines.append(f"  {month} {lapses:7} {leaves:7}")
    return lines
