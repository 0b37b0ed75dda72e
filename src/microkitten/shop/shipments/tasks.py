"""What the worker does for parcels: each a repeatable step, called with ids alone."""

from django_tasks import task

from microkitten.policy import purpose
from microkitten.shop.shipments import actions
from microkitten.web.serves import serves


@task()
@serves(purpose.deliver)
def tell_arrival(shipment: int) -> None:
    """Tell the vault that a parcel has come."""
    actions.tell_arrival(shipment_id=shipment)
