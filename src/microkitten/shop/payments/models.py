"""Payments: how much, in which state, under which random reference; nothing of the card (P4, P14)."""

import secrets
import uuid
from typing import ClassVar

from django.db import models

from microkitten.shop.catalog.models import Money
from microkitten.shop.orders.models import Order


def new_reference() -> str:
    """Return the random name under which the processor knows the payment."""
    return secrets.token_urlsafe(16)


class PaymentState(models.TextChoices):
    """A payment's states; written by `checkout.actions` alone."""

    CREATED = "created", "Being prepared"
    PENDING = "pending", "Waiting for the card"
    AUTHORIZED = "authorized", "Authorized"
    CAPTURED = "captured", "Paid"
    VOIDED = "voided", "Voided"
    FAILED = "failed", "Failed"


class Payment(models.Model):
    """The one payment of an order; `attempt` counts sessions at the processor, each with its own key."""

    classified: ClassVar[dict[str, str]] = {
        "operational": "id order state amount_minor captured_minor currency reference attempt session_id redirect_url "
        "was_declined created_at authorized_at",
    }
    holds: ClassVar[dict[str, str]] = {"redirect_url": "the address of a page at the card processor"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="payment")
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.CREATED)
    amount_minor = models.PositiveBigIntegerField()
    captured_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=30, unique=True, default=new_reference)
    attempt = models.PositiveSmallIntegerField(default=1)
    session_id = models.CharField(max_length=100, unique=True, null=True)  # noqa: DJ001 # null: none yet
    redirect_url = models.CharField(max_length=500, blank=True)
    was_declined = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    authorized_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(captured_minor__lte=models.F("amount_minor")),
                name="payment_not_over_captured",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        return Money(self.amount_minor, self.currency)


class WebhookEvent(models.Model):
    """A notice of the processor: stored first, believed only after a look-up (P14)."""

    classified: ClassVar[dict[str, str]] = {"operational": "id event_id kind object_id received_at"}
    leads_to: ClassVar[dict[str, str]] = {"object_id": "payments.Payment"}

    event_id = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=100)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.event_id
