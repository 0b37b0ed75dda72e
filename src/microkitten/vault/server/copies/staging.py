"""An old copy of the vault, unpacked beside the present one, in a folder that is shaped like a store's."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from microkitten.vault.server.copies import tables
from microkitten.vault.server.database import MIGRATIONS, Sqlite
from microkitten.vault.server.folder import Doubt, Folder

CHUNK_BYTES: Final = 1 << 20


def unpack(handle: int, at: Path, *, sha256: str) -> Folder:
    """Write a backup's copy below `at`, compare it with what the manifest tells of it, and bring its tables to this
    release.

    Params: `handle`, an open file: whoever calls may read where the backup lies, the vault's user may not. Raises:
    Doubt.
    """
    remove(at)
    staged = Folder(at)
    at.mkdir(mode=0o700)
    staged.vault.mkdir(mode=0o700)
    if _write(handle, staged.database) != sha256:
        raise Doubt(
            "the backup's copy of the vault is not the one that its manifest names: a byte was changed"
        )
    _check(staged.database)
    if _migrations(staged.database) != {file.stem for file in MIGRATIONS.glob("0*.py")}:
        tables.make(staged)
    return staged


def remove(at: Path) -> None:
    """Remove what was unpacked; harmless if nothing was."""
    if at.exists():
        shutil.rmtree(at)


def opened(staged: Folder) -> Sqlite:
    """Open it."""
    return Sqlite(staged.database)


def close(database: Sqlite) -> None:
    """Close it as one file, with no log beside it."""
    database.truncate_log()
    database.row("PRAGMA journal_mode=DELETE")
    database.close()


def sync(staged: Folder) -> None:
    """Let all of it be on the disk."""
    for path in (*staged.vault.iterdir(), staged.vault, staged.store):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _write(handle: int, to: Path) -> str:
    digest = hashlib.sha256()
    target = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "rb") as source, os.fdopen(target, "wb") as file:
        while part := source.read(CHUNK_BYTES):
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as line:
            (said,) = line.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise Doubt(f"the backup's copy of the vault is damaged: {said}")
    tables.check_known(_migrations(path), MIGRATIONS)


def _migrations(path: Path) -> set[str]:
    try:
        with closing(sqlite3.connect(path)) as line:
            rows = line.execute("SELECT name FROM django_migrations WHERE app = 'vault'")
            return {str(name) for (name,) in rows}
    except sqlite3.DatabaseError:
        return set()
