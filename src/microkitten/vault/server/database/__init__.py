"""The vault's own database, on SQLite or PostgreSQL: one connection of the one writer, plain SQL that both read, and
durable commits.

Which of them is told by `vault/database.toml`, a file of the vault's user alone; without it, it is SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from microkitten.vault.server.database.base import MIGRATIONS, Database, Failed, Lost
from microkitten.vault.server.database.place import url_of
from microkitten.vault.server.database.sqlite import Sqlite
from microkitten.vault.server.folder import Doubt, Folder

__all__ = [
    "MIGRATIONS",
    "Database",
    "Failed",
    "Lost",
    "Sqlite",
    "alone",
    "django_settings",
    "is_made",
    "open_database",
    "snapshot",
]

_EXTRA: Final = "PostgreSQL needs the extra `postgres`: pip install 'microkitten[postgres]'"


def open_database(folder: Folder) -> Database:
    """Open the vault's database for its one writer. Raises: Doubt if it is away, of another release, or served by
    another vault.
    """
    url = url_of(folder)
    return Sqlite(folder.database) if url is None else _postgresql().PostgreSql(url)


def is_made(folder: Folder) -> bool:
    """Return whether there is a database with anything in it: where there is, keys are not made anew. Raises: Doubt."""
    url = url_of(folder)
    return folder.database.exists() if url is None else _postgresql().is_made(url)


@contextmanager
def alone(folder: Folder) -> Iterator[None]:
    """Keep every other vault away from the database for a while, as when its tables are changed. Raises: Doubt."""
    url = url_of(folder)
    with nullcontext() if url is None else _postgresql().alone(url):
        yield


@contextmanager
def snapshot(folder: Folder) -> Iterator[Any]:
    """Give something with `execute(sql)` that reads one view of it all and can change nothing, also while a vault
    serves. Raises: Doubt.
    """
    url = url_of(folder)
    if url is not None:
        with _postgresql().snapshot(url) as line:
            yield line
        return
    with Sqlite.snapshot(folder.database) as line:
        yield line


def django_settings(folder: Folder) -> dict[str, Any]:
    """Return what Django's `DATABASES` says of it, for migrations alone. Raises: Doubt."""
    url = url_of(folder)
    if url is None:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": folder.database}
    settings: dict[str, Any] = _postgresql().django_settings(url)
    return settings


def _postgresql() -> Any:
    try:
        # A store on SQLite needs neither the library nor the time to load it.
        from microkitten.vault.server.database import postgresql
    except ImportError:
        raise Doubt(_EXTRA) from None
    return postgresql
