"""The shelves at the head of every page: told by the room that has them, since `web` knows no room."""

from collections.abc import Callable, Sequence
from typing import Protocol


class Shelf(Protocol):
    """A link to a part of the catalog."""

    slug: str
    title: str


class Navigation:
    """Who tells the shelves; nobody at first."""

    def __init__(self) -> None:
        self._tell: Callable[[], Sequence[Shelf]] = tuple

    def told_by(self, tell: Callable[[], Sequence[Shelf]]) -> None:
        """Take the shelves from `tell`, which is asked for each page and so has to answer without a query."""
        self._tell = tell

    def shelves(self) -> Sequence[Shelf]:
        """Return the shelves as they stand."""
        return self._tell()


navigation = Navigation()
