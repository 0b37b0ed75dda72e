"""The people behind an order: made to stay once it stands, erased when it came to nothing (P1, P43)."""

from uuid import UUID

from microkitten.shop.orders.models import Order, OrderState
from microkitten.shop.shipments.models import Shipment
from microkitten.vault import door
from microkitten.vault.types import Actor

BY = Actor("job:sweep")


def of(order: Order) -> list[UUID]:
    """Return everybody an order knows: who ordered, then each recipient."""
    recipients = Shipment.objects.filter(order=order).order_by("position").values_list("recipient", flat=True)
    return [order.customer, *recipients]


def claim(*, order_id: UUID) -> None:
    """Tell the vault that an order needs its people's records, and once it is placed, that it is no draft any more:
    from then on nobody of it can be cleared away. Repeated until the vault has heard it (P1, P43).
    """
    order = Order.objects.get(pk=order_id)
    if order.state != OrderState.CANCELED:
        door.claim(of(order), by=BY)
    if order.is_placed:
        door.tell(of(order), "placed", by=BY)


def erase(*, order_id: UUID) -> None:
    """Erase the people of an order that came to nothing."""
    order = Order.objects.get(pk=order_id)
    if order.state == OrderState.CANCELED and order.placed_at is None:
        for person in of(order):
            door.erase(person, by=BY, reason="abandoned")
