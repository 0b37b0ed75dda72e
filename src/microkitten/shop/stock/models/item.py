"""Stock items: how many of a variant are on hand, and how many of those are promised already."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import connection, models
from django.db.models import F, Q

from microkitten.shop.catalog.models import Availability, Variant

FEW_MAX = 5  # from here down a page says "only a few left"


class StockItemQuerySet(models.QuerySet["StockItem"]):
    """Many stock items at once."""

    def of(self, variants: Iterable[int]) -> Self:
        """Those of these variants, in key order: the one order in which rows are written."""
        return self.filter(variant__in=list(variants)).order_by("variant_id")

    def lock(self) -> None:
        """Hold these rows, in key order, until the transaction ends (SQLite: it holds all of them already).

        For who changes many of them, or something else first: whoever locks rows in another order than all others
        will one day wait for somebody who waits for them.
        """
        if connection.features.has_select_for_update:
            rows = self.order_by("variant_id").select_for_update(of=("self",)).values_list("pk")
            for _ in rows.iterator():
                pass

    def take(self, variant: int, quantity: int) -> bool:
        """Promise `quantity` more of a variant if so many are free; say whether it was done.

        One conditional UPDATE: the database decides, so two buyers can never both be told yes for the
        last one, on either database, however many processes ask (the only way to reserve).
        """
        free_enough = Q(backorder=True) | Q(on_hand__gte=F("reserved") + quantity)
        return bool(self.filter(free_enough, variant=variant).update(reserved=F("reserved") + quantity))

    def give_back(self, variant: int, quantity: int) -> bool:
        """End the promise of `quantity` of a variant; False if it has no count (digital).

        The constraint bars giving back more than was taken.
        """
        return bool(self.filter(variant=variant).update(reserved=F("reserved") - quantity))

    def hand_over(self, variant: int, quantity: int) -> bool:
        """Let `quantity` promised ones leave the house; False if they are not all there yet (backorder)."""
        there = self.filter(variant=variant, on_hand__gte=quantity, reserved__gte=quantity)
        return bool(there.update(on_hand=F("on_hand") - quantity, reserved=F("reserved") - quantity))

    def put_in(self, variant: int, quantity: int) -> bool:
        """Add `quantity` to what is on hand (below zero: take out); False if promised ones would miss."""
        enough = Q(on_hand__gte=-quantity) & (Q(backorder=True) | Q(on_hand__gte=F("reserved") - quantity))
        return bool(self.filter(enough, variant=variant).update(on_hand=F("on_hand") + quantity))


class StockItem(models.Model):
    """The count of one variant: `on_hand` in the house, `reserved` of them promised.

    `backorder` lets more be promised than is on hand (made to order, preorder). Digital variants have
    no stock item: they do not run out.
    """

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="stock")
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)
    backorder = models.BooleanField(default=False)

    objects = StockItemQuerySet.as_manager()

    classified: ClassVar[dict[str, str]] = {"operational": "id variant on_hand reserved backorder"}

    class Meta:
        ordering: ClassVar[list[str]] = ["variant_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(backorder=True) | Q(reserved__lte=F("on_hand")),
                name="no_more_promised_than_there_is",
            ),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0, reserved__gte=0), name="counts_are_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} on hand, {self.reserved} reserved"

    @property
    def free(self) -> int:
        """How many can still be promised without waiting."""
        return max(0, self.on_hand - self.reserved)

    @property
    def availability(self) -> Availability:
        """The count as the word that pages show."""
        if self.free > FEW_MAX:
            return Availability.IN_STOCK
        if self.free > 0:
            return Availability.FEW
        return Availability.ON_ORDER if self.backorder else Availability.SOLD_OUT
