"""The goods of the sample store, read from the TOML files beside this module into typed values."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "goods"
_ORDER = ("play", "rest", "table", "scratch", "outings", "care", "for-people", "paper")
_AXES = ("color", "measure", "pack", "kind")
_AXIS_TITLES = {"color": "Color", "measure": "Size", "pack": "Pack", "kind": "Kind"}
_NEUTRAL = "#8f929c"

CURRENCY = "USD"


@dataclass(frozen=True)
class SampleCategory:
    """A category and the name of the tint its goods are drawn on (`kit.color.TINTS`)."""

    slug: str
    title: str
    text: str
    ground: str
    ground_color: str
    position: int


@dataclass(frozen=True)
class SampleValue:
    """One value of an option; `color` is an sRGB hex where the option is a color."""

    name: str
    color: str | None


@dataclass(frozen=True)
class SampleOption:
    """An axis along which variants differ: `name` is the word for people ("Color")."""

    name: str
    values: tuple[SampleValue, ...]


@dataclass(frozen=True)
class SampleVariant:
    """What can be bought: `values` pairs each option's name with a value's name; prices in minor units of USD."""

    sku: str
    values: tuple[tuple[str, str], ...]
    price_minor: int
    sale_price_minor: int | None
    stock: int
    color: str
    drawn: str

    @property
    def name(self) -> str:
        """Say the variant in words ("gray, M"); empty where there is only one."""
        return ", ".join(value for _, value in self.values)


@dataclass(frozen=True)
class SampleView:
    """One of the three pictures: `front`, `detail` or `use`, and what it shows in words."""

    name: str
    alt: str


@dataclass(frozen=True)
class SampleProduct:
    """A product as the catalog will hold it, with its variants in order and the words for its pictures."""

    slug: str
    title: str
    summary: str
    text: str
    materials: str
    size: str
    weight_g: int
    care: str
    category: str
    options: tuple[SampleOption, ...]
    variants: tuple[SampleVariant, ...]
    featured: bool
    new: bool
    digital: bool
    preorder_note: str
    noun: str
    detail: str
    use: str

    def variant(self, sku: str | None = None) -> SampleVariant:
        """Give the variant of this SKU (the first when None); KeyError for one it does not have."""
        if sku is None:
            return self.variants[0]
        for variant in self.variants:
            if variant.sku == sku:
                return variant
        raise KeyError(sku)

    def views(self, sku: str | None = None) -> tuple[SampleView, ...]:
        """Give the three views with their alternative texts, for one variant (the first when None)."""
        words = self.variant(sku).name
        noun = f"{self.noun} in {words}" if words and self.options[0].name == "Color" else self.noun
        noun += f", {words}" if words and self.options[0].name != "Color" else ""
        return (
            SampleView("front", f"{noun}, seen from the front"),
            SampleView("detail", f"{noun}, seen from near: {self.detail}"),
            SampleView("use", self.use),
        )


@dataclass(frozen=True)
class Catalogue:
    """All sample goods: categories in the order of the shop, products in the order of their category."""

    categories: tuple[SampleCategory, ...]
    products: tuple[SampleProduct, ...]

    def product(self, slug: str) -> SampleProduct:
        """Give a product by its slug; KeyError for one we do not sell."""
        for product in self.products:
            if product.slug == slug:
                return product
        raise KeyError(slug)

    def category(self, slug: str) -> SampleCategory:
        """Give a category by its slug; KeyError for one we do not have."""
        for category in self.categories:
            if category.slug == slug:
                return category
        raise KeyError(slug)


@cache
def catalogue() -> Catalogue:
    """Read the sample goods (once a process).

    Returns: the categories and products as frozen values; nothing in it depends on the machine or the time.
    """
    from .kit.color import TINTS  # the drawing kit is needed here only for six colors

    categories, products = [], []
    for position, slug in enumerate(_ORDER, 1):
        sheet = tomllib.loads((_FOLDER / f"{slug}.toml").read_text(encoding="utf-8"))
        head = sheet["category"]
        tint = TINTS[head["ground"]]
        categories.append(SampleCategory(slug, head["title"], head["text"], head["ground"], tint, position))
        products += [_product(row, slug) for row in sheet["product"]]
    return Catalogue(tuple(categories), tuple(products))


def _minor(dollars: str) -> int:
    """Turn "9.50" into cents without passing through a float."""
    return int(Decimal(dollars) * 100)


def _product(row: dict[str, Any], category: str) -> SampleProduct:
    axes = [axis for axis in _AXES if axis in row]
    options = tuple(SampleOption(_AXIS_TITLES[axis], _values(row[axis])) for axis in axes)
    return SampleProduct(
        slug=row["slug"],
        title=row["title"],
        summary=row["summary"],
        text=row["text"],
        materials=row["materials"],
        size=row["size"],
        weight_g=row["weight_g"],
        care=row["care"],
        category=category,
        options=options,
        variants=tuple(_variant(row, variant, axes) for variant in row["variants"]),
        featured=row.get("featured", False),
        new=row.get("new", False),
        digital=row.get("digital", False),
        preorder_note=row.get("preorder", ""),
        noun=row["noun"],
        detail=row["detail"],
        use=row["use"],
    )


def _values(axis: dict[str, str] | list[str]) -> tuple[SampleValue, ...]:
    if isinstance(axis, dict):
        return tuple(SampleValue(name, color) for name, color in axis.items())
    return tuple(SampleValue(name, None) for name in axis)


def _variant(row: dict[str, Any], variant: dict[str, Any], axes: list[str]) -> SampleVariant:
    sale = variant.get("sale", row.get("sale"))
    color = row["color"][variant["color"]] if "color" in axes else row.get("accent", _NEUTRAL)
    others = [variant[axis] for axis in axes if axis != "color"]
    return SampleVariant(
        sku=variant["sku"],
        values=tuple((_AXIS_TITLES[axis], variant[axis]) for axis in axes),
        price_minor=_minor(variant.get("price", row["price"])),
        sale_price_minor=_minor(sale) if sale else None,
        stock=variant["stock"],
        color=color,
        drawn=others[0] if others else "",
    )
