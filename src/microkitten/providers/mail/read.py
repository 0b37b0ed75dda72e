"""Reads the folder of kept mail, for the sample store's mailbox page; trusts neither names nor contents."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """One kept mail; its values are personal, and `html` is to be shown in a sandboxed frame only."""

    message_id: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]
    """Names alone."""


def listed(folder: Path) -> list[Kept]:
    """Return the newest mails of a folder, newest first, at most `LISTED_MAX`; an unreadable file is left out."""
    if not folder.is_dir():
        return []
    names = sorted(_names(folder), reverse=True)[:LISTED_MAX]
    found = (read(folder, name) for _, name in names)
    return sorted((kept for kept in found if kept), key=lambda kept: kept.at, reverse=True)


def read(folder: Path, message_id: str) -> Kept | None:
    """Return one mail, or None if there is none of this id or it cannot be read."""
    if not _ID.fullmatch(message_id):
        return None
    try:
        descriptor = os.open(folder / f"{message_id}{SUFFIX}", os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LETTER_BYTES_MAX + 1)
    except OSError:
        return None
    if len(content) > LETTER_BYTES_MAX:
        return None
    try:
        return _kept(
            message_id, message_from_string(content.decode("utf-8"), _class=EmailMessage, policy=SMTP)
        )
    except (MessageError, ValueError, LookupError, AttributeError):
        return None  # not a mail of ours: the mailbox shows the others


def _names(folder: Path) -> Iterator[tuple[float, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name, suffix = os.path.splitext(entry.name)
            if suffix == SUFFIX and _ID.fullmatch(name) and entry.is_file(follow_symlinks=False):
                yield entry.stat(follow_symlinks=False).st_mtime, name


def _kept(message_id: str, mail: EmailMessage) -> Kept:
    date = mail["Date"].datetime if mail["Date"] else None
    return Kept(
        message_id=message_id,
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
    return str(part.get_content()) if part is not None else ""
