"""Mail kept as files: what a store does without a mail server, so that nothing leaves and all can be looked at."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

from microkitten.providers.disclosed import Clock, utc_now
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail import KEPT, Message
from microkitten.providers.mail.letter import Sender, write
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.vault.types import Disclosure

SUFFIX = ".eml"
_PART = ".part"


class FolderMailer:
    """The port `Mailer`: one `.eml` file for each message id, whole or not there."""

    def __init__(
        self,
        folder: Path,
        sender: tuple[str, str],
        *,
        is_shared: bool = False,
        clock: Clock = utc_now,
    ) -> None:
        """Remember where; the folder is made by the first message if it is not there.

        :param sender: the store's name and address, as a `Sender`.
        :param is_shared: the folder's group may read (sample store only: its mailbox page runs under another uid);
            else nobody but this uid.
        """
        self._folder = folder
        self._sender = Sender(*sender)
        self._barred = 0o027 if is_shared else 0o077
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

    def heed(self, notice: PartyNotice) -> Acknowledgement:
        """Delete a mail whose person was erased; one that is gone is gone. See `Mailer.heed`."""
        if notice.kind == "erasure":
            try:
                place = self._folder / f"{notice.reference}{SUFFIX}"
                place.unlink(missing_ok=True)
            except OSError as error:
                raise ProviderError(
                    f"mail folder: {type(error).__name__} {error.errno}", permanent=False
                ) from None
        return KEPT[notice.kind]

    def _keep(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o777 & ~self._barred)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # One writer at a time: so whatever part lies here was left by a crash, and is swept away.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            if mode & self._barred:
                os.fchmod(descriptor, mode & ~self._barred)
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
            os.fchmod(file.fileno(), 0o666 & ~self._barred)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
