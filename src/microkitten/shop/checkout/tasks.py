"""What the worker does for the sale: each a repeatable step, called with ids alone."""

from datetime import UTC, datetime
from uuid import UUID

from django_tasks import task

from microkitten.policy import purpose
from microkitten.shop.checkout.actions import pay, people, tell
from microkitten.shop.checkout.actions import sweep as sweeping
from microkitten.web.serves import serves


@task()
@serves(purpose.bill)
def start_payment(payment: str) -> None:
    """Have the processor's page prepared."""
    pay.start(payment_id=UUID(payment))


@task()
@serves(purpose.bill)
def look_up_payment(payment: str) -> None:
    """Ask the processor where a payment stands, and act on it."""
    pay.look_up(payment_id=UUID(payment), at=datetime.now(UTC))


@task()
@serves(purpose.bill)
def void_payment(payment: str) -> None:
    """Let go of the payment of a canceled order."""
    pay.void(payment_id=UUID(payment))


@task()
@serves(purpose.bill)
def capture_payment(payment: str, shipment: int) -> None:
    """Take the part of the money that belongs to a parcel which has left."""
    pay.capture(payment_id=UUID(payment), shipment_id=shipment)


@task()
@serves(purpose.confirm)
def claim(order: str) -> None:
    """Make the records of an order's people stay."""
    people.claim(order_id=UUID(order))


@task()
@serves(purpose.rights)
def erase(order: str) -> None:
    """Erase the people of an order that came to nothing."""
    people.erase(order_id=UUID(order))


@task()
@serves(purpose.confirm)
def send_mail(order: str, kind: str) -> None:
    """Send one mail of an order."""
    tell.send(order_id=UUID(order), kind=kind, at=datetime.now(UTC))


@task()
@serves(purpose.operate)
def sweep() -> None:
    """Bring to an end what was left open."""
    sweeping.sweep(at=datetime.now(UTC))
