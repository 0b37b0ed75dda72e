"""The vault's tables as copies treat them: one list, so that a new table is not forgotten."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from microkitten.vault.server.database import Database
from microkitten.vault.server.folder import Doubt, Folder

# What the present database alone knows rightly, where it can be read: the log, what parties are owed, who was erased.
PRESENT: Final = ("entry", "node", "tally", "deployment", "detail", "notice", "alarm", "erased", "fact")
# What hangs on a person, by the column that names them; the present database's where it knows the person.
PERSONAL: Final = {
    "find": "person", "consent": "person", "worded": "person", "try": "person", "act": "person", "staff": "person",
}  # fmt: skip
SEALED: Final = ("person", "record")
# Gone with an erasure of which something stays: the books and a parcel on its way need nothing of it.
ERASED: Final = ("find", "consent", "worded", "try", "staff", "detail")
# Ends with every restore: whoever held one asks anew.
ENDED: Final = ("pass", "covered", "grant", "stafftoken")
EMPTY: Final = ("servicekey",)
ALL: Final = (*PRESENT, *PERSONAL, *SEALED, *ENDED, *EMPTY)
ROWS_A_TIME: Final = 2_000
# Numbered by the database itself; whatever is copied into another gets numbers of its own there.
NUMBERED: Final = frozenset({"find", "consent", "worded", "try", "covered", "alarm", "tally"})


def make(folder: Folder) -> None:
    """Make the tables of this release, or bring older ones to it; in another process, since Django can be told of one
    database a process. Raises: Doubt.
    """
    words = [sys.executable, "-m", "microkitten.vault.server.copies", "tables", str(folder.store)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Doubt(f"the tables in {folder.vault} could not be made")


def columns(database: Database, table: str) -> list[str]:
    """Return a table's columns; without the number that the database gives by itself."""
    if database.engine == "sqlite":
        rows = database.rows(f"SELECT name FROM pragma_table_info('vault_{table}')")  # noqa: S608 # names of ours
    else:
        rows = database.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?",
            f"vault_{table}",
        )
    names = sorted(str(name) for (name,) in rows)
    return [name for name in names if table not in NUMBERED or name != "id"]


def read(source: Any, table: str, names: list[str], where: str = "") -> Iterator[tuple[Any, ...]]:
    """Read the rows of a table. Params: `source`, a connection's `execute`, or a snapshot's."""
    quoted = ", ".join(f'"{name}"' for name in names)
    cursor = source(f"SELECT {quoted} FROM vault_{table} {where}")  # noqa: S608 # names of ours
    yield from (tuple(row) for row in cursor)


def write(database: Database, table: str, names: list[str], rows: Iterator[tuple[Any, ...]]) -> int:
    """Write rows into a table. Returns: how many."""
    quoted, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    sql = f"INSERT INTO vault_{table} ({quoted}) VALUES ({marks})"  # noqa: S608 # names of ours
    count, part = 0, list[tuple[Any, ...]]()
    for row in rows:
        part.append(row)
        if len(part) == ROWS_A_TIME:
            database.many(sql, part)
            count, part = count + len(part), []
    if part:
        database.many(sql, part)
    return count + len(part)


def check_known(names: set[str], wanted: Path) -> None:
    """Refuse a copy whose tables a later release made. Params: `names` of its migrations. Raises: Doubt."""
    ours = {file.stem for file in wanted.glob("0*.py")}
    if not names:
        raise Doubt("the backup's copy of the vault is none: it has no tables")
    if later := sorted(names - ours):
        raise Doubt(
            f"the backup was made by a newer release ({later[0]} is not known here); install that one"
        )
