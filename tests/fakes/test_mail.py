"""One suite for every mailer: one message reaches one person, whatever the name looks like (P15, P25)."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session
from tests.outside import Certificates, disclose, free_port

from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import Attachment, Mailer, Message
from microkitten.providers.mail.fake import FakeMailer
from microkitten.providers.mail.folder import FolderMailer
from microkitten.providers.mail.letter import Sender
from microkitten.providers.mail.smtp import SmtpMailer
from microkitten.vault.types import Disclosure

SENDER = Sender("microkitten, llc", "shop@microkitten.example")
NAMES = [
    "Anna Canary",
    "Ana María Ñandú-Peña de la Cruz y Álvarez de Toledo " * 3,
    "עומר בן־דוד",
    "محمد عبد الرحمن",
    "山田 太郎",
    "🐈‍⬛ Kitty 👩‍👩‍👧",
    "Bobby, evil@example.com",
    'Quote "Q" <evil@example.com>; Ünï',
    "=?utf-8?q?evil=0d=0aBcc:_x@example.com?=",
    "{{name}} {{customer.email}} {name} %s",
    "O'Neil & <script>alert(1)</script>",
    "a" * 500,
    "",
]


@dataclass
class Post:
    """A mailer and what came out at its far end."""

    mailer: Mailer
    received: Callable[[], list[bytes]]


class Inbox:
    """A mail server that keeps what it is given, and refuses when told."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.refuse = ""

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        assert len(envelope.rcpt_tos) == 1
        assert isinstance(envelope.content, bytes)
        self.kept.append(envelope.content)
        return "250 kept"


def serve_mail(inbox: Inbox, files: Certificates | None, **options: Any) -> Controller:
    """Start a mail server on the loopback address; with a certificate it insists on STARTTLS."""
    if files is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        options = {"tls_context": context, "require_starttls": True, **options}
    server = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
    server.start()
    return server


@pytest.fixture(params=["fake", "folder", "smtp", "smtp with starttls"])
def post(request: pytest.FixtureRequest, tmp_path: Path, files: Certificates) -> Iterator[Post]:
    """Each mailer in turn."""
    if request.param == "fake":
        fake = FakeMailer(SENDER)
        yield Post(fake, lambda: [one.letter.content for one in fake.sent])
    elif request.param == "folder":
        mailer = FolderMailer(tmp_path / "mail", SENDER)
        yield Post(mailer, lambda: [file.read_bytes() for file in sorted((tmp_path / "mail").glob("*"))])
    else:
        inbox, is_safe = Inbox(), request.param.endswith("starttls")
        server = serve_mail(inbox, files if is_safe else None, enable_SMTPUTF8=True)
        smtp = SmtpMailer("127.0.0.1", SENDER, port=server.port, authority_file=files.authority)
        yield Post(smtp, lambda: inbox.kept)
        server.stop()


def message(**parts: Any) -> Message:
    """Return a message of the shop."""
    whole: dict[str, Any] = {
        "kind": "order-placed",
        "subject": "Your order MK-7Q2 is placed",
        "text": "Hello {{name}},\n\nthank you – all is well.\n" + "long " * 400 + "\n.\nFrom here on.\n",
        "html": "<!doctype html><p>Hello <b>{{ name }}</b>, thank you &amp; goodbye 🐈</p>",
        "message_id": f"order-{uuid4().hex}",
        **parts,
    }
    return Message(**whole)


def to(
    about: Message,
    email: str = "anna@customer.example",
    name: str | None = "Anna",
    more: dict[str, Any] | None = None,
) -> Disclosure:
    """Return the disclosure of one message to one person."""
    fields = {"customer.email": email, "customer.name": name, **(more or {})}
    facts = {"kind": about.kind, "message_id": about.message_id, "order_number": "MK-7Q2"}
    return disclose(
        "mail", "confirm", fields={key: it for key, it in fields.items() if it is not None}, facts=facts
    )


def parsed(content: bytes) -> EmailMessage:
    """Read a mail as a program that is not ours would."""
    return message_from_bytes(content, _class=EmailMessage, policy=SMTP)


def body(mail: EmailMessage, kind: str) -> str:
    """Return one body, with line ends of one kind."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_message_arrives_with_its_parts(post: Post) -> None:
    """Text, page and attachment; addressed by the disclosure, from the store."""
    about = message(attachments=(Attachment("receipt 7.pdf", "application/pdf", bytes(range(256)) * 40),))
    post.mailer.send(to(about), about)
    (content,) = post.received()
    mail = parsed(content)
    assert str(mail["To"]) == "Anna <anna@customer.example>"
    assert str(mail["From"]) == '"microkitten, llc" <shop@microkitten.example>'
    assert mail["Message-ID"] == f"<{about.message_id}@microkitten.example>"
    assert mail["Subject"] == about.subject
    assert body(mail, "plain") == about.text.replace("{{name}}", "Anna")
    assert body(mail, "html").strip() == about.html.replace("{{ name }}", "Anna")
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("receipt 7.pdf", bytes(range(256)) * 40)
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.isascii()


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_only_a_name(post: Post, name: str) -> None:
    """Right-to-left, emoji, markup, addresses, marks: it comes out as it went in, in its place and nowhere else."""
    about = message()
    post.mailer.send(to(about, name=name), about)
    mail = parsed(post.received()[-1])
    shown = " ".join(name.split())[:200]
    assert [one.addr_spec for one in mail["To"].addresses] == ["anna@customer.example"]
    assert mail["To"].addresses[0].display_name in (shown, "")
    assert mail["Bcc"] is None
    assert len(mail.get_all("To", [])) == 1
    assert body(mail, "plain").startswith(f"Hello {shown},\n\nthank you – all")
    assert "<script" not in body(mail, "html")
    escaped = re.sub(r"&#x27;", "'", shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    assert escaped.replace('"', "&quot;") in body(mail, "html").replace("&#x27;", "'")


@pytest.mark.parametrize(
    "sign", ["\r\n", "\n", "\r", "\0", "\x0b", "\u2028", "\x85", "\u202e", "\u2066", "\t"]
)
def test_no_name_breaks_a_line_or_turns_the_text(post: Post, sign: str) -> None:
    """A name cannot add a header, end the mail, or write the rest of it backwards."""
    about = message()
    evil = f"Anna{sign}Bcc: ben@example.com{sign}{sign}.{sign}"
    post.mailer.send(to(about, name=evil), about)
    mail = parsed(post.received()[-1])
    assert mail["Bcc"] is None
    assert [one.addr_spec for one in mail["To"].addresses] == ["anna@customer.example"]
    first = body(mail, "plain").split("\n")[0]
    assert first.startswith("Hello Anna")
    assert first.endswith(",")
    assert sign not in first


def test_the_same_message_arrives_under_one_id(post: Post) -> None:
    """Sent again after a crash: every copy, if there are several, has the same Message-ID."""
    about = message()
    for _ in range(3):
        post.mailer.send(to(about), about)
    assert {parsed(content)["Message-ID"] for content in post.received()} == {
        f"<{about.message_id}@microkitten.example>"
    }


def test_a_person_without_a_name_is_written_to(post: Post) -> None:
    """The name is a courtesy, the address is what it takes."""
    about = message()
    post.mailer.send(to(about, name=None), about)
    assert str(parsed(post.received()[0])["To"]) == "anna@customer.example"


@pytest.mark.parametrize(
    ("email", "domain"),
    [("anna@bücher.example", "xn--bcher-kva.example"), ("ANNA+cat@Customer.Example", "customer.example")],
)
def test_foreign_domains_are_written_in_ascii(post: Post, email: str, domain: str) -> None:
    """A domain in any script has one form that all servers know."""
    about = message()
    post.mailer.send(to(about, email=email), about)
    (one,) = parsed(post.received()[0])["To"].addresses
    assert one.addr_spec == f"{email.split('@')[0]}@{domain}"


def test_an_address_in_another_script_is_written_in_utf_8(post: Post) -> None:
    """RFC 6531: the part before the sign may be in any script, where the server agrees."""
    about = message()
    post.mailer.send(to(about, email="用户@例え.example", name="李"), about)
    head = post.received()[0].split(b"\r\n\r\n")[0].decode()
    assert "<用户@xn--r8jz45g.example>" in head


@pytest.mark.parametrize(
    "email",
    [
        "", "anna", "@x.example", "anna@", "a@b@c.example", "a@x.example, b@x.example", "a@x.example;b@x.example",
        "Anna <a@x.example>", "a b@x.example", '"a b"@x.example', "a@x.example\r\nBcc: b@x.example", "a@-x.example",
        "a@x..example", "a@[127.0.0.1]", "a@x_y.example", "a" * 65 + "@x.example", "a@" + "b." * 130 + "example",
        "a..b@x.example", "ä..b@x.example", "ä,b@x.example", "ä(c)@x.example",
        "a\u200b@x.example", "<a@x.example>", "a@x.example>", "(c)a@x.example", "a,b@x.example",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused(post: Post, email: str) -> None:
    """Two addresses, none, or one with something in tow: nothing leaves, and the error quotes nothing."""
    about = message()
    with pytest.raises(ProviderError) as refused:
        post.mailer.send(to(about, email=email), about)
    assert refused.value.permanent
    assert not email or email not in str(refused.value)
    assert post.received() == []


def test_a_disclosure_is_for_one_message(post: Post) -> None:
    """Another message, another party's, a field too many: no list can be written to with one opening (P25)."""
    about, other = message(), message()
    facts = {"kind": about.kind, "message_id": about.message_id, "order_number": "MK-7Q2"}
    email = {"customer.email": "anna@customer.example"}
    wrong = [
        to(other),
        to(message(kind="offer", message_id=about.message_id)),
        to(about, more={"recipient.address": {"line1": "1 Canary Row"}}),
        to(about, more={"customer.email": ["a@x.example", "b@x.example"]}),
        disclose("card_processor", "confirm", fields=email, facts=facts),
        disclose("mail", "bill", fields=email, facts=facts),
        disclose("mail", "confirm", fields=email),
    ]
    for disclosure in wrong:
        with pytest.raises(ProviderError) as refused:
            post.mailer.send(disclosure, about)
        assert refused.value.permanent
        assert "anna" not in str(refused.value)
    assert post.received() == []


@pytest.mark.parametrize(
    "parts",
    [
        {"subject": "Hello {{name}}"},
        {"subject": "Two\r\nBcc: b@x.example"},
        {"subject": ""},
        {"text": "Your address: {{recipient.address}}"},
        {"html": "<p>{{ order }}</p>"},
        {"message_id": "../../outside"},
        {"message_id": ".hidden"},
        {"message_id": "a\r\nb"},
        {"kind": "Order placed"},
        {"text": ""},
        {"attachments": (Attachment("../x.pdf", "application/pdf", b""),)},
        {"attachments": (Attachment("x.pdf", "application/pdf\r\nBcc: b@x.example", b""),)},
    ],
)
def test_a_message_that_is_not_sound_is_refused(post: Post, parts: dict[str, object]) -> None:
    """A mark that nothing fills must not reach a customer, nor a name in a subject line that anyone may read."""
    about = message(**parts)
    with pytest.raises(ProviderError) as refused:
        post.mailer.send(to(about), about)
    assert refused.value.permanent
    assert post.received() == []
