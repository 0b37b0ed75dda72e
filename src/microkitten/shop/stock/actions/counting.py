"""Counting stock: what comes in, what comes back, and what a count of the shelf says."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from microkitten.shop.catalog.models import Variant
from microkitten.shop.stock.actions.showing import show_words
from microkitten.shop.stock.models import Movement, MovementKind, StockItem


class Promised(Exception):
    """So few cannot be on hand: more of `sku` are `reserved` already."""

    def __init__(self, sku: str, reserved: int) -> None:
        super().__init__(f"{sku}: {reserved} are promised; release or ship them first")
        self.sku = sku
        self.reserved = reserved


def receive(*, variant: int, quantity: int, cause: str, at: datetime) -> None:
    """Put `quantity` new ones on hand (goods received)."""
    _put_in(variant, quantity, MovementKind.RECEIVED, cause, at)


def take_back(*, variant: int, quantity: int, cause: str, at: datetime) -> None:
    """Put `quantity` returned ones back on hand."""
    _put_in(variant, quantity, MovementKind.RETURNED, cause, at)


@transaction.atomic
def _put_in(variant: int, quantity: int, kind: MovementKind, cause: str, at: datetime) -> None:
    if quantity < 1:
        raise ValueError("at least one; for fewer on hand see `count`")
    StockItem.objects.get_or_create(variant_id=variant)
    StockItem.objects.put_in(variant, quantity)
    Movement.objects.create(variant_id=variant, kind=kind, on_hand_change=quantity, cause=cause, at=at)
    show_words([variant], at=at)


@transaction.atomic
def count(
    *, counts: Mapping[int, int], cause: str, at: datetime, backorder: Mapping[int, bool] | None = None
) -> None:
    """Set what is on hand (variant id to quantity) and, where given, whether more may be promised than that.

    The difference is kept as a movement; a variant counted for the first time gets its stock item. All or
    nothing: raises `Promised` if fewer would be on hand than are reserved.
    """
    backorder = backorder or {}
    touched = sorted({*counts, *backorder})
    for batch in _batches(touched):
        StockItem.objects.of(batch).lock()
    there = _items(touched)
    Movement.objects.bulk_create(_open([v for v in touched if v not in there], counts, backorder, cause, at))
    changed: list[Movement] = []
    for variant, item in there.items():
        if backorder.get(variant, False) and not item.backorder:
            StockItem.objects.filter(pk=item.pk).update(backorder=True)
        if change := counts.get(variant, item.on_hand) - item.on_hand:
            if not StockItem.objects.put_in(variant, change):
                raise Promised(_sku(variant), item.reserved)
            changed.append(
                Movement(
                    variant_id=variant, kind=MovementKind.CORRECTED, on_hand_change=change, cause=cause, at=at
                )
            )
        if item.backorder and not backorder.get(variant, True):
            _end_backorder(item)
    Movement.objects.bulk_create(changed)
    for batch in _batches(touched):
        show_words(batch, at=at)


def _items(variants: list[int]) -> dict[int, StockItem]:
    return {item.variant_id: item for batch in _batches(variants) for item in StockItem.objects.of(batch)}


def _batches(keys: list[int], size: int = 500) -> list[list[int]]:
    """Cut into batches: one statement takes only so many parameters."""
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _open(
    variants: Collection[int],
    counts: Mapping[int, int],
    backorder: Mapping[int, bool],
    cause: str,
    at: datetime,
) -> list[Movement]:
    """Open stock items for variants counted for the first time; return the movements that explain them."""
    StockItem.objects.bulk_create(
        [
            StockItem(
                variant_id=variant, on_hand=counts.get(variant, 0), backorder=backorder.get(variant, False)
            )
            for variant in variants
        ],
        batch_size=500,
    )
    return [
        Movement(
            variant_id=variant, kind=MovementKind.RECEIVED, on_hand_change=counts[variant], cause=cause, at=at
        )
        for variant in variants
        if counts.get(variant)
    ]


def _end_backorder(item: StockItem) -> None:
    """Promise no more than is on hand from now on; raises `Promised` if more is promised already."""
    covered = StockItem.objects.filter(pk=item.pk, reserved__lte=F("on_hand"))
    if not covered.update(backorder=False):
        raise Promised(_sku(item.variant_id), item.reserved)


def _sku(variant: int) -> str:
    return Variant.objects.values_list("sku", flat=True).get(pk=variant)
