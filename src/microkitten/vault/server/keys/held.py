"""The keys at one place: the key store in a folder, and the custody that holds the root above it."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from microkitten.vault.server import custody, sealing
from microkitten.vault.server.custody import Context, Custody, Lost
from microkitten.vault.server.folder import Doubt
from microkitten.vault.server.keys.store import NAME, KeyStore
from microkitten.vault.server.keys.tree import TOP, Change, Tree, node_place, open_committed
from microkitten.vault.server.places import Place


class Held:
    """One place. Raises `Doubt` where keys or root are missing, odd, or another store's."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.store = KeyStore(place.folder)
        self.custody = custody_of(place, self.store.state("store"))

    @staticmethod
    def make(place: Place, store_id: str, *, root: bytes, epoch: int = 0) -> Held:
        """Make an empty place: first the root, then the store that it is the root of.

        Params: `epoch`, the one that the root is kept under.
        """
        place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        custody_of(place, store_id).keep(epoch, root)
        KeyStore.make(place.folder, store_id, root_epoch=epoch).close()
        return Held(place)

    def recover(self, decided: int) -> None:
        """Bring the place to where the database has decided: on, if it decided for what is pending, else back.

        Params: `decided`, the change that the database holds. Raises: Doubt if the two do not belong together.
        """
        pending, store = self.store.pending, self.store
        if pending == decided:
            if store.state("next"):
                self._probe(pending)  # applied, the keys would open with no other root
            store.apply_pending()
        elif pending is not None:
            store.drop_pending()
        if store.epoch > decided:
            raise Doubt(
                f"the database is an older copy than the keys in {self.place.folder} (change {decided}, not"
                f" {store.epoch}); bring it back with `microkitten restore`"
            )
        if store.epoch < decided:
            raise Doubt(
                f"the keys in {self.place.folder} are older (change {store.epoch}) than the database ({decided}): an"
                " old copy opens nothing; bring today's with `microkitten keys bring-back`"
            )
        others = [epoch for epoch in custody.epochs(self.place.folder) if epoch != store.root_epoch]
        if others:
            self.root()  # no root goes before the one that stays has opened the keys
        for epoch in others:
            self.custody.drop(epoch)

    def last(self) -> int:
        """Return the change that these keys can be brought to where no database tells: the pending one, unless the
        root it wants was never kept, for then no database has decided for it. Raises: Doubt if what is kept cannot be
        asked for.
        """
        pending, store = self.store.pending, self.store
        if pending is None:
            return store.epoch
        if store.state("next") and (
            pending not in custody.epochs(self.place.folder) or not self._opens_next(pending)
        ):
            return store.epoch
        return pending

    def root(self) -> bytes:
        """Return the root, after a look whether it is the one above this tree. Raises: Doubt."""
        root = self.custody.bring(self.store.root_epoch)
        try:
            Tree(self.store, root).check()
        except sealing.NotOpened:
            raise Doubt(
                f"the root key in {self.place.folder} is not the one this vault was made with"
            ) from None
        return root

    # A change, step by step; each is on the disk when it returns

    def prepare(self, epoch: int, change: Change, *, slots: int) -> None:
        """Write the change as pending and keep the next root; open the next top with it, before the last one goes."""
        self.store.write_pending(epoch, change, slots=slots)
        if change.root is not None:
            self.custody.keep(epoch, change.root)
            self._probe(epoch)

    def _probe(self, epoch: int) -> None:
        if not self._opens_next(epoch):
            raise Doubt(f"what {self.place.name} keeps as the next root does not open the next keys")

    def _opens_next(self, epoch: int) -> bool:
        top = self.store.pending_node(TOP, 0)
        try:
            open_committed(self.custody.bring(epoch), top or b"", node_place(TOP, 0))
        except sealing.NotOpened:
            return False
        return True

    def settle(self) -> None:
        """Let the change hold, and destroy the root it replaced."""
        last = self.store.root_epoch
        self.store.apply_pending()
        if self.store.root_epoch != last:
            self.custody.drop(last)

    def abandon(self, epoch: int) -> None:
        """Forget the change."""
        self.store.drop_pending()
        self.custody.drop(epoch)

    def is_copy_of(self, other: Held, root: bytes) -> bool:
        """Return whether this place holds what another does, to the last change, with its root and its floors.

        Raises: Doubt if the custodian does not answer, or what it keeps is not this place's.
        """
        here, there = self.store, other.store
        if here.pending is not None or (here.epoch, here.root_epoch) != (there.epoch, there.root_epoch):
            return False
        try:
            is_same = hmac.compare_digest(self.custody.bring(here.root_epoch), root)
            Tree(here, root).check()
        except (Lost, sealing.NotOpened):
            return False
        return is_same and here.has_floors_of(there)

    def take_over(self, other: Held, root: bytes) -> None:
        """Become a copy of another place, whose copy is the truth, and destroy whatever root was kept here before.

        Killed in between, it is simply done again. Raises: Doubt if the custodian does not answer.
        """
        epoch = other.store.root_epoch
        if self._keeps_another(epoch, root):
            self._drop_undecided()
            if self._keeps_another(epoch, root):
                self.custody.drop(epoch)
        self.custody.keep(epoch, root)
        self.store.close()
        copy_store(other.store, self.place.folder)
        self.store = KeyStore(self.place.folder)
        for old in custody.epochs(self.place.folder):
            if old != epoch:
                self.custody.drop(old)

    def _keeps_another(self, epoch: int, root: bytes) -> bool:
        try:
            return not hmac.compare_digest(self.custody.bring(epoch), root)
        except Lost:
            return False

    def _drop_undecided(self) -> None:
        """Forget a change that never was, though its number was used again while this place was away."""
        self.store.drop_pending()
        for epoch in custody.epochs(self.place.folder):
            if epoch != self.store.root_epoch:
                self.custody.drop(epoch)

    def renew(self, root: bytes) -> None:
        """Let the custodian wrap the present root anew, if it has a reason to."""
        self.custody.keep(self.store.root_epoch, root)

    def close(self) -> None:
        """Close."""
        self.store.close()


def custody_of(place: Place, store_id: str) -> Custody:
    """Return the custody of a place, bound to store and place."""
    return custody.made(place.custody, place.folder, Context(store_id, place.name))


def copy_store(store: KeyStore, folder: Path) -> None:
    """Copy a key store into a folder, whole or not at all."""
    draft = folder / f".{NAME}.new"
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    store.copy_to(draft)
    handle = os.open(draft, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    for rest in (f"{NAME}-wal", f"{NAME}-shm"):
        (folder / rest).unlink(missing_ok=True)
    draft.replace(folder / NAME)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(handle)
    os.close(handle)
