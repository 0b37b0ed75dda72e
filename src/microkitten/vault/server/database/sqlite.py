"""The vault's database as one SQLite file beside the keys: nothing to install, nothing deleted that stays readable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from microkitten.vault.server.database.base import Database
from microkitten.vault.server.folder import Doubt

_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "cache_size=-16000",
)


class Sqlite(Database):
    """SQLite in WAL mode."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise Doubt(f"no database at {path}; run migrate first")
        self._line = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        for pragma in _PRAGMAS:
            self._line.execute(f"PRAGMA {pragma}")
        self.check_migrations(str(path))

    def _migrations(self) -> set[str]:
        try:
            return {name for (name,) in self.rows("SELECT name FROM django_migrations WHERE app = 'vault'")}
        except sqlite3.OperationalError:
            return set()

    @staticmethod
    @contextmanager
    def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
        """Give a connection that only reads, and one view of it all, whatever is appended meanwhile. Raises: Doubt."""
        if not path.is_file():
            raise Doubt(f"no database at {path}")
        line = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
        try:
            line.execute("BEGIN")
            yield line
        finally:
            line.close()

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement. Returns: how many rows it changed."""
        return self._line.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for each row."""
        self._line.executemany(sql, rows)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return all rows of a query."""
        return self._line.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Any:
        """Return the first row of a query, or None."""
        return self._line.execute(sql, values).fetchone()

    def begin(self) -> None:
        """Begin a transaction."""
        self._line.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """End it; when this returns, all of it is on disk."""
        self._line.execute("COMMIT")

    def roll_back(self) -> None:
        """End it as if it had not been."""
        if self._line.in_transaction:
            self._line.execute("ROLLBACK")

    def mark(self) -> None:
        """Set a savepoint."""
        self._line.execute("SAVEPOINT batch")

    def keep(self) -> None:
        """Keep what came after the savepoint."""
        self._line.execute("RELEASE batch")

    def undo(self) -> None:
        """Undo what came after the savepoint."""
        self._line.execute("ROLLBACK TO batch")
        self._line.execute("RELEASE batch")

    def truncate_log(self) -> bool:
        """Empty the write-ahead log, so that no old page stays in it. Returns: False if a reader was
        in the way.
        """
        busy, _, _ = self.row("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    def doubts(self) -> list[str]:
        """Return nothing: all that matters is set by this connection."""
        return []

    def close(self) -> None:
        """Close, with an empty write-ahead log."""
        self.truncate_log()
        self._line.close()
