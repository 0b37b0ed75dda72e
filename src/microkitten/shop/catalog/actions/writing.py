"""Writing imported products in bulk: those known by SKU or slug are changed, the others made; all or nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import models, transaction

from microkitten.shop.catalog.actions.categories import categories_by_name
from microkitten.shop.catalog.actions.changes import changed
from microkitten.shop.catalog.actions.choices import write_choices
from microkitten.shop.catalog.actions.reading import ImportRefused, RowProblem
from microkitten.shop.catalog.actions.rows import ProductSpec, VariantSpec
from microkitten.shop.catalog.actions.specs import base_slug
from microkitten.shop.catalog.models import Category, Product, Variant
from microkitten.shop.catalog.models.product import ProductState

BATCH = 500
Progress = Callable[[int, int], None]
Key = TypeVar("Key")


@dataclass(slots=True)
class Imported:
    """What an import did: products made, changed and found the same; and the stock that it asks for."""

    made: int = 0
    changed: int = 0
    same: int = 0
    counts: dict[int, int] = field(default_factory=dict)
    backorder: dict[int, bool] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)


def batches(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Cut into batches of 500: one statement takes only so many parameters."""
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


@transaction.atomic
def write_products(
    *, specs: Sequence[ProductSpec], at: datetime, progress: Progress | None = None
) -> Imported:
    """Write the specs; `progress` is told (done, total) after each batch. Raises `ImportRefused`, nothing written."""
    done, imported = 0, Imported()
    categories = categories_by_name({spec.category for spec in specs if spec.category})
    taken = _Taken(specs)
    touched: list[int] = []
    for batch in batches(specs):
        writer = _Writer(batch, categories, taken, at, imported)
        touched += writer.write()
        done += len(batch)
        if progress:
            progress(done, len(specs))
    if touched:
        changed(products=touched, at=at)
    return imported


class _Taken:
    """Which products and variants of the file stand in the shop already, and which slugs are in use."""

    def __init__(self, specs: Sequence[ProductSpec]) -> None:
        skus = [variant.sku for spec in specs for variant in spec.variants]
        rows = [v for batch in batches(skus) for v in Variant.objects.filter(sku__in=batch)]
        self.variants = {variant.sku: variant for variant in rows}
        ids = sorted({variant.product_id for variant in rows})
        self.products = {p.pk: p for batch in batches(ids) for p in Product.objects.filter(pk__in=batch)}
        self.slugs = dict(Product.objects.values_list("slug", "pk"))
        missing = [self.slugs[s.slug] for s in specs if s.slug in self.slugs and s.slug is not None]
        for batch in batches([key for key in missing if key not in self.products]):
            self.products |= {p.pk: p for p in Product.objects.filter(pk__in=batch)}

    def product(self, spec: ProductSpec) -> Product | None:
        """Return the product that a spec means, by SKU or slug. Raises `ImportRefused` if these differ."""
        known = [self.variants[v.sku].product_id for v in spec.variants if v.sku and v.sku in self.variants]
        if spec.slug and spec.slug in self.slugs:
            known.append(self.slugs[spec.slug])
        if len(found := set(known)) > 1:
            hint = "give new SKUs, or the slug that these SKUs belong to"
            raise ImportRefused(
                (RowProblem(spec.where, "sku", "these SKUs belong to several products", hint),)
            )
        return self.products[found.pop()] if found else None

    def free_slug(self, spec: ProductSpec) -> str:
        """Return the spec's own slug, or its wish with a number where that is taken."""
        wish = spec.slug or base_slug(spec)
        found, number = wish, 1
        while found in self.slugs:
            number += 1
            found = f"{wish}-{number}"
        self.slugs[found] = 0
        return found


class _Writer:
    """Writes one batch of specs."""

    def __init__(
        self,
        specs: Sequence[ProductSpec],
        categories: dict[str, Category],
        taken: _Taken,
        at: datetime,
        into: Imported,
    ) -> None:
        self.specs = specs
        self.categories = categories
        self.taken = taken
        self.at = at
        self.into = into
        self.problems: list[RowProblem] = []
        self.altered: set[int] = set()

    def write(self) -> list[int]:
        """Write products, options, variants; return the ids of products that are new or changed."""
        pairs = [(spec, self.taken.product(spec)) for spec in self.specs]
        made = {id(spec): self._new(spec) for spec, product in pairs if product is None}
        old = [(spec, product, self._apply(spec, product)) for spec, product in pairs if product is not None]
        self._refuse()
        Product.objects.bulk_create(made.values())
        Product.objects.bulk_update(
            [p for _, p, differs in old if differs], _columns(Product), batch_size=100
        )
        self.altered = {product.pk for _, product, differs in old if differs}
        products = {id(spec): made.get(id(spec)) or product for spec, product in pairs}
        owners = [(spec, product) for spec in self.specs if (product := products[id(spec)])]
        self._variants(owners)
        new = {product.pk for product in made.values()}
        self.into.made += len(new)
        self.into.changed += len(self.altered - new)
        self.into.same += len(old) - len(self.altered - new)
        return sorted(new | self.altered)

    def _refuse(self) -> None:
        if self.problems:
            raise ImportRefused(tuple(self.problems))

    def _new(self, spec: ProductSpec) -> Product:
        if not spec.columns.get("title"):
            self.problems.append(
                RowProblem(spec.where, "title", "it is missing", "write what customers read")
            )
        if not spec.category:
            hint = "write the title or the slug of one"
            self.problems.append(RowProblem(spec.where, "category", "it is missing", hint))
            return Product()
        columns = {"state": ProductState.PUBLIC, "created_at": self.at, **spec.columns}
        return Product(
            slug=self.taken.free_slug(spec), category=self.categories[spec.category],
            attributes=spec.attributes, **columns,
        )  # fmt: skip

    def _apply(self, spec: ProductSpec, product: Product) -> bool:
        """Put the given columns onto a product that is there; say whether that changes it."""
        wanted = dict(spec.columns)
        if spec.category:
            wanted["category_id"] = self.categories[spec.category].pk
        wanted["attributes"] = {**product.attributes, **spec.attributes}
        differs = {name for name, value in wanted.items() if getattr(product, name) != value}
        for name in differs:
            setattr(product, name, wanted[name])
        return bool(differs)

    def _variants(self, owners: list[tuple[ProductSpec, Product]]) -> None:
        new: list[Variant] = []
        old: list[Variant] = []
        for spec, product in owners:
            for position, wanted in enumerate(spec.variants):
                variant = self.taken.variants.get(wanted.sku or "")
                if variant is None:
                    variant = Variant(product=product, sku=wanted.sku or "", position=position)
                    new.append(variant)
                    self._put(variant, wanted)
                    self.taken.variants[variant.sku] = variant
                    self.altered.add(product.pk)
                elif self._put(variant, wanted):
                    old.append(variant)
                    self.altered.add(product.pk)
        self._refuse()
        Variant.objects.bulk_create(new)
        Variant.objects.bulk_update(old, _columns(Variant), batch_size=100)
        self.altered |= write_choices(owners, self.taken.variants)
        for spec, product in owners:
            self._stock(spec, product, {variant.sku for variant in new})

    def _put(self, variant: Variant, wanted: VariantSpec) -> bool:
        """Put what was given onto a variant; say whether that changes it."""
        given = {
            "price_minor": wanted.price_minor, "sale_price_minor": wanted.sale_price_minor,
            "is_active": wanted.is_active,
        }  # fmt: skip
        differs = {name: v for name, v in given.items() if v is not None and getattr(variant, name) != v}
        for name, value in differs.items():
            setattr(variant, name, value)
        if variant._state.adding and wanted.price_minor is None:
            self.problems.append(
                RowProblem(wanted.where, "price", "it is missing", "write an amount, as 12.50")
            )
        elif variant.sale_price_minor is not None and variant.sale_price_minor >= variant.price_minor:
            hint = "write less, or leave it empty"
            self.problems.append(RowProblem(wanted.where, "sale_price", "it is not below the price", hint))
        return bool(differs)

    def _stock(self, spec: ProductSpec, product: Product, new: set[str]) -> None:
        """Note the stock that the variants ask for; the stock room writes it."""
        for wanted in spec.variants:
            variant = self.taken.variants[wanted.sku or ""]
            self.into.where[variant.sku] = wanted.where
            if product.digital:
                continue
            if wanted.stock is not None or variant.sku in new:
                self.into.counts[variant.pk] = wanted.stock or 0
            backorder = wanted.backorder
            if backorder is None and variant.sku in new and product.preorder_note:
                backorder = True
            if backorder is not None:
                self.into.backorder[variant.pk] = backorder


def _columns(model: type[models.Model], besides: Iterable[str] = ("id", "slug", "sku")) -> list[str]:
    return [f.name for f in model._meta.concrete_fields if f.name not in besides]
