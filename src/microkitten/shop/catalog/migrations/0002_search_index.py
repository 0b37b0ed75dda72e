"""The search index: SQLite's own full-text tables, one by word stems, one by trigrams for typing errors."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = (
    "CREATE VIRTUAL TABLE catalog_search USING fts5("
    "title, words, text, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3')",
    "CREATE VIRTUAL TABLE catalog_near USING fts5(title, tokenize = 'trigram')",
)


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the tables where the database is SQLite; elsewhere the products' own columns are searched."""
    if editor.connection.vendor == "sqlite":
        for statement in TABLES:
            editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them."""
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TABLE catalog_search")
        editor.execute("DROP TABLE catalog_near")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_first")]
    operations = [migrations.RunPython(make, drop)]
