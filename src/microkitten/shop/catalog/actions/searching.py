"""Searching the catalog by words (P18); what was searched for is answered and not kept."""

from dataclasses import dataclass
from datetime import datetime

from microkitten.shop.catalog.models import Product, Tile
from microkitten.shop.catalog.models import search as index
from microkitten.shop.catalog.models.tile import tiles


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results: `total` of all; `is_near` if nothing fits and these only come near."""

    tiles: tuple[Tile, ...]
    total: int
    is_near: bool


def search(*, query: str, at: datetime, limit: int = 24, offset: int = 0) -> Found:
    """Find public products by words, best first; near ones where none has all the words. Two or three queries."""
    keys = index.exact(query)
    is_near = not keys
    if is_near:
        keys = index.near(query)[:limit]
    page = keys[offset : offset + limit]
    shown = {tile.id: tile for tile in tiles(Product.objects.filter(pk__in=page), at)}
    return Found(tuple(shown[key] for key in page if key in shown), len(keys), is_near)
