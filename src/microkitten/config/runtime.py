"""Keeps the vault's sockets in a short folder, linked as `run` from the store (108 bytes end a path)."""

import fcntl
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from microkitten.config.identities import Identity

LINK = "run"
LOCK = ".lock"
_PREFIX = "mk-"


def ensure(folder: Path, owner: Identity | None) -> Path:
    """Return the runtime folder of the store in `folder`: the one it has, or a new one, linked in one step.

    It belongs to `owner` (None: the present user), who makes the sockets; others may pass through, no more.
    """
    uid = os.geteuid() if owner is None else owner.uid
    if _is_good(folder / LINK, uid):
        return (folder / LINK).resolve()
    release(folder)
    place = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_parent()))
    if owner is not None and os.geteuid() == 0:
        os.chown(place, owner.uid, owner.gid)
    place.chmod(0o711)
    link = folder / f".{LINK}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(place)
    link.replace(folder / LINK)
    return place


def release(folder: Path) -> None:
    """Remove the runtime folder and its link; only what `ensure` made."""
    link = folder / LINK
    if not link.is_symlink():
        return
    place = Path(os.readlink(link))
    if (
        place.name.startswith(_PREFIX)
        and place.parent in _parents()
        and place.is_dir()
        and not place.is_symlink()
    ):
        shutil.rmtree(place, ignore_errors=True)
    link.unlink(missing_ok=True)


def _is_good(link: Path, uid: int) -> bool:
    """Whether the link leads to a folder of `uid` in which nobody else can put a socket."""
    try:
        found = os.stat(os.readlink(link), follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o022


def _parents() -> list[Path]:
    own = os.environ.get("XDG_RUNTIME_DIR")
    return [Path("/run"), *([Path(own)] if own else []), Path("/tmp"), Path(tempfile.gettempdir())]  # noqa: S108 # mkdtemp


def _parent() -> Path:
    """Return where a short folder can be made: memory where there is some, else /tmp."""
    for parent in _parents():
        if parent.is_dir() and os.access(parent, os.W_OK) and len(str(parent)) <= 60:
            return parent
    raise OSError("no folder for sockets: neither /run nor /tmp can be written")


def sign(lock: TextIO) -> None:
    """Write into the lock that this process holds who holds it."""
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def served_by(folder: Path) -> int:
    """Return the id of the process that serves the store; 0 if none does."""
    if not is_served(folder):
        return 0
    with suppress(OSError, ValueError):
        return int((folder / LOCK).read_text(encoding="ascii"))
    return 0


def is_served(folder: Path) -> bool:
    """Whether `microkitten serve` holds the store's lock at this moment."""
    try:
        with (folder / LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
