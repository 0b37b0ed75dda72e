"""What staff are told, and what is captured, when a parcel leaves (P14)."""

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from microkitten.shop.checkout.actions.pay import parts
from microkitten.shop.members.models import SignIn
from microkitten.shop.orders.models import Line, Order
from microkitten.shop.payments.models import Payment
from microkitten.shop.shipments import actions, views
from microkitten.shop.shipments.models import Shipment
from microkitten.shop.stock.actions import NotOnHand
from tests.shop.goods import NOW

pytestmark = pytest.mark.django_db


def an_order(total: int) -> tuple[Order, Shipment]:
    """Return an order of 10.00 and 5.00 for shipping, of which 1.50 are tax; `total` says whether on top."""
    order = Order.objects.create(
        cart_id=uuid4(), attempt="a", customer=uuid4(), currency="USD", goods_minor=1000, shipping_minor=500,
        tax_minor=150, total_minor=total, drafted_at=NOW, placed_at=NOW, state="placed",
    )  # fmt: skip
    Line.objects.create(
        order=order, parcel=1, position=1, sku="S1", title="Thing", quantity=1, unit_minor=1000,
        total_minor=1000, tax_minor=100,
    )  # fmt: skip
    shipment = Shipment.objects.create(
        order=order, position=1, recipient=uuid4(), method_id="standard", method_title="Standard",
        amount_minor=500, tax_minor=50, country="US",
    )  # fmt: skip
    Payment.objects.create(order=order, amount_minor=total, currency="USD", created_at=NOW)
    return order, shipment


@pytest.mark.parametrize("total", [1500, 1650], ids=["taxes within", "taxes added"])
def test_what_is_captured_is_what_the_order_says_whatever_the_store_says_now(total: int) -> None:
    """A merchant who changes `prices_include` still gets the money of the orders from before."""
    order, shipment = an_order(total)
    assert parts(order=order, shipments=[shipment]) == [total]


def test_a_parcel_whose_goods_have_not_come_in_cannot_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff who press the button too early are told why, on the page where they pressed it."""

    def not_yet(**_told: Any) -> None:
        raise NotOnHand("S1")

    monkeypatch.setattr(actions, "depart", not_yet)
    order, shipment = an_order(1500)
    request: Any = RequestFactory().post("/")
    request.now = NOW
    request.user = SignIn.objects.create(kind="staff", is_staff=True, joined_at=NOW)
    request._dont_enforce_csrf_checks = True
    answer: HttpResponse = views.departure(request, number=order.number, position=1)  # type: ignore[assignment] # a view's
    assert answer.status_code == 409
    assert b"S1 has not come in yet" in answer.content
    shipment.refresh_from_db()
    assert shipment.state == "open"
