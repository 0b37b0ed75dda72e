"""What the public pages show, read in a fixed number of queries and without a person."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import DatabaseError
from django.db.models import OuterRef, QuerySet, Subquery

from microkitten.shop.catalog.models import Category, Edition, Product, Tile, Variant
from microkitten.shop.catalog.models.picture import Shown
from microkitten.shop.catalog.models.sheet import Sheet, sheet
from microkitten.shop.catalog.models.tile import tiles, with_pictures
from microkitten.shop.catalog.models.variant import price_now

PAGE_TILES = 24
HOME_TILES = 8
BESIDE_TILES = 4
# key in the address: (label, columns of the order)
SORTS = {
    "": ("Our order", ("position", "id")),
    "new": ("New first", ("-created_at", "-id")),
    "price": ("Price, low first", ("from_minor", "id")),
    "price-down": ("Price, high first", ("-from_minor", "id")),
    "title": ("A to Z", ("title", "id")),
}


@dataclass(frozen=True, slots=True)
class Home:
    """The first page: one thing drawn large, new things, featured things, the shelves with a picture each."""

    grounds: list[tuple[Category, Shown | None]]
    hero: Tile | None
    featured: list[Tile]
    new: list[Tile]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of a list: of a category, or of all."""

    category: Category | None
    parents: list[Category]
    children: list[Category]
    tiles: list[Tile]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product's page, and a few things that stand beside it."""

    sheet: Sheet
    beside: list[Tile]


def home(*, at: datetime) -> Home:
    """Read the first page: three queries."""
    public = Product.objects.public()
    featured = tiles(public.filter(featured=True).order_by("position", "id")[: HOME_TILES + 1], at)
    hero = next((tile for tile in featured if tile.picture), None)
    rest = [tile for tile in featured if tile is not hero]
    known = {tile.id for tile in featured}
    new = tiles(public.order_by("-created_at", "-id")[: HOME_TILES + len(known)], at)
    return Home(
        grounds=grounds(),
        hero=hero or next((tile for tile in new if tile.picture), None),
        featured=rest[:HOME_TILES],
        new=[tile for tile in new if tile.id not in known][:HOME_TILES],
    )


def shelf(*, slug: str | None, sort: str, page: int, at: datetime) -> Shelf | None:
    """Read one page of a category with what stands below it (None: of all); None if there is none. Three queries."""
    categories = list(Category.objects.all())
    category = next((row for row in categories if row.slug == slug), None)
    if slug is not None and category is None:
        return None
    products = Product.objects.public()
    if category:
        products = products.filter(category__in=_below(category, categories))
    total = products.count()
    pages = max(1, -(-total // PAGE_TILES))
    if page > pages:
        return None
    first = (page - 1) * PAGE_TILES
    ordered = _sorted(products, sort, at)[first : first + PAGE_TILES]
    by_key = {row.pk: row for row in categories}
    return Shelf(
        category=category,
        parents=_above(category, by_key),
        children=[row for row in categories if category and row.parent_id == category.pk],
        tiles=tiles(ordered, at),
        total=total,
        page=page,
        pages=pages,
    )


def product(*, slug: str, sku: str, at: datetime) -> ProductPage | None:
    """Read a product's page, the variant of this SKU chosen; None if it has no page. Five queries."""
    found = Product.objects.with_page().filter(slug=slug).select_related("category").first()
    if found is None:
        return None
    beside = Product.objects.public().filter(category=found.category_id).exclude(pk=found.pk)
    return ProductPage(
        sheet=sheet(found, sku=sku, at=at),
        beside=tiles(beside.order_by("position", "id")[:BESIDE_TILES], at),
    )


def shelves() -> tuple[Category, ...]:
    """Return the top categories, in their order, for the head of every page: read once an edition.

    None where the database does not answer, so that the page which says so can be shown.
    """
    try:
        return _shelves_of(Edition.standing())
    except DatabaseError:
        return ()


@lru_cache(maxsize=1)
def _shelves_of(edition: int) -> tuple[Category, ...]:  # noqa: ARG001 # what is kept is kept by it
    return tuple(Category.objects.filter(parent__isnull=True))


def grounds() -> list[tuple[Category, Shown | None]]:
    """Return the top categories, each with a picture of something in it."""
    return with_pictures(Category.objects.filter(parent__isnull=True))


def _below(category: Category, categories: list[Category]) -> list[int]:
    """Return the category's key and those of all that stand below it."""
    keys, edge = {category.pk}, {category.pk}
    while edge:
        edge = {row.pk for row in categories if row.parent_id in edge} - keys
        keys |= edge
    return sorted(keys)


def _above(category: Category | None, by_key: dict[int, Category]) -> list[Category]:
    """Return the categories above this one, the top one first."""
    path: list[Category] = []
    while category and category.parent_id and len(path) < len(by_key):
        category = by_key[category.parent_id]
        path.insert(0, category)
    return path


def _sorted(products: QuerySet[Product], sort: str, at: datetime) -> QuerySet[Product]:
    _, order = SORTS.get(sort, SORTS[""])
    if "from_minor" in order[0]:
        variants = Variant.objects.filter(product=OuterRef("pk"), is_active=True)
        now = price_now(at)
        products = products.annotate(from_minor=Subquery(variants.order_by(now.asc()).values(minor=now)[:1]))
    return products.order_by(*order)
