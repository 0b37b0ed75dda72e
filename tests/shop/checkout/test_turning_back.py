"""Who orders again, turns back, goes away or comes too late: nothing is charged or kept for nothing (P14, P1)."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.buying import ANNA, BEN, form_to, number_of, text_of
from tests.kill.store import KillableStore, killable
from tests.running import wait_for
from tests.shop.checkout.crowd import (
    SKU,
    act,
    at_the_same_moment,
    count,
    is_order,
    is_processors,
    orders_of,
    reference_of,
    session_of,
    to_card,
    with_cart,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store() -> Iterator[KillableStore]:
    """One store for all that follows."""
    with killable({}) as running:
        yield running
        print("\n".join(running.lines[-60:]))  # shown if something failed


def test_a_second_tab_supersedes_the_first(store: KillableStore) -> None:
    before, charged = store.stock(SKU), store.charges()
    one = with_cart(store)
    first = to_card(store, one)
    second = to_card(store, one)
    assert first.url != second.url
    store.settle()
    ((order, *states, _),) = orders_of(store, session_of(first))
    assert states == ["canceled", "voided"]
    assert store.records(str(order)) == []
    # The first tab's page cannot be paid any more, and says so.
    answer = one.pay(first, follow=False)
    assert answer.status_code == 410
    assert store.charges() == charged
    number = number_of(one.follow(one.pay(second, follow=False), is_order))
    store.settle()
    assert [row[1:] for row in orders_of(store, session_of(second))] == [("placed", "authorized", number)]
    assert sum(store.charges().values()) == sum(charged.values()) + 1
    assert store.stock(SKU) == (before[0], before[1] + 1)


def test_what_was_corrected_before_pressing_again_counts(store: KillableStore) -> None:
    """Back from the card page, one word of the address changed: the same form, but not the same order."""
    before, charged = store.stock(SKU), store.charges()
    one = with_cart(store)
    form = form_to(one.get("/checkout"), "/checkout")
    values = ANNA | {f"r1-{name}": value for name, value in BEN.items()}
    first = one.follow(one.send(form, follow=False, place="1", **values), is_processors(store))
    same = one.follow(one.send(form, follow=False, place="1", **values), is_processors(store))
    assert same.url == first.url
    values["r1-line1"] = "21 Maple Street"
    second = one.follow(one.send(form, follow=False, place="1", **values), is_processors(store))
    assert second.url != first.url
    shown = text_of(one.follow(one.pay(second, follow=False), is_order).text)
    assert "21 Maple Street" in shown
    assert BEN["line1"] not in shown
    store.settle()
    assert orders_of(store, session_of(first))[0][1:3] == ("canceled", "voided")
    assert sum(store.charges().values()) == sum(charged.values()) + 1
    assert store.stock(SKU) == (before[0], before[1] + 1)


def test_the_first_tab_paid_at_the_moment_the_second_supersedes_it(
    store: KillableStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever is first: one order at most, its payment alone is charged, and the goods are held for it alone."""
    ends: Counter[str] = Counter()
    for wait in (0.0, 0.01, 0.03, 0.06, 0.1, 0.2):
        before, charged = store.stock(SKU), store.charges()
        one = with_cart(store)
        first = to_card(store, one)
        press = one.fill()

        def later(press: Callable[[], requests.Response] = press, wait: float = wait) -> requests.Response:
            time.sleep(wait)
            return press()

        paid, placed = at_the_same_moment(lambda: one.pay(first, follow=False), later)  # noqa: B023 # same round
        page = one.follow(placed, lambda page: is_order(page) or is_processors(store)(page))
        if not is_order(page):
            assert paid.status_code in {303, 410}
            page = one.follow(one.pay(page, follow=False), is_order)
            ends["second"] += 1
        else:
            ends["first"] += 1
        number = number_of(page)
        store.settle()
        now = store.charges()
        ((reference, cart),) = store.shop(
            "SELECT p.reference, o.cart_id FROM orders_order o JOIN payments_payment p ON p.order_id = o.id"
            " WHERE o.number = ? AND o.state = 'placed'", number,
        )  # fmt: skip
        assert now == charged | {str(reference): 1}
        assert store.shop(
            "SELECT count(*) FROM orders_order WHERE cart_id = ? AND state != 'canceled'", cart
        ) == [(1,)]
        assert store.stock(SKU) == (before[0], before[1] + 1)
    with capsys.disabled():
        print(f"\nstood in the end: {dict(ends)}")


def test_whoever_turns_back_at_the_card_leaves_nothing(store: KillableStore) -> None:
    """Cancel at the processor: the session ends in time, and with it draft, hold and people."""
    store.processor("POST", "/_knobs", {"session_seconds": 8})
    before, mails = store.stock(SKU), len(store.mails())
    one = with_cart(store)
    page = to_card(store, one)
    session = session_of(page)
    assert store.stock(SKU) == (before[0], before[1] + 1)
    ((order, *_),) = orders_of(store, session)
    back = one.session.post(page.url + "/cancel", timeout=20)
    assert "nothing has been charged" in text_of(back.text)
    # Neither a trap nor a loop: from here the card page is one press away, and so is the cart.
    assert "/cart" in back.text
    assert one.send(form_to(back, "/payments/")).url == page.url
    wait_for("the draft's end", lambda: orders_of(store, session)[0][1] == "canceled", 40)
    store.settle()
    assert orders_of(store, session)[0][2] == "voided"
    assert "was not placed" in text_of(one.get(f"/payments/{reference_of(store, session)}").text)
    with store.session() as other:  # a stranger learns nothing, not even with somebody else's pass
        other.cookies.set("__Host-orders", "x" * 22)
        told = other.get(f"{store.address}/orders/{orders_of(store, session)[0][3]}", timeout=20)
        assert "was not placed" not in text_of(told.text)
    assert store.stock(SKU) == before
    assert store.records(str(order)) == []
    assert len(store.mails()) == mails
    # The cart is as it was: another try needs no typing of goods.
    store.processor("POST", "/_knobs", {"session_seconds": 1800})
    number = number_of(one.follow(one.pay(to_card(store, one), follow=False), is_order))
    assert number != orders_of(store, session)[0][3]
    store.settle()


def test_whoever_goes_away_without_a_word_is_swept(store: KillableStore) -> None:
    """The tab closed and every notice lost: the sweep asks the processor before it gives a draft up."""
    store.processor("POST", "/_knobs", {"webhook_hold": True, "session_seconds": 5})
    before, charged = store.stock(SKU), store.charges()
    gone, paid = with_cart(store), with_cart(store)
    left, bought = to_card(store, gone), to_card(store, paid)
    paid.pay(bought, follow=False)  # and the browser never comes back
    time.sleep(5.5)
    swept = "from microkitten.shop.checkout.actions.sweep import sweep\nsweep(at=at)"
    act(store, swept, at=datetime.now(UTC) + timedelta(minutes=36))
    wait_for("all jobs done", lambda: not store.open_jobs())
    ((order, *states, _),) = orders_of(store, session_of(left))
    assert states == ["canceled", "voided"]
    assert store.records(str(order)) == []
    ((order, *states, _),) = orders_of(store, session_of(bought))
    assert states == ["placed", "authorized"]
    assert len(store.mails_of(str(order))) == 1
    assert store.records(str(order)) == [("customer", True), ("payment", True), ("recipient", True)]
    assert sum(store.charges().values()) == sum(charged.values()) + 1
    assert store.stock(SKU) == (before[0], before[1] + 1)
    store.processor("POST", "/_knobs", {"webhook_hold": False, "session_seconds": 1800})
    store.settle()


@pytest.mark.shows("bill.turn_back", "confirm.turn_back")
def test_whoever_pays_when_hold_and_goods_are_gone_is_not_charged(store: KillableStore) -> None:
    """The hold lapsed, and others bought what was left: the payment is let go, and the page says so."""
    charged, mails = store.charges(), len(store.mails())
    one = with_cart(store)
    page = to_card(store, one)
    store.settle()
    lapse = "from microkitten.shop.stock.actions import release_lapsed\nrelease_lapsed(at=at)"
    act(store, lapse, at=datetime.now(UTC) + timedelta(minutes=46))
    on_hand, reserved = store.stock(SKU)
    count(store, SKU, reserved)
    answer = one.pay(page, follow=False)
    told = one.follow(answer, lambda page: "was not placed" in text_of(page.text))
    assert "Nothing is charged" in text_of(told.text)
    store.settle()
    ((order, *states, _),) = orders_of(store, session_of(page))
    assert states == ["canceled", "voided"]
    assert store.charges() == charged
    assert store.records(str(order)) == []
    assert len(store.mails()) == mails
    assert store.stock(SKU) == (reserved, reserved)
    count(store, SKU, on_hand)
