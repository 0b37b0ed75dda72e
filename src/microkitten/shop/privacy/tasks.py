"""What the worker does for people's rights: each a repeatable step, called with ids alone."""

from datetime import UTC, datetime
from uuid import UUID

from django_tasks import task

from microkitten.policy import purpose
from microkitten.shop.privacy.actions import notices
from microkitten.web.serves import serves


@task()
@serves(purpose.rights)
def notify() -> None:
    """Look which parties must hear that something was erased, corrected or set at rest."""
    notices.owe(at=datetime.now(UTC))


@task()
@serves(purpose.rights)
def tell_party(notice: str) -> None:
    """Tell one party, and note what it answers."""
    notices.tell(notice=UUID(notice))
