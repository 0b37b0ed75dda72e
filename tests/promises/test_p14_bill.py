"""P14: the amount is the one that was seen, it is paid once, and only the processor's own word counts."""

import re

import pytest
import requests

from tests.buying import APPROVED, DECLINED, form_to, number_of, text_of
from tests.promises.outsider import GOODS, Bought, Outsider, customer, recipient
from tests.running import wait_for


def total_of(shop: Outsider, number: str) -> tuple[int, int]:
    """Return an order's total and its payment's amount, in minor units."""
    query = (
        "SELECT o.total_minor, p.amount_minor FROM orders_order o"
        " JOIN payments_payment p ON p.order_id = o.id WHERE o.number = ?"
    )
    ((total, amount),) = shop.store.shop(query, number)
    return int(str(total)), int(str(amount))


def test_what_is_asked_is_what_was_seen(shop: Outsider) -> None:
    """Feature: the sum at the checkout, on the processor's page and on the order page is one."""
    guest = shop.visit()
    guest.add(GOODS[0], 3)
    before = re.search(r"Place order, (\$[\d.,]+)", text_of(guest.get("/checkout").text))
    assert before
    page = guest.checkout(customer=customer(), recipients=[recipient()])
    assert f"USD {before[1][1:]}" in text_of(page.text)
    done = guest.pay(page)
    assert f"Total {before[1]}" in text_of(done.text)
    total, amount = total_of(shop, number_of(done))
    assert total == amount == round(float(before[1][1:]) * 100)


@pytest.mark.shows("lock.seen-amount")
def test_a_changed_amount_is_asked_about_again(shop: Outsider) -> None:
    """Attack: the total in the form is not the order's; nothing is ordered, and the true one is shown."""
    guest, orders = shop.visit(), len(shop.store.shop("SELECT id FROM orders_order"))
    guest.add(GOODS[0])
    form = form_to(guest.get("/checkout"), "/checkout")
    typed = {**customer(), **{f"r1-{name}": value for name, value in recipient().items()}}
    for wrong in ("1", "0", "-100", str(int(form.values["seen_total"]) - 1), "", "x"):
        answer = guest.send(form, place="1", **{**typed, "seen_total": wrong})
        assert answer.status_code in (409, 422), wrong
        assert answer.url.startswith(shop.address)
    assert "The price has changed" in answer.text
    assert len(shop.store.shop("SELECT id FROM orders_order")) == orders


def test_pressing_twice_orders_once(shop: Outsider) -> None:
    """Attack: double click and back button: the same form again leads to the same order and the same page."""
    guest = shop.visit()
    guest.add(GOODS[0])
    form = form_to(guest.get("/checkout"), "/checkout")
    typed = {**customer(), **{f"r1-{name}": value for name, value in recipient().items()}}
    pages = [guest.send(form, place="1", **typed) for _ in range(3)]
    assert len({page.url for page in pages}) == 1
    number = number_of(guest.pay(pages[0], APPROVED))
    again = guest.send(form, place="1", **typed)
    assert f"/orders/{number}" in again.url or "/cart" in again.url
    query = "SELECT COUNT(*) FROM orders_order WHERE cart_id = (SELECT cart_id FROM orders_order WHERE number = ?)"
    assert shop.store.shop(query, number) == [(1,)]
    assert number in str(shop.mail(number)["Subject"])  # the one there is; two would be an error


def test_coming_back_without_paying_pays_nothing(shop: Outsider) -> None:
    """Attack: the address to which the processor sends a payer back is opened by hand."""
    guest = shop.visit()
    guest.add(GOODS[0])
    guest.checkout(customer=customer(), recipients=[recipient()])
    ((reference,),) = shop.store.shop(
        "SELECT reference FROM payments_payment ORDER BY created_at DESC LIMIT 1"
    )
    page = guest.session.get(f"{shop.address}/payments/{reference}/return", timeout=30)
    assert "data-order-number" not in page.text
    query = "SELECT o.state FROM orders_order o JOIN payments_payment p ON p.order_id = o.id WHERE p.reference = ?"
    assert shop.store.shop(query, reference) == [("draft",)]


@pytest.mark.parametrize(
    "headers", [{}, {"webhook-id": "evt_x", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}]
)
def test_a_forged_notice_is_refused_and_not_kept(shop: Outsider, headers: dict[str, str]) -> None:
    """Attack: anybody can post to the notices' address."""
    before = shop.store.shop("SELECT COUNT(*) FROM payments_webhookevent")
    answer = requests.post(
        f"{shop.address}/payments/webhook", data=b'{"type": "payment.authorized"}', headers=headers,
        verify=str(shop.store.authority), timeout=10,
    )  # fmt: skip
    assert answer.status_code == 400
    assert shop.store.shop("SELECT COUNT(*) FROM payments_webhookevent") == before


def test_a_refused_card_costs_nothing_and_can_be_followed_by_another(shop: Outsider) -> None:
    """Feature: no question is asked twice, and one order comes of it."""
    guest = shop.visit()
    guest.add(GOODS[0])
    refused = guest.pay(guest.checkout(customer=customer(), recipients=[recipient()]), DECLINED)
    assert "declined" in refused.text.lower()
    number = number_of(guest.pay(refused, APPROVED))
    state = "SELECT state FROM orders_order WHERE number = ?"
    assert shop.store.shop(state, number) == [("placed",)]


def test_what_leaves_is_what_is_taken(shop: Outsider, bought: Bought) -> None:
    """Evidence: when every parcel of an order has left, the processor's book has taken its total, to the cent."""
    clerk = shop.staff()
    for position in (1, 2):
        form = [
            f
            for f in _forms(clerk.get(f"/staff/orders/{bought.number}"))
            if f"/parcels/{position}/departure" in f
        ]
        if form:
            clerk.send(form_to(clerk.get(f"/staff/orders/{bought.number}"), f"/parcels/{position}/departure"))
    query = (
        "SELECT p.captured_minor = o.total_minor FROM payments_payment p"
        " JOIN orders_order o ON o.id = p.order_id WHERE o.number = ?"
    )
    wait_for("the whole amount taken", lambda: shop.store.shop(query, bought.number) == [(1,)])


def _forms(page: requests.Response) -> list[str]:
    return re.findall(r'<form[^>]*action="([^"]+)"', page.text)
