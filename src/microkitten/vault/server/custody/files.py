"""Files that hold a root, wrapped or not: read only if they are ours alone, destroyed and not merely unlinked."""

import os
import stat
from pathlib import Path

from microkitten.vault.server.custody import REMEDY, Lost, Refused


def read_ours(path: Path, *, bytes_max: int) -> bytes:
    """Return the bytes of a file that is this user's alone.

    Raises: Lost if there is none; Refused if it is a folder, a link, another user's, open to others, or longer than
    `bytes_max`.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Lost(f"no root key at {path}: {REMEDY}") from None
    except OSError as error:
        if path.is_symlink():
            raise Refused(f"{path} is a link; put the file itself there") from None
        raise Refused(f"{path} cannot be read: {error.strerror}") from None
    try:
        _must_be_ours(path, os.fstat(handle))
        data = os.read(handle, bytes_max + 1)
    finally:
        os.close(handle)
    if len(data) > bytes_max:
        raise Refused(f"{path} is longer than what is kept there; {REMEDY}")
    return data


def destroy(path: Path) -> None:
    """Overwrite a file with random bytes, then remove it, each step durable; harmless if there is none.

    The drafts that a crash left of it go the same way. Raises: Refused if it is a link or a folder, or another's.
    """
    clear_drafts(path)
    _destroy(path)
    sync_folder(path.parent)


def _destroy(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return
    except OSError as error:
        what = "is a link" if path.is_symlink() else f"cannot be destroyed: {error.strerror}"
        raise Refused(f"{path} {what}; look at what it is, and remove it by hand") from None
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise Refused(f"{path} is no file; look at what it is, and remove it by hand")
        os.write(handle, os.urandom(state.st_size))
        os.fsync(handle)
    finally:
        os.close(handle)
    path.unlink()


def destroy_superseded(path: Path) -> None:
    """Destroy what another kind of custody kept for the same epoch, once `path` is known to open."""
    for other in (path.with_suffix(".key"), path.with_suffix(".wrapped")):
        if other != path and other.exists():
            destroy(other)


def clear_drafts(path: Path) -> None:
    """Destroy what a crash left of a file while it was being written; the file itself stays as it is."""
    for draft in path.parent.glob(f".{path.name}-*"):
        if draft.lstat().st_nlink > 1:
            draft.unlink()  # the crash came after the draft had become the file: one content, two names
        else:
            _destroy(draft)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what was added to and removed from a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _must_be_ours(path: Path, state: os.stat_result) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise Refused(f"{path} is a folder where a root key should lie; move it away")
    if not stat.S_ISREG(state.st_mode) or stat.S_IMODE(state.st_mode) & 0o177 or state.st_uid != os.geteuid():
        raise Refused(f"{path} must be a file of this user's alone; type: chmod 600 {path}")
