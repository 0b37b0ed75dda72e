"""A backup's manifest: what is in it, from when, of which store; written last, so that a torn backup has none."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from microkitten import __version__

NAME: Final = "manifest.json"
FORMAT: Final = 1
PREFIX: Final = "backup-"
VAULT: Final = "vault.sqlite3"
SHOP_FILE: Final = "shop.sqlite3"
SHOP_DUMP: Final = "shop.pgdump"
FILES: Final = "files"
CHUNK_BYTES: Final = 1 << 20
MANIFEST_BYTES_MAX: Final = 256 << 20
_SEAL: Final = "manifest_sha256"
_DATED: Final = re.compile(r"backup-\d{8}T\d{6}Z(-\d+)?")


class NoBackup(Exception):
    """Why a folder is no backup that can be used, with what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a backup: its path below it, its size, the hash of its bytes."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    `store` is the id by which keys and backups know each other, no secret; `checkpoint` the ledger's signed
    checkpoint of that moment, `entries` its size, `keys_epoch` the last change of the keys that the copy knows of.
    """

    time: str
    release: str
    store: str
    policy: str
    version: str
    origin: str
    base: int
    entries: int
    people: int
    checkpoint: str
    keys_epoch: int
    engines: Mapping[str, str]
    files: tuple[Entry, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write it into a backup, durably."""
        told = {"microkitten": "backup", "format": FORMAT, **asdict(self)}
        told[_SEAL] = _seal(told)
        path = folder / NAME
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(told, file, indent=1, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(folder)

    def of(self, path: str) -> Entry:
        """Return what is told of a file. Raises: NoBackup."""
        for one in self.files:
            if one.path == path:
                return one
        raise NoBackup(f"the manifest names no {path}: this is no whole backup")

    def of_vault(self) -> dict[str, Any]:
        """Return what the vault's side must know."""
        entry = self.of(VAULT)
        return {
            "store": self.store, "checkpoint": self.checkpoint, "sha256": entry.sha256, "time": self.time,
            "release": self.release,
        }  # fmt: skip


def read(folder: Path) -> Manifest:
    """Read and judge a backup's manifest; its files are not looked at yet. Raises: NoBackup."""
    path = folder / NAME
    if not folder.is_dir():
        raise NoBackup(f"{folder} is no folder; a backup is one, with a {NAME}")
    try:
        if path.stat().st_size > MANIFEST_BYTES_MAX:
            raise NoBackup(f"{path} is too long to be a manifest")
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NoBackup(
            f"{folder} has no {NAME}: it is no backup, or one that was interrupted; use another"
        ) from None
    except (OSError, ValueError):
        raise NoBackup(f"{path} cannot be read: the backup is damaged; use another") from None
    if not isinstance(told, dict) or told.get("microkitten") != "backup":
        raise NoBackup(f"{path} is no manifest of a backup")
    if told.get("format") != FORMAT or _later(str(told.get("release", ""))):
        raise NoBackup(
            f"the backup was made by release {told.get('release')}, later than this one ({__version__}): install that"
        )
    if told.pop(_SEAL, None) != _seal(told):
        raise NoBackup(f"{path} was changed since it was written; use another backup")
    try:
        for name in ("microkitten", "format"):
            del told[name]
        return Manifest(**{**told, "files": tuple(Entry(**one) for one in told["files"])})
    except (TypeError, KeyError):
        raise NoBackup(f"{path} does not tell what a manifest must") from None


def verify(folder: Path, manifest: Manifest, progress: Callable[[int], None] = lambda _: None) -> None:
    """Compare every file with the manifest. Params: `progress` is told of bytes read. Raises: NoBackup, naming the
    first that differs.
    """
    for one in manifest.files:
        path = folder / one.path
        if ".." in Path(one.path).parts or Path(one.path).is_absolute():
            raise NoBackup(f"the manifest names {one.path}, which lies elsewhere")
        try:
            if path.is_symlink() or path.stat().st_size != one.bytes or digest(path, progress) != one.sha256:
                raise NoBackup(
                    f"{one.path} is not what the manifest tells of: the backup is damaged; use another"
                )
        except OSError as error:
            raise NoBackup(f"{one.path} of the backup cannot be read: {error.strerror}") from None


def digest(path: Path, progress: Callable[[int], None] = lambda _: None) -> str:
    """Return the SHA-256 of a file."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(CHUNK_BYTES):
            hashed.update(part)
            progress(len(part))
    return hashed.hexdigest()


def whole(folder: Path) -> list[Path]:
    """Return the backups in a folder that have a manifest, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if _DATED.fullmatch(path.name) and (path / NAME).is_file()
    )


def find(given: Path) -> Path:
    """Return the backup that a path names: itself, or the newest one in it. Raises: NoBackup."""
    if (given / NAME).is_file():
        return given.resolve()
    if found := whole(given):
        return found[-1].resolve()
    if not given.exists():
        raise NoBackup(f"there is no {given}")
    raise NoBackup(f"{given} has no {NAME}: it is no backup, or one that was interrupted; use another")


def sync_folder(folder: Path) -> None:
    """Make what was added to and removed from a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _seal(told: Mapping[str, Any]) -> str:
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _later(release: str) -> bool:
    return _numbers(release) > _numbers(__version__)


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release))
