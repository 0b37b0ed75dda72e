"""All places of the keys as one: a change is pending everywhere, decided by the database's commit, then settled
everywhere; only when every place has done so is an erasure done (P43)."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from microkitten.vault.server import custody
from microkitten.vault.server.custody import Lost
from microkitten.vault.server.folder import Doubt
from microkitten.vault.server.keys.held import Held, custody_of
from microkitten.vault.server.keys.store import NAME
from microkitten.vault.server.keys.tree import Change
from microkitten.vault.server.places import Place

log = logging.getLogger("microkitten.vault")
PAUSE_SECONDS_FIRST: Final = 5
PAUSE_SECONDS_MAX: Final = 3600
DAY_SECONDS: Final = 86_400
_AWAY = (OSError, sqlite3.Error, Doubt)
_NOTED: Final = "replica:"  # and its name, in every key store: there has been a replica of that place


class Chain:
    """The primary place, which must be there, and its replicas, some of which may be away for a while.

    Params: `decided`, the change that the database holds; `may_remake`, whether an empty folder in which there has
    been a replica is given a new one: at somebody's word alone, for a disk that is not mounted looks the same.
    """

    def __init__(self, places: Sequence[Place], *, decided: int, may_remake: bool = False) -> None:
        self._places = tuple(places)
        self._may_remake = may_remake
        self.primary = Held(places[0])
        self.primary.recover(decided)
        self.root = self.primary.root()
        self._replicas: dict[str, Held] = {}
        self._next: int | None = None
        self._pause, self._try_again, self._renewed = PAUSE_SECONDS_FIRST, 0, 0
        for place in places[1:]:
            self._join(place)

    @property
    def epoch(self) -> int:
        """How many changes there were."""
        return self.primary.store.epoch

    @property
    def away(self) -> tuple[str, ...]:
        """The replicas that have not confirmed the last change; what was erased can be opened from them still."""
        return tuple(place.name for place in self._places[1:] if place.name not in self._replicas)

    # A change

    def prepare(self, change: Change, *, slots: int) -> int:
        """Let every place prepare. Returns: the change's number. Raises: Doubt, OSError, sqlite3.Error of the
        primary.
        """
        epoch = self._next = self.epoch + 1
        self.primary.prepare(epoch, change, slots=slots)
        self._each_replica(lambda held: held.prepare(epoch, change, slots=slots))
        return epoch

    def settle(self, root: bytes) -> None:
        """The database has decided for the change: let every place settle."""
        self._next, self.root = None, root
        self.primary.settle()
        self._each_replica(Held.settle)

    def abandon(self) -> None:
        """The database did not decide for the change."""
        epoch, self._next = self._next, None
        if epoch is None:
            return
        self.primary.abandon(epoch)
        self._each_replica(lambda held: held.abandon(epoch))

    def raise_floors(self, floors: Mapping[tuple[UUID, str], int]) -> None:
        """Remember versions in every place, so that whichever is brought back refuses an old row (P35)."""
        self.primary.store.raise_floors(floors)
        self._each_replica(lambda held: held.store.raise_floors(floors))

    def forget_floors(self) -> None:
        """Forget all versions in every place: an old database was rightly brought back."""
        self.primary.store.forget_floors()
        self._each_replica(lambda held: held.store.forget_floors())

    def _each_replica(self, act: Callable[[Held], None]) -> None:
        for name, held in tuple(self._replicas.items()):
            try:
                act(held)
            except _AWAY as error:
                self._lose(name, error)

    # Replicas

    def tend(self, now: int) -> None:
        """Between changes: let replicas that were away catch up, and once a day let every custodian renew what it
        keeps, so that a key service may give up the last day's key.

        Params: `now`, seconds since 1970. Whoever does not answer is asked again after a while, ever more seldom.
        """
        if self.away and now >= self._try_again:
            for place in self._places[1:]:
                if place.name not in self._replicas:
                    self._join(place)
            self._try_again = now + self._pause
            self._pause = min(2 * self._pause, PAUSE_SECONDS_MAX) if self.away else PAUSE_SECONDS_FIRST
        if now // DAY_SECONDS != self._renewed:
            self._renewed = now // DAY_SECONDS
            for held in (self.primary, *self._replicas.values()):
                try:
                    held.renew(self.root)
                except _AWAY as error:
                    log.warning("what %s keeps was not renewed: %s", held.place.name, _said(error))

    def _join(self, place: Place) -> None:
        try:
            held = self._open_replica(place)
            if not held.is_copy_of(self.primary, self.root):
                held.take_over(self.primary, self.root)
            held.recover(self.epoch)
            held.root()
        except _AWAY as error:
            log.warning("the replica %s of the keys is away: %s", place.name, _said(error))
        else:
            self._replicas[place.name] = held
            self._note(place)
            self._each_replica(self._pass_notes)

    def _note(self, place: Place) -> None:
        """Note that there has been a replica of a place."""
        if not self.primary.store.state(_NOTED + place.name):
            self.primary.store.note(_NOTED + place.name, "made")

    def _pass_notes(self, held: Held) -> None:
        """Let a replica know of all others, for it may become the vault's own place."""
        notes = self.primary.store.noted(_NOTED)
        for name in notes.keys() - held.store.noted(_NOTED).keys():
            held.store.note(name, notes[name])

    def _open_replica(self, place: Place) -> Held:
        """Open a replica, or make it where there never was one. Raises: Doubt if it is another store's, or gone."""
        if not place.folder.is_dir():
            # Not made here: an empty folder where a disk should be mounted is no replica.
            raise Doubt(f"no folder {place.folder}")
        if not (place.folder / NAME).exists():
            return self._make_replica(place)
        held = Held(place)
        if held.store.state("store") != self.primary.store.state("store"):
            raise Doubt(f"{place.folder} holds the keys of another store")
        return held

    def _make_replica(self, place: Place) -> Held:
        """Make a replica in a folder without one. Raises: Doubt if there has been one: its disk may not be mounted."""
        store_id = self.primary.store.state("store")
        if self.primary.store.state(_NOTED + place.name) and not self._may_remake:
            raise Doubt(
                f"no keys in {place.folder}, though there has been a replica: mount its disk there; if that is lost,"
                " stop the store and make the replica anew with `microkitten keys sync`"
            )
        holder = custody_of(place, store_id)
        for epoch in custody.epochs(place.folder):  # of a making that a crash ended
            with suppress(Lost):
                holder.bring(epoch)  # refused if it is another store's
            holder.drop(epoch)
        held = Held.make(place, store_id, root=self.root)
        self._note(place)  # before it has any keys: from now on an empty folder is none
        held.take_over(self.primary, self.root)
        return held

    def _lose(self, name: str, error: Exception) -> None:
        self._replicas.pop(name).close()
        log.warning("the replica %s of the keys did not answer: %s", name, _said(error))

    def close(self) -> None:
        """Close all."""
        for held in (self.primary, *self._replicas.values()):
            held.close()


def copies(places: Sequence[Place]) -> list[Path]:
    """Return the folders in which there are keys."""
    return [place.folder for place in places if (place.folder / NAME).exists()]


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, Doubt) else type(error).__name__
