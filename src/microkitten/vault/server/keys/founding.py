"""Making the keys of a new vault, and moving those of a vault from before there was a key store; a crash at any
point leaves the old keys or the new ones."""

from __future__ import annotations

import os
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.vault.ids import uuid7
from microkitten.vault.server import sealing
from microkitten.vault.server.custody import LEGACY
from microkitten.vault.server.custody.files import destroy, read_ours
from microkitten.vault.server.database import Database
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys.chain import Chain
from microkitten.vault.server.keys.held import Held
from microkitten.vault.server.keys.keyring import EPOCH, GENERATION, STORE, Keyring
from microkitten.vault.server.keys.person import CONSENT, LIFE, LOG, WORDING
from microkitten.vault.server.keys.store import NAME
from microkitten.vault.server.keys.tree import Box, Tree
from microkitten.vault.server.places import places

_CONSENTED: Final = (
    "visitor"  # the one group that lay under a consent key before groups had keys of their own
)


def open_keyring(folder: Folder, database: Database) -> Keyring:
    """Open the keys of a vault. Raises: Doubt."""
    row = database.row("SELECT value FROM vault_fact WHERE name = ?", EPOCH)
    if row is None:
        raise Doubt("the vault has no key store yet; run migrate")
    return Keyring(database, Chain(places(folder.store), decided=int(row[0])))


def found(folder: Folder, database: Database) -> None:
    """Make key store and root if the vault has none, from its old keys if there are any. Raises: Doubt."""
    if database.row("SELECT 1 FROM vault_fact WHERE name = ?", EPOCH) is None:
        _make(folder, database)
    destroy(folder.vault / LEGACY)


def _make(folder: Folder, database: Database) -> None:
    """Make them anew, whatever a crash left of another try: until the database says so, nothing is sealed by them."""
    place = places(folder.store)[0]
    legacy = folder.vault / LEGACY
    is_old = database.row("SELECT 1 FROM vault_servicekey LIMIT 1") is not None
    if is_old and not legacy.exists():
        raise Doubt(f"no root key at {legacy}: bring it back from its replica; a new one opens nothing")
    if database.row("SELECT 1 FROM vault_person LIMIT 1") is not None and not is_old:
        raise Doubt(
            f"there are people in the database and no keys at {place.folder}; bring both back together"
        )
    boxes = _old_boxes(folder, database) if is_old else [(STORE, dict[str, bytes]())]
    for rest in (NAME, f"{NAME}-wal", f"{NAME}-shm"):
        (place.folder / rest).unlink(missing_ok=True)
    for rest_of_root in place.folder.glob("root-*"):
        destroy(rest_of_root)
    root = os.urandom(sealing.KEY_BYTES)
    held = Held.make(
        place, uuid7().hex, root=root, epoch=1 if is_old else 0
    )  # the old root is the one of epoch 0
    change = Tree(held.store, root).change(
        [
            Box(slot, who, sealing.pack({name: key.hex() for name, key in keys.items()}), True, False)
            for slot, (who, keys) in enumerate(boxes)
        ]
    )
    held.prepare(1, change, slots=len(boxes))
    held.settle()
    held.close()
    database.begin()
    database.run("INSERT INTO vault_fact (name, value) VALUES (?, ?)", EPOCH, "1")
    database.run("UPDATE vault_person SET wrapped = ?, commitment = ?", b"", b"")
    database.run("DELETE FROM vault_servicekey")
    database.commit()
    database.truncate_log()


# Keys as they were: wrapped one by one by a root that never changed


def _old_boxes(folder: Folder, database: Database) -> list[tuple[UUID, dict[str, bytes]]]:
    cipher = AESGCMSIV(_old_root(folder))
    service = {}
    for name, wrapped in database.rows("SELECT name, wrapped FROM vault_servicekey"):
        place = sealing.context(
            table="servicekey", group=name, row=STORE, person=STORE, generation=GENERATION, version=0
        )
        service[name] = _unwrapped(cipher, wrapped, place, GENERATION)
    groups: dict[str, list[str]] = {}
    for person, group in database.rows("SELECT person, group_name FROM vault_record"):
        groups.setdefault(str(person), []).append(group)
    boxes = [(STORE, service)]
    for person, generation, wrapped in database.rows("SELECT id, generation, wrapped FROM vault_person"):
        who = UUID(str(person))
        place = sealing.context(
            table="person", group="keys", row=who, person=who, generation=generation, version=0
        )
        old = sealing.unpack(_unwrapped(cipher, wrapped, place, generation))
        boxes.append(
            (who, _named({name: bytes.fromhex(key) for name, key in old.items()}, groups.get(who.hex, [])))
        )
    return boxes


def _named(old: dict[str, bytes], groups: list[str]) -> dict[str, bytes]:
    """Return a person's keys by right and group; their groups go on under the one life key they were sealed with."""
    kept = {
        name: key
        for name, key in old.items()
        if name == LOG or name.startswith((f"{CONSENT}:", f"{WORDING}:"))
    }
    if LIFE in old:
        kept |= {f"{LIFE}:{group}": old[LIFE] for group in groups if group != _CONSENTED}
    return kept


def _unwrapped(cipher: AESGCMSIV, wrapped: bytes, place: bytes, generation: int) -> bytes:
    try:
        return sealing.open_sealed(cipher, bytes(wrapped), place, generation=generation)
    except sealing.NotOpened:
        raise Doubt("this root key is not the one this vault was made with") from None


def _old_root(folder: Folder) -> bytes:
    return read_ours(folder.vault / LEGACY, bytes_max=sealing.KEY_BYTES)
