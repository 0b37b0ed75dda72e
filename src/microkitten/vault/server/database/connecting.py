"""Ways to the vault's PostgreSQL: for the writer alone, for a reader of one moment, for Django's migrations."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import conninfo
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper

from microkitten.vault.server.database.base import Failed
from microkitten.vault.server.folder import Doubt

WAIT_SECONDS: Final = 10.0  # for a server that starts, and for one that has not noticed yet that a vault died
PAUSE_SECONDS: Final = 0.1
PREPARED_MAX: Final = 256
ROWS_A_FETCH: Final = 2_000
_LOCK: Final = int.from_bytes(b"mkvault")
# A machine that went away without a word is noticed in half a minute, on both ends.
_TIMES: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "ssl_min_protocol_version": "TLSv1.3",
}
_SESSION: Final = {
    "search_path": "public",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
Line = psycopg.Connection[Any]


class _Hex(Loader):
    """UUIDs as 32 hexadecimal digits, as SQLite keeps them."""

    format = Format.BINARY

    def load(self, data: Any) -> str:
        """Return the digits of sixteen bytes."""
        return bytes(data).hex()


def connect(url: str) -> Line:
    """Connect, wait for a server that is just starting, and set up the session. Raises: Doubt."""
    line = _reach(url)
    line.adapters.register_loader("uuid", _Hex)
    line.adapters.register_dumper(int, Int8BinaryDumper)  # one type of number: one prepared statement
    line.prepared_max = PREPARED_MAX
    for name, value in _SESSION.items():
        line.execute("SELECT set_config($1, $2, false)", (name, value))
    return line


def _reach(url: str) -> Line:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return psycopg.connect(
                url,
                autocommit=True,
                cursor_factory=psycopg.RawCursor,
                application_name="microkitten vault",
                **_TIMES,
            )
        except psycopg.OperationalError as error:
            if time.monotonic() > end:
                raise Doubt(f"the vault's database does not answer: {str(error).strip()}") from None
            time.sleep(PAUSE_SECONDS)
        except psycopg.Error:
            # Its words may quote the address, and with it the password.
            raise Doubt("the url in vault/database.toml is not one of PostgreSQL's") from None


def hold(line: Line) -> None:
    """Take the database for this connection, for as long as it lives. Raises: Doubt if another vault has it."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        row = line.execute("SELECT pg_try_advisory_lock($1)", (_LOCK,)).fetchone()
        if row is not None and row[0]:
            return
        if time.monotonic() > end:
            raise Doubt("another vault serves this database")
        time.sleep(PAUSE_SECONDS)


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Keep every other vault away for a while. Raises: Doubt."""
    with connect(url) as line:
        hold(line)
        yield


def is_made(url: str) -> bool:
    """Return whether the database has tables. Raises: Doubt."""
    with connect(url) as line:
        row = line.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone()
        return row is not None and bool(row[0])


class _Snapshot:
    """One view of it all, read in pieces."""

    def __init__(self, line: Line) -> None:
        self._line, self._names = line, count(1)

    def execute(self, sql: str) -> psycopg.RawServerCursor[Any]:
        """Begin to read a query's rows. Raises: Failed."""
        cursor = psycopg.RawServerCursor(self._line, f"read_{next(self._names)}")
        cursor.itersize = ROWS_A_FETCH
        try:
            return cursor.execute(sql, binary=True)
        except psycopg.Error as error:
            raise Failed(error.sqlstate) from None


@contextmanager
def snapshot(url: str) -> Iterator[_Snapshot]:
    """Give what reads one view of the database, whatever is appended meanwhile, and can change nothing. Raises:
    Doubt.
    """
    with connect(url) as line:
        line.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield _Snapshot(line)


def django_settings(url: str) -> dict[str, Any]:
    """Return what Django's `DATABASES` says of it. Raises: Doubt."""
    try:
        told: dict[str, Any] = dict(conninfo.conninfo_to_dict(url))
    except psycopg.Error:
        raise Doubt("the url in vault/database.toml is not one of PostgreSQL's") from None
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    settings = {name: str(told.pop(theirs, "")) for name, theirs in names.items()}
    return {"ENGINE": "django.db.backends.postgresql", **settings, "OPTIONS": told}
