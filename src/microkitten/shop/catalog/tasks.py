"""What the worker does for the catalog, called with ids alone."""

from datetime import UTC, datetime

from django_tasks import task

from microkitten.policy import purpose
from microkitten.shop.catalog import actions
from microkitten.web.serves import serves


@task()
@serves(purpose.operate)
def make_picture(picture: int) -> None:
    """Make the sizes of a picture."""
    actions.make_sizes(picture_id=picture, at=datetime.now(UTC))
