"""The command that puts an edited policy in force and waits until all that runs agrees: `microkitten policy adopt`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from microkitten.config.cli import folder as folders


@click.command("adopt")
@folders.either
@click.option("--renumber", is_flag=True, help="Write the next version and today's date into policy.toml.")
def adopt(folder: Path | None, renumber: bool) -> None:
    """Check the edited policy.toml, put it in force, and wait until the running store shows it.

    Ends with 1, and changes nothing, if it cannot govern.
    """
    import asyncio  # late, as all below: --help stays quick
    from datetime import UTC, datetime

    from microkitten import policy
    from microkitten.config import adopting, announcing, check_parties
    from microkitten.config.store import read

    began = time.monotonic()
    where = folders.find(folder)
    with folders.plain_errors():
        store, serving = read(where)
        at = datetime.now(UTC)
        if renumber and (number := adopting.renumber(store, at=at)):
            click.echo(f'policy.toml now says version = "{number}" and date = {at.date()}')
        version = adopting.adopt(store, at=at)
    click.echo(
        f"version {version.version} is in force since {version.since:%Y-%m-%d %H:%M} UTC: {version.path}"
    )
    for one in check_parties.check(policy.load(version.path), is_sample=store.sample, day=at.date()):
        click.echo(f"{one.severity}: {one.what}\n  -> {one.remedy}")
    if not adopting.tell(where):
        click.echo("the store is not being served; from its next start on it shows and keeps this version")
        return
    try:
        shown = asyncio.run(announcing.wait_for_agreement(store, serving))
    except announcing.NotReady as error:
        raise click.ClickException(f"{error}; look at what `microkitten serve` says") from None
    click.echo(f"page, shop and vault agree on {shown} after {time.monotonic() - began:.2f} s")
