"""The one connection of the one writer: plain SQL, durable commits, and nothing deleted that stays
readable."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

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
MIGRATIONS: Final = Path(__file__).parent / "migrations"


class Database:
    """SQLite in WAL mode. A transaction holds several batches, each in a savepoint of its own."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise Doubt(f"no database at {path}; run migrate first")
        self._line = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        for pragma in _PRAGMAS:
            self._line.execute(f"PRAGMA {pragma}")
        self._check_migrations(path)

    def _check_migrations(self, path: Path) -> None:
        try:
            done = {name for (name,) in self.rows("SELECT name FROM django_migrations WHERE app = 'vault'")}
        except sqlite3.OperationalError:
            done = set()
        if done != {file.stem for file in MIGRATIONS.glob("0*.py")}:
            raise Doubt(f"{path} is not of this release; run migrate")

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

    def among(self, sql: str, values: Sequence[Any], *before: Any) -> list[Any]:
        """Return all rows of a query whose `(?)` stands for a list, 500 at a time; `before` comes
        ahead of it.
        """
        found: list[Any] = []
        for start in range(0, len(values), 500):
            part = values[start : start + 500]
            found += self.rows(sql.replace("(?)", f"({','.join('?' * len(part))})"), *before, *part)
        return found

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

    def close(self) -> None:
        """Close, with an empty write-ahead log."""
        self.truncate_log()
        self._line.close()
