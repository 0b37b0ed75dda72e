"""Keys: one box for each person, wrapped by the root key, and the keys that are nobody's own.

A person's box holds `life` (daily use), `law` (what the books must keep), `log` (their entries in the ledger)
and `consent:<purpose>`, with the hash of the words it was made under, `wording:<purpose>` (P42). To destroy a key
is to write the box without it. Only the writer's thread uses these.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.vault.server import sealing
from microkitten.vault.server.database import Database
from microkitten.vault.server.folder import Doubt

LIFE, LAW, LOG = "life", "law", "log"
PEOPLE_CACHED_MAX: Final = 10_000
GENERATION: Final = 1


@dataclass(slots=True)
class Person:
    """A person's box, open: whose it is, which keys are in it, and the ciphers made of them so far."""

    id: UUID
    kind: str
    together: UUID
    generation: int
    keys: dict[str, bytes]
    _ciphers: dict[str, AESGCMSIV] = field(default_factory=dict)

    def cipher(self, name: str) -> AESGCMSIV:
        """Return the cipher of a key. Raises: KeyError if the key is gone."""
        cipher = self._ciphers.get(name)
        if cipher is None:
            cipher = self._ciphers[name] = AESGCMSIV(self.keys[name])
        return cipher

    def place(self, table: str, group: str, row: UUID, version: int) -> bytes:
        """Return the context of a value of this person."""
        return sealing.context(
            table=table, group=group, row=row, person=self.id, generation=self.generation, version=version
        )


class Keyring:
    """All keys within reach: people's boxes from a bounded cache, service keys by name."""

    def __init__(self, database: Database, root: bytes) -> None:
        self._database = database
        self._root = AESGCMSIV(root)
        self._people: OrderedDict[UUID, Person] = OrderedDict()
        self._touched: set[UUID] = set()
        self._fresh: list[str] = []
        self._service = dict(self._unwrapped())

    # People

    def make(self, person: UUID, kind: str, *, together: UUID, month: str) -> Person:
        """Make a person and their keys."""
        keys = {name: os.urandom(sealing.KEY_BYTES) for name in (LIFE, LAW, LOG)}
        made = Person(person, kind, together, GENERATION, keys)
        self._database.run(
            "INSERT INTO vault_person (id, kind, month, together, generation, wrapped, commitment)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            person.hex,
            kind,
            month,
            together.hex,
            GENERATION,
            self._wrap(made),
            _commitment(keys),
        )
        self._touched.add(person)
        self._remember(made)
        return made

    def of(self, person: UUID) -> Person | None:
        """Return a person's box, or None if there is no such person. Raises: sealing.NotOpened if it
        was tampered with.
        """
        known = self._people.get(person)
        if known is not None:
            self._people.move_to_end(person)
            return known
        row = self._database.row(
            "SELECT kind, together, generation, wrapped, commitment FROM vault_person WHERE id = ?",
            person.hex,
        )
        if row is None:
            return None
        kind, together, generation, wrapped, committed = row
        found = Person(person, kind, UUID(together), generation, {})
        box = sealing.unpack(sealing.open_sealed(self._root, wrapped, _box(found), generation=generation))
        found.keys |= {name: bytes.fromhex(key) for name, key in box.items()}
        if _commitment(found.keys) != committed:
            raise sealing.NotOpened
        self._remember(found)
        return found

    def consent(self, person: Person, purpose: str, *, wording: str) -> None:
        """Write a person's box anew with a fresh consent key, bound to the hash of the words it is made under."""
        self.change(person, add=f"consent:{purpose}", put={f"wording:{purpose}": bytes.fromhex(wording)})
        self._database.run(
            "INSERT INTO vault_worded (person, purpose, wording) VALUES (?, ?, ?)",
            person.id.hex,
            purpose,
            wording,
        )

    def change(
        self,
        person: Person,
        *,
        add: str | None = None,
        drop: tuple[str, ...] = (),
        put: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Write a person's box anew, with a fresh key under the name `add`, without those in `drop`, with `put`."""
        self._touched.add(person.id)
        self.forget(person.id)
        keys = {name: key for name, key in person.keys.items() if name not in drop}
        if add is not None:
            keys[add] = os.urandom(sealing.KEY_BYTES)
        keys |= put
        changed = Person(person.id, person.kind, person.together, person.generation, keys)
        self._database.run(
            "UPDATE vault_person SET wrapped = ?, commitment = ? WHERE id = ?",
            self._wrap(changed),
            _commitment(keys),
            person.id.hex,
        )
        self._remember(changed)

    def destroy(self, person: UUID) -> None:
        """Delete a person's box."""
        self._touched.add(person)
        self.forget(person)
        self._database.run("DELETE FROM vault_person WHERE id = ?", person.hex)

    def forget(self, person: UUID) -> None:
        """Drop a person from the cache."""
        self._people.pop(person, None)

    def _remember(self, person: Person) -> None:
        self._people[person.id] = person
        while len(self._people) > PEOPLE_CACHED_MAX:
            self._people.popitem(last=False)

    def _wrap(self, person: Person) -> bytes:
        box = sealing.pack({name: key.hex() for name, key in person.keys.items()})
        return sealing.seal(self._root, box, _box(person), generation=person.generation)

    # Keys that are nobody's own

    def service(self, name: str) -> bytes:
        """Return a service key; made at the first asking."""
        key = self._service.get(name)
        if key is None:
            key = self._service[name] = os.urandom(sealing.KEY_BYTES)
            wrapped = sealing.seal(self._root, key, _service_place(name), generation=GENERATION)
            self._database.run(
                "INSERT INTO vault_servicekey (name, wrapped, commitment) VALUES (?, ?, ?)",
                name,
                wrapped,
                sealing.commitment(key),
            )
            self._fresh.append(name)
        return key

    def named(self, prefix: str) -> list[str]:
        """Return the names of service keys that begin so."""
        return [name for name in self._service if name.startswith(prefix)]

    def _unwrapped(self) -> list[tuple[str, bytes]]:
        keys = []
        for name, wrapped, committed in self._database.rows(
            "SELECT name, wrapped, commitment FROM vault_servicekey"
        ):
            try:
                key = sealing.open_sealed(self._root, wrapped, _service_place(name), generation=GENERATION)
            except sealing.NotOpened:
                raise Doubt("this root key is not the one this vault was made with") from None
            if not sealing.is_committed(key, committed):
                raise Doubt(f"the service key {name!r} does not match its commitment")
            keys.append((name, key))
        return keys

    # The batch's end

    def keep(self) -> None:
        """The batch holds: what it changed stays in the cache."""
        self._touched.clear()
        self._fresh.clear()

    def undo(self) -> None:
        """The batch does not hold: what it changed is read again from the database."""
        for person in self._touched:
            self.forget(person)
        for name in self._fresh:
            self._service.pop(name, None)
        self.keep()

    def undo_all(self) -> None:
        """Nothing since the last commit holds."""
        self._people.clear()
        self._service = dict(self._unwrapped())
        self.keep()


def _box(person: Person) -> bytes:
    return person.place("person", "keys", person.id, 0)


def _service_place(name: str) -> bytes:
    return sealing.context(
        table="servicekey",
        group=name,
        row=sealing.NOBODY,
        person=sealing.NOBODY,
        generation=GENERATION,
        version=0,
    )


def _commitment(keys: dict[str, bytes]) -> bytes:
    return hashlib.sha256(
        b"".join(name.encode() + sealing.commitment(keys[name]) for name in sorted(keys))
    ).digest()
