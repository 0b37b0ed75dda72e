"""Searching the catalog by words (P18); what was searched for is answered and not kept."""

from dataclasses import dataclass
from datetime import datetime

from microkitten.shop.catalog.models import Product, Tile
from microkitten.shop.catalog.models import search as index
from microkitten.shop.catalog.models.tile import tiles

PAGE_TILES = 24


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results: `total` of all; `is_near` if nothing fits and these only come near."""

    tiles: list[Tile]
    total: int
    is_near: bool
    page: int
    pages: int


def search(*, query: str, at: datetime, page: int = 1) -> Found:
    """Find public products by words, best first, 24 a page; near ones (one page) where none has all the words.

    Two queries, up to four if nothing fits. A page beyond the last is the last.
    """
    keys = index.exact(query)
    is_near = not keys
    if is_near:
        keys = index.near(query)[:PAGE_TILES]
    pages = max(1, -(-len(keys) // PAGE_TILES))
    page = min(page, pages)
    wanted = keys[(page - 1) * PAGE_TILES : page * PAGE_TILES]
    shown = {tile.id: tile for tile in tiles(Product.objects.filter(pk__in=wanted), at)} if wanted else {}
    return Found([shown[key] for key in wanted if key in shown], len(keys), is_near, page, pages)
