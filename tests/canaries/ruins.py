"""What is broken on purpose: a table that is away for a moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path


@contextmanager
def without_table(database: Path, table: str) -> Iterator[None]:
    """Take a table away for a moment: whatever needs it fails in a way that nobody foresaw."""
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
        connection.commit()
        try:
            yield
        finally:
            with suppress(sqlite3.OperationalError):
                connection.rollback()
            connection.execute(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')
            connection.commit()
