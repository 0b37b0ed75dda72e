"""A mailer in memory, for tests that want to read what was sent; kept honest by tests/fakes."""

from __future__ import annotations

from dataclasses import dataclass

from microkitten.providers.disclosed import Clock, utc_now
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import KEPT, Message
from microkitten.providers.mail.letter import Letter, Sender, write
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.vault.types import Disclosure


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """One message that reached its recipient."""

    message: Message
    letter: Letter


class FakeMailer:
    """The port `Mailer` in memory: each message id arrives once."""

    def __init__(self, sender: Sender | None = None, *, clock: Clock = utc_now) -> None:
        """Start with an empty mailbox."""
        self._sender = sender or Sender("microkitten", "shop@shop.invalid")
        self._clock = clock
        self._sent: dict[str, Sent] = {}
        self.failures: list[ProviderError] = []
        """Raised, first one first, by the next calls."""

    @property
    def sent(self) -> list[Sent]:
        """Return everything that arrived, oldest first."""
        return list(self._sent.values())

    def send(self, disclosure: Disclosure, message: Message) -> None:
        """See `Mailer.send`."""
        letter = write(disclosure, message, self._sender, at=self._clock())
        if self.failures:
            raise self.failures.pop(0)
        self._sent.setdefault(message.message_id, Sent(message, letter))

    def heed(self, notice: PartyNotice) -> Acknowledgement:
        """See `Mailer.heed`."""
        if self.failures:
            raise self.failures.pop(0)
        if notice.kind == "erasure":
            self._sent.pop(notice.reference, None)
        return KEPT[notice.kind]
