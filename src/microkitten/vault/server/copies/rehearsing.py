"""A rehearsal: an old copy is brought back into a folder of its own, with a look at today's keys, and thrown away.

The root stays in this process's memory; the key store is copied sealed as it is, and the copy goes with the folder.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from microkitten.ledger.note import BadNote, Verifier
from microkitten.vault.server import audit
from microkitten.vault.server.copies import merging, staging
from microkitten.vault.server.copies.boxes import Boxes
from microkitten.vault.server.custody import Lost
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys.held import copy_store, custody_of
from microkitten.vault.server.keys.store import KeyStore
from microkitten.vault.server.places import places

FOLDER: Final = "rehearsing"
TRIES_MAX: Final = 5  # the root may be replaced between two looks


def rehearse(folder: Folder, handle: int, manifest: Mapping[str, Any], people: set[str]) -> dict[str, Any]:
    """Try whether a backup would come back with today's keys, also while a vault serves.

    Params: `people`, whom the backup's copy of the shop names, as hexadecimal ids. Returns: counts; opens everything
    that a restore would, and keeps nothing. Raises: Doubt.
    """
    at = folder.vault / FOLDER
    staging.remove(at)
    try:
        staged = staging.unpack(handle, at, sha256=manifest["sha256"])
        entries = _verify(staged, manifest, folder)
        boxes, epoch = _boxes(folder, at, manifest)
        database = staging.opened(staged)
        try:
            named = {str(who) for (who,) in database.rows("SELECT id FROM vault_person")}
            found = merging.merge(database, None, boxes, epoch=epoch)
            left = {str(who) for (who,) in database.rows("SELECT id FROM vault_person")}
        finally:
            database.close()
    finally:
        shutil.rmtree(at, ignore_errors=True)
    shop = {
        "named": len(people),
        "back": len(people & left),
        "gone": len(people & named) - len(people & left),
    }
    return {"found": found.told(), "entries": entries, "shop": shop | {"unknown": len(people - named)}}


def _verify(staged: Folder, manifest: Mapping[str, Any], folder: Folder) -> int:
    """Verify the copy's ledger against the checkpoint in its manifest, under the key that this store signs with."""
    try:
        public = Verifier.parse(folder.verifier.read_text()).public
    except (OSError, BadNote) as error:
        raise Doubt(f"the ledger's key cannot be read: {error}") from None
    note = str(manifest["checkpoint"])
    with closing(sqlite3.connect(staged.database)) as line:
        return audit.verify_copy(line, note, Verifier(note.partition("\n")[0], public)).size


def _boxes(folder: Folder, at: Path, manifest: Mapping[str, Any]) -> tuple[Boxes, int]:
    """Copy the key store, and bring the root that is above the copy into memory."""
    place = places(folder.store)[0]
    tries = TRIES_MAX
    while True:
        store = KeyStore(place.folder)
        try:
            copy_store(store, at)
        finally:
            store.close()
        copied = KeyStore(at)
        if copied.state("store") != manifest["store"]:
            raise Doubt("this is a backup of another store: today's keys here are not those it needs")
        try:
            root = custody_of(place, copied.state("store")).bring(copied.root_epoch)
        except Lost:
            copied.close()
            tries -= 1
            if not tries:
                raise
            continue
        return Boxes(copied, root), copied.epoch
