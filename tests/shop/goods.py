"""Builders of goods for tests: through the same door as an import, with as few words as a test needs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from microkitten.shop.catalog.models import Product, Variant
from microkitten.shop.stock.actions import import_products

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def some_goods(folder: Path, *products: dict[str, Any], at: datetime = NOW) -> None:
    """Import these products, each with a price of 12.50, 10 in stock and a place in Play unless it says otherwise."""
    rows = []
    for product in products:
        first = {"category": "Play", "price": "12.50"}
        if "variants" not in product and not product.get("digital"):
            first["stock"] = "10"
        rows.append({**first, **product})
    file = folder / "goods.json"
    file.write_text(json.dumps(rows))
    import_products(file, at=at)


def a_product(folder: Path, title: str = "Felt mouse", **columns: Any) -> Product:
    """Return a product that stands in the shop."""
    some_goods(folder, {"title": title, **columns})
    return Product.objects.get(title=title)


def a_variant(folder: Path, title: str = "Felt mouse", **columns: Any) -> Variant:
    """Return the one variant of a product that stands in the shop."""
    return a_product(folder, title, **columns).variants.get()
