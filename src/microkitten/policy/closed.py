"""Purpose: a word that exists only if the policy names it, so that a use without a purpose cannot be
written (P11)."""

from __future__ import annotations

import difflib
from typing import ClassVar, Final, NoReturn, Self, SupportsIndex, final


class UnknownWord(LookupError):
    """A word that the policy does not know; `hint` names the nearest one it does."""

    def __init__(self, kind: str, word: str, known: tuple[str, ...]) -> None:
        self.kind, self.word, self.known = kind, word, known
        self.hint = nearest(word, known)
        super().__init__(f"unknown {kind} {word!r}; {self.hint}")


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """Say which known word was probably meant.

    Params: `word` as written, `known` the closed set. Returns: half a sentence for a hint.
    """
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known are: " + ", ".join(sorted(known)) if known else "none is known"


@final
class Purpose:
    """Why personal data is touched. Each one is made once, by `close`; there is no second way to get one.

    Equality and hash are those of the object itself: a look-alike is in no table. After `close` the class
    counts as
    abstract, so that even `object.__new__(Purpose)` refuses.
    """

    __slots__ = ("name",)
    __abstractmethods__: ClassVar[frozenset[str]]
    name: str

    def __new__(cls, *_args: object, **_named: object) -> Self:
        """Refuse: purposes are written in the policy, then generated."""
        raise TypeError("a Purpose cannot be made; use the constants of microkitten.policy.purpose")

    def __init_subclass__(cls) -> None:
        """Refuse: a kind of purpose of one's own would be a way round the list."""
        raise TypeError("Purpose has no subclasses")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a purpose renamed in passing would open what another allows."""
        raise AttributeError("a Purpose does not change")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse, as for setting."""
        raise AttributeError("a Purpose does not change")

    def __copy__(self) -> Purpose:
        """Return the one and only."""
        return self

    def __deepcopy__(self, _memo: object) -> Purpose:
        """Return the one and only."""
        return self

    def __reduce_ex__(self, _protocol: SupportsIndex) -> NoReturn:
        """Refuse: over a wire a purpose travels as its name and is looked up again."""
        raise TypeError("a Purpose does not travel; send str(purpose) and use Purpose.named")

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"purpose.{self.name}"

    @staticmethod
    def named(name: str) -> Purpose:
        """Find the purpose of that name.

        Params: `name`, exactly as in the policy. Raises: UnknownWord. Promise: P11.
        """
        found = _purposes.get(name) if type(name) is str else None
        if found is None:
            raise UnknownWord("purpose", str(name), tuple(_purposes))
        return found

    @staticmethod
    def every() -> tuple[Purpose, ...]:
        """Return all purposes there are, in the order of their names."""
        return tuple(_purposes[name] for name in sorted(_purposes))


_purposes: Final[dict[str, Purpose]] = {}


def close(*names: str) -> None:
    """Make the purposes and shut the door. Called once, by the generated module `purpose`.

    Params: `names`, each once. Raises: RuntimeError at a second call.
    """
    if _purposes:
        raise RuntimeError("the list of purposes is closed")
    for name in names:
        made = object.__new__(Purpose)
        object.__setattr__(made, "name", name)
        _purposes[name] = made
    Purpose.__abstractmethods__ = frozenset({"closed"})
