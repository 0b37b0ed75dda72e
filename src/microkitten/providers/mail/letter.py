"""Makes the bytes of one mail: a message of the shop, addressed and filled in from a disclosure of the vault."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import Parser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import NamedTuple

from microkitten.providers.disclosed import check
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import EMAIL, NAME, PROVIDER, Message
from microkitten.providers.mail.address import BadAddress, parse
from microkitten.vault.types import Disclosure

SUBJECT_MAX = 200
NAME_MAX = 200
LETTER_BYTES_MAX = 10 * 1024 * 1024

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,60}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}")
_MARK = re.compile(r"\{\{\s*([^{}]{0,60}?)\s*\}\}")
# Signs that turn the direction of all that follows; a name in any script does without them.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Seven bits only, so that no server on the way has reason to rewrite a line.
_PLAIN: EmailPolicy[EmailMessage] = SMTP.clone(cte_type="7bit")
_WIDE: EmailPolicy[EmailMessage] = _PLAIN.clone(utf8=True)


class Sender(NamedTuple):
    """Who writes: the store's own name and address, the same on every mail."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """A mail ready to leave; holds personal values, so it is kept nowhere and says nothing of itself."""

    to: str
    sender: str
    content: bytes
    is_wide: bool
    """Whether its address needs SMTPUTF8 (RFC 6531)."""


def write(disclosure: Disclosure, message: Message, sender: Sender, *, at: datetime) -> Letter:
    """Address and fill in a message (P25: one message, one disclosure, one recipient).

    :raises ProviderError: permanent if the disclosure is not for this message, or the address cannot be written to;
        never quotes a personal value.
    """
    check(
        disclosure,
        party=PROVIDER.party,
        purposes=PROVIDER.purposes,
        fields=(EMAIL, NAME),
        facts=("kind", "message_id", "order_number"),
        at=at,
    )
    facts = disclosure.facts
    if (facts["kind"], facts["message_id"]) != (message.kind, message.message_id):
        raise ProviderError("this disclosure is for another message", permanent=True)
    _check(message)
    to = _text(disclosure.fields, EMAIL)
    name = tidy(_text(disclosure.fields, NAME))
    try:
        address, from_address = parse(to), parse(sender.address)
    except BadAddress as error:
        raise ProviderError(f"an address that cannot be written to: {error}", permanent=True) from error
    mail = _compose(message, name, sender.name, from_address, at)
    policy = _PLAIN if address.username.isascii() else _WIDE
    content = _addressed(mail, name, address, policy)
    return Letter(address.addr_spec, from_address.addr_spec, content, is_wide=policy is _WIDE)


def tidy(name: str) -> str:
    """Return a name on one line, in any script, without signs that could break or turn what stands around it."""
    kept = "".join(
        sign if unicodedata.category(sign) not in ("Cc", "Cs", "Zl", "Zp") else " " for sign in name
    )
    return " ".join(_TURNING.sub("", kept).split())[:NAME_MAX]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill the marks of a text, each once: a name that looks like a mark stays as it is.

    :raises ProviderError: permanent if a mark has no value.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise ProviderError("a message holds a mark that nothing fills", permanent=True)
        return values[found[1]]

    return _MARK.sub(value, text)


def _compose(message: Message, name: str, store: str, sender: Address, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=_PLAIN)
    mail["From"] = Address(tidy(store), sender.username, sender.domain)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message.message_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers, please
    mail.set_content(fill(message.text, {"name": name}), cte="quoted-printable")
    if message.html:
        page = fill(message.html, {"name": html.escape(name)})
        mail.add_alternative(page, subtype="html", cte="quoted-printable")
    for attachment in message.attachments:
        kind, _, subtype = attachment.content_type.partition("/")
        charset = {"charset": "utf-8"} if kind == "text" else None  # else readers guess, and guess wrong
        mail.add_attachment(
            attachment.content, maintype=kind, subtype=subtype, filename=attachment.name, params=charset
        )
    return mail


def _addressed(mail: EmailMessage, name: str, address: Address, policy: EmailPolicy[EmailMessage]) -> bytes:
    """Add the recipient, and read the bytes back: they must name one person, this one, and no other header.

    Folding long or foreign names has misled the standard library more than once; a name that it cannot write is left
    out, and the mail goes to the bare address.
    """
    for shown in (name, ""):
        del mail["To"]
        mail["To"] = Address(shown, address.username, address.domain)
        content = mail.as_bytes(policy=policy)
        if _names(content, shown, address, mail.keys(), policy):
            break
    else:
        raise ProviderError("an address that cannot be written down safely", permanent=True)
    if len(content) > LETTER_BYTES_MAX:
        raise ProviderError("a message of more than 10 MB", permanent=True)
    return content


def _names(
    content: bytes, shown: str, address: Address, headers: list[str], policy: EmailPolicy[EmailMessage]
) -> bool:
    """Tell whether the bytes of a mail name this one person, and have these headers and no others."""
    read = Parser(policy=policy).parsestr(content.decode("utf-8"), headersonly=True)
    try:
        people = [(one.display_name, one.addr_spec) for one in read["To"].addresses]
    except ValueError:  # older releases of the library stumble over what looks like an encoded word in a name
        return False
    return people == [(shown, address.addr_spec)] and read.keys() == headers


def _check(message: Message) -> None:
    wrong = [
        ("message_id", not _ID.fullmatch(message.message_id)),
        ("kind", not _KIND.fullmatch(message.kind)),
        ("subject", not 0 < len(message.subject) <= SUBJECT_MAX or message.subject != tidy(message.subject)),
        ("subject", bool(_MARK.search(message.subject))),
        ("text", not message.text),
        ("attachments", not all(_FILE_NAME.fullmatch(one.name) for one in message.attachments)),
        ("attachments", not all(_TYPE.fullmatch(one.content_type) for one in message.attachments)),
    ]
    named = [part for part, is_wrong in wrong if is_wrong]
    if named:
        raise ProviderError(f"a message whose {named[0]} cannot be sent", permanent=True)


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise ProviderError(f"{name} is not a text", permanent=True)
    return value
