"""Mails as their readers see them, and whom they are addressed to."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

from tests.canaries.law import ToParty
from tests.canaries.tokens import Token

_TO = re.compile(rb"^To:(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)


def text_of_mail(content: bytes | Path) -> str:
    """Return head and all readable parts of a mail, decoded."""
    data = content.read_bytes() if isinstance(content, Path) else content
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    head = "\n".join(f"{name}: {value}" for name, value in message.items())
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([head, *map(str, parts)])


def to_mail(content: bytes, tokens: Iterable[Token]) -> ToParty:
    """Return what judges a mail: it goes to the party `mail`, and is about whoever it is addressed to."""
    line = b" ".join(found[1] for found in _TO.finditer(content)).decode("utf-8", "replace")
    return ToParty(
        "mail",
        frozenset(token.person for token in tokens if "@" in "".join(token.typed) and token.text in line),
    )
