"""The search index in the database: SQLite's full-text tables; on PostgreSQL the products' own columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, IntegerField, Q, Value, When

from microkitten.shop.catalog.models.product import Product, ProductState

WORDS_MAX = 12
TRIGRAMS_MAX = 60
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


def has_index() -> bool:
    """Whether the database has full-text tables of its own (SQLite)."""
    return connection.vendor == "sqlite"


def put(entries: Sequence[Entry]) -> None:
    """Write entries anew; the row id is the product's."""
    take_out([entry.product for entry in entries])
    if not has_index():
        return
    with connection.cursor() as cursor:  # raw: virtual tables have no model
        cursor.executemany(
            "INSERT INTO catalog_search(rowid, title, words, text) VALUES (%s, %s, %s, %s)",
            [(entry.product, entry.title, entry.words, entry.text) for entry in entries],
        )
        cursor.executemany(
            "INSERT INTO catalog_near(rowid, title) VALUES (%s, %s)",
            [(entry.product, f"{entry.title} {entry.words}") for entry in entries],
        )


def take_out(products: Iterable[int]) -> None:
    """Remove these products' entries."""
    keys = [(product,) for product in products]
    if has_index():
        with connection.cursor() as cursor:  # raw: virtual tables have no model
            cursor.executemany("DELETE FROM catalog_search WHERE rowid = %s", keys)
            cursor.executemany("DELETE FROM catalog_near WHERE rowid = %s", keys)


def exact(query: str) -> list[int]:
    """Return the public products that have all words of the query (stemmed, or as a beginning), best first."""
    words = words_of(query)
    if not words:
        return []
    if not has_index():
        return _in_columns(words, every=True)
    return _ranked("catalog_search", " AND ".join(f'"{word}"*' for word in words), "8.0, 4.0, 1.0")


def near(query: str) -> list[int]:
    """Return public products that come near: some of the words, or letters in the same order."""
    words = words_of(query)
    if not words:
        return []
    if not has_index():
        return _in_columns(words, every=False)
    some = _ranked("catalog_search", " OR ".join(f'"{word}"*' for word in words), "8.0, 4.0, 1.0")
    if some:
        return some
    return _like(words)


def _like(words: list[str]) -> list[int]:
    """Return products with words spelled like these: trigrams find candidates, likeness of words ranks them."""
    trigrams = list(dict.fromkeys(part for word in words for part in sorted(_trigrams(word))))[:TRIGRAMS_MAX]
    if not trigrams:
        return []
    statement = (
        "SELECT n.rowid, n.title FROM catalog_near n JOIN catalog_product p ON p.id = n.rowid "
        "WHERE catalog_near MATCH %s AND p.state = %s ORDER BY bm25(catalog_near) LIMIT %s"
    )
    match = " OR ".join(f'"{part}"' for part in trigrams)
    with connection.cursor() as cursor:  # raw: virtual tables have no model
        cursor.execute(statement, [match, ProductState.PUBLIC, CANDIDATES_MAX])
        rows = cursor.fetchall()
    scored = [(sum(_likeness(word, said) for word in words) / len(words), key) for key, said in rows]
    return [key for score, key in sorted(scored, key=lambda pair: -pair[0]) if score >= LIKENESS_MIN]


def _likeness(word: str, said: str) -> float:
    """Return how like the best word of a text is to this word: 0 not at all, 1 the same (Dice on trigrams)."""
    mine = _trigrams(f"  {word} ")
    best = 0.0
    for other in words_of(said, 60):
        theirs = _trigrams(f"  {other} ")
        best = max(best, 2 * len(mine & theirs) / (len(mine) + len(theirs)))
    return best


def _trigrams(word: str) -> set[str]:
    return {word[start : start + 3] for start in range(len(word) - 2)}


def _ranked(table: str, match: str, weights: str) -> list[int]:
    """Return product ids by BM25. `table` and `weights` are ours; `match` holds words of letters only."""
    statement = (
        f"SELECT {table}.rowid FROM {table} JOIN catalog_product p ON p.id = {table}.rowid "  # noqa: S608 # ours
        f"WHERE {table} MATCH %s AND p.state = %s ORDER BY bm25({table}, {weights}) LIMIT {RESULTS_MAX}"
    )
    with connection.cursor() as cursor:  # raw: virtual tables have no model
        cursor.execute(statement, [match, ProductState.PUBLIC])
        return [row[0] for row in cursor.fetchall()]


def _in_columns(words: list[str], *, every: bool) -> list[int]:
    """Search the products' own columns, those with words in the title first (PostgreSQL, for now)."""
    matches, in_title = Q(), Q()
    for word in words:
        here = Q(title__icontains=word) | Q(summary__icontains=word) | Q(text__icontains=word)
        matches = matches & here if every else matches | here
        in_title |= Q(title__icontains=word)
    rank = Case(When(in_title, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = Product.objects.public().filter(matches).order_by(rank, "position", "id")
    return list(found.values_list("pk", flat=True)[:RESULTS_MAX])
