"""A small store for the tests of backups: a real vault with people in it, and a shop's database that tells its age."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from microkitten.config import founding
from microkitten.vault import door
from tests.running import ROOT
from tests.vault.conftest import Sale, a_sale, calling
from tests.vault_database import copy_vault, vault_line
from tests.vault_process import remove_vault, run_vault, start_vault

OLD, NEW = 1, 2
KILLER = ROOT / "tests/kill/sitecustomize.py"


@dataclass(frozen=True)
class Aged:
    """A store at the age `NEW`, and a backup of it from when it was `OLD`."""

    folder: Path
    backups: Path
    erased: Sale
    kept: Sale
    since: Sale


def make(at: Path) -> Aged:
    """Sell twice, back up; then erase one of them and sell again."""
    folder, backups = at / "store", at / "backups"
    folder.mkdir(parents=True)
    founding.found(folder, founding.sample_plan(8443))
    (folder / "media").mkdir()
    (folder / "media" / "mug.png").write_bytes(b"a picture")
    running = start_vault(folder)
    with calling(running):
        erased, kept = a_sale(), a_sale()
        age_shop(folder, OLD, [*erased.people, *kept.people])
        done = command(folder, "backup", str(backups))
        assert done.returncode == 0, done.stderr
        for person in erased.people:
            door.erase(person, by=erased.me, reason="asked")
        since = a_sale()
        age_shop(folder, NEW, [*kept.people, *since.people])
        door.checkpoint()
    remove_vault(running)
    (folder / "run").unlink(missing_ok=True)
    return Aged(folder, backups, erased, kept, since)


def age_shop(folder: Path, age: int, people: list[object]) -> None:
    """Write the shop's database of an age: its tables that name people, and its number."""
    (folder / "shop.sqlite3").touch(mode=0o600)
    with closing(sqlite3.connect(folder / "shop.sqlite3")) as line, line:
        line.execute("PRAGMA journal_mode=WAL")
        for table, column in (("orders_order", "customer"), ("shipments_shipment", "recipient")):
            line.execute(f"CREATE TABLE IF NOT EXISTS {table} ({column} char(32))")
            line.execute(f"DELETE FROM {table}")
        names = [(str(one).replace("-", ""),) for one in people]
        line.executemany("INSERT INTO orders_order VALUES (?)", names[0::2])
        line.executemany("INSERT INTO shipments_shipment VALUES (?)", names[1::2])
        line.execute(f"PRAGMA user_version={age}")


def shop_age(folder: Path) -> int:
    """Return of which age the shop's database is."""
    with closing(sqlite3.connect(folder / "shop.sqlite3")) as line:
        return int(line.execute("PRAGMA user_version").fetchone()[0])


def people_of(folder: Path) -> set[str]:
    """Return whom the vault's database knows."""
    with vault_line(folder) as line:
        return {str(who) for (who,) in line.execute("SELECT id FROM vault_person")}


def vault_age(aged: Aged, folder: Path) -> int:
    """Return of which age the vault is: it knows who came since, or not."""
    found = people_of(folder)
    kept, since = ({one.hex for one in sale.people} for sale in (aged.kept, aged.since))
    assert kept <= found
    assert not {one.hex for one in aged.erased.people} & found
    assert since <= found or not since & found
    return NEW if since <= found else OLD


def copy(aged: Aged, to: Path) -> Path:
    """Copy the store, as if it had been made there."""
    return copy_vault(aged.folder, to)


def command(
    folder: Path,
    *words: str,
    killing: Path | None = None,
    environ: Mapping[str, str] | None = None,
    said: str = "",
    bare: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run a command of `microkitten` on a store. Params: `said` to it; `bare` if the store is named by the words."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **(environ or {})}
    if killing is not None:
        env["PYTHONPATH"] += f":{killing}"
    for name in ("MICROKITTEN_STORE", "MICROKITTEN_ROLE", "DJANGO_SETTINGS_MODULE"):
        env.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "microkitten", *words, *(() if bare else ("--store", str(folder)))], env=env, cwd=ROOT,
        input=said, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def arm(at: Path, point: str, target: str, when: str) -> Path:
    """Let whichever process comes by a function die before or after it. Returns: what to hand to `command`."""
    for name in ("armed", "fired"):
        (at / name).mkdir(parents=True)
    shutil.copy(KILLER, at)
    plan = {"points": {point: (target, when, False)}, "constants": {}, "empty": {}}
    (at / "plan.json").write_text(json.dumps(plan))
    (at / "armed" / point).touch()
    return at


def has_fired(at: Path, point: str) -> bool:
    """Tell whether a process died there."""
    return (at / "fired" / point).exists()


def verifies(folder: Path) -> bool:
    """Tell whether the vault's ledger verifies."""
    return run_vault(folder, "verify").returncode == 0
