"""Every subcommand there is, found by walking the command's own tree, run on the store; what it says is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import click
from click.testing import CliRunner

from tests.canaries.store import WatchedStore

SECONDS_MAX = 60
# Commands that do not end by themselves or make another store: the run itself starts the first ones. Only their
# help is read.
NOT_RUN = {
    "demo": "serves; the run's own store is started by it",
    "serve": "serves; the run's own store is started by it",
    "web": "serves alone; the run's store has one",
    "vault": "serves alone; the run's store has one",
    "worker": "serves alone; the run's store has one",
    "policy preview": "serves the page of an edited file until it is stopped",
    "new": "makes another store, from what the merchant says of themselves",
    "prepare": "a step of starting, which has been done",
}
# What a required argument is given, where its name does not say that it is the store.
WORDS = {
    "actor": ("shipping", "person"), "field": ("recipient.address", "customer.email"), "purpose": ("deliver",),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What one command said."""

    words: tuple[str, ...]
    status: int | None
    output: bytes


def tree(
    command: click.Command, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that is no group, with its words."""
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from tree(inner, (*words, name))
    else:
        yield words, command


def everything(root: click.Command, store: WatchedStore, files: dict[str, Path]) -> list[Said]:
    """Run every command: its help, and itself in each of the ways that its choices allow."""
    said = []
    todo: list[tuple[str, ...]] = []
    for words, command in tree(root):
        shown = CliRunner().invoke(root, [*words, "--help"])
        said.append(Said((*words, "--help"), shown.exit_code, shown.output_bytes))
        if " ".join(words) not in NOT_RUN:
            todo += [(*words, *arguments) for arguments in ways(command, store.folder, files)]
    with ThreadPoolExecutor(2) as pool:
        said += pool.map(lambda words: _run(store, words), todo)
    return said


def ways(command: click.Command, folder: Path, files: dict[str, Path]) -> list[list[str]]:
    """Return the arguments to try a command with; those that are not required stay out, but for the store."""
    each: list[list[list[str]]] = []
    for parameter in command.params:
        name = parameter.name or ""
        is_option = isinstance(parameter, click.Option)
        flag = [parameter.opts[0]] if is_option else []
        if name == "folder":
            each.append([[*flag, str(folder)]])
        elif name == "as_json":
            each.append([[], flag])
        elif not parameter.required and not isinstance(parameter.type, click.Choice):
            continue
        elif isinstance(parameter.type, click.Choice):
            each.append([[*flag, str(choice)] for choice in parameter.type.choices])
        elif name in files or isinstance(parameter.type, click.Path):
            each.append([[*flag, str(files.get(name, folder / "policy.toml"))]])
        else:
            each.append([[*flag, word] for word in WORDS.get(name, ("1",))])
    return [[word for part in way for word in part] for way in product(*each)]


def _run(store: WatchedStore, words: tuple[str, ...]) -> Said:
    program = [sys.executable, "-m", "microkitten", *words]
    try:
        done = subprocess.run(
            program,
            capture_output=True,
            env=store.environ,
            cwd=store.temporary,
            timeout=SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return Said(words, None, (late.stdout or b"") + (late.stderr or b""))
    return Said(words, done.returncode, done.stdout + done.stderr)


def goods(folder: Path, name: str) -> Path:
    """Write an import file with a column about people, which no product has."""
    row = {"title": "A thing to try", "price": "4.00", "stock": "3", "sku": "TRY-1", "category": "Play"}
    path = folder / "goods.json"
    path.write_text(json.dumps({"products": [row | {"customer_email": f"{name}@mail.example.com"}]}))
    return path
