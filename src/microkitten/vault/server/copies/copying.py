"""What a backup takes of the vault: one consistent copy of its database, as a SQLite file on either engine.

Sealed rows, the ledger, and nothing that opens them: no key store, no root, no address of a database. So a copy taken
from PostgreSQL comes back on SQLite as well, and is tried without a server.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, Final

from microkitten.vault.server.copies import tables
from microkitten.vault.server.database import Database, Sqlite, open_database, snapshot
from microkitten.vault.server.database.place import url_of
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys.store import KeyStore
from microkitten.vault.server.logs import BASE, ORIGIN

_PREFIX: Final = ".copying-"
CHUNK_BYTES: Final = 1 << 20


def copy(folder: Folder, out: BinaryIO) -> dict[str, Any]:
    """Write a copy of the database to `out`, also while a vault serves. Returns: what the manifest tells of it.

    Raises: Doubt; OSError where there is no room.
    """
    # Before the copy: so the checkpoint is of entries that are all in it.
    note = folder.signed.read_text()
    clear(folder)
    draft = folder.vault / f"{_PREFIX}{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    try:
        made = write_copy(folder, Folder(draft))
        facts = facts_of(made) | {"engine": engine_of(folder), "checkpoint": note, "store": store_id(folder)}
        with made.open("rb") as file:
            shutil.copyfileobj(file, out, CHUNK_BYTES)
        out.flush()
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return facts


def clear(folder: Folder) -> None:
    """Remove what a crash left of a copy."""
    for left in folder.vault.glob(f"{_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


def engine_of(folder: Folder) -> str:
    """Return on which engine the database is."""
    return "sqlite" if url_of(folder) is None else "postgresql"


def store_id(folder: Folder) -> str:
    """Return the id by which keys and backups know their store. Raises: Doubt if there are no keys here."""
    store = KeyStore(folder.vault)
    try:
        return store.state("store")
    finally:
        store.close()


def write_copy(folder: Folder, to: Folder) -> Path:
    """Write one view of the database into a SQLite file of another folder, and flush it. Returns: the file."""
    to.vault.mkdir(mode=0o700)
    os.close(os.open(to.database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if url_of(folder) is None:
        _copy_file(folder.database, to.database)
    else:
        _copy_rows(folder, to)
    with to.database.open("rb") as file:
        os.fsync(file.fileno())
    return to.database


def _copy_file(source: Path, to: Path) -> None:
    if not source.is_file():
        raise Doubt(f"no database at {source}")
    try:
        with (
            closing(sqlite3.connect(source, isolation_level=None)) as line,
            closing(sqlite3.connect(to, isolation_level=None)) as copied,
        ):
            line.backup(copied)  # in one step: one view of it all, and nobody who writes waits
            copied.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        raise Doubt(f"{source} cannot be copied: {error}") from None


def _copy_rows(folder: Folder, to: Folder) -> None:
    tables.make(to)
    made = Sqlite(to.database)
    made.begin()
    made.run("DELETE FROM vault_fact")
    with snapshot(folder) as line:
        for table in tables.ALL:
            names = tables.columns(made, table)
            tables.write(made, table, names, tables.read(line.execute, table, names))
    made.commit()
    made.run("PRAGMA journal_mode=DELETE")
    made.close()


def facts_of(path: Path) -> dict[str, Any]:
    """Return what a copy says of itself, nobody's data."""
    with closing(sqlite3.connect(path)) as line:
        facts = dict(line.execute("SELECT name, value FROM vault_fact"))
        (entries,) = line.execute("SELECT COALESCE(MAX(number) + 1, 0) FROM vault_entry").fetchone()
        (people,) = line.execute("SELECT COUNT(*) FROM vault_person").fetchone()
        policy = line.execute(
            "SELECT policy, version FROM vault_deployment ORDER BY entry DESC LIMIT 1"
        ).fetchone()
    return {
        "entries": entries,
        "people": people,
        "origin": facts[ORIGIN],
        "base": int(facts.get(BASE, "0")),
        "keys_epoch": int(facts["keys_epoch"]),
        "policy": "" if policy is None else policy[0],
        "version": "" if policy is None else policy[1],
    }


def replace_rows(source: Path, folder: Folder, *, mark: str, fact: str) -> None:
    """Make a copy's rows the present ones of a PostgreSQL database, all in one transaction; a second time does
    nothing. Params: `mark`, told by `fact`, by which it is known that this was done.
    """
    present, copied = open_database(folder), Sqlite(source)
    try:
        if present.row("SELECT 1 FROM vault_fact WHERE name = ? AND value = ?", fact, mark) is not None:
            return
        present.begin()
        for table in tables.ALL:
            names = tables.columns(present, table)
            present.run(f"DELETE FROM vault_{table}")  # noqa: S608 # names of ours
            tables.write(present, table, names, tables.read(_execute(copied), table, names))
        present.run("INSERT INTO vault_fact (name, value) VALUES (?, ?)", fact, mark)
        present.commit()
    finally:
        copied.close()
        present.close()


def _execute(database: Database) -> Any:
    return lambda sql: database.rows(sql)
