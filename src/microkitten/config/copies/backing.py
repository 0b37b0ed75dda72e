"""Makes a backup: both databases, settings, policies, theme, pictures; whole or not recognized, also while serving.

The shop's database first, then the vault's. People are collected before the shop's row that names them is written, so
everybody whom the shop's copy names is in the vault's later copy, unless they were erased in between, and then they
are gone in either order. The other way round, orders of the minutes between would name people whom the vault's copy
has never heard of. What the vault's copy has in excess is unclaimed (it erases itself within the hour), or of an order
placed in between (it ends with its own clock). What the shop's copy still owes by its outbox, a claim or an erasure,
may be done in the vault's copy already: both can be done twice.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from microkitten import __version__
from microkitten.config.copies import files, shop, vault
from microkitten.config.copies.manifest import NAME as MANIFEST
from microkitten.config.copies.manifest import (
    PREFIX,
    VAULT,
    Entry,
    Manifest,
    NoBackup,
    digest,
    find,
    read,
    sync_folder,
    whole,
)
from microkitten.config.store import read as read_store

LOCK: Final = ".backup.lock"
LAST: Final = "backup.last"
_PART: Final = re.compile(r"\.backup-\d{8}T\d{6}Z-[0-9a-f]{8}\.(part|old)")
Progress = Callable[[int, int], None]


class CannotBackUp(Exception):
    """Why no backup was made, with what to do; nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where, what it says, how many bytes of it are new, and which older ones went."""

    path: Path
    manifest: Manifest
    gone: tuple[Path, ...]


def back_up(store: Path, dest: Path, *, keep: int | None, progress: Progress = lambda *_: None) -> Made:
    """Make a backup in a folder of its own below `dest`.

    Params: `keep`, how many backups of this store stay there; all if None. Raises: CannotBackUp.
    """
    if dest.resolve().is_relative_to(store.resolve()):
        raise CannotBackUp(f"{dest} lies in the store and is lost with it; name another disk")
    try:
        dest.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(dest):
            _clear(dest)
            made = _make(store, dest, progress)
            gone = () if keep is None else _rotate(dest, made.manifest.store, keep)
            _note(store, dest)
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise CannotBackUp(f"{what}: {error.filename or dest}; no backup was made") from None
    except (shop.CannotCopy, vault.VaultSaid) as error:
        raise CannotBackUp(f"{error}; no backup was made") from None
    return Made(made.path, made.manifest, gone)


def _make(store: Path, dest: Path, progress: Progress) -> Made:
    at = datetime.now(UTC).replace(microsecond=0)
    name = f"{PREFIX}{at:%Y%m%dT%H%M%SZ}"
    part = dest / f".{name}-{secrets.token_hex(4)}.part"
    part.mkdir(mode=0o700)
    try:
        manifest = _fill(store, dest, part, at, progress)
        _seal(part, manifest)
        path = _name(part, dest / name)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Made(path, manifest, ())


def _fill(store: Path, dest: Path, part: Path, at: datetime, progress: Progress) -> Manifest:
    serving = read_store(store)[1]
    last = _last(dest)
    shop_name = shop.copy_out(store, serving, part)
    told = vault.copy_out(store, part / VAULT)
    entries = [_entry(part, name) for name in (shop_name, VAULT)]
    total, done = sum((store / path).stat().st_size for path in files.listed(store)), 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    entries += files.copy_out(store, part, last, step)
    return Manifest(
        time=at.isoformat(),
        release=__version__,
        store=told["store"],
        policy=told["policy"],
        version=told["version"],
        origin=told["origin"],
        base=told["base"],
        entries=told["entries"],
        people=told["people"],
        checkpoint=told["checkpoint"],
        keys_epoch=told["keys_epoch"],
        engines={"vault": told["engine"], "shop": "sqlite" if serving.database is None else "postgresql"},
        files=tuple(entries),
    )


def _seal(part: Path, manifest: Manifest) -> None:
    """Write the manifest last of all, when all else is on the disk."""
    files.sync(part)
    manifest.write(part)


def _name(part: Path, path: Path) -> Path:
    """Give a backup its name; never over another."""
    number = 2
    while path.exists():
        path = path.with_name(f"{path.name.rpartition('Z')[0]}Z-{number}")
        number += 1
    part.rename(path)
    sync_folder(path.parent)
    return path


def _entry(part: Path, name: str) -> Entry:
    path = part / name
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return Entry(name, path.stat().st_size, digest(path))


def _last(dest: Path) -> tuple[Path, Manifest] | None:
    try:
        path = find(dest)
        return path, read(path)
    except NoBackup:
        return None


def _rotate(dest: Path, store: str, keep: int) -> tuple[Path, ...]:
    """Remove the oldest of this store's backups but for `keep`; its manifest first, so that a half is none."""
    ours = []
    for path in whole(dest):
        try:
            if read(path).store == store:
                ours.append(path)
        except NoBackup:
            continue
    old = ours[:-keep] if keep else ours
    for path in old:
        (path / MANIFEST).unlink()
        gone = path.with_name(f".{path.name.partition('Z')[0]}Z-{secrets.token_hex(4)}.old")
        path.rename(gone)
        shutil.rmtree(gone)
    return tuple(old)


def _clear(dest: Path) -> None:
    """Remove what a crash left of a backup, or of one that was being removed."""
    for path in dest.iterdir():
        if _PART.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)


def _note(store: Path, dest: Path) -> None:
    """Write down where backups lie, for `check --restore`."""
    draft = store / f".{LAST}.{secrets.token_hex(4)}"
    draft.write_text(f"{dest.resolve()}\n", encoding="utf-8")
    draft.replace(store / LAST)


@contextmanager
def _alone(dest: Path) -> Iterator[None]:
    handle = os.open(dest / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotBackUp(f"another backup is being made in {dest}; wait for it") from None
        yield
    finally:
        os.close(handle)
