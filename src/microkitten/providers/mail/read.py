"""Reads the folder of kept mail, for the sample store's mailbox page; trusts neither names nor contents."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from microkitten.providers.mail.folder import SUFFIX
from microkitten.providers.mail.letter import LETTER_BYTES_MAX

LISTED_MAX = 200
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_EPOCH = datetime.fromtimestamp(0, UTC)


class NoSuchLetter(Exception):
    """There is no mail of this name, or it is none that we wrote."""


@dataclass(frozen=True, slots=True, repr=False)
class KeptLetter:
    """One kept mail; its values are personal, and `html` is to be shown in a sandboxed frame only."""

    name: str
    """Its message id."""
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]
    """Names alone."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What stands at the head of a mail, as pairs for a page."""
        pairs = (("From", self.sender), ("To", self.to), ("Subject", self.subject))
        return (*pairs, ("Attached", ", ".join(self.attachments))) if self.attachments else pairs


def letters(folder: Path) -> list[KeptLetter]:
    """Return the newest mails of a folder, newest first, at most `LISTED_MAX`; an unreadable file is left out."""
    if not folder.is_dir():
        return []
    found = []
    for _, name in sorted(_names(folder), reverse=True)[:LISTED_MAX]:
        with suppress(NoSuchLetter):
            found.append(letter(folder, name))
    return sorted(found, key=lambda kept: kept.at, reverse=True)


def letter(folder: Path, name: str) -> KeptLetter:
    """Return one mail.

    :raises NoSuchLetter: if there is none of this name, or it cannot be read.
    """
    if not _ID.fullmatch(name):
        raise NoSuchLetter
    try:
        descriptor = os.open(folder / f"{name}{SUFFIX}", os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LETTER_BYTES_MAX + 1)
        if len(content) > LETTER_BYTES_MAX:
            raise NoSuchLetter
        return _kept(name, message_from_string(content.decode("utf-8"), _class=EmailMessage, policy=SMTP))
    except (OSError, MessageError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise NoSuchLetter from error


def _names(folder: Path) -> Iterator[tuple[float, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name, suffix = os.path.splitext(entry.name)
            if suffix == SUFFIX and _ID.fullmatch(name) and entry.is_file(follow_symlinks=False):
                yield entry.stat(follow_symlinks=False).st_mtime, name


def _kept(name: str, mail: EmailMessage) -> KeptLetter:
    date = mail["Date"].datetime if mail["Date"] else None
    return KeptLetter(
        name=name,
        at=_EPOCH if date is None else date if date.tzinfo else date.replace(tzinfo=UTC),
        sender=str(mail["From"] or ""),
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        attachments=tuple(part.get_filename() or "" for part in mail.iter_attachments()),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
