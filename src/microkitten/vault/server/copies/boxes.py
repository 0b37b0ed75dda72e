"""Today's keys as a restore reads them: whose box there still is, and what a sealed row still opens by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.vault.server import sealing
from microkitten.vault.server.journal import detail_place
from microkitten.vault.server.keys import CONSENT, GENERATION, LAW, LIFE, LOG, Person
from microkitten.vault.server.keys.keyring import STORE
from microkitten.vault.server.keys.store import KeyStore
from microkitten.vault.server.keys.tree import Tree

Keys = Mapping[str, bytes]


class Boxes:
    """All boxes of a key store under its root; reads, and changes nothing."""

    def __init__(self, store: KeyStore, root: bytes) -> None:
        self._store, self._tree = store, Tree(store, root)

    def of(self, person: UUID) -> dict[str, bytes] | None:
        """Return what lies in a person's box, or None if there is none. Raises: sealing.NotOpened."""
        found = self._store.box(person)
        if found is None:
            return None
        slot, sealed = found
        box = sealing.unpack(self._tree.open_box(slot, person, sealed))
        return {name: bytes.fromhex(key) for name, key in box.items()}

    def persons(self) -> set[UUID]:
        """Return everybody who has one."""
        return set(self._store.persons()) - {STORE}

    def service(self) -> dict[str, bytes]:
        """Return the keys that are nobody's own."""
        return self.of(STORE) or {}


NO_RIGHT: Final = ""


def opening(person: UUID, keys: Keys, row: Mapping[str, object]) -> str:
    """Return the name of the key by which a record's row opens; empty if it opens by none, and so is noise.

    It is opened and looked at by nobody. Params: `row`, its columns.
    """
    group, generation, version = str(row["group_name"]), _int(row["generation"]), _int(row["version"])
    place = Person(person, "", person, generation, {}).place("record", group, UUID(str(row["id"])), version)
    sealed = row["sealed"]
    assert isinstance(sealed, bytes | memoryview), "a column of bytes"
    named = [f"{LIFE}:{group}", f"{LAW}:{group}", *(name for name in keys if name.startswith(f"{CONSENT}:"))]
    for name in named:
        key = keys.get(name)
        if key is None:
            continue
        try:
            sealing.open_sealed(AESGCMSIV(key), bytes(sealed), place, generation=generation)
        except sealing.NotOpened:
            continue
        return name
    return NO_RIGHT


def opens_detail(person: UUID, keys: Keys, entry: int, sealed: bytes) -> bool:
    """Tell whether the detail of an entry of somebody opens. Params: `keys`, those in their box."""
    if LOG not in keys:
        return False
    place = detail_place(entry, Person(person, "", person, GENERATION, {}))
    try:
        sealing.open_sealed(AESGCMSIV(keys[LOG]), sealed, place, generation=GENERATION)
    except sealing.NotOpened:
        return False
    return True


def _int(value: object) -> int:
    assert isinstance(value, int), "a column of numbers"
    return value
