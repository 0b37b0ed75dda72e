"""Which task each job name is; the one place where the queue meets the rooms."""

from collections.abc import Callable

from microkitten.shop.catalog import tasks as catalog
from microkitten.shop.checkout import tasks as checkout
from microkitten.web.queue.names import JobName

TASKS: dict[JobName, Callable[..., object]] = {
    JobName.START_PAYMENT: checkout.start_payment.call,
    JobName.LOOK_UP_PAYMENT: checkout.look_up_payment.call,
    JobName.VOID_PAYMENT: checkout.void_payment.call,
    JobName.CAPTURE_PAYMENT: checkout.capture_payment.call,
    JobName.CLAIM: checkout.claim.call,
    JobName.ERASE: checkout.erase.call,
    JobName.SEND_MAIL: checkout.send_mail.call,
    JobName.MAKE_PICTURE: catalog.make_picture.call,
    JobName.SWEEP: checkout.sweep.call,
}
