"""What a crash or a closed tab left open is brought to an end, once a minute."""

from datetime import datetime, timedelta

from microkitten.shop.checkout.actions.pay import abandon
from microkitten.shop.checkout.models import Cart
from microkitten.shop.orders.models import Order, OrderState
from microkitten.shop.payments.models import PaymentState
from microkitten.shop.shipments import actions as shipments
from microkitten.shop.stock import actions as stock
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave

DRAFT_LIFE = timedelta(minutes=35)
CART_LIFE = timedelta(days=30)
ASK_EVERY = timedelta(minutes=1)
BATCH = 500


def sweep(*, at: datetime) -> None:
    """Resume or end what is open: each step by an owed job, so that sweeping twice is once."""
    drafts = Order.objects.filter(state=OrderState.DRAFT, drafted_at__lte=at - ASK_EVERY)
    for order in drafts.select_related("payment").order_by("drafted_at")[:BATCH]:
        payment = order.payment
        if payment.state == PaymentState.CREATED and order.drafted_at <= at - DRAFT_LIFE:
            abandon(order_id=order.pk, at=at)  # its page never came to be, so nobody can have paid
        elif payment.state == PaymentState.CREATED:
            leave(JobName.START_PAYMENT, key=f"start:{payment.pk}:{payment.attempt}", payment=str(payment.pk))
        else:
            # The processor is always asked before a draft is given up: a paid one becomes an order.
            leave(JobName.LOOK_UP_PAYMENT, key=f"look:{payment.pk}", payment=str(payment.pk))
    stock.release_lapsed(at=at)
    shipments.presume_arrivals(at=at)
    leave(
        JobName.NOTIFY, key="notify"
    )  # what parties must hear of people's rights, until they have acknowledged it
    stale = Cart.objects.filter(updated_at__lte=at - CART_LIFE).values_list("pk", flat=True)[:BATCH]
    Cart.objects.filter(pk__in=list(stale)).delete()
