"""Mail by a server of one's own or a company's: encrypted on the way, or not at all (P36)."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from microkitten.providers.disclosed import Clock, utc_now
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import CARRIED, Message
from microkitten.providers.mail.letter import Letter, Sender, write
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.vault.types import Disclosure

_TIMEOUT_SECONDS = 20.0
_TLS_PORT = 465


class SmtpMailer:
    """The port `Mailer`; a message sent again carries the same Message-ID, by which mailboxes know it."""

    def __init__(
        self,
        host: str,
        sender: tuple[str, str],
        *,
        port: int = 587,
        user: str = "",
        password_file: Path | None = None,
        authority_file: Path | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Remember where; nothing is called before the first message.

        Port 465 is encrypted from the first byte (RFC 8314), any other by STARTTLS. Only on this very machine, and
        without a password, may a server do without.

        :param sender: the store's name and address, as a `Sender`.
        :param authority_file: who signed the server's certificate (PEM); else whom the system trusts.
        """
        self._host, self._port = host, port
        self._sender = Sender(*sender)
        self._user, self._password_file = user, password_file
        self._authority_file = authority_file
        self._may_be_plain = _is_loopback(host) and not user
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

    def heed(self, notice: PartyNotice) -> Acknowledgement:  # noqa: ARG002 # the same for each: nothing is kept there
        """Answer by contract: there is no call by which a mail server could be asked. See `Mailer.heed`."""
        return CARRIED

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        # Our own name is the sender's domain: the library would ask a name server and tell this machine's name.
        name = self._sender.address.rpartition("@")[2]
        where = (self._host, self._port, name)
        smtp: smtplib.SMTP
        if self._port == _TLS_PORT:
            smtp = smtplib.SMTP_SSL(*where, timeout=_TIMEOUT_SECONDS, context=self._context())
        else:
            smtp = smtplib.SMTP(*where, timeout=_TIMEOUT_SECONDS)
        try:
            smtp.ehlo_or_helo_if_needed()
            is_plain = self._port != _TLS_PORT
            if is_plain and (smtp.has_extn("starttls") or not self._may_be_plain):
                smtp.starttls(context=self._context())
            if self._user:
                smtp.login(self._user, self._password())
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
        authority = self._authority_file
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _password(self) -> str:
        if self._password_file is None:
            return ""
        return self._password_file.read_text(encoding="utf-8").strip()


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
