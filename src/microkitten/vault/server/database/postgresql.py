"""The vault's database on PostgreSQL: one connection, held alone by a lock of the server's, for as long as a vault
serves.

A connection that is lost ends the vault (`Lost`): whether the last commit stands is seen from the tables at the next
start, never guessed. Sealed bytes and keyed hashes are all that the server, its logs and its copies ever see.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus

from microkitten.vault.server.database.base import Database, Failed, Lost
from microkitten.vault.server.database.connecting import (
    alone,
    connect,
    django_settings,
    hold,
    is_made,
    snapshot,
)
from microkitten.vault.server.database.keeping import doubts_of, make_durable, quieten
from microkitten.vault.server.database.vacuum import Vacuum

__all__ = ["PostgreSql", "alone", "django_settings", "is_made", "snapshot"]

_PLACES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\?")
_LEAVES_OLD_ROWS: Final = re.compile(
    r"(?:DELETE FROM|UPDATE)\s+(vault_\w+)|INSERT INTO\s+(vault_\w+)\b.*\bDO UPDATE\b",
    re.IGNORECASE | re.DOTALL,
)
log = logging.getLogger("microkitten.vault")


@lru_cache(maxsize=1024)
def translated(sql: str) -> tuple[str, str | None]:
    """Return a statement with `$1, $2 ...` for its `?`, and the table in which it leaves old rows behind, if any."""
    numbers = count(1)
    text = _PLACES.sub(lambda found: f"${next(numbers)}" if found[0] == "?" else found[0], sql)
    leaves = _LEAVES_OLD_ROWS.match(sql.lstrip())
    return text, leaves and (leaves[1] or leaves[2])


class PostgreSql(Database):
    """The writer's connection, and beside it one that vacuums after erasures."""

    engine = "postgresql"

    def __init__(self, url: str) -> None:
        """Connect and take the database alone. Raises: Doubt if it is away, unfit, of another release, or served."""
        self._line = connect(url)
        try:
            hold(self._line)
            make_durable(self._line)
            self._loud = quieten(self._line)
            self._cursor = self._line.cursor(binary=True)
            self._touched: set[str] = set()
            self._vacuum = Vacuum(url)
            self.check_migrations("the vault's database")
        except BaseException:
            self._line.close()
            raise

    def _migrations(self) -> set[str]:
        try:
            return {name for (name,) in self.rows("SELECT name FROM django_migrations WHERE app = 'vault'")}
        except Failed:
            return set()

    def _do(self, sql: str, values: Sequence[Any] = (), *, keep: bool = True) -> psycopg.Cursor[Any]:
        """Run a statement, kept prepared from its first time on, unless it says how a transaction goes on."""
        text, table = translated(sql)
        if table is not None:
            self._touched.add(table)
        try:
            return self._cursor.execute(text, values, prepare=keep)
        except psycopg.Error as error:
            raise self._failed(error) from None

    def _failed(self, error: psycopg.Error) -> Failed:
        # Its message may quote a row; its number does not.
        if self._line.closed:
            return Lost(error.sqlstate)
        log.warning("the database refused a statement: %s", error.sqlstate or type(error).__name__)
        return Failed(error.sqlstate)

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement. Returns: how many rows it changed."""
        return self._do(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for each row."""
        text, table = translated(sql)
        if table is not None:
            self._touched.add(table)
        try:
            self._cursor.executemany(text, rows)
        except psycopg.Error as error:
            raise self._failed(error) from None

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return all rows of a query."""
        return self._do(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Any:
        """Return the first row of a query, or None."""
        return self._do(sql, values).fetchone()

    def padded(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return a list lengthened to a power of two by its last value: ten statements instead of five hundred."""
        short = (1 << (len(values) - 1).bit_length()) - len(values)
        return [*values, *[values[-1]] * short]

    def begin(self) -> None:
        """Begin a transaction."""
        self._do("BEGIN", keep=False)

    def commit(self) -> None:
        """End it; when this returns, all of it is on disk. Raises: Failed if none of it stands; Lost if that is not
        known.
        """
        if self._do("COMMIT", keep=False).statusmessage != "COMMIT":
            raise Failed("rolled back")  # PostgreSQL's answer to the end of a transaction that had failed

    def roll_back(self) -> None:
        """End it as if it had not been. Raises: Lost."""
        if self._line.closed:
            raise Lost(None)
        if self._line.info.transaction_status != TransactionStatus.IDLE:
            self._do("ROLLBACK", keep=False)

    def mark(self) -> None:
        """Set a savepoint."""
        self._do("SAVEPOINT batch", keep=False)

    def keep(self) -> None:
        """Keep what came after the savepoint."""
        self._do("RELEASE batch", keep=False)

    def undo(self) -> None:
        """Undo what came after the savepoint."""
        self._do("ROLLBACK TO batch", keep=False)
        self._do("RELEASE batch", keep=False)

    def truncate_log(self) -> bool:
        """Have the tables vacuumed in which rows were deleted or replaced, soon and beside the answer: what lies there
        is sealed, and its key is gone already. Returns: True.
        """
        touched, self._touched = self._touched, set()
        self._vacuum.want(touched)
        return True

    def doubts(self) -> list[str]:
        """Return who else may enter, and which logs may quote statements: a sentence each."""
        return [*self._loud, *doubts_of(self._line)]

    def close(self) -> None:
        """Close; what is still to be vacuumed is."""
        self._vacuum.close()
        self._line.close()
