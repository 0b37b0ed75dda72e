"""The search index on SQLite: two full-text tables, one of stems and one of trigrams."""

from collections.abc import Sequence

from django.db import connection

from microkitten.shop.catalog.models.product import ProductState
from microkitten.shop.catalog.models.search.words import CANDIDATES_MAX, RESULTS_MAX, Entry

WEIGHTS = "8.0, 4.0, 1.0"  # title, words, text


class Index:
    """FTS5; raw SQL throughout, since virtual tables have no model. The row id is the product's."""

    @staticmethod
    def put(entries: Sequence[Entry]) -> None:
        """Add entries of products that have none."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO catalog_search(rowid, title, words, text) VALUES (%s, %s, %s, %s)",
                [(entry.product, entry.title, entry.words, entry.text) for entry in entries],
            )
            cursor.executemany(
                "INSERT INTO catalog_near(rowid, title) VALUES (%s, %s)",
                [(entry.product, f"{entry.title} {entry.words}") for entry in entries],
            )

    @staticmethod
    def take_out(products: Sequence[int]) -> None:
        """Remove the entries of products."""
        keys = [(product,) for product in products]
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM catalog_search WHERE rowid = %s", keys)
            cursor.executemany("DELETE FROM catalog_near WHERE rowid = %s", keys)

    @staticmethod
    def ranked(words: Sequence[str], *, every: bool) -> list[int]:
        """Return public products with every word, or some, best first by BM25. Words are of letters only."""
        statement = (
            "SELECT s.rowid FROM catalog_search s JOIN catalog_product p ON p.id = s.rowid "  # noqa: S608 # ours
            "WHERE catalog_search MATCH %s AND p.state = %s "
            f"ORDER BY bm25(catalog_search, {WEIGHTS}) LIMIT {RESULTS_MAX}"
        )
        match = (" AND " if every else " OR ").join(f'"{word}"*' for word in words)
        with connection.cursor() as cursor:
            cursor.execute(statement, [match, ProductState.PUBLIC])
            return [row[0] for row in cursor.fetchall()]

    @staticmethod
    def candidates(parts: Sequence[str]) -> list[tuple[int, str]]:
        """Return public products whose title or words have some of these trigrams, with both."""
        statement = (
            "SELECT n.rowid, n.title FROM catalog_near n JOIN catalog_product p ON p.id = n.rowid "
            "WHERE catalog_near MATCH %s AND p.state = %s ORDER BY bm25(catalog_near) LIMIT %s"
        )
        match = " OR ".join(f'"{part}"' for part in parts)
        with connection.cursor() as cursor:
            cursor.execute(statement, [match, ProductState.PUBLIC, CANDIDATES_MAX])
            return list(cursor.fetchall())
