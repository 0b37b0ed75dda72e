"""The search index on PostgreSQL: one table with a vector of stems and an array of trigrams, each under a GIN index.

No extension is asked for: a database that somebody else runs often has none.
"""

import re
import unicodedata
from collections.abc import Sequence

from django.db import connection

from microkitten.shop.catalog.models.product import ProductState
from microkitten.shop.catalog.models.search.words import (
    CANDIDATES_MAX,
    RESULTS_MAX,
    Entry,
    trigrams,
    words_of,
)

WEIGHTS = "{0, 0.125, 0.5, 1}"  # of D, C (text), B (words), A (title), as SQLite's 1, 4 and 8
LENGTH_COUNTS = 1  # a word in a short text says more: the rank is divided by the logarithm of the length
TRIGRAMS_OF_ENTRY_MAX = 2_000
_LETTERS = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Return the words of a text in small letters, without accents and signs, as FTS5's tokenizer does."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter)
    )
    return " ".join(_LETTERS.findall(bare))


class Index:
    """tsvector and text[]; raw SQL throughout, since SQLite's tables of this name have no model either."""

    @staticmethod
    def put(entries: Sequence[Entry]) -> None:
        """Add entries of products that have none."""
        statement = (
            "INSERT INTO catalog_search(product, near_to, words, near) VALUES (%s, %s, "
            "setweight(to_tsvector('catalog_words', %s), 'A') || "
            "setweight(to_tsvector('catalog_words', %s), 'B') || "
            "setweight(to_tsvector('catalog_words', %s), 'C'), %s::text[])"
        )
        rows = []
        for entry in entries:
            said = f"{entry.title} {entry.words}"
            parts = sorted({part for word in words_of(said, len(said)) for part in trigrams(word)})
            rows.append(
                (entry.product, said, plain(entry.title), plain(entry.words), plain(entry.text))
                + (parts[:TRIGRAMS_OF_ENTRY_MAX],)
            )
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    @staticmethod
    def take_out(products: Sequence[int]) -> None:
        """Remove the entries of products."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM catalog_search WHERE product = ANY(%s)", [list(products)])

    @staticmethod
    def ranked(words: Sequence[str], *, every: bool) -> list[int]:
        """Return public products with every word, or some, best first. Words are of letters only."""
        lexemes = [lexeme for word in words for lexeme in plain(word).split()]
        if not lexemes:
            return []
        statement = (
            "SELECT s.product FROM catalog_search s JOIN catalog_product p ON p.id = s.product, "  # noqa: S608 # ours
            "to_tsquery('catalog_words', %s) AS asked WHERE s.words @@ asked AND p.state = %s "
            f"ORDER BY ts_rank('{WEIGHTS}', s.words, asked, {LENGTH_COUNTS}) DESC, p.position, p.id "
            f"LIMIT {RESULTS_MAX}"
        )
        asked = (" & " if every else " | ").join(f"'{lexeme}':*" for lexeme in lexemes)
        with connection.cursor() as cursor:
            cursor.execute(statement, [asked, ProductState.PUBLIC])
            return [row[0] for row in cursor.fetchall()]

    @staticmethod
    def candidates(parts: Sequence[str]) -> list[tuple[int, str]]:
        """Return public products whose title or words have some of these trigrams, with both; most of them first."""
        statement = (
            "SELECT s.product, s.near_to FROM catalog_search s JOIN catalog_product p ON p.id = s.product "
            "WHERE s.near && %s::text[] AND p.state = %s ORDER BY "
            "(SELECT count(*) FROM unnest(s.near) AS part WHERE part = ANY(%s::text[])) DESC, p.position, p.id "
            "LIMIT %s"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(parts), ProductState.PUBLIC, list(parts), CANDIDATES_MAX])
            return list(cursor.fetchall())
