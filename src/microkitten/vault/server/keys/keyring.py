"""The keyring: people's boxes and the keys that are nobody's own, as the verbs read and change them.

What is changed lies in layers above the cache until the database has committed: nothing has to be taken back there.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from microkitten.vault.server import sealing
from microkitten.vault.server.database import Database
from microkitten.vault.server.keys.chain import Chain
from microkitten.vault.server.keys.floors import Floors
from microkitten.vault.server.keys.person import CONSENT, LOG, WORDING, Person, is_key, unpacked
from microkitten.vault.server.keys.tree import SLOTS_MAX, Box, Tree

PEOPLE_CACHED_MAX: Final = 10_000
GENERATION: Final = 1
STORE: Final = sealing.NOBODY  # whose box holds the keys that are nobody's own
EPOCH: Final = "keys_epoch"


@dataclass(frozen=True, slots=True)
class _Changed:
    """What has become of a person since the last commit: None for one who is gone."""

    person: Person | None
    is_taking: bool


class Keyring:
    """All keys within reach. Raises `Doubt` where database, key store and root do not belong together."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database, self.chain = database, chain
        self._store = chain.primary.store
        self._tree = Tree(self._store, chain.root)
        self._people: OrderedDict[UUID, Person] = OrderedDict()
        self._kept: dict[UUID, _Changed] = {}  # by the batches of this transaction that hold
        self._batch: dict[UUID, _Changed] = {}  # by the present batch
        self._floors = Floors(chain.raise_floors)
        self._slots = self._store.next_slot()
        self._next_slots = self._slots
        self._wants_root = self._is_prepared = False
        self._next_root = chain.root
        self._service = dict(self._box_of(STORE) or {})

    # People

    def make(self, person: UUID, kind: str, *, together: UUID, month: str) -> Person:
        """Make a person, with the key of their entries alone; each group brings its own."""
        made = Person(person, kind, together, GENERATION, {LOG: os.urandom(sealing.KEY_BYTES)})
        self._database.run(
            "INSERT INTO vault_person (id, kind, month, together, generation) VALUES (?, ?, ?, ?, ?)",
            person.hex, kind, month, together.hex, GENERATION,
        )  # fmt: skip
        self._batch[person] = _Changed(made, is_taking=False)
        return made

    def of(self, person: UUID) -> Person | None:
        """Return a person's box, or None if they or their keys are gone. Raises: sealing.NotOpened."""
        changed = self._batch.get(person) or self._kept.get(person)
        if changed is not None:
            return changed.person
        known = self._people.get(person)
        if known is not None:
            self._people.move_to_end(person)
            return known
        row = self._database.row(
            "SELECT kind, together, generation FROM vault_person WHERE id = ?", person.hex
        )
        keys = self._box_of(person) if row is not None else None
        if row is None or keys is None:
            return None
        found = Person(person, row[0], UUID(row[1]), row[2], keys, self._store.floors(person))
        self._remember(found)
        return found

    def need(self, person: Person, name: str) -> Person:
        """Return the person with a key of that name, made now if it is missing."""
        return person if name in person.keys else self.change(person, add=name)

    def consent(self, person: Person, purpose: str, *, wording: str) -> Person:
        """Give a person a fresh consent key, bound to the hash of the words it is made under (P42)."""
        changed = self.change(
            person, add=f"{CONSENT}:{purpose}", put={f"{WORDING}:{purpose}": bytes.fromhex(wording)}
        )
        self._database.run(
            "INSERT INTO vault_worded (person, purpose, wording) VALUES (?, ?, ?)",
            person.id.hex, purpose, wording,
        )  # fmt: skip
        return changed

    def change(
        self,
        person: Person,
        *,
        add: str | None = None,
        drop: Iterable[str] = (),
        put: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Person:
        """Return the person with a fresh key under the name `add`, without those in `drop`, with `put`.

        Whatever key this takes away is gone from every copy of the keys once the batch is committed.
        """
        gone = set(drop)
        keys = {name: key for name, key in person.keys.items() if name not in gone}
        if add is not None:
            keys[add] = os.urandom(sealing.KEY_BYTES)
        keys |= put
        return self._write(person, keys)

    def rename(self, person: Person, old: str, new: str) -> Person:
        """Return the person with a key passed over to another right: no copy from before gives it the old name.

        Raises: KeyError if there is no such key.
        """
        keys = {name: key for name, key in person.keys.items() if name != old}
        keys[new] = person.keys[old]
        return self._write(person, keys)

    def rekey(self, person: Person, generation: int, keys: dict[str, bytes]) -> Person:
        """Return the person with other keys, of a later generation; what lay under the old ones must follow them."""
        return self._write(person, keys, generation=generation)

    def destroy(self, person: UUID) -> None:
        """Take a person's box away."""
        self._database.run("DELETE FROM vault_person WHERE id = ?", person.hex)
        self._batch[person] = _Changed(None, is_taking=True)

    def forget(self, person: UUID) -> None:
        """Read a person anew when they are next asked for, whatever was changed of them and not committed."""
        for layer in (self._people, self._kept, self._batch):
            layer.pop(person, None)

    def raise_floor(self, person: Person, group: str, version: int) -> None:
        """Remember the version that a record has now: no lower one is opened again."""
        self._floors.lift(person, group, version)

    def floor(self, person: Person, group: str) -> int:
        """Return the highest version that a record has had."""
        return self._floors.of(person, group)

    def _write(self, person: Person, keys: dict[str, bytes], *, generation: int | None = None) -> Person:
        changed = person.with_keys(keys, generation=generation)
        before = self._batch.get(person.id)
        is_taking = any(is_key(name) and keys.get(name) != key for name, key in person.keys.items())
        self._batch[person.id] = _Changed(changed, is_taking or (before is not None and before.is_taking))
        return changed

    def _remember(self, person: Person) -> None:
        self._people[person.id] = person
        while len(self._people) > PEOPLE_CACHED_MAX:
            self._people.popitem(last=False)

    def _box_of(self, person: UUID) -> dict[str, bytes] | None:
        found = self._store.box(person)
        if found is None:
            return None
        slot, sealed = found
        return unpacked(self._tree.open_box(slot, person, sealed))

    # Keys that are nobody's own

    def service(self, name: str) -> bytes:
        """Return a service key; made at the first asking."""
        keys = self._service_keys()
        if name not in keys:
            self._write_service(keys | {name: os.urandom(sealing.KEY_BYTES)}, is_taking=False)
        return self._service_keys()[name]

    def named(self, prefix: str) -> list[str]:
        """Return the names of service keys that begin so."""
        return [name for name in self._service_keys() if name.startswith(prefix)]

    def drop_service(self, name: str) -> None:
        """Take a service key away; harmless if it is gone."""
        keys = self._service_keys()
        if name in keys:
            self._write_service({one: key for one, key in keys.items() if one != name}, is_taking=True)

    def renew_root(self) -> None:
        """Let this transaction's end bring a new root, though nothing is taken away."""
        self._wants_root = True

    def _service_keys(self) -> dict[str, bytes]:
        changed = self._batch.get(STORE) or self._kept.get(STORE)
        return self._service if changed is None or changed.person is None else changed.person.keys

    def _write_service(self, keys: dict[str, bytes], *, is_taking: bool) -> None:
        before = self._batch.get(STORE)
        nobody = Person(STORE, "store", STORE, GENERATION, keys)
        self._batch[STORE] = _Changed(nobody, is_taking or (before is not None and before.is_taking))

    # The batch's end

    def keep(self) -> None:
        """The batch holds."""
        for who, changed in self._batch.items():
            before = self._kept.get(who)
            self._kept[who] = _Changed(
                changed.person, changed.is_taking or (before is not None and before.is_taking)
            )
        self._floors.keep()
        self._batch.clear()

    def undo(self) -> None:
        """The batch does not hold."""
        self._batch.clear()
        self._floors.undo()

    # The transaction's end

    def prepare(self) -> None:
        """Write what the batches changed as pending in every place; to be called just before the database commits.

        Raises: Doubt, OSError, sqlite3.Error; then nothing holds.
        """
        self.keep()
        if not self._kept and not self._wants_root:
            return
        change = self._tree.change(self._boxes(), new_root=self._wants_root)
        self._next_root = change.root or self.chain.root
        epoch = self.chain.prepare(change, slots=self._next_slots)
        self._database.run("UPDATE vault_fact SET value = ? WHERE name = ?", str(epoch), EPOCH)
        self._is_prepared = True

    def is_decided(self) -> bool:
        """Tell whether the database has committed what was prepared. Raises: whatever the database does."""
        if not self._is_prepared:
            return False
        (epoch,) = self._database.row("SELECT value FROM vault_fact WHERE name = ?", EPOCH)
        return int(epoch) != self.chain.epoch

    def settle(self) -> None:
        """The database has committed: let the change hold, and the old root go."""
        if self._is_prepared:
            self.chain.settle(self._next_root)
            self._tree.settle()
            self._slots = self._next_slots
        for who, changed in self._kept.items():
            self._hold(who, changed)
        self._floors.settle(self._people.get, {who for who, one in self._kept.items() if one.person is None})
        self._clear()

    def abandon(self) -> None:
        """The database did not commit."""
        self._tree.abandon()
        self.chain.abandon()
        self._next_slots = self._slots
        self.undo()
        self._clear()

    def _hold(self, who: UUID, changed: _Changed) -> None:
        if who == STORE:
            self._service = dict(changed.person.keys) if changed.person is not None else {}
        elif changed.person is None:
            self._people.pop(who, None)
        else:
            self._remember(changed.person)

    def _clear(self) -> None:
        self._kept.clear()
        self._floors.clear()
        self._is_prepared, self._wants_root = False, False

    def _boxes(self) -> list[Box]:
        """Return what becomes of whose box; whoever came and went within the transaction has none."""
        boxes = []
        for who, changed in self._kept.items():
            known = self._store.box(who)
            if known is None and changed.person is None:
                continue
            content = None if changed.person is None else changed.person.packed()
            slot = known[0] if known is not None else self._slot()
            boxes.append(Box(slot, who, content, known is None, changed.is_taking and known is not None))
        return boxes

    def _slot(self) -> int:
        slot, self._next_slots = self._next_slots, self._next_slots + 1
        if slot >= SLOTS_MAX:
            raise MemoryError("the tree of keys is full")
        return slot

    @property
    def is_confirmed(self) -> bool:
        """Whether every place of the keys holds the last change: only then is an erasure done everywhere (P43)."""
        return not self.chain.away

    def close(self) -> None:
        """Close the places."""
        self.chain.close()
