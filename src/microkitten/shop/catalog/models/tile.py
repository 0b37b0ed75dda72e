"""The tile: all that a list shows of a product, read in one query."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from microkitten.shop.catalog.models.money import Money
from microkitten.shop.catalog.models.picture import Picture, Shown
from microkitten.shop.catalog.models.product import NEW_DAYS, Product
from microkitten.shop.catalog.models.variant import Availability, Variant
from microkitten.web import store


@dataclass(frozen=True, slots=True)
class Tile:
    """A product in a list: `price` is its cheapest variant's regular one, `sale_price` what holds now."""

    id: int
    slug: str
    title: str
    summary: str
    ground: str
    price: Money
    sale_price: Money | None
    is_from: bool
    stock: Availability
    preorder_note: str
    is_digital: bool
    is_new: bool
    picture: Shown | None

    @property
    def address(self) -> str:
        """The product's page."""
        return f"/products/{self.slug}"


def tiles(products: QuerySet[Product], at: datetime) -> list[Tile]:
    """Read the products as tiles, in their order, in one query; those without a price are left out."""
    variants = Variant.objects.filter(product=OuterRef("pk"), is_active=True)
    priced = variants.priced(at)
    picture = Picture.objects.filter(product=OuterRef("pk"))
    rows = products.annotate(
        offer=Subquery(
            priced.order_by("now_minor", "position", "id").values(
                data=JSONObject(price=F("price_minor"), now=F("now_minor"))
            )[:1]
        ),
        dearest=Subquery(priced.order_by("-now_minor").values("now_minor")[:1]),
        stock=Subquery(variants.order_by("availability").values("availability")[:1]),
        shown=Subquery(
            picture.order_by("position", "id").values(
                data=JSONObject(
                    master="master", width="width", height="height", alt="alt", credit="credit", made="made"
                )
            )[:1]
        ),
        ground=F("category__ground"),
    ).values(
        "id", "slug", "title", "summary", "digital", "preorder_note", "created_at",
        "ground", "offer", "dearest", "stock", "shown",
    )  # fmt: skip
    return _read(rows, at)


def _read(rows: Iterable[dict[str, Any]], at: datetime) -> list[Tile]:
    """Turn read rows into tiles."""
    currency = store.current().currency
    found = []
    for row in rows:
        if not (offer := _object(row["offer"])):
            continue  # nothing of it can be bought, so there is no price to show
        price, now = int(offer["price"]), int(offer["now"])
        picture = _object(row["shown"])
        found.append(
            Tile(
                id=row["id"],
                slug=row["slug"],
                title=row["title"],
                summary=row["summary"],
                ground=row["ground"],
                price=Money(price, currency),
                sale_price=Money(now, currency) if now < price else None,
                is_from=row["dearest"] > now,
                stock=Availability.IN_STOCK if row["digital"] else Availability(row["stock"]),
                preorder_note=row["preorder_note"],
                is_digital=row["digital"],
                is_new=(at - row["created_at"]).days < NEW_DAYS,
                picture=Shown.of({**picture, "made": _object(picture["made"])}) if picture else None,
            )
        )
    return found


def _object(value: Any) -> Any:
    """Return a JSON object of a read row; SQLite hands a nested one over as text."""
    return json.loads(value) if isinstance(value, str) else value
