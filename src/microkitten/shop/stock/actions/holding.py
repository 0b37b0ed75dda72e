"""Holding stock for a cart or an order: reserve, extend, commit, ship, release (P14).

Every count moves by a conditional UPDATE whose row count is the answer, rows in key order; nobody reads
first and writes later. On SQLite the transactions are IMMEDIATE, on PostgreSQL the row locks do it: first those
of reservations, then of stock items, variants and the edition, in this order everywhere.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from microkitten.shop.catalog.models import Variant
from microkitten.shop.stock.actions.showing import show_words
from microkitten.shop.stock.models import Movement, MovementKind, Reservation, StockItem
from microkitten.shop.stock.models.reservation import EXTENSIONS_MAX, QUANTITY_MAX

LINES_MAX = 200
LAPSED_BATCH_MAX = 500


class SoldOut(Exception):
    """Fewer are free than were asked for: `sku` and how many are `left`."""

    def __init__(self, sku: str, left: int) -> None:
        super().__init__(f"{sku}: {left} left")
        self.sku = sku
        self.left = left


class TooMany(Exception):
    """More of one variant, or more lines, than one holder may hold (against hoarding)."""


class TooLong(Exception):
    """The reservation was extended as often as it may be."""


class NothingReserved(Exception):
    """The holder holds nothing: it was never reserved, has lapsed, or has been shipped."""


class AlreadyCommitted(Exception):
    """What the holder holds is for good; it cannot be changed into something else."""


class NotOnHand(Exception):
    """A promised variant has not come in yet: `sku`."""

    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


def reserve(*, holder: UUID, wants: Mapping[int, int], until: datetime, at: datetime) -> None:
    """Make `wants` (variant id to quantity) exactly what `holder` holds until then: all of it, or nothing new.

    May be repeated: the second time only the difference moves, and counts as an extension (beyond the cap
    the old end stands). Raises `SoldOut`, `TooMany`, `AlreadyCommitted`.
    """
    if len(wants) > LINES_MAX or any(not 1 <= quantity <= QUANTITY_MAX for quantity in wants.values()):
        raise TooMany(f"1 to {QUANTITY_MAX} of a variant, at most {LINES_MAX} lines")
    try:
        _hold(holder, wants, until, at)
    except SoldOut:
        # what others let lapse is free again; the sweeper may only not have come by yet
        if not release_lapsed(at=at):
            raise
        _hold(holder, wants, until, at)


@transaction.atomic
def _hold(holder: UUID, wants: Mapping[int, int], until: datetime | None, at: datetime) -> None:
    held = {row.variant_id: row for row in Reservation.objects.held(holder)}
    changes = {
        variant: wants.get(variant, 0) - (held[variant].quantity if variant in held else 0)
        for variant in sorted({*wants, *held})
    }
    if any(row.until is None for row in held.values()):
        if any(changes.values()):
            raise AlreadyCommitted(str(holder))
        return
    moved = [_move(holder, variant, change, at) for variant, change in changes.items() if change]
    for variant, quantity in wants.items():
        if (row := held.get(variant)) is None:
            Reservation.objects.create(holder=holder, variant_id=variant, quantity=quantity, until=until)
            continue
        row.quantity = quantity
        if row.extensions < EXTENSIONS_MAX or until is None:
            row.until, row.extensions = until, min(row.extensions + 1, EXTENSIONS_MAX)
        row.save(update_fields=["quantity", "until", "extensions"])
    Reservation.objects.filter(holder=holder).exclude(variant__in=list(wants)).delete()
    _record([movement for movement in moved if movement], at)


def _move(holder: UUID, variant: int, change: int, at: datetime) -> Movement | None:
    """Take or give back; None for a digital variant, which has no count."""
    if change < 0:
        return _given_back(holder, variant, -change, at)
    if StockItem.objects.take(variant, change):
        return Movement(
            variant_id=variant, kind=MovementKind.RESERVED, reserved_change=change, holder=holder, at=at
        )
    asked = Variant.objects.select_related("product").get(pk=variant)
    if asked.product.digital:
        return None
    item = StockItem.objects.filter(variant=variant).first()
    raise SoldOut(asked.sku, item.free if item else 0)


def _given_back(holder: UUID, variant: int, quantity: int, at: datetime) -> Movement | None:
    if not StockItem.objects.give_back(variant, quantity):
        return None
    return Movement(
        variant_id=variant, kind=MovementKind.RELEASED, reserved_change=-quantity, holder=holder, at=at
    )


def _record(movements: list[Movement], at: datetime) -> None:
    """Keep the movements and let the pages say what they changed."""
    if movements:
        Movement.objects.bulk_create(movements)
        show_words([movement.variant_id for movement in movements], at=at)


def lock(*, holder: UUID, variants: Collection[int]) -> None:
    """Hold a holder's reservations and the counts of these variants until the caller's transaction ends.

    For who lets one holder's goods go and holds them for another in one transaction.
    """
    list(Reservation.objects.held(holder))
    StockItem.objects.of(variants).lock()


def extend(*, holder: UUID, until: datetime) -> None:
    """Hold what the holder holds until later; raises `TooLong` after the last extension, `NothingReserved`."""
    rows = Reservation.objects.filter(holder=holder, until__isnull=False)
    if rows.filter(extensions__lt=EXTENSIONS_MAX).update(until=until, extensions=F("extensions") + 1):
        return
    raise TooLong(str(holder)) if rows.exists() else NothingReserved(str(holder))


@transaction.atomic
def commit(*, holder: UUID, at: datetime, wants: Mapping[int, int] | None = None) -> None:
    """Make the holder's reservation last. May be repeated.

    With `wants`, what lapsed meanwhile is taken anew in the same transaction, so the call either leaves all
    of it held for good or raises `SoldOut` and changes nothing. Raises `NothingReserved`.
    """
    if wants is not None:
        _hold(holder, wants, None, at)
    if not Reservation.objects.filter(holder=holder).update(until=None):
        raise NothingReserved(str(holder))


@transaction.atomic
def release(*, holder: UUID, at: datetime) -> int:
    """Let go of all that the holder holds, lasting or not; says how many reservations ended (0 the second time)."""
    return _let_go(list(Reservation.objects.held(holder)), at)


@transaction.atomic
def release_lapsed(*, at: datetime) -> int:
    """Let go of what has lapsed, at most 500 reservations a call; says how many ended."""
    lapsed = Reservation.objects.lapsed(at).order_by("until").select_for_update(skip_locked=True)
    return _let_go(list(lapsed[:LAPSED_BATCH_MAX]), at)


def _let_go(rows: list[Reservation], at: datetime) -> int:
    moved: list[Movement] = []
    ended = 0
    for row in sorted(rows, key=lambda row: row.variant_id):
        # only whoever deletes the row gives its goods back, so two sweepers cannot do it twice
        same = Reservation.objects.filter(pk=row.pk, quantity=row.quantity, until=row.until)
        if not same.delete()[0]:
            continue
        ended += 1
        if movement := _given_back(row.holder, row.variant_id, row.quantity, at):
            moved.append(movement)
    _record(moved, at)
    return ended


@transaction.atomic
def ship(*, holder: UUID, at: datetime, wants: Mapping[int, int] | None = None) -> None:
    """Let reserved goods leave the house: all the holder's, or `wants` of them (one parcel of several).

    Raises `NothingReserved` if more is to leave than is held, `NotOnHand` if it has not come in yet.
    """
    held = {row.variant_id: row for row in Reservation.objects.held(holder)}
    leaving = {variant: row.quantity for variant, row in held.items()} if wants is None else dict(wants)
    if not leaving:
        raise NothingReserved(str(holder))
    moved: list[Movement] = []
    for variant in sorted(leaving):
        if variant not in held or (rest := held[variant].quantity - leaving[variant]) < 0:
            raise NothingReserved(str(holder))
        if movement := _handed_over(held[variant], leaving[variant], at):
            moved.append(movement)
        if rest:
            Reservation.objects.filter(pk=held[variant].pk).update(quantity=rest)
        else:
            held[variant].delete()
    _record(moved, at)


def _handed_over(row: Reservation, quantity: int, at: datetime) -> Movement | None:
    if StockItem.objects.hand_over(row.variant_id, quantity):
        return Movement(
            variant_id=row.variant_id, kind=MovementKind.SHIPPED, on_hand_change=-quantity,
            reserved_change=-quantity, holder=row.holder, at=at,
        )  # fmt: skip
    asked = Variant.objects.select_related("product").get(pk=row.variant_id)
    if asked.product.digital:
        return None
    raise NotOnHand(asked.sku)
