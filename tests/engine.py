"""Which database the tests run on: SQLite, or a real PostgreSQL where MICROKITTEN_TEST_ENGINE says so.

The same tests: what reads the shop's database from outside does it by `rows` and `columns`, on both.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from tests.postgres import Pair

VAULT = "database.toml"
VARIABLE = "MICROKITTEN_SHOP_DATABASE"
IS_POSTGRESQL = os.environ.get("MICROKITTEN_TEST_ENGINE", "sqlite") == "postgresql"
# Of the process that hands tests to others: it reads the settings, and opens no database.
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def pair(*, may_create: bool = False) -> Pair:
    """Return two fresh, empty databases for one store, whose roles do not see each other's."""
    from tests.postgres import make_pair  # late: on SQLite nothing of it is needed

    return make_pair(may_create=may_create)


def put_vault(folder: Path, url: str) -> None:
    """Tell the vault of a store that is not made yet where its database is."""
    place = folder / "vault"
    place.mkdir(mode=0o700, parents=True)
    file = place / VAULT
    file.touch(mode=0o600)
    file.write_text(f"url = {json.dumps(url)}\n")


def vault_rows(folder: Path, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    """Read the vault's database of the store in `folder`, wherever that is: ids, times and what is sealed."""
    if url := _vault_url(folder):
        return rows(folder, url, query, values)
    place = f"file:{folder}/vault/vault.sqlite3?mode=ro"
    with closing(sqlite3.connect(place, uri=True, timeout=20)) as line:
        return line.execute(query, values).fetchall()


def vault_dump(folder: Path) -> bytes:
    """Return all that the vault's database holds if it is on a server; nothing if it is a file."""
    url = _vault_url(folder)
    return dump(folder, url) if url else b""


def _vault_url(folder: Path) -> str | None:
    told = folder / "vault" / VAULT
    return str(tomllib.loads(told.read_text())["url"]) if told.exists() else None


def run_url() -> str:
    """Return the address under which Django's own test runner makes its databases."""
    hands_out = "PYTEST_XDIST_WORKER" not in os.environ and any(
        word.startswith("-n") and word not in {"-n0", "-n=0"} for word in sys.argv
    )
    return NOWHERE if hands_out else pair(may_create=True).shop_url


def rows(folder: Path, url: str | None, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    """Read the shop's database of the store in `folder` (or at `url`); values come back as SQLite has them."""
    if url is None:
        with closing(sqlite3.connect(folder / "shop.sqlite3", timeout=20)) as line:
            return line.execute(query, values).fetchall()
    import psycopg  # late: as above

    with psycopg.connect(url) as connection:
        connection.execute("SET timezone = 'UTC'")
        found = connection.execute(query.replace("%", "%%").replace("?", "%s"), values).fetchall()
    return [tuple(_as_sqlite(value) for value in row) for row in found]


def dump(folder: Path, url: str | None) -> bytes:
    """Return all that the shop's database holds, as whoever copies it has it."""
    if url is None:
        return b"".join(path.read_bytes() for path in folder.glob("shop.sqlite3*"))
    from tests.postgres import tool  # late: as above

    return subprocess.run([tool("pg_dump"), "--inserts", url], capture_output=True, check=True).stdout


def tables(folder: Path, url: str | None) -> list[str]:
    """Return the names of the shop's tables."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if url is None
        else "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    return [str(name) for (name,) in rows(folder, url, query, ())]


def columns(folder: Path, url: str | None, table: str) -> dict[str, bool]:
    """Return the columns of a table, each with whether it must have a value."""
    if url is None:
        return {str(row[1]): bool(row[3]) for row in rows(folder, url, f"PRAGMA table_info({table})", ())}
    query = "SELECT column_name, is_nullable = 'NO' FROM information_schema.columns WHERE table_name = ?"
    return {str(name): bool(must) for name, must in rows(folder, url, query, (table,))}


def _as_sqlite(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value
