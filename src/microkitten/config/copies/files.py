"""A store's own files in a backup: settings, policies, theme and pictures; no key, no secret, no mail."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from microkitten.config.copies.manifest import CHUNK_BYTES, FILES, Entry, Manifest, NoBackup, sync_folder

SINGLE: Final = ("store.toml", "policy.toml")
PATTERNS: Final = ("policy.*.toml",)
POLICIES: Final = "policies"
FOLDERS: Final = (POLICIES, "theme", "media")
_NUMBERED: Final = re.compile(r"(\d+)\..+")
Progress = Callable[[int], None]


def listed(store: Path) -> list[Path]:
    """Return what is taken, as paths below the store; links and whatever is no file stay out."""
    found = [store / name for name in SINGLE]
    for pattern in PATTERNS:
        found += store.glob(pattern)
    for name in FOLDERS:
        found += _below(store / name)
    plain = {path for path in found if path.exists() and stat.S_ISREG(path.lstat().st_mode)}
    return sorted(path.relative_to(store) for path in plain)


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))


def copy_out(store: Path, to: Path, last: tuple[Path, Manifest] | None, progress: Progress) -> list[Entry]:
    """Copy them into a backup; what the last backup has byte for byte is linked to it and takes no room.

    Params: `last`, the backup before and its manifest; `progress` is told of bytes done. Returns: what was taken.
    """
    known = {} if last is None else {one.path: one for one in last[1].files}
    taken = (_one(store, path, to, last, known, progress) for path in listed(store))
    return [one for one in taken if one is not None]


def _one(
    store: Path,
    path: Path,
    to: Path,
    last: tuple[Path, Manifest] | None,
    known: Mapping[str, Entry],
    progress: Progress,
) -> Entry | None:
    name = f"{FILES}/{path.as_posix()}"
    target = to / name
    _make_private(target.parent, to)
    before = known.get(name)
    try:
        is_same = before is not None and _hash(store / path) == before.sha256
    except FileNotFoundError:
        return None  # a picture that was replaced just now
    if last is not None and before is not None and is_same:
        try:
            os.link(last[0] / name, target, follow_symlinks=False)
        except OSError:
            pass  # another disk, or gone: copied below
        else:
            progress(before.bytes)
            return before
    try:
        return Entry(name, *_copied(store / path, target, progress))
    except FileNotFoundError:
        if (store / path).exists():
            raise
        target.unlink(missing_ok=True)
        return None


def _make_private(folder: Path, to: Path) -> None:
    if folder != to and not folder.exists():
        _make_private(folder.parent, to)
        folder.mkdir(mode=0o700)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copied(source: Path, target: Path, progress: Progress) -> tuple[int, str]:
    hashed, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read, os.fdopen(handle, "wb") as file:
        while part := read.read(CHUNK_BYTES):
            hashed.update(part)
            size += len(part)
            file.write(part)
            progress(len(part))
        file.flush()
        os.fsync(handle)
    return size, hashed.hexdigest()


def sync(folder: Path) -> None:
    """Make every folder of a backup durable."""
    for root, _, _ in os.walk(folder):
        sync_folder(Path(root))


def bring_back(store: Path, backup: Path, manifest: Manifest) -> int:
    """Bring back what is missing in the store; what is there is never written over, and no policy comes back with a
    higher number than those that are there: today's policy governs today.

    Returns: how many files came back. Raises: NoBackup, as `check`.
    """
    check(manifest)
    count, newest = 0, _newest(store)
    # The highest policy first: where this was interrupted, it tells that the others are wanted still.
    for one in sorted(manifest.files, key=lambda one: one.path, reverse=True):
        if not one.path.startswith(f"{FILES}/"):
            continue
        name = PurePosixPath(one.path.removeprefix(f"{FILES}/"))
        target = store / name
        if target.exists() or target.is_symlink() or (newest is not None and _number(name) > newest):
            continue
        _make_folders(target.parent, store)
        draft = target.with_name(f".{target.name}.restoring")
        draft.unlink(missing_ok=True)
        shutil.copyfile(backup / one.path, draft)
        owner = target.parent.stat()
        draft.chmod(0o644 if owner.st_mode & 0o005 or target.parent == store else owner.st_mode & 0o666)
        if os.geteuid() == 0:
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(target)
        count += 1
    return count


def check(manifest: Manifest) -> None:
    """Look whether a backup names only what one takes: who can write where backups lie writes nothing else into a
    store. Raises: NoBackup.
    """
    for one in manifest.files:
        if one.path.startswith(f"{FILES}/") and not _is_taken(one.path.removeprefix(f"{FILES}/")):
            raise NoBackup(f"the manifest names {one.path}, which no backup takes: use another backup")


def _is_taken(told: str) -> bool:
    """Tell whether `listed` could have named it."""
    name = PurePosixPath(told)
    if str(name) != told or name.is_absolute() or ".." in name.parts:
        return False
    if len(name.parts) == 1:
        return told in SINGLE or any(name.match(pattern) for pattern in PATTERNS)
    return name.parts[0] in FOLDERS and not name.name.startswith(".")


def _newest(store: Path) -> int | None:
    """Return the highest number of the policies that a store has had; None if it has had none."""
    names = (PurePosixPath(POLICIES, path.name) for path in (store / POLICIES).glob("*.toml"))
    return max((number for name in names if (number := _number(name)) >= 0), default=None)


def _number(name: PurePosixPath) -> int:
    """Return the number of a kept policy, or of what is told of it; -1 of all else."""
    match = _NUMBERED.fullmatch(name.name) if name.parts[0] == POLICIES else None
    return -1 if match is None else int(match[1])


def _make_folders(folder: Path, store: Path) -> None:
    if folder == store or folder.exists():
        return
    _make_folders(folder.parent, store)
    above = folder.parent.stat()
    folder.mkdir(mode=0o700)
    if folder.parent != store:  # as what it lies in; the store's own folders are set right at each start
        folder.chmod(stat.S_IMODE(above.st_mode))
        if os.geteuid() == 0:
            os.chown(folder, above.st_uid, above.st_gid)
    elif folder.name in {"theme", "policies"}:
        folder.chmod(0o755)
