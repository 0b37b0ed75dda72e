"""What the store asks of a card processor (P14, P30): a page to pay on, an answer, and money moved once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from microkitten.policy import purpose
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.providers.register import provides

if TYPE_CHECKING:  # the sandbox shares these words, and must start without Django behind the vault's types
    from microkitten.vault.types import Disclosure

PROVIDER = provides("card_processor", purpose.bill)


class BadSignature(Exception):
    """A webhook that the processor did not sign, not now, or not in these bytes; carries the reason only."""


class Status(StrEnum):
    """Where a session stands; only these words come back from a processor."""

    OPEN = "open"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    DECLINED = "declined"
    """The last card was declined; the same page takes another one."""
    EXPIRED = "expired"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Session:
    """A page of the processor on which one amount can be paid."""

    id: str
    url: str
    """Where to send the browser; always on the processor's own origin."""


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """All that is ever kept of a card (P4): never its number, its security code or the name upon it."""

    brand: str
    """Lower case, for instance `visa`."""
    last4: str
    expiry: str
    """Year and month, `2031-08`."""
    token: str
    """The processor's word for the card; letters only, so no scan can take it for a number."""

    def __repr__(self) -> str:
        """Hide the values: these are personal fields until they are sealed."""
        return "<card payment.brand payment.last4 payment.expiry payment.token>"


@dataclass(frozen=True, slots=True)
class SessionState:
    """What the processor says of a session when asked; the only answer that counts."""

    status: Status
    amount_minor: int
    currency: str
    reference: str
    captured_minor: int = 0
    """Moved so far, in minor units; equals `amount_minor` once all is captured."""
    card: Card | None = None
    """Present from the moment the card was authorized."""


@dataclass(frozen=True, slots=True)
class WebhookNotice:
    """That something happened to an object: a reason to look it up, and no more than that."""

    event_id: str
    kind: str
    object_id: str
    """The session's id."""


class CardProcessor(Protocol):
    """A company that takes cards on its own page.

    Every method but `verify_webhook` reaches the network and raises `ProviderError`.
    """

    def create_session(self, disclosure: Disclosure, *, return_url: str, webhook_url: str) -> Session:
        """Open a page for paying what the disclosure's facts say (P30: amount, currency, random reference).

        The disclosure's id is the idempotency key: asking again gives the same session again.

        :param disclosure: to `card_processor`, for `bill`, with no personal field and the facts
            `amount_minor`, `currency` and `reference`.
        :param return_url: where the browser goes afterwards, whatever the outcome was.
        :param webhook_url: where notices are posted to.
        :raises ProviderError: permanent if the disclosure is not meant for this, or was used otherwise.
        """
        ...

    def look_up(self, session_id: str) -> SessionState:
        """Ask where a session stands."""
        ...

    def void(self, session_id: str) -> SessionState:
        """End a session that has captured nothing, and let go of the card. Idempotent.

        :raises ProviderError: permanent once anything is captured.
        """
        ...

    def capture(self, session_id: str, amount_minor: int, *, once: str) -> SessionState:
        """Move money that is authorized (P14); several captures may share one authorization.

        :param amount_minor: in minor units of the session's currency, at least 1.
        :param once: a name of this capture; the same name never moves money twice.
        :raises ProviderError: permanent if not authorized, too much, or `once` came with another amount.
        """
        ...

    def heed(self, notice: PartyNotice) -> Acknowledgement:
        """Tell that a person has used a right (P43); the notice's reference is the one of a session.

        After an erasure the processor keeps the payment as its own law wants it, and forgets the card. Idempotent:
        asked again until the answer is that it is done. A reference it does not know, or no longer, is done.

        :raises ProviderError: permanent if the same name was given to another notice.
        """
        ...

    def verify_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> WebhookNotice:
        """Read a webhook if signature and time are right (Standard Webhooks 1.0); reaches no network.

        :param headers: of the request, in any case of letters.
        :param body: the very bytes that came.
        :param at: now.
        :raises BadSignature: if it is forged, altered, or more than five minutes off.
        """
        ...
