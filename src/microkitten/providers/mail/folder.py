"""Mail kept as files: what a store does without a mail server, so that nothing leaves and all can be looked at."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from microkitten.providers.disclosed import Clock, utc_now
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import Message
from microkitten.providers.mail.letter import Sender, write
from microkitten.vault.types import Disclosure

SUFFIX = ".eml"
_PART = ".part"


class FolderMailer:
    """The port `Mailer`: one `.eml` file for each message id, whole or not there."""

    def __init__(
        self,
        folder: Path,
        sender: Sender,
        *,
        folder_mode: int = 0o700,
        file_mode: int = 0o600,
        clock: Clock = utc_now,
    ) -> None:
        """Remember where; the folder is made by the first message.

        :param folder_mode: wider only in the sample store, whose mailbox page reads the folder under another uid.
        :param file_mode: the same for each file.
        """
        self._folder = folder
        self._sender = sender
        self._folder_mode = folder_mode
        self._file_mode = file_mode
        self._clock = clock

    def send(self, disclosure: Disclosure, message: Message) -> None:
        """Write the file; one that is there already stays as it is. See `Mailer.send`."""
        letter = write(disclosure, message, self._sender, at=self._clock())
        try:
            self._keep(message.message_id, letter.content)
        except OSError as error:
            raise ProviderError(
                f"mail folder: {type(error).__name__} {error.errno}", permanent=False
            ) from None

    def _keep(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=self._folder_mode)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # One writer at a time: so whatever part lies here was left by a crash, and is swept away.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_mode & 0o777 != self._folder_mode:
                os.fchmod(descriptor, self._folder_mode)
            for left in self._folder.glob(f".*{_PART}"):
                left.unlink()
            place = self._folder / f"{name}{SUFFIX}"
            if not place.exists():
                part = self._folder / f".{name}{_PART}"
                self._write(part, content)
                part.rename(place)
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _write(self, part: Path, content: bytes) -> None:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), self._file_mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
