"""What follows each change of the catalog: prices kept, the search index brought up to date, a new edition."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from microkitten.shop.catalog.models import Availability, Edition, PriceChange, Product, Variant, search

BATCH = 500


@transaction.atomic
def changed(*, products: Iterable[int], at: datetime) -> None:
    """Keep the books of the catalog after products, variants or pictures were written (or removed)."""
    keys = list(products)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        _index(batch)
        _keep_prices(batch, at)
        digital = Variant.objects.filter(product__in=batch, product__digital=True)
        digital.exclude(availability=Availability.IN_STOCK).update(availability=Availability.IN_STOCK)
    Edition.touch(at)


def show_availability(*, words: Mapping[int, Availability], at: datetime) -> None:
    """Write the stock's words onto variants, rows in key order, and begin a new edition."""
    for variant in sorted(words):
        Variant.objects.filter(pk=variant).update(availability=words[variant])
    Edition.touch(at)


@transaction.atomic
def rebuild_search() -> int:
    """Write the whole search index anew; says how many products it holds."""
    keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        _index(keys[start : start + BATCH])
    return len(keys)


def _index(keys: list[int]) -> None:
    """Bring the search index in line with these products; those that are gone leave it."""
    search.take_out(keys)
    rows = Product.objects.filter(pk__in=keys).select_related("category").prefetch_related("options__values")
    search.put([_entry(product) for product in rows])


def _entry(product: Product) -> search.Entry:
    values = [value.title for option in product.options.all() for value in option.values.all()]
    said = [text for value in product.attributes.values() for text in _texts(value)]
    words = " ".join([product.category.title, product.summary, product.materials, *values, *said])
    return search.Entry(product=product.pk, title=product.title, words=words, text=product.text)


def _texts(value: object) -> list[str]:
    """Return the texts of an attribute: one, or those of a list."""
    if isinstance(value, str):
        return [value]
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []


def _keep_prices(products: list[int], at: datetime) -> None:
    """Note what each variant costs from now on, where that has changed since the last note."""
    last = PriceChange.objects.filter(variant=OuterRef("pk")).order_by("-at", "-id")
    rows = Variant.objects.filter(product__in=products).annotate(
        last_minor=Subquery(last.values("price_minor")[:1]),
        last_sale_minor=Subquery(last.values("sale_price_minor")[:1]),
    )
    PriceChange.objects.bulk_create(
        PriceChange(
            variant_id=row["pk"],
            price_minor=row["price_minor"],
            sale_price_minor=row["sale_price_minor"],
            at=at,
        )
        for row in rows.values("pk", "price_minor", "sale_price_minor", "last_minor", "last_sale_minor")
        if (row["price_minor"], row["sale_price_minor"]) != (row["last_minor"], row["last_sale_minor"])
    )
