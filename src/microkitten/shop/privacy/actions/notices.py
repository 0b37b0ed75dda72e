"""Notices: whoever got somebody's data is told that it was erased, corrected or set at rest, until they say that they
did it too (P43)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from microkitten.providers.errors import ProviderError
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.shop.checkout.actions import tell as mails
from microkitten.shop.payments import actions as payments
from microkitten.shop.privacy.actions import telling
from microkitten.vault import door
from microkitten.vault.types import Actor, Notice
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave

log = logging.getLogger("microkitten.privacy")

BY: Final = Actor("job:notify")
WAIT_SECONDS_MAX: Final = 6 * 3600
QUIET_SECONDS: Final = 60  # a notice as young as that was not tried before

# How each party of the policy hears of it. A party without one is told by letter; its notice stays open until then.
PARTIES: Final[Mapping[str, Callable[[PartyNotice], Acknowledgement]]] = MappingProxyType(
    {
        "card_processor": lambda notice: payments.processor().heed(notice),
        "mail": lambda notice: mails.mailer().heed(notice),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """A notice as staff see it: it names nobody."""

    notice: Notice
    party: str
    state: str
    is_late: bool


def owe(*, at: datetime) -> None:
    """Leave one job for each notice that its party has not acknowledged.

    The wait is as long as the notice is old, so each try comes after twice the time of the one before, at most six
    hours; one job waits for a notice at a time.
    """
    for one in door.notices(by=BY):
        age = (at - one.made_at).total_seconds()
        if one.acknowledged_at is None and one.party in PARTIES:
            wait = 0 if age < QUIET_SECONDS else min(age, WAIT_SECONDS_MAX)
            leave(JobName.TELL_PARTY, key=f"tell:{one.id}", delay_seconds=wait, notice=str(one.id))


def tell(*, notice: UUID) -> None:
    """Tell one party, unless it has acknowledged; what fails is left to the next time, and logged by its kind."""
    one = next((one for one in door.notices(by=BY) if one.id == notice), None)
    if one is None or one.acknowledged_at is not None or one.party not in PARTIES:
        return
    try:
        told = PARTIES[one.party](PartyNotice(one.kind, one.reference, str(one.id)))
    except ProviderError as error:
        log.warning("notice %s to %s: %s", one.id, one.party, error)
        return
    door.notice_sent(one.id, by=BY)
    if told.is_done:
        door.notice_acknowledged(one.id, told.words, by=BY)


def listed(*, token: str, at: datetime) -> tuple[Row, ...]:
    """Return the notices for the merchant, those open and due first. Raises `Refused`."""
    return tuple(
        Row(one, telling.party(one.party), _state(one, at), one.is_late(at))
        for one in door.notices(by=Actor("merchant", token))
    )


def _state(one: Notice, at: datetime) -> str:
    if one.acknowledged_at is not None:
        return "acknowledged"
    if one.is_late(at):
        return "overdue"
    if one.party not in PARTIES:
        return "to be told by letter"
    return "told, not yet done" if one.sent_at is not None else "being told"
