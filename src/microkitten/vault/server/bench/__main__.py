"""`python -m microkitten.vault.server.bench`: the vault's figures on SQLite and, if one is named, on PostgreSQL."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from microkitten.vault.server.bench import Figure, figures, people
from microkitten.vault.server.bench.figures import Served

ERASURES: Final = 200
LIST: Final = 100


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def measure(store: Path, number: int) -> Iterator[Figure]:
    """Make a vault of `number` people in an empty folder, and measure it."""
    town = people.found(store)
    try:
        for there in people.settle(town, number + ERASURES):
            if there % 10_000 < people.PERSONS_A_COMMIT:
                _say(f"  {there:,} people")
        people.sale(town, recipients=1)
        people.sale(town, recipients=LIST)
        people.orders_of_the_first(town, LIST)
        yield from figures.opening(town)
        yield from figures.beside_plain(town)
        town.vault.limits.times = 1_000_000  # rates are for callers; here the vault itself is measured
        served = Served(town)
        try:
            yield from figures.changing(town, served, erasures=ERASURES)
            yield from figures.rekeying(town, served, people=number)
        finally:
            served.stop()
        yield from people.sizes(town, store)
    finally:
        town.close()


def main() -> int:
    """Measure and print. Returns: 0, or 1 if a figure is not met."""
    parser = argparse.ArgumentParser(prog="microkitten bench vault", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000, metavar="N")
    parser.add_argument("--postgresql", metavar="URL", help="an empty database of its own role")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    found = {}
    # One engine a process: Django, which makes the tables, has one database for as long as it lives.
    engines = {"postgresql": told.postgresql} if told.postgresql else {"sqlite": None}
    for engine, url in engines.items():
        _say(f"{engine}: {told.people:,} people, {told.people * people.ORDERS_EACH:,} orders")
        with tempfile.TemporaryDirectory(prefix="microkitten-bench-") as folder:
            if url is not None:
                _name(Path(folder), url)
            found[engine] = list(measure(Path(folder), told.people))
    if told.json:
        print_json(found)
    else:
        print_table(found, told.people)
    return 0 if all(one.is_met for figures_ in found.values() for one in figures_) else 1


def _name(store: Path, url: str) -> None:
    (store / "vault").mkdir(mode=0o700)
    path = store / "vault/database.toml"
    path.touch(mode=0o600)
    path.write_text(f"url = {json.dumps(url)}\n")


def print_json(found: dict[str, list[Figure]]) -> None:
    """Write the figures for programs."""
    told = {engine: [one.told() for one in each] for engine, each in found.items()}
    sys.stdout.write(json.dumps({"machine": _machine(), "figures": told}, indent=1) + "\n")


def print_table(found: dict[str, list[Figure]], number: int) -> None:
    """Write the figures for people, the engines side by side."""
    engines = list(found)
    sys.stdout.write(f"{number:,} people, {number * people.ORDERS_EACH:,} orders; {_machine()}\n\n")
    sys.stdout.write(f"{'':66}{''.join(f'{engine:>16}' for engine in engines)}   target\n")
    for row in zip(*found.values(), strict=True):
        first = row[0]
        values = "".join(f"{one.value:>14,.1f}{' ' if one.is_met else '!'} " for one in row)
        sys.stdout.write(f"{f'{first.name} ({first.unit})':66}{values}   {first.target}\n")
        for engine, one in zip(engines, row, strict=True):
            if one.more:
                sys.stdout.write(f"{'':6}{engine}: {one.more}\n")
    sys.stdout.write(
        "\n! the target is missed; medians of one run, durable writes, cryptography and ledger included\n"
    )


def _machine() -> str:
    load = os.getloadavg()[0]
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}"


if __name__ == "__main__":
    sys.exit(main())
