"""Orders and their lines: numbers, sums and states; whoever ordered is an id that only the vault can resolve."""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from microkitten.shop.catalog.models import Money, Variant
from microkitten.vault.types import PersonField

# Readable aloud and by hand: no vowels (no words), no look-alikes. 8 of them: 27**8, about 38 bits.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ2456789"


def new_number() -> str:
    """Return a random order number such as `KTR7-M2QX`; says nothing about how many there are."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def new_access_key() -> str:
    """Return 128 random bits for the link in the mail; the link alone opens nothing."""
    return secrets.token_urlsafe(16)


class OrderState(models.TextChoices):
    """An order's states; written by `checkout.actions` alone."""

    DRAFT = "draft", "Waiting for payment"
    PLACED = "placed", "Placed"
    CANCELED = "canceled", "Canceled"


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions about many orders."""

    def placed(self) -> Self:
        """Return the orders that stand."""
        return self.filter(state=OrderState.PLACED)

    def alive(self) -> Self:
        """Return drafts and placed orders."""
        return self.exclude(state=OrderState.CANCELED)


class Order(models.Model):
    """One purchase: one payment, one to many shipments, whoever ordered as a reference."""

    classified: ClassVar[dict[str, str]] = {
        "operational": "id number access_key cart_id attempt state currency goods_minor shipping_minor tax_minor "
        "total_minor tax_name drafted_at placed_at canceled_at erased_at",
        "personal": "customer",
    }
    leads_to: ClassVar[dict[str, str]] = {"cart_id": "checkout.Cart"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_number)
    access_key = models.CharField(max_length=30, unique=True, default=new_access_key)
    cart_id = models.UUIDField()
    attempt = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.DRAFT)
    customer = PersonField(kind="customer")
    currency = models.CharField(max_length=3)
    goods_minor = models.PositiveBigIntegerField()
    shipping_minor = models.PositiveBigIntegerField()
    tax_minor = models.PositiveBigIntegerField()
    total_minor = models.PositiveBigIntegerField()
    tax_name = models.CharField(max_length=40, blank=True)
    drafted_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)
    canceled_at = models.DateTimeField(null=True)
    # When whoever ordered was erased, as far as the shop has heard: the vault alone knows, and is asked.
    erased_at = models.DateTimeField(null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Whatever is clicked twice, a cart becomes one order.
            models.UniqueConstraint(
                fields=["cart_id"], condition=~models.Q(state="canceled"), name="order_once_by_cart"
            ),
            models.CheckConstraint(
                condition=models.Q(placed_at=None) | ~models.Q(state="draft"), name="order_draft_not_placed"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="placed") | models.Q(placed_at__isnull=False),
                name="order_placed_when",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "placed_at"], name="order_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def goods(self) -> Money:
        """Sum of the lines."""
        return Money(self.goods_minor, self.currency)

    @property
    def shipping(self) -> Money:
        """Sum of the shipments' rates."""
        return Money(self.shipping_minor, self.currency)

    @property
    def tax(self) -> Money:
        """Sum of the rounded taxes."""
        return Money(self.tax_minor, self.currency)

    @property
    def total(self) -> Money:
        """What is charged."""
        return Money(self.total_minor, self.currency)

    @property
    def is_placed(self) -> bool:
        """Whether the order stands."""
        return self.state == OrderState.PLACED

    def become_placed(self, *, at: datetime) -> None:
        """Turn the draft into an order that stands; writes nothing by itself."""
        self.state = OrderState.PLACED
        self.placed_at = at

    def become_canceled(self, *, at: datetime) -> None:
        """End the draft; writes nothing by itself."""
        self.state = OrderState.CANCELED
        self.canceled_at = at


class LineQuerySet(models.QuerySet["Line"]):
    """Questions about many lines."""

    def wants(self) -> dict[int, int]:
        """Return how many of each variant (by id) the lines hold; what has left the catalog is left out."""
        wanted: dict[int, int] = {}
        for line in self:
            if line.variant_id is not None:
                wanted[line.variant_id] = wanted.get(line.variant_id, 0) + line.quantity
        return wanted


class Line(models.Model):
    """So many of one variant for one parcel, with what they cost on the day; copied, never looked up again."""

    classified: ClassVar[dict[str, str]] = {
        "operational": "id order parcel position variant sku title variant_name quantity unit_minor total_minor "
        "tax_minor",
    }
    holds: ClassVar[dict[str, str]] = {
        "title": "the product's title on the day, copied from the catalog",
        "variant_name": "the variant's values on the day, copied from the catalog",
    }

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    parcel = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, null=True, on_delete=models.SET_NULL, related_name="+")
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    variant_name = models.CharField(max_length=300, blank=True)
    quantity = models.PositiveIntegerField()
    unit_minor = models.PositiveBigIntegerField()
    total_minor = models.PositiveBigIntegerField()
    tax_minor = models.PositiveBigIntegerField()

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["parcel", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "parcel", "position"], name="line_once"),
            models.CheckConstraint(
                condition=models.Q(total_minor=models.F("unit_minor") * models.F("quantity")),
                name="line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.sku}"

    @property
    def unit(self) -> Money:
        """Price of one."""
        return Money(self.unit_minor, self.order.currency)

    @property
    def total(self) -> Money:
        """Price of all of the line."""
        return Money(self.total_minor, self.order.currency)


class Mail(models.Model):
    """One message of one kind for one order: exactly one, whatever crashes (P15)."""

    classified: ClassVar[dict[str, str]] = {"operational": "id order kind sent_at"}

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=20)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "kind"], name="mail_once_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.order_id}"
