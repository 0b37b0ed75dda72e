"""Importing goods from a file: the catalog's rows and the stock's counts in one transaction, pictures included.

It stands in the stock room because it needs both, and the catalog may not know the stock above it.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from microkitten.shop.catalog import actions as catalog
from microkitten.shop.catalog.models import Product, Variant
from microkitten.shop.stock.actions.counting import Promised, count
from microkitten.shop.stock.models import StockItem
from microkitten.web import store

Placed = list[tuple[catalog.ProductSpec, catalog.PictureSpec, catalog.Master]]


def import_products(
    path: Path, *, at: datetime, progress: Callable[[int, int], None] | None = None
) -> catalog.Imported:
    """Import products (and categories, where the file has both) from CSV, YAML or JSON; all or nothing.

    Products are known again by SKU or slug, so the same file twice changes nothing. What the shop has no
    column for is kept as an attribute. `progress` is told (done, total) products. Raises
    `catalog.ImportRefused` with every row's problem and what to write instead.
    """
    document = catalog.read_file(path)
    currency = store.current().currency
    specs = catalog.product_specs(document, currency)
    pictures = _masters(document, specs)  # slow, so before the transaction that others wait for
    with transaction.atomic():
        _hold_still(specs)
        catalog.write_categories(document=document, currency=currency, at=at)
        imported = catalog.write_products(specs=specs, at=at, progress=progress)
        try:
            count(
                counts=imported.counts,
                backorder=imported.backorder,
                cause=f"import of {path.name}"[:120],
                at=at,
            )
        except Promised as problem:
            row = catalog.RowProblem(
                imported.where.get(problem.sku, problem.sku), "stock", f"{problem.reserved} are promised already",
                f"write at least {problem.reserved}",
            )  # fmt: skip
            raise catalog.ImportRefused((row,)) from problem
        _place(pictures, at)
    return imported


def import_categories(path: Path, *, at: datetime) -> int:
    """Import categories from a file of their own; returns how many. Raises `catalog.ImportRefused`."""
    document = catalog.read_file(path, kind="categories")
    return catalog.write_categories(document=document, currency=store.current().currency, at=at)


def _masters(document: catalog.Document, specs: list[catalog.ProductSpec]) -> Placed:
    """Check and keep the pictures that the rows name; raises `catalog.ImportRefused` with all that are none."""
    placed: Placed = []
    problems = []
    for spec in specs:
        for picture in spec.pictures:
            try:
                with (document.folder / picture.file).open("rb") as file:
                    placed.append((spec, picture, catalog.keep_master(file)))
            except catalog.NotAPicture as problem:
                problems.append(catalog.RowProblem(picture.where, "pictures", f"{picture.file}: {problem}"))
    if problems:
        raise catalog.ImportRefused(tuple(problems))
    return placed


def _hold_still(specs: list[catalog.ProductSpec]) -> None:
    """Let buyers of these goods wait until the import has ended, as stock is locked before goods everywhere."""
    skus = sorted({variant.sku for spec in specs for variant in spec.variants if variant.sku})
    known: list[int] = []
    for start in range(0, len(skus), 500):
        rows = StockItem.objects.filter(variant__sku__in=skus[start : start + 500])
        known += rows.values_list("variant_id", flat=True)
    known.sort()
    for start in range(0, len(known), 500):
        StockItem.objects.of(known[start : start + 500]).lock()


def _place(pictures: Placed, at: datetime) -> None:
    for spec, picture, master in pictures:
        variant = Variant.objects.get(sku=picture.sku) if picture.sku else None
        product = Product.objects.get(variants__sku=spec.variants[0].sku)
        catalog.place_picture(
            product=product, master=master, alt=picture.alt, credit=picture.credit, variant=variant, at=at
        )
