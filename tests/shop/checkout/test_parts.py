"""What each parcel's departure captures: the parts add up to what was authorized (P14)."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from microkitten.shop.checkout.actions.pay import parts
from microkitten.shop.orders.models import Line, Order
from microkitten.shop.shipments.models import Shipment

pytestmark = pytest.mark.django_db


def test_parts_of_the_parcels_add_up_to_the_total() -> None:
    """Two parcels: 10.00 + 0.63 tax + 5.95 and 20.00 + 1.25 + 14.95 make 52.78, and not a cent else."""
    order = Order.objects.create(
        cart_id=uuid4(), attempt="a", customer=uuid4(), currency="USD", goods_minor=3000, shipping_minor=2090,
        tax_minor=188, total_minor=5278, drafted_at=datetime.now(UTC),
    )  # fmt: skip
    shipments = []
    for position, (unit, tax, rate) in enumerate([(1000, 63, 595), (2000, 125, 1495)], 1):
        Line.objects.create(
            order=order, parcel=position, position=position, sku=f"S{position}", title="Thing", quantity=1,
            unit_minor=unit, total_minor=unit, tax_minor=tax,
        )  # fmt: skip
        shipments.append(
            Shipment.objects.create(
                order=order,
                position=position,
                recipient=uuid4(),
                method_id="standard",
                method_title="Standard",
                amount_minor=rate,
                tax_minor=0,
                country="US",
            )  # fmt: skip
        )
    assert parts(order=order, shipments=shipments) == [1658, 3620]
    order.total_minor += 1
    with pytest.raises(AssertionError, match="do not add up"):
        parts(order=order, shipments=shipments)
