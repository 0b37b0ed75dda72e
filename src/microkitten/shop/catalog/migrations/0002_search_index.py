"""The search index: SQLite's own full-text tables; on PostgreSQL one table of vectors and arrays, without extensions."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MADE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE catalog_search USING fts5("
        "title, words, text, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3')",
        "CREATE VIRTUAL TABLE catalog_near USING fts5(title, tokenize = 'trigram')",
    ),
    "postgresql": (
        # Porter's stems and no stop words, as SQLite has them.
        "CREATE TEXT SEARCH DICTIONARY catalog_stems (TEMPLATE = snowball, Language = porter)",
        "CREATE TEXT SEARCH CONFIGURATION catalog_words (PARSER = default)",
        "ALTER TEXT SEARCH CONFIGURATION catalog_words ADD MAPPING FOR asciiword, word, numword, int, uint, float, "
        "sfloat, version, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart, host, file "
        "WITH catalog_stems",
        "CREATE TABLE catalog_search (product bigint PRIMARY KEY, near_to text NOT NULL, words tsvector NOT NULL, "
        "near text[] NOT NULL)",
        "CREATE INDEX catalog_search_words ON catalog_search USING gin (words)",
        "CREATE INDEX catalog_search_near ON catalog_search USING gin (near)",
    ),
}
DROPPED = {
    "sqlite": ("DROP TABLE catalog_search", "DROP TABLE catalog_near"),
    "postgresql": (
        "DROP TABLE catalog_search",
        "DROP TEXT SEARCH CONFIGURATION catalog_words",
        "DROP TEXT SEARCH DICTIONARY catalog_stems",
    ),
}


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make what the index is kept in."""
    for statement in MADE[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it."""
    for statement in DROPPED[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_first")]
    operations = [migrations.RunPython(make, drop)]
