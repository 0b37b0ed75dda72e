"""Prepare, pay, finalize: each step guarded, so that any of them can be replayed after any crash (P14)."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from microkitten.providers.cards import Status
from microkitten.shop.checkout.actions import cart as carts
from microkitten.shop.checkout.actions.place import cancel_draft
from microkitten.shop.checkout.models import Cart
from microkitten.shop.orders.models import Mail, Order, OrderState
from microkitten.shop.payments import actions as payments
from microkitten.shop.payments.models import Payment, PaymentState
from microkitten.shop.shipments.models import Shipment
from microkitten.shop.stock import actions as stock
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.turns import in_turn

WAIT_SECONDS = 2.0
POLL_SECONDS = 0.02
PAID = {Status.AUTHORIZED, Status.CAPTURED}
OVER = {Status.EXPIRED, Status.VOIDED}


def find(reference: str) -> Payment | None:
    """Return the payment of this random reference, with its order."""
    return Payment.objects.select_related("order").filter(reference=reference).first()


def start(*, payment_id: UUID) -> None:
    """Have the processor's page prepared (a job; repeated until it stands). Raises `ProviderError`."""
    payment = Payment.objects.select_related("order").filter(pk=payment_id).first()
    if payment is not None and payment.order.state == OrderState.DRAFT:
        payments.start(payment=payment)


def await_page(*, payment_id: UUID) -> Payment:
    """Wait up to two seconds for the worker to have the processor's page ready; the view decides what then."""
    return _await(payment_id, lambda payment: payment.state != PaymentState.CREATED)


def ask(*, payment: Payment) -> Payment:
    """Owe a look-up at the processor and wait up to two seconds for what it says."""
    if payment.order.state == OrderState.DRAFT and payment.state == PaymentState.PENDING:
        # What an earlier card came to is old news: this page is to show what is true now.
        Payment.objects.filter(pk=payment.pk).update(was_declined=False)
        leave(JobName.LOOK_UP_PAYMENT, key=f"look:{payment.pk}", payment=str(payment.pk))
    return _await(payment.pk, lambda found: found.order.state != OrderState.DRAFT or found.was_declined)


def _await(payment_id: UUID, is_ready: Callable[[Payment], bool]) -> Payment:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        payment = Payment.objects.select_related("order").get(pk=payment_id)
        if is_ready(payment) or time.monotonic() > end:
            return payment
        time.sleep(POLL_SECONDS)


def look_up(*, payment_id: UUID, at: datetime) -> None:
    """Ask the processor and act on what it says; webhook and browser's return both come here."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if payment.order.state != OrderState.DRAFT:
        return
    state = payments.look_up(payment=payment)
    if state is None:
        return
    if state.status in PAID:
        payments.keep_card(customer=payment.order.customer, state=state)
        finalize(payment_id=payment_id, at=at)
    elif state.status is Status.DECLINED:
        Payment.objects.filter(pk=payment_id).update(was_declined=True)
    elif state.status in OVER:
        abandon(order_id=payment.order_id, at=at)


@in_turn
def finalize(*, payment_id: UUID, at: datetime) -> None:
    """Turn the paid draft into an order that stands: once, whoever calls, however often."""
    Cart.objects.hold(
        Order.objects.get(payment=payment_id).cart_id
    )  # before the order, as `place` locks them
    order = Order.objects.select_for_update().get(payment=payment_id)
    if order.is_placed:
        return
    payment = order.payment
    if order.state == OrderState.CANCELED:
        leave(JobName.VOID_PAYMENT, key=f"void:{payment.pk}", payment=str(payment.pk))
        return
    if not _take_stock(order, at=at):
        cancel_draft(order=order, at=at)
        return
    payment.state = PaymentState.AUTHORIZED
    payment.authorized_at = at
    payment.was_declined = False
    payment.save(update_fields=["state", "authorized_at", "was_declined"])
    order.become_placed(at=at)
    order.save(update_fields=["state", "placed_at"])
    carts.complete(cart_id=order.cart_id, bought=order.lines.wants(), at=at)
    Mail.objects.get_or_create(order=order, kind="confirmation")
    # Under a key of its own: the draft's may be at work just now, and has seen a draft.
    leave(JobName.CLAIM, key=f"placed:{order.pk}", order=str(order.pk))
    leave(JobName.SEND_MAIL, key=f"mail:{order.pk}:confirmation", order=str(order.pk), kind="confirmation")


def _take_stock(order: Order, *, at: datetime) -> bool:
    """Make the reservation lasting; what lapsed is taken anew. False if the goods are gone meanwhile."""
    try:
        stock.commit(holder=order.pk, at=at, wants=order.lines.wants())
    except stock.SoldOut:
        return False
    return True


@in_turn
def abandon(*, order_id: UUID, at: datetime) -> None:
    """End a draft that nobody paid for; nothing of it is kept."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state == OrderState.DRAFT:
        cancel_draft(order=order, at=at)


def void(*, payment_id: UUID) -> None:
    """Let go of a payment whose order was canceled (a job). Raises `ProviderError`."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if payment.order.state != OrderState.CANCELED:
        return
    if payment.session_id is not None:
        payments.processor().void(payment.session_id)
    Payment.objects.filter(pk=payment_id).update(state=PaymentState.VOIDED)


def capture(*, payment_id: UUID, shipment_id: int) -> None:
    """Take the part of the money that belongs to a parcel which has left (a job). Raises `ProviderError`.

    The parts of all parcels add up to the total, so the sum is exact.
    """
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    shipments = list(Shipment.objects.filter(order=payment.order_id))
    amounts = parts(order=payment.order, shipments=shipments)
    amount = amounts[[shipment.pk for shipment in shipments].index(shipment_id)]
    if payment.session_id is None or amount == 0:
        return
    state = payments.processor().capture(payment.session_id, amount, once=f"{payment.pk}.{shipment_id}")
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        payment.captured_minor = max(payment.captured_minor, state.captured_minor)
        if payment.captured_minor == payment.amount_minor:
            payment.state = PaymentState.CAPTURED
        payment.save(update_fields=["captured_minor", "state"])


def parts(*, order: Order, shipments: Sequence[Shipment]) -> list[int]:
    """Return what each shipment costs in minor units: its lines, its rate, its taxes; they add up to the total."""
    # As it was when they ordered: the store's own settings may say something else by now.
    added = 0 if order.total_minor == order.goods_minor + order.shipping_minor else 1
    amounts = [shipment.amount_minor + added * shipment.tax_minor for shipment in shipments]
    at = {shipment.position: index for index, shipment in enumerate(shipments)}
    for line in order.lines.all():
        amounts[at[line.parcel]] += line.total_minor + added * line.tax_minor
    if sum(amounts) != order.total_minor:
        raise AssertionError(f"parts of {order.number} do not add up")
    return amounts
