"""Movements: the history of every count, only ever added to."""

from typing import Any, ClassVar, Never

from django.db import models

from microkitten.shop.catalog.models import Variant


class Kept(Exception):
    """A movement was to be changed or removed; it is history, so a new one corrects it."""


class MovementKind(models.TextChoices):
    """Why a count changed."""

    RECEIVED = "received", "Received"
    RESERVED = "reserved", "Reserved"
    RELEASED = "released", "Released"
    SHIPPED = "shipped", "Shipped"
    RETURNED = "returned", "Returned"
    CORRECTED = "corrected", "Corrected"


class MovementQuerySet(models.QuerySet["Movement"]):
    """Many movements at once: read and add, nothing else."""

    def update(self, **_kwargs: Any) -> Never:
        """Refuse: history is not rewritten."""
        raise Kept

    def delete(self) -> Never:
        """Refuse: history is not removed."""
        raise Kept


class Movement(models.Model):
    """One change of one variant's counts. Their sums are the counts: `on_hand_change`, `reserved_change`.

    `holder` is the random key of the cart or order that it was done for, never of a person.
    """

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=9, choices=MovementKind.choices)
    on_hand_change = models.IntegerField(default=0)
    reserved_change = models.IntegerField(default=0)
    holder = models.UUIDField(null=True, blank=True)
    cause = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    objects = MovementQuerySet.as_manager()

    classified: ClassVar[dict[str, str]] = {
        "operational": "id variant kind on_hand_change reserved_change holder cause at",
    }
    leads_to: ClassVar[dict[str, str]] = {"holder": "orders.Order?"}
    holds: ClassVar[dict[str, str]] = {"cause": "why staff counted; the form says to name no person"}

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=MovementKind.values), name="movement_kind_is_known"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["variant", "id"], name="movement_by_variant"),
            models.Index(fields=["holder"], name="movement_by_holder"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the movement; raises `Kept` if it was added before."""
        if not self._state.adding:
            raise Kept
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        """Refuse: history is not removed."""
        raise Kept
