"""Parcels: shown to who ordered or packs them, and sent on their way (P6, P12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from microkitten.policy import purpose
from microkitten.shop.orders.models import Line, Order
from microkitten.shop.shipments.models import Shipment, ShipmentState
from microkitten.shop.stock import actions as stock
from microkitten.vault import door
from microkitten.vault.types import Actor
from microkitten.web.page import Page, render
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.store import current

FIELDS = ["recipient.name", "recipient.address", "recipient.phone", "recipient.message"]
ARRIVES_WITHIN = timedelta(days=14)  # what nobody has said to have come counts as come (told in P7)
BATCH = 200
TELLER = Actor("job:sweep")
OWN_FIELDS = ["customer.name", "customer.email", "payment.brand", "payment.last4", "payment.expiry"]


def page_for_staff(
    *, request: HttpRequest, shipment: Shipment, template: str, context: Mapping[str, Any], by: Actor
) -> Page:
    """Return a page that shows whom one parcel goes to, in order to ship it (P12). Raises `Refused`."""
    with door.use(purpose.deliver, {shipment.recipient: FIELDS}, by=by) as opened:
        return render(request, template, context, opened=[opened])


def page_for_customer(
    *, request: HttpRequest, order: Order, template: str, context: Mapping[str, Any], by: Actor
) -> Page:
    """Return a page that shows an order whole: who ordered and the recipients they typed (P12, P43).

    One round trip; one entry in the ledger for each person. All of it is opened for their rights: what they typed
    they see for as long as it is kept, when nobody can ship by it any more. Raises `Refused` if the pass of the actor
    does not cover them.
    """
    wanted = {order.customer: OWN_FIELDS}
    wanted |= {shipment.recipient: FIELDS for shipment in order.shipments.all()}
    with door.use(purpose.rights, wanted, by=by) as opened:
        told = {**context, "ends": opened.ends, "there": frozenset(opened.entries)}
        return render(request, template, told, opened=[opened])


@transaction.atomic
def depart(*, order: Order, position: int, at: datetime) -> Shipment:
    """Record that a parcel left, once; the part of the money that belongs to it is owed to be captured.

    Raises `stock.NotOnHand` if something in it has not come in yet.
    """
    shipment = Shipment.objects.select_for_update().get(order=order, position=position)
    if shipment.state == ShipmentState.OPEN and order.is_placed:
        shipment.leave(at=at)
        shipment.save(update_fields=["state", "shipped_at"])
        stock.ship(holder=order.pk, at=at, wants=order.lines.filter(parcel=position).wants())
        leave(
            JobName.CAPTURE_PAYMENT, key=f"capture:{shipment.pk}",
            payment=str(order.payment.pk), shipment=shipment.pk,
        )  # fmt: skip
    return shipment


@transaction.atomic
def arrive(*, order: Order, position: int, at: datetime) -> Shipment:
    """Record that a parcel has come, once, and owe the vault the news: the last days of its address begin (P7)."""
    shipment = Shipment.objects.select_for_update().get(order=order, position=position)
    if shipment.state == ShipmentState.SHIPPED and shipment.arrived_at is None:
        shipment.arrived_at = at
        shipment.save(update_fields=["arrived_at"])
        leave(JobName.TELL_ARRIVAL, key=f"arrived:{shipment.pk}", shipment=shipment.pk)
    return shipment


def presume_arrivals(*, at: datetime) -> None:
    """Take those parcels to have come that left a fortnight ago and of which nobody has said anything."""
    silent = Shipment.objects.filter(arrived_at=None, shipped_at__lte=at - ARRIVES_WITHIN)
    for shipment in silent.select_related("order").order_by("shipped_at")[:BATCH]:
        arrive(order=shipment.order, position=shipment.position, at=at)


def tell_arrival(*, shipment_id: int) -> None:
    """Tell the vault that a parcel has come: no time of the shop's, the vault counts by its own clock (a job)."""
    shipment = Shipment.objects.get(pk=shipment_id)
    door.tell([shipment.recipient], "arrived", by=TELLER)


def parcels(order: Order, *, opened: int | None = None) -> list[dict[str, Any]]:
    """Return the shipments of an order for its page, each with its recipient (a reference) and its lines.

    `opened` is the position of the one whose recipient is shown to staff.
    """
    lines: dict[int, list[Line]] = {}
    for line in order.lines.all():
        line.order = order  # its money needs the order's currency: no query a line
        lines.setdefault(line.parcel, []).append(line)
    return [_parcel(order, shipment, lines, opened) for shipment in order.shipments.all()]


def _parcel(
    order: Order, shipment: Shipment, lines: Mapping[int, list[Line]], opened: int | None
) -> dict[str, Any]:
    shipment.order = order
    return {
        "shipment": shipment,
        "position": shipment.position,
        "recipient": shipment.recipient,
        "method_title": shipment.method_title,
        "amount": shipment.amount,
        "country": shipment.country,
        "has_message": shipment.has_message,
        "is_open": shipment.state == ShipmentState.OPEN,
        "is_opened": shipment.position == opened,
        "state_words": shipment.state_words,
        "has_come": shipment.arrived_at is not None,
        "may_arrive": shipment.state == ShipmentState.SHIPPED and shipment.arrived_at is None,
        "expected": _expected(order, shipment),
        "lines": lines.get(shipment.position, []),
    }


def _expected(order: Order, shipment: Shipment) -> datetime | None:
    begin = shipment.shipped_at or order.placed_at
    try:
        days = current().method(shipment.method_id).days
    except LookupError:  # the store has dropped the method since
        return None
    return begin + timedelta(days=days) if begin else None


def context(order: Order, parcels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what an order's page shows of the order itself: nothing personal."""
    return {"order": order, "parcels": parcels, "payment": order.payment, "steps": _steps(order, parcels)}


def _steps(order: Order, parcels: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    gone = sum(not parcel["is_open"] for parcel in parcels)
    left = f"{gone} of {len(parcels)} parcels" if gone and len(parcels) > 1 else ""
    done = [order.is_placed, bool(parcels) and gone == len(parcels)]
    states = ["done" if done[0] else "now", "done" if done[1] else "now" if done[0] else "next"]
    return [
        {"state": states[0], "title": "Placed", "text": ""},
        {"state": states[1], "title": "Packed and on its way", "text": left},
    ]
