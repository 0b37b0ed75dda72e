"""From rows as written to values that fit the tables, with a sentence for each that does not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from microkitten.shop.catalog.actions.people import is_about_people
from microkitten.shop.catalog.actions.reading import Row, RowProblem
from microkitten.shop.catalog.actions.values import (
    CATEGORY_COLUMNS,
    PRODUCT_COLUMNS,
    Unfit,
    color,
    flag,
    slug,
    text,
    whole,
)
from microkitten.shop.catalog.models import Money
from microkitten.shop.catalog.models.money import NotAnAmount

# what other shops call our columns
ALIASES = {
    "name": "title", "description": "text", "id": "sku", "current_stock": "stock", "quantity": "stock",
    "weight": "weight_g", "status": "state", "handle": "slug",
}  # fmt: skip
VARIANT_COLUMNS = ("sku", "price", "sale_price", "stock", "backorder", "active", "options")
OPTION_PREFIX = "option:"


@dataclass(slots=True)
class VariantSpec:
    """A variant as a row asks for it; None: the row says nothing about it."""

    where: str
    sku: str | None = None
    price_minor: int | None = None
    sale_price_minor: int | None = None
    stock: int | None = None
    backorder: bool | None = None
    is_active: bool | None = None
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PictureSpec:
    """A picture as a row asks for it: a file beside the import file."""

    where: str
    file: str
    alt: str
    credit: str
    sku: str | None


@dataclass(slots=True)
class ProductSpec:
    """A product as its rows ask for it: `columns` are those of the table that were given."""

    where: str
    slug: str | None
    category: str | None
    columns: dict[str, Any]
    attributes: dict[str, Any]
    options: dict[str, dict[str, str]]
    variants: list[VariantSpec]
    pictures: list[PictureSpec]


class Reader:
    """Reads rows into specs and gathers every problem on the way, so that a merchant mends them in one go."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.problems: list[RowProblem] = []

    def value(self, where: str, column: str, value: Any, read: Callable[[Any], Any]) -> Any:
        """Return the value as its reader has it; None (and a problem noted) if it does not fit."""
        try:
            return read(value)
        except Unfit as problem:
            self.problems.append(RowProblem(where, column, problem.message, problem.hint))
            return None

    def category(self, row: Row) -> dict[str, Any]:
        """Read a category; what is not known is kept as an attribute."""
        columns = {ALIASES.get(name, name): value for name, value in row.columns.items() if name != "id"}
        known = {
            name: self.value(row.where, name, value, CATEGORY_COLUMNS[name])
            for name, value in columns.items()
            if name in CATEGORY_COLUMNS
        }
        if not known.get("title"):
            self.problems.append(RowProblem(row.where, "title", "it is missing", "write what customers read"))
        rest = {name: value for name, value in columns.items() if name not in CATEGORY_COLUMNS}
        self._no_people(row.where, rest)
        return {**known, "attributes": rest}

    def product(self, row: Row) -> ProductSpec:
        """Read a product; what is not known is kept as an attribute."""
        columns: dict[str, Any] = {}
        for name, value in row.columns.items():
            if (ours := ALIASES.get(name, name)) in columns:
                self.problems.append(
                    RowProblem(row.where, name, f"it says {ours} once more", "keep one of them")
                )
            columns[ours] = value
        given_slug = columns.pop("slug", None)
        spec = ProductSpec(
            where=row.where,
            slug=self.value(row.where, "slug", given_slug, slug) if given_slug else None,
            category=self.value(row.where, "category", columns.pop("category", None), text(120)) or None,
            columns={
                name: self.value(row.where, name, columns.pop(name), read)
                for name, read in PRODUCT_COLUMNS.items()
                if name in columns
            },
            attributes={},
            options={},
            variants=[],
            pictures=[],
        )
        self._options(spec, columns.pop("options", None) if "variants" in columns else None)
        self._variants(spec, columns)
        self._pictures(spec, columns.pop("pictures", None))
        self._no_people(spec.where, columns)
        spec.attributes = columns
        return spec

    def _no_people(self, where: str, columns: dict[str, Any]) -> None:
        """Refuse what is about people: it would be kept, and shown, as if it were about goods (P1)."""
        for name, value in columns.items():
            if is_about_people(name, value):
                hint = "take the column out; people are asked by a form, or not at all"
                self.problems.append(RowProblem(where, name, "it is about a person", hint))

    def _list(self, where: str, column: str, value: Any) -> list[dict[str, Any]]:
        rows = [] if value is None else value
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.problems.append(
                RowProblem(where, column, "it is no list of records", "begin each with a dash")
            )
            return []
        return rows

    def _options(self, spec: ProductSpec, value: Any) -> None:
        """Read `options: [{title: Color, values: [{title: Sand, color: "#d9b38c"}]}]`; colors may be left out."""
        for option in self._list(spec.where, "options", value):
            title = self.value(spec.where, "options", option.get("title", option.get("name")), text(60))
            choices = spec.options.setdefault(title or "", {})
            values = option.get("values")
            for choice in values if isinstance(values, list) else []:
                record = choice if isinstance(choice, dict) else {"title": choice}
                name = self.value(spec.where, "options", record.get("title", record.get("name")), text(60))
                choices[name or ""] = self.value(spec.where, "options", record.get("color"), color) or ""

    def _variants(self, spec: ProductSpec, columns: dict[str, Any]) -> None:
        """Read `variants`, or the one that the product's own columns describe."""
        own = {name: columns.pop(name) for name in VARIANT_COLUMNS if name in columns}
        chosen = [name for name in columns if name.startswith(OPTION_PREFIX)]
        picked = {name.removeprefix(OPTION_PREFIX).strip(): columns.pop(name) for name in chosen}
        if (written := columns.pop("variants", None)) is None:
            spec.variants = [self._variant(spec, own, picked)]
            return
        for name in own.keys() & {"sku", "stock", "active"}:
            self.problems.append(RowProblem(spec.where, name, "it belongs to each variant", "move it there"))
        shared: dict[str, Any] = {
            name: own[name] for name in ("price", "sale_price", "backorder") if name in own
        }
        for row in self._list(spec.where, "variants", written):
            spec.variants.append(self._variant(spec, {**shared, **row}, {}))
        if not spec.variants:
            self.problems.append(RowProblem(spec.where, "variants", "there is none", "write at least one"))

    def _variant(self, spec: ProductSpec, row: dict[str, Any], picked: dict[str, Any]) -> VariantSpec:
        row = {ALIASES.get(name, name): value for name, value in row.items()}
        for name in row.keys() - set(VARIANT_COLUMNS):
            self.problems.append(
                RowProblem(
                    spec.where, f"variants.{name}", "it is not known", f"use {', '.join(VARIANT_COLUMNS)}"
                )
            )
        options = row.get("options") or picked
        values = {
            str(title): self.value(spec.where, f"option {title}", value, text(60)) or ""
            for title, value in (options.items() if isinstance(options, dict) else ())
        }
        for title, value in values.items():
            spec.options.setdefault(title, {}).setdefault(value, "")
        readers: dict[str, Callable[[Any], Any]] = {
            "sku": text(64), "price": self._minor, "sale_price": self._minor, "stock": whole,
            "backorder": flag, "active": flag,
        }  # fmt: skip
        read = {
            name: self.value(spec.where, name, row[name], reader)
            for name, reader in readers.items()
            if row.get(name) not in (None, "")
        }
        return VariantSpec(
            where=spec.where, sku=read.get("sku"), price_minor=read.get("price"),
            sale_price_minor=read.get("sale_price"), stock=read.get("stock"),
            backorder=read.get("backorder"), is_active=read.get("active"), values=values,
        )  # fmt: skip

    def _minor(self, value: Any) -> int:
        """Read an amount in the store's currency."""
        try:
            money = Money.parse(str(value), self.currency)
        except NotAnAmount as problem:
            message, _, hint = str(problem).partition("; ")
            raise Unfit(message, hint) from problem
        if money.minor < 0:
            raise Unfit(f"{value} is less than nothing", "write an amount from 0")
        return money.minor

    def _pictures(self, spec: ProductSpec, value: Any) -> None:
        """Read `pictures: [{file: mouse.png, alt: A gray felt mouse, credit: Ann Lee, sku: MOUSE-1}]`."""
        for row in self._list(spec.where, "pictures", value):
            read = {
                name: self.value(spec.where, f"pictures.{name}", row.get(name), text(length)) or ""
                for name, length in (("file", 400), ("alt", 300), ("credit", 200), ("sku", 64))
            }
            if not read["file"] or not read["alt"]:
                hint = "write file and alt (what the picture shows, for those who do not see it)"
                self.problems.append(RowProblem(spec.where, "pictures", "file or alt is missing", hint))
            spec.pictures.append(
                PictureSpec(spec.where, read["file"], read["alt"], read["credit"], read["sku"] or None)
            )
