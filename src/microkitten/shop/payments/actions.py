"""Talking to the processor: which one, under which addresses, and storing its notices before believing them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from microkitten.policy import purpose
from microkitten.providers.cards import CardProcessor, SessionState, WebhookNotice
from microkitten.providers.cards.sandbox.client import SandboxProcessor
from microkitten.shop.payments.models import Payment, PaymentState, WebhookEvent
from microkitten.vault import door
from microkitten.vault.types import Actor, Given
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.store import current

BY = Actor("job:pay")


class Mismatch(Exception):
    """The processor tells of another amount, currency or reference than was asked: nothing is believed."""

    permanent = True


@cache
def processor() -> CardProcessor:
    """Return the store's card processor."""
    cards = current().cards
    return SandboxProcessor(cards.address, key_file=cards.key_file, authority_file=cards.ca_file)


def start(*, payment: Payment) -> None:
    """Have the processor prepare its page for a payment; asking again gives the same page (P30).

    Raises `ProviderError`. The call stands outside every transaction.
    """
    if payment.session_id or payment.state != PaymentState.CREATED:
        return
    facts: dict[str, int | str] = {
        "amount_minor": payment.amount_minor, "currency": payment.currency, "reference": payment.reference,
    }  # fmt: skip
    disclosure = door.disclose(
        payment.order.customer, [], to="card_processor", purpose=purpose.bill, by=BY, facts=facts,
        once=f"{payment.pk}/{payment.attempt}",
    )  # fmt: skip
    address = current().address
    session = processor().create_session(
        disclosure,
        return_url=address + reverse("payment-return", args=[payment.reference]),
        webhook_url=address + reverse("payment-webhook"),
    )
    Payment.objects.filter(pk=payment.pk, state=PaymentState.CREATED).update(
        session_id=session.id, redirect_url=session.url, state=PaymentState.PENDING
    )


def look_up(*, payment: Payment) -> SessionState | None:
    """Ask the processor where a payment stands; None if there is nothing to ask about.

    Raises `Mismatch` if it is not our payment, `ProviderError`.
    """
    if payment.session_id is None:
        return None
    state = processor().look_up(payment.session_id)
    told = (state.amount_minor, state.currency, state.reference)
    if told != (payment.amount_minor, payment.currency, payment.reference):
        raise Mismatch(payment.reference)
    return state


def keep_card(*, customer: UUID, state: SessionState) -> None:
    """Seal what is kept of the card: brand, last four digits and expiry, and no more of what is told (P4)."""
    if state.card is None:
        return
    values = {
        "payment.brand": Given(state.card.brand, "processor.brand"),
        "payment.last4": Given(state.card.last4, "processor.last4"),
        "payment.expiry": Given(state.card.expiry, "processor.expiry"),
    }
    with door.batch(by=BY) as batch:
        batch.collect(customer, "customer", values, purpose=purpose.bill)
        # In one: else the first page after paying would tell of the hour in which what is unclaimed goes.
        batch.claim([customer])


def read_notice(*, headers: Mapping[str, str], body: bytes, at: datetime) -> WebhookNotice:
    """Check a notice's signature and time. Raises `BadSignature`."""
    return processor().verify_webhook(headers, body, at=at)


@transaction.atomic
def store_notice(*, notice: WebhookNotice, at: datetime) -> None:
    """Keep a notice and owe the look-up that it asks for; a replay is stored once and changes nothing."""
    WebhookEvent.objects.bulk_create(
        [
            WebhookEvent(
                event_id=notice.event_id,
                kind=notice.kind[:60],
                object_id=notice.object_id[:100],
                received_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    payment = Payment.objects.filter(session_id=notice.object_id).first()
    if payment is not None:
        leave(JobName.LOOK_UP_PAYMENT, key=f"look:{payment.pk}", payment=str(payment.pk))
