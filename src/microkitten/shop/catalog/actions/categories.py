"""Categories of an import: found by slug or title, made where there is none."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from microkitten.shop.catalog.actions.reading import Document, ImportRefused, RowProblem
from microkitten.shop.catalog.actions.rows import Reader
from microkitten.shop.catalog.models import Category, Edition

GROUNDS = ("apricot", "sage", "sky", "lilac", "blossom", "sea")


def category_slug(title: str) -> str:
    """Return the address of a category that was given none."""
    return slugify(title)[:80] or slugify(title, allow_unicode=True)[:80] or "category"


def categories_by_name(names: Collection[str]) -> dict[str, Category]:
    """Return the categories that go by these slugs or titles; those that are not there are made."""
    rows = list(Category.objects.all())
    known = {row.title: row for row in rows} | {row.slug: row for row in rows}
    found: dict[str, Category] = {}
    for name in sorted(names):
        category = known.get(name) or known.get(category_slug(name))
        if category is None:
            category = Category.objects.create(
                slug=category_slug(name),
                title=name,
                position=len(rows),
                ground=GROUNDS[len(rows) % len(GROUNDS)],
            )
            rows.append(category)
            known |= {category.slug: category, category.title: category}
        found[name] = category
    return found


@transaction.atomic
def write_categories(*, document: Document, currency: str, at: datetime) -> int:
    """Write the document's categories, parents included; known ones (by slug) are changed. Returns how many.

    Raises `ImportRefused` with every problem found; nothing is written then.
    """
    reader = Reader(currency)
    read = [(row.where, reader.category(row)) for row in document.categories]
    if reader.problems:
        raise ImportRefused(tuple(reader.problems))
    count = Category.objects.count()
    parents: list[tuple[str, Category, str]] = []
    for number, (where, columns) in enumerate(read):
        wanted: dict[str, Any] = {name: value for name, value in columns.items() if value is not None}
        slug = wanted.pop("slug", None) or category_slug(wanted["title"])
        parent = wanted.pop("parent", "")
        first = {"position": count + number, "ground": GROUNDS[(count + number) % len(GROUNDS)]}
        category, _ = Category.objects.update_or_create(
            slug=slug, defaults=wanted, create_defaults={**first, **wanted}
        )
        if parent:
            parents.append((where, category, parent))
    _put_below(parents)
    if read:
        Edition.touch(at)
    return len(read)


def _put_below(parents: list[tuple[str, Category, str]]) -> None:
    """Put categories below their parents; refuses one that is not there, or that would close a ring."""
    rows = list(Category.objects.all())
    known = {row.title: row for row in rows} | {row.slug: row for row in rows}
    above = {row.pk: row.parent_id for row in rows}
    for where, category, name in parents:
        parent = known.get(name)
        if parent is None:
            hint = "write the title or slug of a category"
            raise ImportRefused((RowProblem(where, "parent", f"{name!r} is not there", hint),))
        above[category.pk] = parent.pk
        step: int | None = parent.pk
        while step is not None:
            if step == category.pk:
                raise ImportRefused(
                    (RowProblem(where, "parent", "it would stand below itself", "choose another"),)
                )
            step = above.get(step)
        Category.objects.filter(pk=category.pk).update(parent=parent)
