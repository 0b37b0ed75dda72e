"""The sheet: all that a product's page shows of it, its choices ready to be offered as plain radio buttons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from microkitten.shop.catalog.models.money import Money
from microkitten.shop.catalog.models.picture import Shown
from microkitten.shop.catalog.models.product import Product, ProductState
from microkitten.shop.catalog.models.variant import Availability, OptionValue, Variant


@dataclass(frozen=True, slots=True)
class Choice:
    """One variant as it can be chosen; `color` is its hex code if it differs in color."""

    variant: int
    sku: str
    label: str
    color: str
    price: Money
    price_before: Money | None
    stock_kind: str
    stock_word: str
    can_be_bought: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Choices under one heading: the first option's value where there are two options or more."""

    title: str
    color: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A product with its words, pictures (those of the chosen variant first) and choices."""

    product: Product
    pictures: list[Shown]
    groups: list[ChoiceGroup]
    options: str
    chosen: Choice | None
    has_one_price: bool
    can_be_bought: bool


def sheet(product: Product, *, sku: str, at: datetime) -> Sheet:
    """Read a product's sheet in three queries; the variant of this SKU is chosen, else the first that is there."""
    variants = list(Variant.objects.filter(product=product).active().with_names())
    is_public = product.state == ProductState.PUBLIC
    buyable = [v for v in variants if is_public and v.can_be_bought]
    chosen = next((v for v in variants if v.sku == sku), next(iter(buyable or variants), None))
    several = len(variants) > 1
    groups: dict[str, ChoiceGroup] = {}
    offered: dict[int, Choice] = {}
    titles: dict[str, None] = {}
    for variant in variants:
        values = sorted(variant.values.all(), key=lambda value: (value.option.position, value.option_id))
        titles |= dict.fromkeys(value.option.title for value in values)
        head, rest = (values[0], values[1:]) if len(values) > 1 else (None, values)
        choice = _choice(variant, rest, product, at, is_chosen=variant is chosen)
        offered[variant.pk] = choice
        group = groups.setdefault(
            head.title if head else "", ChoiceGroup(head.title if head else "", _hex(head), [])
        )
        group.choices.append(choice)
    pictures = sorted(
        product.pictures.all(), key=lambda p: (chosen is None or p.variant_id != chosen.pk, p.position, p.pk)
    )
    return Sheet(
        product=product,
        pictures=[picture.shown() for picture in pictures],
        groups=list(groups.values()) if several else [],
        options=" and ".join(titles).lower() or "kind",
        chosen=offered[chosen.pk] if chosen else None,
        has_one_price=len({choice.price for choice in offered.values()}) <= 1,
        can_be_bought=bool(buyable),
    )


def _hex(value: OptionValue | None) -> str:
    return value.color if value else ""


def _choice(
    variant: Variant, values: list[OptionValue], product: Product, at: datetime, *, is_chosen: bool
) -> Choice:
    now = variant.price_at(at)
    stock = Availability.IN_STOCK if product.digital else Availability(variant.availability)
    word = "Preorder" if stock == Availability.ON_ORDER and product.preorder_note else str(stock.label)
    return Choice(
        variant=variant.pk,
        sku=variant.sku,
        label=", ".join(value.title for value in values) or variant.sku,
        color=next((value.color for value in values if value.color), ""),
        price=now,
        price_before=variant.price if now < variant.price else None,
        stock_kind=stock.kind,
        stock_word="Sent by mail as a file" if product.digital else word,
        can_be_bought=product.state == ProductState.PUBLIC and stock != Availability.SOLD_OUT,
        is_chosen=is_chosen,
    )
