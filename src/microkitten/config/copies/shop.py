"""The shop's database in a backup: SQLite's own online copy, or a dump of PostgreSQL; it names people by ids alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from microkitten.config.copies.manifest import SHOP_DUMP, SHOP_FILE, NoBackup, sync_folder
from microkitten.config.database import Address, CannotConnect
from microkitten.config.store import Serving

STAGED: Final = ".shop.restoring"
TOOL_SECONDS_MAX: Final = 3_600
# Columns that hold a person's id; the tests compare this with the models.
PEOPLE: Final[Mapping[str, str]] = {"orders_order": "customer", "shipments_shipment": "recipient"}


class CannotCopy(Exception):
    """Why the shop's database cannot be copied or brought back, with what to do."""


def copy_out(store: Path, serving: Serving, to: Path) -> str:
    """Write a copy of the shop's database into a backup, also while it is served. Returns: the file's name.

    Raises: CannotCopy, OSError.
    """
    address = _address(serving)
    if address is None:
        _copy(store / SHOP_FILE, to / SHOP_FILE)
        return SHOP_FILE
    _new(to / SHOP_DUMP)
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to / SHOP_DUMP}"], address)
    return SHOP_DUMP


def _copy(source: Path, to: Path) -> None:
    if not source.is_file() or not source.stat().st_size:
        raise CannotCopy(f"there is no {source.name} yet; start the store once")
    _new(to)
    try:
        with (
            closing(sqlite3.connect(source, isolation_level=None, timeout=20)) as line,
            closing(sqlite3.connect(to, isolation_level=None)) as copied,
        ):
            line.backup(copied)  # in one step: one view of it all, and nobody who writes waits
            copied.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise CannotCopy(f"{source.name} cannot be copied: {error}") from None


def _new(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def check_fits(serving: Serving, name: str) -> None:
    """Refuse a copy of the other engine. Raises: NoBackup."""
    if (serving.database is None) != (name == SHOP_FILE):
        there = "SQLite" if name == SHOP_FILE else "PostgreSQL"
        raise NoBackup(
            f"the backup's shop was on {there}, and store.toml says otherwise:"
            " set `database` as it was, restore, then move"
        )


# Bringing it back: prepared beside, then put in force


def prepare(store: Path, backup: Path, name: str) -> None:
    """Lay the copy beside the present database; a dump stays in the backup until it is put in force."""
    if name != SHOP_FILE:
        return
    staged = store / STAGED
    staged.unlink(missing_ok=True)
    _new(staged)
    with (backup / SHOP_FILE).open("rb") as source, staged.open("wb") as file:
        while part := source.read(1 << 20):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(store)


def forget(store: Path) -> None:
    """Remove what was prepared."""
    (store / STAGED).unlink(missing_ok=True)


def switch(store: Path, serving: Serving, backup: Path, name: str, keep: str) -> None:
    """Put it in force; a second time changes nothing more. Params: `keep`, under which name what is replaced stays;
    empty if it goes. Raises: CannotCopy.
    """
    if name == SHOP_FILE:
        _switch_file(store, keep)
    else:
        _switch_dump(store, serving, backup, keep)


def _switch_file(store: Path, keep: str) -> None:
    staged, present = store / STAGED, store / SHOP_FILE
    if not staged.exists():
        return
    if present.exists():
        found = present.stat()
        if os.geteuid() == 0:
            os.chown(staged, found.st_uid, found.st_gid)
        staged.chmod(found.st_mode & 0o777)
    for end in ("-wal", "-shm", ""):
        path = store / f"{SHOP_FILE}{end}"
        if path.exists() and keep and not (store / f"shop.{keep}.sqlite3{end}").exists():
            path.replace(store / f"shop.{keep}.sqlite3{end}")
        else:
            path.unlink(missing_ok=True)
    sync_folder(store)
    staged.replace(present)
    sync_folder(store)


def _switch_dump(store: Path, serving: Serving, backup: Path, keep: str) -> None:
    address = _address(serving)
    assert address is not None, "a dump is of a server"
    kept = store / f"shop.{keep}.pgdump"
    if keep and not kept.exists():
        draft = store / f".shop.{keep}.part"
        draft.unlink(missing_ok=True)
        _new(draft)
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}"], address)
        draft.replace(kept)
        sync_folder(store)
    words = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
    _run([*words, f"--dbname={address.name}", str(backup / SHOP_DUMP)], address)


def check(backup: Path, name: str) -> tuple[str, set[str]]:
    """Look through a copy. Returns: what is wrong with it, empty if nothing is; and the ids of whom it names.

    A dump is read through by its own tool, and names nobody here.
    """
    if name != SHOP_FILE:
        try:
            _run(["pg_restore", "--list", str(backup / SHOP_DUMP)], None)
        except CannotCopy as error:
            return str(error), set()
        return "", set()
    place = f"file:{backup / SHOP_FILE}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(place, uri=True)) as line:
            said = [str(row[0]) for row in line.execute("PRAGMA integrity_check(5)")]
            broken = line.execute("PRAGMA foreign_key_check").fetchall()
            people: set[str] = set()
            for table, column in PEOPLE.items():
                people |= {str(who) for (who,) in line.execute(f"SELECT {column} FROM {table}")}  # noqa: S608 # ours
    except sqlite3.Error as error:
        return str(error), set()
    if said != ["ok"]:
        return "; ".join(said), people
    return (f"{len(broken)} rows refer to rows that are not there" if broken else ""), people


# PostgreSQL's own tools


def _address(serving: Serving) -> Address | None:
    try:
        return serving.signing_in()
    except CannotConnect as error:
        raise CannotCopy(str(error)) from None


def _run(words: list[str], address: Address | None) -> None:
    """Run one of PostgreSQL's tools; the password goes by its environment, where no list of processes shows it."""
    environ = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TMPDIR") if name in os.environ}
    if address is not None:
        asked = {name: value for name, value in address.options.items() if name.startswith("ssl")}
        if not address.is_here and "sslmode" not in asked:  # P36: encrypted, and to nobody else
            asked = {"sslmode": "verify-full", "sslrootcert": "system", **asked}
        options = {f"PG{name.upper()}": value for name, value in asked.items()}
        environ |= {
            "PGHOST": address.host, "PGPORT": str(address.port), "PGDATABASE": address.name, "PGUSER": address.role,
            **options,
        }  # fmt: skip
        if address.password:
            environ["PGPASSWORD"] = address.password
    try:
        done = subprocess.run(
            words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TOOL_SECONDS_MAX, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise CannotCopy(f"{words[0]} is not installed: it comes with PostgreSQL's client programs") from None
    except subprocess.TimeoutExpired:
        raise CannotCopy(f"{words[0]} did not end within {TOOL_SECONDS_MAX} s") from None
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2]
        raise CannotCopy(f"{words[0]} failed: {last or done.returncode}")
