"""Opened values: alive in one block, in one thread, for one purpose; afterwards there is nothing left to read
(P11)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, ClassVar, NamedTuple, NoReturn, Self, final
from uuid import UUID

from microkitten.policy import Purpose

if TYPE_CHECKING:
    from microkitten.vault.values import Value

MAKER = object()  # held by the door; without it an opening or a disclosure is not made


class Ends(NamedTuple):
    """Until when something serves daily work (None: no more), and until when the books keep of it what they need
    (None: nothing).
    """

    usable: datetime | None
    kept: datetime | None


class SealedError(TypeError):
    """Something tried to take a personal value, or a reference to one, where it must not go."""


class Closed(SealedError):
    """The block that opened these values has ended, or was never entered, or is another thread's."""


@final
class Opened:
    """What the vault opened for one request: `reveal` inside the block shows a value; nothing else does.

    Carries for the page's receipt: `purpose`, `groups`, `until` (the first end among what was opened, or
    None), `entry` (the first entry in the ledger, or None if there was nothing to open), `entries`
    (person to entry) and `ends` (person and group to its ends).
    """

    __slots__ = ("_asked", "_values", "_where", "ends", "entries", "entry", "groups", "purpose", "until")
    __hash__: ClassVar[None]  # type: ignore[assignment] # nothing to compare, nothing to look up
    purpose: Purpose
    groups: tuple[str, ...]
    until: datetime | None
    entry: int | None
    entries: Mapping[UUID, int]
    ends: Mapping[tuple[UUID, str], Ends]
    _values: dict[tuple[UUID, str], Value]
    _asked: frozenset[tuple[UUID, str]]
    _where: tuple[int, int] | None

    def __init__(
        self,
        maker: object,
        *,
        purpose: Purpose,
        asked: Iterable[tuple[UUID, str]],
        values: dict[tuple[UUID, str], Value],
        entries: Mapping[UUID, int],
        until: datetime | None,
        ends: Mapping[tuple[UUID, str], Ends] = MappingProxyType({}),
    ) -> None:
        if maker is not MAKER:
            raise SealedError("only the door makes an opening")
        wanted = frozenset(asked)
        groups = tuple(sorted({field.partition(".")[0] for _, field in wanted}))
        first = min(entries.values(), default=None)
        facts = {
            "purpose": purpose,
            "groups": groups,
            "until": until,
            "entry": first,
            "_asked": wanted,
            "_where": None,
        }
        facts["ends"] = MappingProxyType(dict(ends))
        facts |= {"entries": MappingProxyType(dict(entries)), "_values": values}
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)

    def __enter__(self) -> Self:
        """Begin the block; it belongs to this thread and task."""
        if self._where is not None:
            raise Closed("an opening is entered once")
        object.__setattr__(self, "_where", _here())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the block: the values are dropped."""
        self._values.clear()
        object.__setattr__(self, "_where", (0, 0))

    def asked_for(self, person: UUID, field: str) -> bool:
        """Tell whether this opening is the one that holds, or lacks, this value."""
        return (person, field) in self._asked

    def reveal(self, person: UUID, field: str) -> Value | None:
        """Return a value for the page that is being made; None if the person has none.

        Params: `person` and `field` as they were asked for. Raises: Closed outside the block,
        SealedError if it was not asked for.
        """
        if self._where != _here():
            raise Closed("the block that opened these values is over, or is another's")
        if (person, field) not in self._asked:
            raise SealedError(f"{field} was not opened for this purpose and person")
        return self._values.get((person, field))

    def __repr__(self) -> str:
        return f"<opened {' '.join(self.groups)} for {self.purpose}>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise SealedError("an opening does not change")

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise SealedError("an opening does not travel")

    def __copy__(self) -> NoReturn:
        raise SealedError("an opening has no copy")

    def __deepcopy__(self, _memo: object) -> NoReturn:
        raise SealedError("an opening has no copy")

    def __eq__(self, other: object) -> bool:
        raise SealedError("an opening is not compared")


def _here() -> tuple[int, int]:
    """Return this thread and, where one runs, this task: neither inherits an opening."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return threading.get_ident(), id(task) if task is not None else 0
