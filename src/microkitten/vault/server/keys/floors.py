"""Floors: the highest version each record has had. A record below it is an old row put back, and is not opened
(P35)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from microkitten.vault.server.keys.person import Person


class Floors:
    """Those of the records that the present transaction has written; all others lie in the key stores.

    Params: `write` puts floors into every place of the keys.
    """

    def __init__(self, write: Callable[[Mapping[tuple[UUID, str], int]], None]) -> None:
        self._write = write
        self._kept: dict[tuple[UUID, str], int] = {}
        self._batch: dict[tuple[UUID, str], int] = {}

    def lift(self, person: Person, group: str, version: int) -> None:
        """Remember the version that a record has now: no lower one is opened again."""
        self._batch[person.id, group] = version

    def of(self, person: Person, group: str) -> int:
        """Return the highest version that a record has had."""
        key = (person.id, group)
        return self._batch.get(key) or self._kept.get(key) or person.floors.get(group, 0)

    def keep(self) -> None:
        """The batch holds."""
        self._kept |= self._batch
        self._batch.clear()

    def undo(self) -> None:
        """The batch does not hold."""
        self._batch.clear()

    def settle(self, known: Callable[[UUID], Person | None], gone: set[UUID]) -> None:
        """The transaction holds: write what it lifted, but for those who are gone.

        Params: `known` returns a person who is remembered, so that they remember their floors too.
        """
        lifted = {key: version for key, version in self._kept.items() if key[0] not in gone}
        if lifted:
            self._write(lifted)
        for (who, group), version in lifted.items():
            if (person := known(who)) is not None:
                person.floors[group] = version
        self.clear()

    def clear(self) -> None:
        """Forget what the transaction lifted."""
        self._kept.clear()
        self._batch.clear()
