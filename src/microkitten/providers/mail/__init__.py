"""What the store asks of whoever carries its mail (P15, P25): one message, one disclosure, one recipient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from microkitten.policy import purpose
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.providers.register import provides
from microkitten.vault.types import Disclosure

PROVIDER = provides("mail", purpose.confirm)
EMAIL = "customer.email"
NAME = "customer.name"

# What is answered where sent mails are kept, and by a service that carries them and keeps none.
KEPT = {
    "erasure": Acknowledgement(is_done=True, words="done: the kept mail is deleted"),
    "correction": Acknowledgement(is_done=True, words="done: a mail that was sent is not written anew"),
    "restriction": Acknowledgement(is_done=True, words="done: a mail that was sent is not used again"),
}
CARRIED = Acknowledgement(
    is_done=True, words="by contract: it carries mails and keeps none; nobody was asked"
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a message; must hold nothing personal, as it does not come from the vault."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message before it is addressed: written by the shop, which knows no name and no address.

    The mark `{{name}}` in `text` and `html` is filled by the provider from the disclosure, escaped where
    it must be. Any other mark, or a mark in the subject, is an error.
    """

    kind: str
    """What it is about, for instance `order-placed`; small letters and hyphens."""
    subject: str
    text: str
    html: str
    """The same as a page; empty for a message of text alone."""
    message_id: str
    """Immutable name of this message, by which it is sent once: at most 128 of letters, digits and `._-`."""
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """A way by which one message reaches one person."""

    def send(self, disclosure: Disclosure, message: Message) -> None:
        """Address the message by the disclosure and hand it on.

        Sending the same `message_id` again is safe: it reaches the person under the same Message-ID.

        :param disclosure: to `mail`, with `customer.email` and, if known, `customer.name`.
        :raises ProviderError: permanent if this message can never reach that address.
        """
        ...

    def heed(self, notice: PartyNotice) -> Acknowledgement:
        """Do what a person wants with what is left of a message; the reference is its `message_id` (P43).

        A service that only carries has nothing left: its contract says so, and no call is made.

        :raises ProviderError: if it has to be tried again.
        """
        ...
