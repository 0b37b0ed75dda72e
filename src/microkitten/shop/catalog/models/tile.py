"""The tile: all that a list shows of a product, read in one query."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from microkitten.shop.catalog.models.category import Category
from microkitten.shop.catalog.models.money import Money
from microkitten.shop.catalog.models.picture import Picture, Shown
from microkitten.shop.catalog.models.product import Product, ProductState
from microkitten.shop.catalog.models.variant import Availability, Variant, price_now
from microkitten.web import store

NEW_FOR = timedelta(days=30)
NEW_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tile:
    """A product in a list: `price` is what its cheapest variant costs now, `price_before` without the sale."""

    id: int
    slug: str
    title: str
    summary: str
    ground: str
    price: Money
    price_before: Money | None
    is_from: bool
    stock: Availability
    preorder_note: str
    is_digital: bool
    is_new: bool
    picture: Shown | None

    @property
    def stock_kind(self) -> str:
        """The look of the stock's word."""
        return self.stock.kind

    @property
    def stock_word(self) -> str:
        """The stock in words, where there is something to say: "" while plenty is there."""
        if self.stock == Availability.IN_STOCK:
            return ""
        if self.stock == Availability.ON_ORDER and self.preorder_note:
            return "Preorder"
        return str(self.stock.label)


def tiles(products: QuerySet[Product], at: datetime) -> list[Tile]:
    """Read the products as tiles, in their order, in one query; those without a price are left out."""
    variants = Variant.objects.filter(product=OuterRef("pk"), is_active=True)
    now = price_now(at)
    rows = products.annotate(
        offer=Subquery(
            variants.order_by(now.asc(), "position", "id").values(data=JSONObject(price="price_minor", now=now))[:1]
        ),
        dearest=Subquery(variants.order_by(now.desc()).values(minor=now)[:1]),
        stock=Subquery(variants.order_by("availability").values("availability")[:1]),
        shown=_first_picture(Picture.objects.filter(product=OuterRef("pk")).order_by("position", "id")),
        ground=F("category__ground"),
        # where all things came at once, none of them is new: it takes a first one to be newer than
        opened_at=Subquery(Product.objects.public().order_by("created_at").values("created_at")[:1]),
    ).values(
        "id", "slug", "title", "summary", "digital", "preorder_note", "created_at",
        "ground", "offer", "dearest", "stock", "shown", "opened_at",
    )  # fmt: skip
    return _read(rows, at)


def with_pictures(categories: QuerySet[Category]) -> list[tuple[Category, Shown | None]]:
    """Read categories, each with a picture of one of its products, in one query."""
    pictures = Picture.objects.filter(product__category=OuterRef("pk"), product__state=ProductState.PUBLIC)
    first = pictures.order_by("-product__featured", "product__position", "product", "position", "id")
    return [(row, _shown(row.shown)) for row in categories.annotate(shown=_first_picture(first))]


def _first_picture(pictures: QuerySet[Picture]) -> Subquery:
    columns = ("master", "width", "height", "alt", "credit", "made")
    return Subquery(pictures.values(data=JSONObject(**{name: name for name in columns}))[:1])


def _shown(value: Any) -> Shown | None:
    row = _object(value)
    return Shown.of({**row, "made": _object(row["made"])}) if row else None


def _read(rows: Iterable[Mapping[str, Any]], at: datetime) -> list[Tile]:
    """Turn read rows into tiles."""
    currency = store.current().currency
    found = []
    for row in rows:
        if not (offer := _object(row["offer"])):
            continue  # nothing of it can be bought, so there is no price to show
        price, now = int(offer["price"]), int(offer["now"])
        found.append(
            Tile(
                id=row["id"],
                slug=row["slug"],
                title=row["title"],
                summary=row["summary"],
                ground=row["ground"],
                price=Money(now, currency),
                price_before=Money(price, currency) if now < price else None,
                is_from=row["dearest"] > now,
                stock=Availability.IN_STOCK if row["digital"] else Availability(row["stock"]),
                preorder_note=row["preorder_note"],
                is_digital=row["digital"],
                is_new=row["created_at"] > max(row["opened_at"] + NEW_AFTER, at - NEW_FOR),
                picture=_shown(row["shown"]),
            )
        )
    return found


def _object(value: Any) -> Any:
    """Return a JSON object of a read row; SQLite hands a nested one over as text."""
    return json.loads(value) if isinstance(value, str) else value
