"""Mail by a server of one's own or a company's: encrypted on the way, or not at all (P36)."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from microkitten.providers.disclosed import Clock, utc_now
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import Message
from microkitten.providers.mail.letter import Letter, Sender, write
from microkitten.vault.types import Disclosure

_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in, and how."""

    host: str
    port: int = 587
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    """`none` is refused unless the server is this very machine."""
    user: str = ""
    password_file: Path | None = None
    authority_file: Path | None = None
    """Who signed the server's certificate (PEM); else whom the system trusts."""

    def __post_init__(self) -> None:
        """Refuse what would send mail in the clear over a network.

        :raises ValueError: if so.
        """
        if self.encryption == "none" and not _is_loopback(self.host):
            raise ValueError("mail leaves this machine encrypted: set encryption to starttls or tls")
        if self.encryption == "none" and self.user:
            raise ValueError("a password is not sent in the clear: set encryption to starttls or tls")


class SmtpMailer:
    """The port `Mailer`; a message sent again carries the same Message-ID, by which mailboxes know it."""

    def __init__(self, server: SmtpServer, sender: Sender, *, clock: Clock = utc_now) -> None:
        """Remember where; nothing is called before the first message."""
        self._server = server
        self._sender = sender
        self._clock = clock

    def send(self, disclosure: Disclosure, message: Message) -> None:
        """Hand the message in. See `Mailer.send`.

        :raises ProviderError: permanent if the server refuses the message or its recipient for good (5xx); passing
            for all else, wrong passwords and certificates included: those the merchant can mend, and no mail is lost.
        """
        letter = write(disclosure, message, self._sender, at=self._clock())
        try:
            with self._connection() as smtp:
                self._hand_in(smtp, letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 0)
            raise _refusal("recipient", code) from None
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
            raise ProviderError(f"mail server not ready: {error.smtp_code}", permanent=False) from None
        except smtplib.SMTPSenderRefused as error:
            raise _refusal("sender", error.smtp_code) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal("message", error.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            raise ProviderError(f"mail server not reached: {type(error).__name__}", permanent=False) from None

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        # Our own name is the sender's domain: the library would ask a name server and tell this machine's name.
        name = self._sender.address.rpartition("@")[2]
        if server.encryption == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=_TIMEOUT_SECONDS, context=self._context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=_TIMEOUT_SECONDS)
        try:
            if server.encryption == "starttls":
                smtp.starttls(context=self._context())
            if server.user:
                smtp.login(server.user, self._password())
            yield smtp
        finally:
            # Whatever happens at the farewell, it does not change what became of the message.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _hand_in(self, smtp: smtplib.SMTP, letter: Letter) -> None:
        smtp.ehlo_or_helo_if_needed()
        options = []
        if letter.is_wide:
            if not smtp.has_extn("smtputf8"):
                raise ProviderError("the mail server takes no address in that script", permanent=True)
            options = ["SMTPUTF8"]
        smtp.sendmail(letter.sender, [letter.to], letter.content, mail_options=options)

    def _context(self) -> ssl.SSLContext:
        authority = self._server.authority_file
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _password(self) -> str:
        if self._server.password_file is None:
            return ""
        return self._server.password_file.read_text(encoding="utf-8").strip()


def _refusal(what: str, code: int) -> ProviderError:
    """Name the code alone: what a server says about it often quotes the address."""
    return ProviderError(f"mail server refused the {what}: {code}", permanent=500 <= code < 600)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
