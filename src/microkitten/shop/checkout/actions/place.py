"""Placing an order: what people typed goes to the vault, ids and money into one short transaction (P6, P14)."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from microkitten.policy import purpose
from microkitten.shop.checkout.actions import cart as carts
from microkitten.shop.checkout.actions.people import of as people_of
from microkitten.shop.checkout.actions.quote import Quote, Wanted, quote
from microkitten.shop.checkout.models import Cart, token_hash
from microkitten.shop.orders import actions as orders
from microkitten.shop.orders.models import Line, Order, OrderState, new_number
from microkitten.shop.payments.models import Payment, PaymentState
from microkitten.shop.shipments.models import Shipment
from microkitten.shop.stock import actions as stock
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, Refused
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.store import ShippingMethod, current
from microkitten.web.turns import in_turn

BY = Actor("web:checkout")
# The processor's page ends after 30 minutes; the goods are held a little longer than it can be paid.
HOLD = timedelta(minutes=45)


class CartEmpty(Exception):
    """There is nothing in the cart to order."""


class CartChanged(Exception):
    """The total is not the one that the customer saw; carries the new quote."""

    def __init__(self, new: Quote) -> None:
        super().__init__(new.total.minor)
        self.quote = new


class NotOrderable(Exception):
    """Something in the cart cannot be bought any more; carries the items with their problems."""

    def __init__(self, items: Sequence[carts.Item]) -> None:
        super().__init__(len(items))
        self.items = items


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to one recipient: their values with marks, the method, and how many of each cart line."""

    values: Mapping[str, Given]
    country: str
    method: ShippingMethod
    shares: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Placement:
    """An order that waits for its payment; `token` is the pass of the browser that typed it, if new."""

    order: Order
    token: str | None


def wanted(*, items: Sequence[carts.Item], parcels: Sequence[Mapping[int, int]]) -> list[Wanted]:
    """Return the lines of each parcel at the items' prices; `parcels` holds shares by line id."""
    return [
        Wanted(item.variant, number, share, item.unit)
        for number, shares in enumerate(parcels, 1)
        for item in items
        if (share := shares.get(item.id, 0)) > 0
    ]


def standing(token: str | None) -> Order | None:
    """Return the placed order that the browser's cart has become, if it has."""
    cart = Cart.objects.filter(token_hash=token_hash(token)).first() if token else None
    return Order.objects.placed().filter(cart_id=cart.pk).first() if cart is not None else None


def place(
    *,
    cart: Cart,
    items: Sequence[carts.Item],
    attempt: str,
    customer: Mapping[str, Given],
    parcels: Sequence[Parcel],
    seen_total: int | None,
    at: datetime,
) -> Placement:
    """Make the draft order of a cart and have its payment prepared; the same form sent again gives the same order.

    `items` is what lies in the cart, as `carts.items` has read it at `at`; `attempt` the random word of the form as
    it was shown; `seen_total` the total upon it in minor units.
    Raises `CartEmpty`, `CartChanged`, `NotOrderable`, `stock.SoldOut`, `Refused`.
    """
    mark = _mark(attempt, customer, parcels)
    before = Order.objects.alive().filter(cart_id=cart.pk).first()
    if before is not None and (before.is_placed or before.attempt == mark):
        return _again(before, mark, customer)
    if not items:
        raise CartEmpty
    if any(item.problem for item in items):
        raise NotOrderable(items)
    lines = wanted(items=items, parcels=[parcel.shares for parcel in parcels])
    sums = quote(wanted=lines, methods=[parcel.method for parcel in parcels], store=current())
    if sums.total.minor != seen_total:
        raise CartChanged(sums)
    people = [door.new_person() for _ in parcels]
    buyer, number = door.new_person(), new_number()
    token = _collect(buyer=buyer, customer=customer, people=people, parcels=parcels, number=number)
    order, is_replay = _write(
        cart=cart, items=items, lines=lines, sums=sums, buyer=buyer, people=people, parcels=parcels, mark=mark,
        number=number, at=at,
    )  # fmt: skip
    return _again(order, mark, customer) if is_replay else Placement(order, token)


@in_turn
def _write(
    *,
    cart: Cart,
    items: Sequence[carts.Item],
    lines: Sequence[Wanted],
    sums: Quote,
    buyer: UUID,
    people: Sequence[UUID],
    parcels: Sequence[Parcel],
    mark: str,
    number: str,
    at: datetime,
) -> tuple[Order, bool]:
    """Write the draft, all of it or nothing; returns it, or the order that the cart has become before, and which."""
    Cart.objects.hold(cart.pk)  # who presses twice at once comes one by one
    wants = _sum(lines)
    replay = _supersede(cart=cart, mark=mark, wants=wants, at=at)
    if replay is not None:
        return replay, True
    order = _draft(cart=cart, mark=mark, number=number, buyer=buyer, sums=sums, at=at)
    _write_lines(order=order, items=items, lines=lines, sums=sums)
    _write_shipments(order=order, people=people, parcels=parcels, sums=sums)
    stock.reserve(holder=order.pk, wants=wants, until=at + HOLD, at=at)
    payment = Payment.objects.create(
        order=order, amount_minor=order.total_minor, currency=order.currency, created_at=at
    )
    leave(JobName.CLAIM, key=f"claim:{order.pk}", order=str(order.pk))
    leave(JobName.START_PAYMENT, key=f"start:{payment.pk}:1", payment=str(payment.pk))
    return order, False


def _mark(attempt: str, customer: Mapping[str, Given], parcels: Sequence[Parcel]) -> str:
    """Return by what the same form is known when it is sent again; with anything changed, it is another one.

    Keyed with the form's random word, which is kept nowhere: the mark tells nobody what was typed.
    """
    typed = [
        {name: given.value for name, given in customer.items()},
        *(
            [{name: given.value for name, given in parcel.values.items()}, parcel.country, parcel.method.id]
            + sorted(parcel.shares.items())
            for parcel in parcels
        ),
    ]
    return hmac.new(attempt.encode(), json.dumps(typed, sort_keys=True).encode(), "sha256").hexdigest()[:40]


def _again(order: Order, mark: str, customer: Mapping[str, Given]) -> Placement:
    """Return the order of a form that was sent before, with a new pass: the answer with the first may be lost."""
    email = customer.get("customer.email")
    if order.attempt != mark or email is None:
        return Placement(order, None)
    try:
        return Placement(order, orders.prove(order=order, email=str(email.value), people=people_of(order)))
    except Refused:  # pressed more than five times; the link in the mail opens the order
        return Placement(order, None)


def _collect(
    *,
    buyer: UUID,
    customer: Mapping[str, Given],
    people: Sequence[UUID],
    parcels: Sequence[Parcel],
    number: str,
) -> str:
    # Unclaimed until the order's transaction has committed: what is abandoned here erases itself.
    with door.batch(by=BY) as batch:
        batch.collect(buyer, "customer", dict(customer), purpose=purpose.confirm)
        for person, parcel in zip(people, parcels, strict=True):
            batch.collect(person, "recipient", dict(parcel.values), purpose=purpose.deliver)
        batch.index_order(buyer, number)  # for whoever writes and names their order
        kept = batch.keep_open([buyer, *people])
    return kept.value.token


def _supersede(*, cart: Cart, mark: str, wants: Mapping[int, int], at: datetime) -> Order | None:
    """End an earlier draft of the same cart; returns the order instead if it stands or is this very attempt."""
    before = Order.objects.select_for_update().alive().filter(cart_id=cart.pk).first()
    if before is None:
        return None
    paid = before.payment.state not in {PaymentState.CREATED, PaymentState.PENDING}
    if before.is_placed or paid or before.attempt == mark:
        return before
    # All that is given back and taken, at once: rows of the stock are locked in one order (stock.actions.holding).
    stock.lock(holder=before.pk, variants=[*before.lines.wants(), *wants])
    cancel_draft(order=before, at=at)
    return None


def cancel_draft(*, order: Order, at: datetime) -> None:
    """End a draft: goods are free again, the payment is let go, the people behind it are erased."""
    if order.state != OrderState.DRAFT:
        raise ValueError(order.state)
    order.become_canceled(at=at)
    order.save(update_fields=["state", "canceled_at"])
    stock.release(holder=order.pk, at=at)
    leave(JobName.VOID_PAYMENT, key=f"void:{order.payment.pk}", payment=str(order.payment.pk))
    leave(JobName.ERASE, key=f"erase:{order.pk}", order=str(order.pk))


def _draft(*, cart: Cart, mark: str, number: str, buyer: UUID, sums: Quote, at: datetime) -> Order:
    return Order.objects.create(
        number=number,
        cart_id=cart.pk,
        attempt=mark,
        customer=buyer,
        currency=sums.total.currency,
        goods_minor=sums.goods.minor,
        shipping_minor=sums.shipping.minor,
        tax_minor=sums.tax.minor,
        total_minor=sums.total.minor,
        tax_name=current().tax.name,
        drafted_at=at,
    )


def _write_lines(*, order: Order, items: Sequence[carts.Item], lines: Sequence[Wanted], sums: Quote) -> None:
    by_variant = {item.variant: item for item in items}
    Line.objects.bulk_create(
        Line(
            order=order,
            parcel=line.parcel,
            position=position,
            variant_id=line.variant,
            sku=by_variant[line.variant].sku,
            title=by_variant[line.variant].title,
            variant_name=by_variant[line.variant].variant_name,
            quantity=line.quantity,
            unit_minor=line.unit.minor,
            total_minor=line.total.minor,
            tax_minor=tax.minor,
        )
        for position, (line, tax) in enumerate(zip(lines, sums.line_taxes, strict=True), 1)
    )


def _write_shipments(*, order: Order, people: Sequence[UUID], parcels: Sequence[Parcel], sums: Quote) -> None:
    Shipment.objects.bulk_create(
        Shipment(
            order=order,
            position=position,
            recipient=person,
            method_id=parcel.method.id,
            method_title=parcel.method.title,
            amount_minor=parcel.method.amount_minor,
            tax_minor=tax.minor,
            country=parcel.country,
            has_message="recipient.message" in parcel.values,
        )
        for position, (person, parcel, tax) in enumerate(
            zip(people, parcels, sums.parcel_taxes, strict=True), 1
        )
    )


def _sum(lines: Sequence[Wanted]) -> dict[int, int]:
    wants: dict[int, int] = {}
    for line in lines:
        wants[line.variant] = wants.get(line.variant, 0) + line.quantity
    return wants
