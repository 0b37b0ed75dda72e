"""A card processor in memory, for tests that need every outcome; kept honest by tests/fakes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from microkitten.providers.cards import Card, Session, SessionState, Status, WebhookNotice, webhooks
from microkitten.providers.cards.bill import Bill, bill_of
from microkitten.providers.cards.sandbox.outcomes import APPROVED, ASKS, new_id
from microkitten.providers.disclosed import Clock, utc_now
from microkitten.providers.errors import ProviderError
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.vault.types import Disclosure

ORIGIN = "https://processor.invalid"
SECRET = "whsec_" + base64.b64encode(b"the fake's secret is no secret").decode("ascii")
_PAYABLE = (Status.OPEN, Status.DECLINED)


@dataclass(slots=True)
class _Held:
    """A session as the fake remembers it."""

    bill: Bill
    addresses: tuple[str, str]
    state: SessionState
    until: datetime
    asked: Card | None = None
    captures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A signed webhook, waiting for the test to deliver it, late, twice or never."""

    headers: Mapping[str, str]
    body: bytes


class FakeProcessor:
    """The port `CardProcessor` in memory, and beside it what a payer does on the processor's page."""

    def __init__(
        self, *, session_seconds: float = 1800, notice_seconds: float = 0, clock: Clock = utc_now
    ) -> None:
        """Start with no session.

        :param session_seconds: how long a session can be paid.
        :param notice_seconds: how long a notice about a person's rights is heard and not yet done.
        """
        self._notice_seconds = notice_seconds
        self._session_seconds = session_seconds
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._ids: dict[str, str] = {}
        self._notices: dict[str, tuple[PartyNotice, str, datetime]] = {}
        self.webhooks: list[Webhook] = []
        """Every webhook so far, oldest first."""
        self.failures: list[ProviderError] = []
        """Raised, first one first, by the next calls that would reach the network."""

    def create_session(self, disclosure: Disclosure, *, return_url: str, webhook_url: str) -> Session:
        """See `CardProcessor.create_session`."""
        now = self._clock()
        bill = bill_of(disclosure, at=now)
        self._fail_if_told()
        addresses = (return_url, webhook_url)
        session_id = self._ids.setdefault(bill.once, new_id("session"))
        held = self._held.get(session_id)
        if held is None:
            state = SessionState(Status.OPEN, bill.amount_minor, bill.currency, bill.reference)
            until = now + timedelta(seconds=self._session_seconds)
            self._held[session_id] = _Held(bill, addresses, state, until)
        elif (held.bill, held.addresses) != (bill, addresses):
            raise ProviderError("fake answered 409: key_reused", permanent=True)
        return Session(id=session_id, url=f"{ORIGIN}/pay/{session_id}")

    def look_up(self, session_id: str) -> SessionState:
        """See `CardProcessor.look_up`."""
        return self._find(session_id).state

    def void(self, session_id: str) -> SessionState:
        """See `CardProcessor.void`."""
        held = self._find(session_id)
        if held.state.status is Status.CAPTURED:
            raise ProviderError("fake answered 409: captured", permanent=True)
        if held.state.status in (*_PAYABLE, Status.AUTHORIZED):
            self._turn(session_id, Status.VOIDED, None)
        return held.state

    def capture(self, session_id: str, amount_minor: int, *, once: str) -> SessionState:
        """See `CardProcessor.capture`."""
        held = self._find(session_id)
        known = held.captures.get(once)
        if known is not None:
            if known != amount_minor:
                raise ProviderError("fake answered 409: once_reused", permanent=True)
            return held.state
        if held.state.status not in (Status.AUTHORIZED, Status.CAPTURED):
            raise ProviderError("fake answered 409: not_authorized", permanent=True)
        total = sum(held.captures.values()) + amount_minor
        if not 0 < amount_minor <= total <= held.bill.amount_minor:
            raise ProviderError("fake answered 409: too_much", permanent=True)
        held.captures[once] = amount_minor
        held.state = replace(held.state, captured_minor=total)
        self._turn(session_id, Status.CAPTURED, held.state.card)
        return held.state

    def heed(self, notice: PartyNotice) -> Acknowledgement:
        """See `CardProcessor.heed`."""
        self._fail_if_told()
        until = self._clock() + timedelta(seconds=self._notice_seconds)
        known, made, done_at = self._notices.setdefault(notice.once, (notice, new_id("notice"), until))
        if known != notice:
            raise ProviderError("fake answered 409: once_reused", permanent=True)
        for held in self._held.values():
            if notice.kind == "erasure" and held.state.reference == notice.reference:
                held.state, held.asked = replace(held.state, card=None), None
        is_done = self._clock() >= done_at
        return Acknowledgement(is_done=is_done, words=f"{'done' if is_done else 'heard'}: {made}")

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> WebhookNotice:
        """See `CardProcessor.verify_webhook`."""
        return webhooks.verify(SECRET, headers, body, at=at)

    def pay(self, session_id: str, number: str) -> Status:
        """Be a payer who types this number; return where the session stands then."""
        held = self._find(session_id)
        digits = number.replace(" ", "")
        card = Card(brand="visa", last4=digits[-4:], expiry="2031-08", token=new_id("card"))
        if held.state.status in _PAYABLE:
            if digits == APPROVED:
                self._turn(session_id, Status.AUTHORIZED, card)
            elif digits == ASKS:
                held.asked, held.state = card, replace(held.state, status=Status.OPEN)
            else:
                self._turn(session_id, Status.DECLINED, None)
        return held.state.status

    def authenticate(self, session_id: str, *, approved: bool) -> Status:
        """Be a payer who answers the card's bank; return where the session stands then."""
        held = self._find(session_id)
        if held.asked is not None and held.state.status in _PAYABLE:
            card = held.asked if approved else None
            self._turn(session_id, Status.AUTHORIZED if approved else Status.DECLINED, card)
        return held.state.status

    def charges(self, reference: str) -> int:
        """Count how often this reference was charged."""
        paid = (Status.AUTHORIZED, Status.CAPTURED)
        states = [held.state for held in self._held.values()]
        return sum(state.reference == reference and state.status in paid for state in states)

    def _find(self, session_id: str) -> _Held:
        self._fail_if_told()
        held = self._held.get(session_id)
        if held is None:
            raise ProviderError("fake answered 404: not_found", permanent=True)
        if held.state.status in _PAYABLE and self._clock() >= held.until:
            self._turn(session_id, Status.EXPIRED, None)
        return held

    def _turn(self, session_id: str, status: Status, card: Card | None) -> None:
        held = self._held[session_id]
        held.state, held.asked = replace(held.state, status=status, card=card), None
        event_id, seconds = new_id("event"), int(self._clock().timestamp())
        body = json.dumps({"type": f"payment.{status.value}", "data": {"id": session_id}}).encode("ascii")
        headers = {
            "webhook-id": event_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": webhooks.sign(SECRET, event_id, seconds, body),
        }
        self.webhooks.append(Webhook(headers, body))

    def _fail_if_told(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
