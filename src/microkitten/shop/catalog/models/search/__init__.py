"""The search index in the database: SQLite's full-text tables, or PostgreSQL's vectors, found in the same way.

Both keep stems (Porter's) of title, words and text, find them by beginnings, rank the title above all, and forgive
typing errors by trigrams. Their figures for ranks differ, so only the order of clear cases is the same.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from microkitten.shop.catalog.models.search import postgresql, sqlite
from microkitten.shop.catalog.models.search.words import Entry, likely, trigrams, words_of

__all__ = ["Entry", "exact", "near", "put", "take_out", "words_of"]

TRIGRAMS_MAX = 60


def _index() -> type[sqlite.Index] | type[postgresql.Index]:
    return sqlite.Index if connection.vendor == "sqlite" else postgresql.Index


def put(entries: Sequence[Entry]) -> None:
    """Write entries anew, each under its product."""
    take_out([entry.product for entry in entries])
    _index().put(entries)


def take_out(products: Iterable[int]) -> None:
    """Remove these products' entries."""
    _index().take_out(list(products))


def exact(query: str) -> list[int]:
    """Return the public products that have all words of the query (stemmed, or as a beginning), best first."""
    words = words_of(query)
    return _index().ranked(words, every=True) if words else []


def near(query: str) -> list[int]:
    """Return public products that come near: some of the words, or letters in the same order."""
    words = words_of(query)
    if not words:
        return []
    if some := _index().ranked(words, every=False):
        return some
    parts = list(dict.fromkeys(part for word in words for part in sorted(trigrams(word))))[:TRIGRAMS_MAX]
    return likely(words, _index().candidates(parts)) if parts else []
