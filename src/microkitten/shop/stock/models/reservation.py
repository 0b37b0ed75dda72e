"""Reservations: so many of a variant held for one cart or order, until a time or for good."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from microkitten.shop.catalog.models import Variant

QUANTITY_MAX = 99  # of one variant for one holder: against hoarding
EXTENSIONS_MAX = 3


class ReservationQuerySet(models.QuerySet["Reservation"]):
    """Many reservations at once."""

    def lapsed(self, at: datetime) -> Self:
        """Those whose end has come."""
        return self.filter(until__lte=at)

    def held(self, holder: UUID) -> Self:
        """Those of a holder, locked in key order until the transaction ends: read now and written in it."""
        return self.filter(holder=holder).order_by("variant_id").select_for_update()


class Reservation(models.Model):
    """`quantity` of a variant held for `holder` (the key of a cart or order); `until` None: for good."""

    holder = models.UUIDField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    until = models.DateTimeField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)

    objects = ReservationQuerySet.as_manager()

    classified: ClassVar[dict[str, str]] = {"operational": "id holder variant quantity until extensions"}
    leads_to: ClassVar[dict[str, str]] = {"holder": "orders.Order"}

    class Meta:
        ordering: ClassVar[list[str]] = ["holder", "variant_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["holder", "variant"], name="one_reservation_of_a_variant"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=QUANTITY_MAX), name="reservation_within_cap"
            ),
            models.CheckConstraint(condition=Q(extensions__lte=EXTENSIONS_MAX), name="extensions_within_cap"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["until"], name="reservation_by_end", condition=Q(until__isnull=False)),
        ]
