"""When keys are lost, and before: what each place holds, whether it alone would do, and how the vault's own place is
made again from another. Serves `P35`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from microkitten.ledger.note import BadNote, Signer, Verifier
from microkitten.vault.server import custody, sealing
from microkitten.vault.server.custody.files import destroy
from microkitten.vault.server.database import is_made, open_database
from microkitten.vault.server.folder import Doubt, Folder, write_over
from microkitten.vault.server.harden import harden
from microkitten.vault.server.keys.chain import Chain
from microkitten.vault.server.keys.held import Held
from microkitten.vault.server.keys.keyring import EPOCH, STORE
from microkitten.vault.server.keys.store import NAME, KeyStore
from microkitten.vault.server.keys.tree import Tree
from microkitten.vault.server.places import Place, places

REHEARSED: Final = "keys.rehearsed"
_PROBE: Final = "checkpoint"
_AWAY: Final = (OSError, sqlite3.Error, Doubt)


def status(folder: Folder) -> list[dict[str, Any]]:
    """Return what is known of each place, the vault's own first; no custodian is asked, nothing is changed.

    For each: `place`, `folder`, `custody` (its kind), `change` (how many root and key changes it has seen, or None),
    `said` (why it cannot be read, or nothing), `rehearsed` (the day on which it alone opened a probe, or None).
    """
    rehearsed = _rehearsals(folder)
    return [_status(place, rehearsed) for place in places(folder.store)]


def rehearse(folder: Folder) -> list[dict[str, Any]]:
    """Let each place alone open a probe, the key that signs the ledger, and write down for which it did.

    The vault may go on serving. Returns: for each place `place`, `opens`, `said`.
    """
    harden()
    told = [_rehearsed(folder, place) for place in places(folder.store)]
    day = datetime.now(UTC).date().isoformat()
    dates = _rehearsals(folder) | {one["place"]: day for one in told if one["opens"]}
    write_over(folder.vault / REHEARSED, json.dumps(dates, sort_keys=True).encode())
    return told


def sync(folder: Folder) -> tuple[str, ...]:
    """Bring every replica to what the vault's own place holds; the vault must not be serving.

    Whoever asks for it says that the folders are the right ones: where one is empty its replica is made anew.
    Returns: the replicas that could not be reached. Raises: Doubt.
    """
    harden()
    lock = folder.lock()
    try:
        chain = Chain(places(folder.store), decided=_decided(folder), may_remake=True)
        away = chain.away
        chain.close()
    finally:
        os.close(lock)
    return away


def bring_back(folder: Folder) -> str:
    """Make the vault's own place again from the first replica that opens; the vault must not be serving.

    What lies at the vault's own place is destroyed: it opens nothing. Killed in between, it is simply asked again.
    Returns: the replica's name. Raises: Doubt if nothing is lost, or no replica opens.
    """
    harden()
    folder.make()
    lock = folder.lock()
    try:
        decided = _decided(folder)
        primary, *replicas = places(folder.store)
        if _is_well(primary, decided):
            raise Doubt(
                "nothing is lost: the vault's own place opens; to renew replicas: microkitten keys sync"
            )
        held, root = _first_that_opens(replicas, decided)
        try:
            _make_again(primary, held, root)
        finally:
            held.close()
    finally:
        os.close(lock)
    return held.place.name


def _make_again(primary: Place, held: Held, root: bytes) -> None:
    for rest in (NAME, f"{NAME}-wal", f"{NAME}-shm"):
        (primary.folder / rest).unlink(missing_ok=True)
    for left in sorted(primary.folder.glob("root-*")):
        destroy(left)
    made = Held.make(primary, held.store.state("store"), root=root, epoch=held.store.root_epoch)
    made.take_over(held, root)
    made.root()
    made.close()


def _first_that_opens(replicas: list[Place], decided: int) -> tuple[Held, bytes]:
    if not replicas:
        raise Doubt("store.toml names no replica, so there is nothing to bring the keys back from")
    said = []
    for place in replicas:
        try:
            held = Held(place)
            held.recover(decided)
            return held, held.root()
        except _AWAY as error:
            said.append(f"{place.name}: {_words(error)}")
    raise Doubt("no replica opens. " + "; ".join(said))


def _is_well(primary: Place, decided: int) -> bool:
    """Return whether the vault would start with its own place."""
    try:
        held = Held(primary)
        held.recover(decided)
        held.root()
    except _AWAY:
        return False
    held.close()
    return True


def _decided(folder: Folder) -> int:
    if not is_made(folder):
        raise Doubt("the vault's database is lost as well: bring it back first, with `microkitten restore`")
    database = open_database(folder)
    row = database.row("SELECT value FROM vault_fact WHERE name = ?", EPOCH)
    database.close()
    if row is None:
        raise Doubt("the vault has no key store yet; start it once")
    return int(row[0])


def _status(place: Place, rehearsed: dict[str, str]) -> dict[str, Any]:
    change, said = None, ""
    try:
        store = KeyStore(place.folder)
        change = store.epoch
        if store.root_epoch not in custody.epochs(place.folder):
            said = "its root key is missing"
        store.close()
    except _AWAY as error:
        said = _words(error)
    return {
        "place": place.name,
        "folder": str(place.folder),
        "custody": place.custody.partition(":")[0],
        "change": change,
        "said": said,
        "rehearsed": rehearsed.get(place.name),
    }


def _rehearsed(folder: Folder, place: Place) -> dict[str, Any]:
    """Open the probe from one place; a change of the root in between is waited out."""
    tries = 3
    while True:
        try:
            _probe(folder, place)
        except _AWAY as error:
            tries -= 1
            if tries:
                continue
            return {"place": place.name, "opens": False, "said": _words(error)}
        return {"place": place.name, "opens": True, "said": ""}


def _probe(folder: Folder, place: Place) -> None:
    """Open the ledger's signing key from this place alone, and compare it with the public key. Raises: Doubt."""
    held = Held(place)
    try:
        box = held.store.box(STORE)
        if box is None:
            raise Doubt(f"there is no probe in {place.folder}")
        slot, sealed = box
        try:
            keys = sealing.unpack(Tree(held.store, held.root()).open_box(slot, STORE, sealed))
        except sealing.NotOpened:
            raise Doubt(f"the keys in {place.folder} do not open") from None
        public = Verifier.parse(folder.verifier.read_text().strip())
        signer = Signer(public.name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(keys[_PROBE])))
        if signer.verifier != public:
            raise Doubt(f"the keys in {place.folder} are another store's")
    except (BadNote, KeyError, ValueError):
        raise Doubt(f"the probe in {place.folder} is no key of this store's ledger") from None
    finally:
        held.close()


def _rehearsals(folder: Folder) -> dict[str, str]:
    try:
        return dict(json.loads((folder.vault / REHEARSED).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, Doubt) else f"{type(error).__name__}: {error}"
