"""The key store: one SQLite file of nodes and boxes, all sealed, beside no backup; a change is pending until the
vault's database has decided.

What a change takes away lay under keys that go with the old root, so old pages would be noise; they are emptied all
the same, since whose box lay there is nobody's business either.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Final
from urllib.parse import quote
from uuid import UUID

from microkitten.vault.server.folder import Doubt
from microkitten.vault.server.keys.tree import Change

NAME: Final = "keys.sqlite3"
VERSION: Final = 1
_SCHEMA: Final = f"""
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE node (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE box (slot INTEGER PRIMARY KEY, person TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL);
CREATE TABLE pending_node (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE pending_box (slot INTEGER PRIMARY KEY, person TEXT NOT NULL, sealed BLOB);
CREATE TABLE floor (person TEXT, part TEXT, version INTEGER NOT NULL, PRIMARY KEY (person, part)) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
"""
_LEVEL_BITS: Final = 32
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "secure_delete=ON",
    "busy_timeout=5000",
)
_SET: Final = (
    "INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class KeyStore:
    """One copy of the key store. Raises `Doubt` where it is missing, or made by a later release."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        if not self.path.is_file():
            raise Doubt(f"no keys at {self.path}: bring them back with `microkitten keys bring-back`")
        self._line = _connect(self.path)
        (version,) = self._line.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            raise Doubt(f"{self.path} is not a key store of this release (version {version})")

    @staticmethod
    def make(folder: Path, store_id: str, *, root_epoch: int) -> KeyStore:
        """Make an empty one, whole or not at all. Raises: Doubt if there is one."""
        path = folder / NAME
        if path.exists():
            raise Doubt(f"{path} is there already; keys are never made over others")
        draft = folder / f".{NAME}.new"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        line = sqlite3.connect(draft)
        line.executescript(_SCHEMA)
        line.executemany(_SET, [("store", store_id), ("root", str(root_epoch))])
        line.commit()
        line.close()
        draft.replace(path)
        return KeyStore(folder)

    # What it says of itself

    def state(self, name: str, otherwise: str = "") -> str:
        """Return a note: `store` (its id), `epoch`, `root` (the epoch of the root), `pending`, `replica:<name>`."""
        row = self._line.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return otherwise if row is None else str(row[0])

    def noted(self, prefix: str) -> dict[str, str]:
        """Return the notes whose names begin so."""
        found = self._line.execute(
            "SELECT name, value FROM state WHERE substr(name, 1, ?) = ? ORDER BY name", (len(prefix), prefix)
        )
        return {str(name): str(value) for name, value in found}

    def note(self, name: str, value: str) -> None:
        """Write a note, durably."""
        self._line.execute(_SET, (name, value))

    @property
    def epoch(self) -> int:
        """How many changes it has seen."""
        return int(self.state("epoch", "0"))

    @property
    def root_epoch(self) -> int:
        """The change that made its root."""
        return int(self.state("root", "0"))

    @property
    def pending(self) -> int | None:
        """The change that waits for the database's decision, if one does."""
        told = self.state("pending")
        return int(told) if told else None

    # Reading

    def node(self, level: int, number: int) -> bytes | None:
        """Return a sealed node, or None."""
        return self._blob("SELECT sealed FROM node WHERE id = ?", _id(level, number))

    def pending_node(self, level: int, number: int) -> bytes | None:
        """Return a sealed node as the change leaves it, or None."""
        told = self._blob("SELECT sealed FROM pending_node WHERE id = ?", _id(level, number))
        return told if told is not None else self.node(level, number)

    def box(self, person: UUID) -> tuple[int, bytes] | None:
        """Return slot and sealed box of a person, or None."""
        row = self._line.execute("SELECT slot, sealed FROM box WHERE person = ?", (person.hex,)).fetchone()
        return None if row is None else (row[0], row[1])

    def persons(self) -> Iterable[UUID]:
        """Return everybody who has a box, by slot."""
        return [UUID(person) for (person,) in self._line.execute("SELECT person FROM box ORDER BY slot")]

    def next_slot(self) -> int:
        """Return a slot that no box ever had."""
        (slot,) = self._line.execute("SELECT COALESCE(MAX(slot) + 1, 0) FROM box").fetchone()
        return max(int(slot), int(self.state("slots", "0")))

    def floors(self, person: UUID) -> dict[str, int]:
        """Return the highest version that each of a person's records has had."""
        return dict(self._line.execute("SELECT part, version FROM floor WHERE person = ?", (person.hex,)))

    def has_floors_of(self, other: KeyStore) -> bool:
        """Return whether all versions that another copy remembers are remembered here, and no others."""
        sql = "SELECT person, part, version FROM floor ORDER BY person, part"
        both = zip_longest(self._line.execute(sql), other._line.execute(sql))
        return all(ours == theirs for ours, theirs in both)

    def _blob(self, sql: str, key: int) -> bytes | None:
        row = self._line.execute(sql, (key,)).fetchone()
        return None if row is None else row[0]

    # Changing

    def write_pending(self, epoch: int, change: Change, *, slots: int) -> None:
        """Write a change beside what holds, durably; it takes the place of another that was not decided for.

        Params: `slots`, how many were ever given away.
        """
        with self._transaction():
            self._clear_pending()
            self._line.executemany(
                "INSERT INTO pending_node (id, sealed) VALUES (?, ?)",
                [(_id(*place), sealed) for place, sealed in change.nodes.items()],
            )
            self._line.executemany(
                "INSERT INTO pending_box (slot, person, sealed) VALUES (?, ?, ?)",
                [(slot, person.hex, sealed) for slot, (person, sealed) in change.boxes.items()],
            )
            told = {"pending": epoch, "slots": slots} | ({} if change.root is None else {"next": epoch})
            self._line.executemany(_SET, [(name, str(value)) for name, value in told.items()])

    def apply_pending(self) -> None:
        """Let the pending change hold; harmless if there is none.

        Not waited for on the disk if no key is taken away: until the next change is, the pending one would be
        applied anew.
        """
        epoch, root = self.state("pending"), self.state("next")
        if not epoch:
            return
        with self._transaction(is_durable=bool(root)):
            self._line.execute("INSERT OR REPLACE INTO node SELECT id, sealed FROM pending_node")
            self._line.execute(
                "DELETE FROM floor WHERE person IN (SELECT person FROM pending_box WHERE sealed IS NULL)"
            )
            self._line.execute("DELETE FROM box WHERE slot IN (SELECT slot FROM pending_box)")
            self._line.execute(
                "INSERT INTO box SELECT slot, person, sealed FROM pending_box WHERE sealed IS NOT NULL"
            )
            self._line.execute(_SET, ("epoch", epoch))
            if root:
                self._line.execute(_SET, ("root", root))
            self._clear_pending()
        if root:
            self._line.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def drop_pending(self) -> None:
        """Forget the pending change."""
        with self._transaction():
            self._clear_pending()

    def raise_floors(self, floors: Mapping[tuple[UUID, str], int]) -> None:
        """Remember versions; not waited for on the disk, since a floor that is too low refuses nothing rightful."""
        with self._transaction(is_durable=False):
            self._line.executemany(
                "INSERT INTO floor (person, part, version) VALUES (?, ?, ?)"
                " ON CONFLICT (person, part) DO UPDATE SET version = MAX(version, excluded.version)",
                [(person.hex, part, version) for (person, part), version in floors.items()],
            )

    def forget_floors(self) -> None:
        """Forget all versions: an old database was rightly brought back."""
        self._line.execute("DELETE FROM floor")

    def _clear_pending(self) -> None:
        for table in ("pending_node", "pending_box"):
            self._line.execute(f"DELETE FROM {table}")  # noqa: S608 # names of ours
        self._line.execute("DELETE FROM state WHERE name IN ('pending', 'next')")

    def _transaction(self, *, is_durable: bool = True) -> _Transaction:
        return _Transaction(self._line, is_durable=is_durable)

    # Copies

    def copy_to(self, path: Path) -> None:
        """Write a whole copy of what holds, durably, over whatever is there."""
        copy = sqlite3.connect(path)
        self._line.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.close()

    def close(self) -> None:
        """Close."""
        self._line.close()


class _Transaction:
    """A block in one transaction, on the disk at its end unless that is not asked for."""

    def __init__(self, line: sqlite3.Connection, *, is_durable: bool) -> None:
        self._line, self._is_durable = line, is_durable

    def __enter__(self) -> None:
        self._line.execute(f"PRAGMA synchronous={'FULL' if self._is_durable else 'NORMAL'}")
        self._line.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._line.in_transaction:
            self._line.execute("COMMIT" if kind is None else "ROLLBACK")
        self._line.execute("PRAGMA synchronous=FULL")


def _connect(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?mode=rw"
    line = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        line.execute(f"PRAGMA {pragma}")
    return line


def _id(level: int, number: int) -> int:
    return level << _LEVEL_BITS | number
