"""What both engines of the vault's database do alike: the interface that verbs, journal and writer speak to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from microkitten.vault.server.folder import Doubt

MIGRATIONS: Final = Path(__file__).parents[1] / "migrations"
AMONG_MAX: Final = 500


class Failed(Exception):
    """The database refused a statement; without the refusal's words, which may quote a row."""


class Lost(Failed):
    """The connection is gone. Nothing uncommitted stands; whether the last commit does, only a new start can tell."""


class Database(ABC):
    """A transaction holds several batches, each in a savepoint of its own.

    Statements have `?` for values. UUIDs go in and come out as 32 hexadecimal digits, on both engines.
    """

    engine: str

    @abstractmethod
    def run(self, sql: str, *values: Any) -> int:
        """Run a statement. Returns: how many rows it changed."""

    @abstractmethod
    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once for each row."""

    @abstractmethod
    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return all rows of a query."""

    @abstractmethod
    def row(self, sql: str, *values: Any) -> Any:
        """Return the first row of a query, or None."""

    def among(self, sql: str, values: Sequence[Any], *before: Any) -> list[Any]:
        """Return all rows of a query whose `(?)` stands for a list, 500 at a time; `before` comes
        ahead of it.
        """
        found: list[Any] = []
        for start in range(0, len(values), AMONG_MAX):
            part = self.padded(values[start : start + AMONG_MAX])
            found += self.rows(sql.replace("(?)", f"({','.join('?' * len(part))})"), *before, *part)
        return found

    def padded(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return a list as it is asked for; where statements are kept prepared, of one of few lengths."""
        return values

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction."""

    @abstractmethod
    def commit(self) -> None:
        """End it; when this returns, all of it is on disk."""

    @abstractmethod
    def roll_back(self) -> None:
        """End it as if it had not been."""

    @abstractmethod
    def mark(self) -> None:
        """Set a savepoint."""

    @abstractmethod
    def keep(self) -> None:
        """Keep what came after the savepoint."""

    @abstractmethod
    def undo(self) -> None:
        """Undo what came after the savepoint."""

    @abstractmethod
    def truncate_log(self) -> bool:
        """Clear away what deleted rows left behind, as far as the engine can. Returns: False if somebody was in the
        way, so that it must be tried again.
        """

    @abstractmethod
    def doubts(self) -> list[str]:
        """Return what of the database is not as it should be and does not keep the vault from serving: a sentence
        each.
        """

    @abstractmethod
    def close(self) -> None:
        """Close, with nothing left to clear away."""

    def check_migrations(self, place: str) -> None:
        """Demand the tables of this release. Raises: Doubt."""
        if self._migrations() != {file.stem for file in MIGRATIONS.glob("0*.py")}:
            raise Doubt(f"{place} is not of this release; run migrate")

    @abstractmethod
    def _migrations(self) -> set[str]:
        """Return the names of the migrations that were made."""
