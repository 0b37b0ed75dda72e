"""Holding stock: never more than there is, never lost, the same when it is done again (P14)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from microkitten.shop.catalog.models import Availability, Edition, Variant
from microkitten.shop.stock import actions as stock
from microkitten.shop.stock.models import Kept, Movement, MovementKind, Reservation, StockItem
from tests.shop.goods import NOW, a_product, a_variant

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def mouse(tmp_path: Path) -> Variant:
    """Ten felt mice."""
    return a_variant(tmp_path)


def counts(variant: Variant) -> tuple[int, int]:
    """Return (on hand, reserved), after checking that the movements explain both."""
    item = StockItem.objects.get(variant=variant)
    sums = Movement.objects.filter(variant=variant).aggregate(
        h=Sum("on_hand_change"), r=Sum("reserved_change")
    )
    assert (item.on_hand, item.reserved) == (sums["h"], sums["r"]), "the counts are the sums of the movements"
    held = Reservation.objects.filter(variant=variant).aggregate(q=Sum("quantity"))["q"] or 0
    assert held == item.reserved, "what is reserved is what the reservations hold"
    return item.on_hand, item.reserved


def hold(variant: Variant, quantity: int, holder: UUID | None = None, at: datetime = NOW) -> UUID:
    """Reserve for a quarter of an hour."""
    holder = holder or uuid4()
    stock.reserve(holder=holder, wants={variant.pk: quantity}, until=at + timedelta(minutes=15), at=at)
    return holder


def test_the_last_one_is_promised_once(mouse: Variant) -> None:
    """Ten mice: eight and three do not fit, and the refusal says how many are left."""
    hold(mouse, 8)
    with pytest.raises(stock.SoldOut) as refused:
        hold(mouse, 3)
    assert (refused.value.sku, refused.value.left) == (mouse.sku, 2)
    hold(mouse, 2)
    assert counts(mouse) == (10, 10)


def test_all_of_a_cart_or_nothing(mouse: Variant, tmp_path: Path) -> None:
    """If one line is sold out, the other is not held either."""
    ball = a_variant(tmp_path, "Cork ball", stock="1")
    with pytest.raises(stock.SoldOut):
        stock.reserve(holder=uuid4(), wants={mouse.pk: 2, ball.pk: 2}, until=LATER, at=NOW)
    assert counts(mouse) == (10, 0)
    assert counts(ball) == (1, 0)


def test_reserving_again_sets_what_is_held(mouse: Variant, tmp_path: Path) -> None:
    """A replay moves nothing; a changed cart moves the difference; a line taken out is let go."""
    ball = a_variant(tmp_path, "Cork ball", stock="5")
    holder = hold(mouse, 4)
    moved = Movement.objects.count()
    hold(mouse, 4, holder)
    assert Movement.objects.count() == moved
    stock.reserve(holder=holder, wants={mouse.pk: 1, ball.pk: 5}, until=LATER, at=NOW)
    assert (counts(mouse), counts(ball)) == ((10, 1), (5, 5))
    stock.reserve(holder=holder, wants={ball.pk: 5}, until=LATER, at=NOW)
    assert (counts(mouse), counts(ball)) == ((10, 0), (5, 5))


def test_releasing_twice_gives_back_once(mouse: Variant) -> None:
    """The second release finds nothing."""
    holder = hold(mouse, 4)
    assert [stock.release(holder=holder, at=NOW) for _ in range(2)] == [1, 0]
    assert counts(mouse) == (10, 0)


def test_what_lapses_is_free_again_even_before_the_sweeper_comes(mouse: Variant) -> None:
    """Nobody is told sold out because somebody else walked away a quarter of an hour ago."""
    gone = hold(mouse, 10)
    with pytest.raises(stock.SoldOut):
        hold(mouse, 1, at=NOW + timedelta(minutes=14))
    hold(mouse, 10, at=NOW + timedelta(minutes=15))
    assert counts(mouse) == (10, 10)
    with pytest.raises(stock.SoldOut):
        stock.commit(holder=gone, at=LATER, wants={mouse.pk: 10})
    with pytest.raises(stock.NothingReserved):
        stock.commit(holder=gone, at=LATER)


def test_committing_makes_it_last_and_can_be_replayed(mouse: Variant) -> None:
    """A late payment finds its goods: held ones become lasting, lapsed ones are taken anew."""
    holder = hold(mouse, 4)
    for _ in range(2):
        stock.commit(holder=holder, at=NOW, wants={mouse.pk: 4})
    assert stock.release_lapsed(at=NOW + timedelta(days=9)) == 0
    lapsed = hold(mouse, 3)
    assert stock.release_lapsed(at=LATER) == 1
    stock.commit(holder=lapsed, at=LATER, wants={mouse.pk: 3})
    assert counts(mouse) == (10, 7)
    with pytest.raises(stock.AlreadyCommitted):
        hold(mouse, 1, lapsed)


def test_shipping_lowers_both_counts_once(mouse: Variant) -> None:
    """Parcel by parcel; what has left cannot leave again."""
    holder = hold(mouse, 4)
    stock.commit(holder=holder, at=NOW)
    stock.ship(holder=holder, at=NOW, wants={mouse.pk: 1})
    assert counts(mouse) == (9, 3)
    stock.ship(holder=holder, at=NOW)
    assert counts(mouse) == (6, 0)
    for wants in (None, {mouse.pk: 1}):
        with pytest.raises(stock.NothingReserved):
            stock.ship(holder=holder, at=NOW, wants=wants)


def test_extensions_come_to_an_end(mouse: Variant) -> None:
    """Three times later, then it lapses like any other (against hoarding)."""
    holder = hold(mouse, 1)
    for minutes in (20, 25, 30):
        stock.extend(holder=holder, until=NOW + timedelta(minutes=minutes))
    with pytest.raises(stock.TooLong):
        stock.extend(holder=holder, until=NOW + timedelta(days=1))
    hold(mouse, 1, holder, at=NOW + timedelta(minutes=29))
    assert stock.release_lapsed(at=NOW + timedelta(minutes=30)) == 1
    with pytest.raises(stock.NothingReserved):
        stock.extend(holder=holder, until=LATER)


@pytest.mark.parametrize("quantity", [0, -1, 100])
def test_one_holder_takes_a_sane_number(mouse: Variant, quantity: int) -> None:
    """From 1 to 99 of one variant."""
    with pytest.raises(stock.TooMany):
        hold(mouse, quantity)
    with pytest.raises(stock.TooMany):
        stock.reserve(holder=uuid4(), wants=dict.fromkeys(range(201), 1), until=LATER, at=NOW)


def test_files_never_run_out(tmp_path: Path) -> None:
    """A digital variant has no count, yet its order is held, committed and shipped like any other."""
    file = a_variant(tmp_path, "Print at home", digital="true")
    holder = hold(file, 99)
    stock.commit(holder=holder, at=NOW)
    stock.ship(holder=holder, at=NOW)
    assert not StockItem.objects.filter(variant=file).exists()
    assert not Movement.objects.exists()


def test_made_to_order_is_promised_beyond_the_shelf_but_leaves_only_when_it_is_there(tmp_path: Path) -> None:
    """A preorder: promised, waited for, received, shipped."""
    tunnel = a_variant(tmp_path, "Paper tunnel", stock="1", preorder_note="Ships in April.")
    holder = hold(tunnel, 3)
    with pytest.raises(stock.NotOnHand):
        stock.ship(holder=holder, at=NOW)
    assert counts(tunnel) == (1, 3)
    with pytest.raises(stock.Promised):
        stock.count(counts={}, backorder={tunnel.pk: False}, cause="no more", at=NOW)
    stock.receive(variant=tunnel.pk, quantity=2, cause="delivery", at=NOW)
    stock.ship(holder=holder, at=NOW)
    assert counts(tunnel) == (0, 0)


def test_pages_are_told_when_a_threshold_is_crossed_and_only_then(mouse: Variant) -> None:
    """In stock, a few left, sold out, and back; a mouse less within a band begins no new edition."""
    seen = []
    holder = uuid4()
    for quantity in (1, 4, 5, 9, 10):
        before = Edition.current()
        hold(mouse, quantity, holder)
        mouse.refresh_from_db()
        seen.append((mouse.availability, Edition.current() > before))
    few, out = Availability.FEW, Availability.SOLD_OUT
    assert seen == [
        (Availability.IN_STOCK, False),
        (Availability.IN_STOCK, False),
        (few, True),
        (few, False),
        (out, True),
    ]
    stock.release(holder=holder, at=NOW)
    mouse.refresh_from_db()
    assert mouse.availability == Availability.IN_STOCK


def test_a_count_of_the_shelf_is_a_movement(mouse: Variant) -> None:
    """The difference is kept with its cause; promised goods cannot be counted away."""
    hold(mouse, 4)
    stock.count(counts={mouse.pk: 6}, cause="Friday's count", at=NOW)
    assert counts(mouse) == (6, 4)
    with pytest.raises(stock.Promised):
        stock.count(counts={mouse.pk: 3}, cause="Friday's count", at=NOW)
    stock.take_back(variant=mouse.pk, quantity=1, cause="return", at=NOW)
    assert counts(mouse) == (7, 4)
    kinds = list(Movement.objects.values_list("kind", flat=True))
    assert kinds == [
        MovementKind.RECEIVED,
        MovementKind.RESERVED,
        MovementKind.CORRECTED,
        MovementKind.RETURNED,
    ]


def test_history_is_not_rewritten(mouse: Variant) -> None:
    """Movements are added; there is no way to change or remove one."""
    movement = Movement.objects.get()
    acts: list[Callable[[], object]] = [
        movement.save,
        movement.delete,
        Movement.objects.all().delete,
        lambda: Movement.objects.update(on_hand_change=1),
    ]
    for act in acts:
        with pytest.raises(Kept):
            act()
    assert counts(mouse) == (10, 0)


@pytest.mark.parametrize("wrong", [{"reserved": 11}, {"on_hand": 3, "reserved": 4}])
def test_the_database_itself_bars_more_promises_than_goods(mouse: Variant, wrong: dict[str, int]) -> None:
    """Even code that forgets to ask cannot write it."""
    with pytest.raises(IntegrityError), transaction.atomic():
        StockItem.objects.filter(variant=mouse).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockItem.objects.give_back(mouse.pk, 1)


def test_holding_costs_few_queries(
    tmp_path: Path, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    """Each millisecond in the write transaction is serial on SQLite."""
    lines = {a_product(tmp_path, f"Mouse {n}").variants.get().pk: 1 for n in range(3)}
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined] # pytest-django's fixture
        stock.reserve(holder=uuid4(), wants=lines, until=LATER, at=NOW)
