"""The vault's folder: database, the last signed checkpoint, the lock; and the short folder of its
sockets."""

import fcntl
import os
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from microkitten.policy import versions

RESTORING: Final = "restore.json"  # in the store's folder, from a restore's decision to its end
SOCKET_PATH_BYTES_MAX: Final = 100
LOCK_PAUSE_SECONDS: Final = 0.01


class Doubt(Exception):
    """A state in which the vault does not start: said in a sentence, with what to do."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths of one store's vault. What someone who can write them could do stands in docs/operating."""

    store: Path

    @property
    def vault(self) -> Path:
        """The folder itself, 0700."""
        return self.store / "vault"

    @property
    def database(self) -> Path:
        """People, sealed records, ledger."""
        return self.vault / "vault.sqlite3"

    @property
    def signed(self) -> Path:
        """The last signed checkpoint: outside every restore, because nothing is signed that does not
        extend it.
        """
        return self.vault / "checkpoint.signed"

    @property
    def verifier(self) -> Path:
        """The key that checks the checkpoint; public."""
        return self.vault / "ledger.key.pub"

    @property
    def policy(self) -> Path:
        """The file of the policy in force: an edited one governs only once it is adopted (P0)."""
        return versions.in_force(self.store)

    def make(self) -> None:
        """Make the folder; harmless if it is there. Raises: Doubt if others may enter it."""
        self.vault.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(self.vault.stat().st_mode) & 0o077:
            raise Doubt(f"{self.vault} can be entered by others; type: chmod 700 {self.vault}")

    def lock(self, *, wait_seconds: float = 0.0, restoring: bool = False) -> int:
        """Take the folder for this process until it ends. Raises: Doubt if another vault has it, for as long as
        that is waited for; and, to all but the restore itself (`restoring`), if one was decided and not finished.
        """
        if not restoring and (self.store / RESTORING).exists():
            raise Doubt(
                "a restore was interrupted after it was decided; finish it: microkitten restore --resume"
            )
        end = time.monotonic() + wait_seconds
        try:
            handle = os.open(self.vault / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Doubt(f"{self.vault} is not this user's to open: {error.strerror}") from None
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    os.close(handle)
                    raise Doubt(f"another vault serves {self.vault}") from None
                time.sleep(LOCK_PAUSE_SECONDS)
            else:
                return handle

    def runtime(self, *, shared: bool) -> Path:
        """Return the folder of the sockets, made and linked as `<store>/run` if need be.

        Params: `shared` if other uids must reach the sockets (the peer's uid is checked by the
        vault). Raises: Doubt.
        """
        link = self.store / "run"
        if not link.exists():
            link.unlink(missing_ok=True)  # a link whose folder went with the last reboot
            link.symlink_to(tempfile.mkdtemp(prefix="microkitten-"))
        folder = link.resolve()
        state = folder.stat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in {os.geteuid(), 0} or state.st_mode & 0o022:
            raise Doubt(f"{folder} is not a folder of ours alone; type: rm {link}")
        if len(os.fsencode(folder / "operator.sock")) > SOCKET_PATH_BYTES_MAX:
            raise Doubt(f"{folder} is too long a path for a socket; link {link} to a shorter one")
        if state.st_uid == os.geteuid():
            folder.chmod(0o711 if shared else 0o700)
        return folder


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, whole or not at all, 0600, and durably. Raises: FileExistsError."""
    draft = _draft(path, data)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def write_over(path: Path, data: bytes) -> None:
    """Replace a file by another, whole or not at all, 0600, and durably."""
    _draft(path, data).replace(path)
    _sync_folder(path.parent)


def _draft(path: Path, data: bytes) -> Path:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
    return Path(draft)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
