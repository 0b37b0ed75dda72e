"""Old data with today's keys: of an old copy stays what a key of today opens; where the present database can be
read, it knows better about everybody whom both know (P7, P43).

So nobody comes back who was erased, nothing that has lapsed serves daily use again, no consent that was taken back
holds, and no end comes later than it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from microkitten.vault.server.copies import tables
from microkitten.vault.server.copies.boxes import Boxes, Keys, opening, opens_detail
from microkitten.vault.server.database import Database
from microkitten.vault.server.keys import CONSENT, LAW, LOG, RESTRICTED
from microkitten.vault.server.keys.keyring import EPOCH

PERSONS_A_TIME: Final = 500
_ENDS: Final = ("lapse_at", "until_at")
_PERSON: Final = "person"


@dataclass(slots=True)
class Found:
    """What comes back and what does not, in counts.

    `records` by group: how many open for daily use (`life`), for the books alone (`law`), not at all (`gone`).
    """

    people: int = 0
    gone: int = 0  # no box any more: erased, or ended; or one that opens no record of the copy
    since: int = 0  # have a box, and no row in the copy
    restricted: int = 0
    withdrawn: int = 0
    records: dict[str, Counter[str]] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Return it as it travels."""
        return {
            "people": self.people, "gone": self.gone, "since": self.since, "restricted": self.restricted,
            "withdrawn": self.withdrawn,
            "records": {group: dict(counted) for group, counted in sorted(self.records.items())},
        }  # fmt: skip


Read = Callable[[str], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Present:
    """The database of now: to ask, and `read` to go through whole tables in one view without holding them."""

    database: Database
    read: Read


def merge(staged: Database, present: Present | None, boxes: Boxes, *, epoch: int) -> Found:
    """Make of an old copy what shall be the vault's database, in one transaction.

    Params: `present`, the database of now, where it can be read and its ledger verifies; `epoch`, the change that the
    keys stand at. Raises: sealing.NotOpened if the keys themselves are damaged.
    """
    merger = _Merger(staged, present, boxes)
    staged.begin()
    merger.people()
    merger.rows()
    staged.run("DELETE FROM vault_fact WHERE name IN (?, ?)", EPOCH, "rekey" if present is None else EPOCH)
    staged.run("INSERT INTO vault_fact (name, value) VALUES (?, ?)", EPOCH, str(epoch))
    staged.commit()
    return merger.found


class _Merger:
    def __init__(self, staged: Database, present: Present | None, boxes: Boxes) -> None:
        self._staged, self._present, self._boxes = staged, present, boxes
        self.found = Found()
        self._known: set[str] = set()  # to both, or to the copy alone where there is no other
        self._both: set[str] = set()
        self._columns = tables.columns(staged, "record")

    # People and their records

    def people(self) -> None:
        everybody = [str(who) for (who,) in self._staged.rows("SELECT id FROM vault_person ORDER BY id")]
        for start in range(0, len(everybody), PERSONS_A_TIME):
            self._some(everybody[start : start + PERSONS_A_TIME])
        self.found.since = len(self._boxes.persons() - {UUID(who) for who in everybody})

    def _some(self, people: list[str]) -> None:
        old = self._records(self._staged, people)
        new = {} if self._present is None else self._records(self._present.database, people)
        now = self._persons(people)
        self._both |= now.keys()
        known: dict[str, Keys] = {}
        for who in people:
            keys, records = self._boxes.of(UUID(who)), old.get(who, {})
            if keys is None or not self._open(who, keys, records, new.get(who, {}), is_present=who in now):
                self.found.gone += 1
                self._forget(who)
                continue
            known[who] = keys
            self.found.people += 1
            self.found.restricted += RESTRICTED in keys
            if who in now:
                self._staged.run("UPDATE vault_person SET generation = ? WHERE id = ?", now[who], who)
            if LOG not in keys:  # erased, but for what the law or a parcel on its way keeps
                self._end_erased(who)
        self._known |= known.keys()
        if self._present is None:
            self._end_details(known)

    def _open(
        self, who: str, keys: Keys, old: dict[str, Any], new: dict[str, Any], *, is_present: bool
    ) -> bool:
        """Bring somebody's records to what opens. Returns: whether anything of theirs is left to serve or to erase."""
        opened = [self._record(who, keys, row, new.get(group)) for group, row in old.items()]
        return is_present or not opened or any(opened)

    def _record(self, who: str, keys: Keys, old: dict[str, Any], new: dict[str, Any] | None) -> bool:
        """Keep of a record the newest row that opens, with the ends that are nearest. Returns: whether one does."""
        counted = self.found.records.setdefault(old["group_name"], Counter())
        name, row = "", old
        for candidate in (new, old):
            if candidate is not None and (name := opening(UUID(who), keys, candidate)):
                row = candidate
                break
        if not name:
            counted["gone"] += 1
            self._staged.run("DELETE FROM vault_record WHERE id = ?", old["id"])
            return False
        counted[name.partition(":")[0] if name.startswith(f"{LAW}:") else "life"] += 1
        if new is None:
            return True
        row = row | {end: min(old[end], new[end]) if row is old else new[end] for end in _ENDS}
        self._staged.run("DELETE FROM vault_record WHERE id = ?", old["id"])
        tables.write(self._staged, "record", self._columns, iter([tuple(row[one] for one in self._columns)]))
        return True

    def _records(self, source: Database, people: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        names = ", ".join(f'"{name}"' for name in self._columns)
        for values in source.among(f"SELECT {names} FROM vault_record WHERE person IN (?)", people):  # noqa: S608 # ours
            row = dict(zip(self._columns, values, strict=True))
            found.setdefault(str(row[_PERSON]), {})[row["group_name"]] = row
        return found

    def _persons(self, people: list[str]) -> dict[str, int]:
        if self._present is None:
            return {}
        rows = self._present.database.among("SELECT id, generation FROM vault_person WHERE id IN (?)", people)
        return {str(who): generation for who, generation in rows}

    def _forget(self, who: str) -> None:
        self._staged.run("DELETE FROM vault_person WHERE id = ?", who)
        self._staged.run("DELETE FROM vault_record WHERE person = ?", who)
        self._staged.run("DELETE FROM vault_detail WHERE person = ?", who)
        for table, column in tables.PERSONAL.items():
            self._staged.run(f'DELETE FROM vault_{table} WHERE "{column}" = ?', who)  # noqa: S608 # names of ours

    def _end_erased(self, who: str) -> None:
        """Drop what an erasure drops of one of whom something stays: nobody finds them by it any more."""
        self._staged.run(
            "DELETE FROM vault_act WHERE person = ? AND entry IN (SELECT entry FROM vault_detail WHERE person = ?)",
            who,
            who,
        )
        for table in tables.ERASED:
            self._staged.run(f"DELETE FROM vault_{table} WHERE person = ?", who)  # noqa: S608 # names of ours

    def _end_details(self, known: dict[str, Keys]) -> None:
        """Drop details that today's keys do not open, and the acts that they tell of: sealed before a re-keying."""
        sql = "SELECT person, entry, sealed FROM vault_detail WHERE person IN (?)"
        gone = [
            (str(who), entry)
            for who, entry, sealed in self._staged.among(sql, list(known))
            if not opens_detail(UUID(who), known[str(who)], entry, bytes(sealed))
        ]
        self._staged.many("DELETE FROM vault_act WHERE person = ? AND entry = ?", gone)
        self._staged.many("DELETE FROM vault_detail WHERE person = ? AND entry = ?", gone)

    # All else

    def rows(self) -> None:
        for table in tables.ENDED:
            self._staged.run(f"DELETE FROM vault_{table}")  # noqa: S608 # names of ours
        if self._present is not None:
            self._take_present(self._present.read)
        self._end_withdrawn()
        self._end_index()

    def _take_present(self, read: Read) -> None:
        for table in tables.PRESENT:
            names = tables.columns(self._staged, table)
            rows = tables.read(read, table, names)
            if table == "detail":
                who = names.index(_PERSON)
                rows = (row for row in rows if row[who] is None or str(row[who]) in self._known)
            if table == "erased":  # what either remembers
                self._staged.many(
                    "DELETE FROM vault_erased WHERE tag = ?", read("SELECT tag FROM vault_erased")
                )
            else:
                self._staged.run(f"DELETE FROM vault_{table}")  # noqa: S608 # names of ours
            tables.write(self._staged, table, names, rows)
        for table, column in tables.PERSONAL.items():
            names = tables.columns(self._staged, table)
            who = names.index(column)
            for person in self._both:
                self._staged.run(f'DELETE FROM vault_{table} WHERE "{column}" = ?', person)  # noqa: S608 # ours
            rows = (row for row in tables.read(read, table, names) if str(row[who]) in self._known)
            tables.write(self._staged, table, names, rows)

    def _end_withdrawn(self) -> None:
        """Let no consent hold whose key is gone: a yes is a key."""
        rows = self._staged.rows(
            "SELECT DISTINCT person, purpose FROM vault_consent WHERE withdrawn_at IS NULL"
        )
        rows += self._staged.rows("SELECT DISTINCT person, purpose FROM vault_worded")
        for person, purpose in sorted({(str(who), str(why)) for who, why in rows}):
            if f"{CONSENT}:{purpose}" in (self._boxes.of(UUID(person)) or {}):
                continue
            ended = self._staged.run(
                "DELETE FROM vault_consent WHERE person = ? AND purpose = ? AND withdrawn_at IS NULL",
                person,
                purpose,
            )
            self._staged.run("DELETE FROM vault_worded WHERE person = ? AND purpose = ?", person, purpose)
            self.found.withdrawn += bool(ended)

    def _end_index(self) -> None:
        """Drop what lies under index keys that are gone: nobody is found by it any more."""
        alive = {name for name in self._boxes.service() if name.startswith("index:")}
        for column, month in self._staged.rows('SELECT DISTINCT "column", month FROM vault_find'):
            if f"index:{column}:{month}" not in alive:
                self._staged.run('DELETE FROM vault_find WHERE "column" = ? AND month = ?', column, month)
