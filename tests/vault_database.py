"""The vault's database as tests reach around the vault: on the engine that `MICROKITTEN_TEST_ENGINE` names, `sqlite`
unless it says `postgresql`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from microkitten.vault.server.database.place import NAME, url_of
from microkitten.vault.server.folder import Folder
from tests.postgres import make_pair, server

ENGINE: Final = os.environ.get("MICROKITTEN_TEST_ENGINE", "sqlite")
if ENGINE not in {"sqlite", "postgresql"}:
    raise RuntimeError(f"MICROKITTEN_TEST_ENGINE is sqlite or postgresql, not {ENGINE}")
_NOTHING: Final = {
    "zeroblob(32)": "decode(repeat('00', 32), 'hex')"
}  # what the two call thirty-two bytes of nothing


def give_database(folder: Path, url: str = "") -> None:
    """Name a store's vault its database before the vault is made: a new one on PostgreSQL where tests run on that, or
    the one given; nothing on SQLite, or where the vault has one already.
    """
    vault = folder / "vault"
    if (ENGINE == "sqlite" and not url) or (vault / NAME).exists() or (vault / "vault.sqlite3").exists():
        return
    vault.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(vault / NAME, url or make_pair().vault_url)


def copy_vault(folder: Path, to: Path) -> Path:
    """Copy a store whose vault does not run, its database included. Returns: the copy's folder."""
    shutil.copytree(folder, to, symlinks=True)
    (to / "run").unlink(missing_ok=True)
    url = url_of(Folder(folder))
    if url is not None:
        name, other = _name(url), f"copy_{secrets.token_hex(4)}"
        server().sql(f"CREATE DATABASE {other} TEMPLATE {name} OWNER {_owner(url)}")
        server().sql(f"REVOKE CONNECT, TEMPORARY ON DATABASE {other} FROM PUBLIC")
        (to / "vault" / NAME).unlink()
        _write(to / "vault" / NAME, url.replace(f"/{name}?", f"/{other}?"))
    return to


def keep_database(folder: Path) -> str:
    """Copy the database of a store whose vault does not run. Returns: what `put_back_database` takes."""
    url = url_of(Folder(folder))
    if url is None:
        return str(
            shutil.copy(folder / "vault/vault.sqlite3", folder / f"kept-{secrets.token_hex(4)}.sqlite3")
        )
    kept = f"kept_{secrets.token_hex(4)}"
    server().sql(f"CREATE DATABASE {kept} TEMPLATE {_name(url)} OWNER {_owner(url)}")
    return kept


def put_back_database(folder: Path, kept: str) -> None:
    """Put a kept copy in the place of the database, as a thief or a careless restore would."""
    url = url_of(Folder(folder))
    if url is None:
        for end in ("-wal", "-shm"):
            (folder / f"vault/vault.sqlite3{end}").unlink(missing_ok=True)
        shutil.copy(kept, folder / "vault/vault.sqlite3")
        return
    server().sql(f"DROP DATABASE {_name(url)} WITH (FORCE)")
    server().sql(f"CREATE DATABASE {_name(url)} TEMPLATE {kept} OWNER {_owner(url)}")
    server().sql(f"REVOKE CONNECT, TEMPORARY ON DATABASE {_name(url)} FROM PUBLIC")


def lose_database(folder: Path) -> None:
    """Make a store's database be gone."""
    url = url_of(Folder(folder))
    if url is None:
        (folder / "vault" / "vault.sqlite3").unlink()
    else:
        server().sql(f"DROP DATABASE {_name(url)} WITH (FORCE)")


def empty_database(folder: Path) -> None:
    """Make a store's database be lost; on PostgreSQL an empty one takes its place, as its administrator makes it."""
    lose_database(folder)
    url = url_of(Folder(folder))
    if url is not None:
        server().sql(
            f"CREATE DATABASE {_name(url)} OWNER {_owner(url)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        )


@contextmanager
def vault_line(folder: Path) -> Iterator[Any]:
    """Give something with `execute` and `executemany` that reads and writes the vault's database behind its back."""
    url = url_of(Folder(folder))
    if url is None:
        with closing(sqlite3.connect(folder / "vault" / "vault.sqlite3", timeout=20)) as line, line:
            yield line
        return
    from microkitten.vault.server.database.connecting import connect

    with connect(url) as line, line.transaction():
        yield _Line(line)


def vault_bytes(folder: Path) -> bytes:
    """Return what a store's vault holds: every byte of its files and, on PostgreSQL, of every row."""
    found = [path.read_bytes() for path in sorted((folder / "vault").rglob("*")) if path.is_file()]
    if url_of(Folder(folder)) is not None:
        with vault_line(folder) as line:
            tables = line.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            ).fetchall()
            for (table,) in tables:
                for row in line.execute(f"SELECT * FROM {table}"):
                    found += [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
    return b"\n".join(found)


class _Line:
    """Statements as SQLite has them, on PostgreSQL."""

    def __init__(self, line: Any) -> None:
        self._line = line

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run one. Returns: a cursor of its rows."""
        from microkitten.vault.server.database.postgresql import translated

        for theirs, ours in _NOTHING.items():
            sql = sql.replace(theirs, ours)
        return self._line.cursor(binary=True).execute(translated(sql)[0], values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one for each row."""
        for row in rows:
            self.execute(sql, row)


def _write(path: Path, url: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f'url = "{url}"\n')


def _owner(url: str) -> str:
    return url.partition("://")[2].partition(":")[0]


def _name(url: str) -> str:
    return url.rpartition("@")[2].partition("/")[2].partition("?")[0]
