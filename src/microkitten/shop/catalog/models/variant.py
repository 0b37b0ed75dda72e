"""Variants: what is really bought. Options (color, size) tell them apart; each has its SKU and price."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Least

from microkitten.shop.catalog.models.money import Money
from microkitten.shop.catalog.models.product import Product, ProductState
from microkitten.web import store

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Availability(models.IntegerChoices):
    """Stock in words, best first; written by the stock room when a count crosses a visible threshold."""

    IN_STOCK = 1, "In stock"
    FEW = 2, "Only a few left"
    ON_ORDER = 3, "Made to order"
    SOLD_OUT = 4, "Sold out"

    @property
    def kind(self) -> str:
        """The name of its look: in, few, order, out."""
        return {1: "in", 2: "few", 3: "order", 4: "out"}[self.value]


class Option(models.Model):
    """What the variants of one product differ in: Color, Size."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="options")
    title = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)

    if TYPE_CHECKING:
        values: RelatedManager[OptionValue]

    classified: ClassVar[dict[str, str]] = {"public": "id product title position"}

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product", "title"], name="option_once_a_product"),
        ]

    def __str__(self) -> str:
        return self.title


class OptionValue(models.Model):
    """One choice of an option: Sand, Small. `color` is a hex code for what is shown as a color chip."""

    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="values")
    title = models.CharField(max_length=60)
    color = models.CharField(
        max_length=7,
        blank=True,
        validators=[
            RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write a color as # and six hex digits, as #d9b38c.")
        ],
    )
    position = models.PositiveIntegerField(default=0)

    classified: ClassVar[dict[str, str]] = {"public": "id option title color position"}

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["option", "title"], name="value_once_an_option"),
        ]

    def __str__(self) -> str:
        return self.title


class VariantQuerySet(models.QuerySet["Variant"]):
    """Many variants at once."""

    def active(self) -> Self:
        """Those that can be chosen."""
        return self.filter(is_active=True)

    def sellable(self) -> Self:
        """Those that may go into a cart: active ones of public products."""
        return self.filter(is_active=True, product__state=ProductState.PUBLIC)

    def with_names(self) -> Self:
        """Read products and chosen values along, so that `variant.name` costs no query for each."""
        values = OptionValue.objects.select_related("option")
        return self.select_related("product").prefetch_related(models.Prefetch("values", values))


def price_now(at: datetime) -> Case:
    """Return the SQL of a variant's price at this time: the sale price within its dates, if it is lower."""
    on_sale = (
        Q(sale_price_minor__isnull=False)
        & (Q(sale_starts_at__isnull=True) | Q(sale_starts_at__lte=at))
        & (Q(sale_ends_at__isnull=True) | Q(sale_ends_at__gt=at))
    )
    return Case(
        When(on_sale, then=Least(F("sale_price_minor"), F("price_minor"))),
        default=F("price_minor"),
        output_field=models.PositiveBigIntegerField(),
    )


class Variant(models.Model):
    """One buyable form of a product; `price_minor` and `sale_price_minor` in the store's currency."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=64, unique=True)
    price_minor = models.PositiveBigIntegerField()
    sale_price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    sale_starts_at = models.DateTimeField(null=True, blank=True)
    sale_ends_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    values = models.ManyToManyField(OptionValue, blank=True, related_name="variants")
    is_active = models.BooleanField(default=True)
    availability = models.PositiveSmallIntegerField(
        choices=Availability.choices, default=Availability.SOLD_OUT
    )

    objects = VariantQuerySet.as_manager()

    classified: ClassVar[dict[str, str]] = {
        "public": "id product sku price_minor sale_price_minor sale_starts_at sale_ends_at position "
        "availability",
        "operational": "is_active",
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(sale_price_minor__isnull=True) | Q(sale_price_minor__lt=F("price_minor")),
                name="sale_price_is_lower",
            ),
            models.CheckConstraint(
                condition=Q(sale_starts_at__isnull=True)
                | Q(sale_ends_at__isnull=True)
                | Q(sale_starts_at__lt=F("sale_ends_at")),
                name="sale_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(availability__in=Availability.values), name="availability_is_known"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["product", "is_active", "position"], name="variant_by_product"),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def name(self) -> str:
        """The chosen values in the order of their options ("Sand, Small"); empty for the only variant."""
        values = sorted(self.values.all(), key=lambda value: (value.option.position, value.option_id))
        return ", ".join(value.title for value in values)

    @property
    def price(self) -> Money:
        """The regular price."""
        return Money(self.price_minor, store.current().currency)

    def sale_price(self, at: datetime) -> Money | None:
        """Return the sale price if one holds at this time, else None."""
        if self.sale_price_minor is None:
            return None
        begun = self.sale_starts_at is None or self.sale_starts_at <= at
        over = self.sale_ends_at is not None and self.sale_ends_at <= at
        return Money(self.sale_price_minor, store.current().currency) if begun and not over else None

    def price_at(self, at: datetime) -> Money:
        """Return what one costs at this time: the sale price if one holds, else the regular one."""
        sale = self.sale_price(at)
        return self.price if sale is None else sale

    @property
    def can_be_bought(self) -> bool:
        """Whether the shop would take an order for one now (stock decides again when it is placed)."""
        return self.is_active and self.availability != Availability.SOLD_OUT


class PriceChange(models.Model):
    """What a variant cost from a time on: kept so that the lowest price of the last 30 days can be told."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="price_changes")
    price_minor = models.PositiveBigIntegerField()
    sale_price_minor = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()

    classified: ClassVar[dict[str, str]] = {"public": "id variant price_minor sale_price_minor at"}

    class Meta:
        ordering: ClassVar[list[str]] = ["variant", "at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["variant", "-at"], name="price_change_by_variant"),
        ]
