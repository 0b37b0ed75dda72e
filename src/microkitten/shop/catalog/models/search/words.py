"""Words, and how like they are to each other: what both indexes of the search have in common."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

WORDS_MAX = 12
RESULTS_MAX = 1000
CANDIDATES_MAX = 300
LIKENESS_MIN = 0.35
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index knows of one product: its title, short words about it, and its text."""

    product: int
    title: str
    words: str
    text: str


def words_of(query: str, count_max: int = WORDS_MAX) -> list[str]:
    """Return the words of a text, at most so many, without signs (which would mean something to the index)."""
    return _WORD.findall(query.lower())[:count_max]


def trigrams(word: str) -> set[str]:
    """Return all runs of three letters."""
    return {word[start : start + 3] for start in range(len(word) - 2)}


def likely(words: list[str], rows: Iterable[tuple[int, str]]) -> list[int]:
    """Return, of products with their titles and words, those that are spelled like these words, likest first."""
    scored = [(sum(_likeness(word, said) for word in words) / len(words), key) for key, said in rows]
    return [key for score, key in sorted(scored, key=lambda pair: -pair[0]) if score >= LIKENESS_MIN]


def _likeness(word: str, said: str) -> float:
    """Return how like the best word of a text is to this word: 0 not at all, 1 the same (Dice on trigrams)."""
    mine = trigrams(f"  {word} ")
    best = 0.0
    for other in words_of(said, 60):
        theirs = trigrams(f"  {other} ")
        best = max(best, 2 * len(mine & theirs) / (len(mine) + len(theirs)))
    return best
