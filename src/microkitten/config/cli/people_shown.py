"""How the commands for people's rights say what would go, what stays and what was done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click


def day(seconds: int) -> str:
    """Write a day, UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def standing(told: dict[str, Any]) -> None:
    """Tell what is held of somebody, and until when."""
    click.echo(f"{told['kind']}, {told['entries']} entries in the ledger")
    for group, held in told["groups"].items():
        ends = ", ".join(f"{purpose} until {day(end)}" for purpose, end in sorted(held["uses"].items()))
        kept = f"since {day(held['since'])}, kept until {day(held['until'])}"
        click.echo(f"  {group:<12} {kept}; {ends or 'no use'}")


def preview(told: dict[str, Any]) -> None:
    """Tell what an erasure would do."""
    for one in told["groups"]:
        click.echo(f"  {one['group']:<12} {_fate(one)}", err=True)
    if told["consents"]:
        click.echo(
            f"  consents     {', '.join(told['consents'])}: taken back, their keys destroyed", err=True
        )
    click.echo(f"  ledger       {told['entries']} entries stay and lead to nobody", err=True)
    click.echo(f"  told         {', '.join(told['parties']) or 'nobody: nothing was handed over'}", err=True)


def _fate(one: dict[str, Any]) -> str:
    if one["goes_now"]:
        return "goes now"
    then = f", then {_until(one['then_until'])} for the books" if one["then_until"] else ""
    why = {
        "law": f"{', '.join(one['kept'])} for the books {_until(one['until'])}; all else goes now",
        "parcel": f"a parcel is on its way: until it has come, at the latest {_until(one['until'])}{then}",
    }[one["why"]]
    return f"stays: {why} ({one['statement']})"


def _until(seconds: int) -> str:
    return f"until {day(seconds)}"


def receipt(told: dict[str, Any]) -> None:
    """Tell what an erasure did, and what is left by now."""
    click.echo(f"entry {told['entry']}, leaf {told['leaf_hash']}")
    for one in told["stays"]:
        click.echo(f"  {one['group']:<12} {_fate(one)}")
    done = (
        "gone from every place of the keys"
        if told["confirmed"]
        else "a replica of the keys has not confirmed yet"
    )
    click.echo(f"  {done}; {told['notices']} notices to parties are due")
