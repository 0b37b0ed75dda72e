"""Shipments: one parcel to one recipient, who is a person of their own (P6)."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from microkitten.shop.catalog.models import Money
from microkitten.shop.orders.models import Order
from microkitten.vault.types import PersonField


class ShipmentState(models.TextChoices):
    """A shipment's states; written by `shipments.actions` alone."""

    OPEN = "open", "Being packed"
    SHIPPED = "shipped", "On its way"


class Shipment(models.Model):
    """One parcel: method, rate and state; the recipient as a reference that only the vault can resolve."""

    classified: ClassVar[dict[str, str]] = {
        "operational": "id order position method_id method_title amount_minor tax_minor country has_message state "
        "shipped_at arrived_at",
        "personal": "recipient",
    }

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    position = models.PositiveSmallIntegerField()
    recipient = PersonField(kind="recipient")
    method_id = models.CharField(max_length=40)
    method_title = models.CharField(max_length=100)
    amount_minor = models.PositiveBigIntegerField()
    tax_minor = models.PositiveBigIntegerField()
    country = models.CharField(max_length=2)
    has_message = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ShipmentState, default=ShipmentState.OPEN)
    shipped_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="shipment_once"),
            models.CheckConstraint(
                condition=models.Q(state="open", shipped_at=None)
                | models.Q(state="shipped", shipped_at__isnull=False),
                name="shipment_shipped_when",
            ),
            models.CheckConstraint(
                condition=models.Q(arrived_at=None) | models.Q(shipped_at__isnull=False),
                name="shipment_arrived_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"

    @property
    def amount(self) -> Money:
        """The rate of the method."""
        return Money(self.amount_minor, self.order.currency)

    @property
    def state_words(self) -> str:
        """How far it is, for its page."""
        return "Arrived" if self.arrived_at is not None else self.get_state_display()

    def leave(self, *, at: datetime) -> None:
        """Record that the parcel left at `at`; writes nothing by itself."""
        self.state = ShipmentState.SHIPPED
        self.shipped_at = at
