"""What a party is told when a person has used a right, and what it answers: a word and a reference, nobody's data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from microkitten.providers.errors import ProviderError

KINDS: Final = ("erasure", "correction", "restriction")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,127}")
_ONCE = re.compile(r"[a-f0-9-]{32,36}")


@dataclass(frozen=True, slots=True)
class PartyNotice:
    """That what a party got was erased, corrected or is to rest here, and must be there (P43).

    `reference` is what the party knows the hand-over by, `once` the name of this notice: told again under it, it is
    the same notice.
    """

    kind: str
    reference: str
    once: str

    def __post_init__(self) -> None:
        """Refuse what has not the form of a reference, so that nothing else ever goes along.

        :raises ProviderError: permanent.
        """
        if (
            self.kind not in KINDS
            or not _REFERENCE.fullmatch(self.reference)
            or not _ONCE.fullmatch(self.once)
        ):
            raise ProviderError("this is no notice that a party could be told", permanent=True)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a party answered: `is_done` once it has done it, else that it has heard; `words` in one line, of nobody."""

    is_done: bool
    words: str
