"""The shop's own rows about the people of the vault under attack, for attempts by ORM, SQL, task and template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from microkitten.shop.orders.models import Order
from microkitten.shop.payments.models import Payment
from microkitten.shop.shipments.models import Shipment
from tests.violations.world import World


@dataclass
class Rows:
    """One order of Anna's, as the shop keeps it."""

    world: World
    order: Order
    shipment: Shipment
    payment: Payment


def rows_of(world: World) -> Rows:
    """Write them."""
    at = datetime.now(UTC)
    order = Order.objects.create(
        cart_id=uuid4(), attempt="a", customer=world.anna.customer, currency="USD", goods_minor=1, shipping_minor=1,
        tax_minor=1, total_minor=3, drafted_at=at, placed_at=at, state="placed",
    )  # fmt: skip
    shipment = Shipment.objects.create(
        order=order, position=1, recipient=world.recipient, method_id="s", method_title="S", amount_minor=1,
        tax_minor=0, country="US",
    )  # fmt: skip
    payment = Payment.objects.create(order=order, amount_minor=3, currency="USD", created_at=at)
    return Rows(world, order, shipment, payment)
