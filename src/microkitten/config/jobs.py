"""Which task each job name is; the one place where the queue meets the rooms."""

from collections.abc import Callable

from microkitten.shop.catalog import tasks as catalog
from microkitten.shop.checkout import tasks as checkout
from microkitten.shop.privacy import tasks as privacy
from microkitten.shop.shipments import tasks as shipments
from microkitten.web.queue.backend import work
from microkitten.web.queue.names import JobName

TASKS: dict[JobName, Callable[..., object]] = {
    JobName.START_PAYMENT: work(checkout.start_payment),
    JobName.LOOK_UP_PAYMENT: work(checkout.look_up_payment),
    JobName.VOID_PAYMENT: work(checkout.void_payment),
    JobName.CAPTURE_PAYMENT: work(checkout.capture_payment),
    JobName.CLAIM: work(checkout.claim),
    JobName.ERASE: work(checkout.erase),
    JobName.TELL_ARRIVAL: work(shipments.tell_arrival),
    JobName.SEND_MAIL: work(checkout.send_mail),
    JobName.MAKE_PICTURE: work(catalog.make_picture),
    JobName.SWEEP: work(checkout.sweep),
    JobName.NOTIFY: work(privacy.notify),
    JobName.TELL_PARTY: work(privacy.tell_party),
}
