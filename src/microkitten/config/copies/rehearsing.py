"""Rehearses a restore: the newest backup with a look at today's keys, thrown away again; the day is noted."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from microkitten.config.copies import files, manifest, shop, vault
from microkitten.config.copies.backing import LAST
from microkitten.config.copies.manifest import SHOP_DUMP, SHOP_FILE, Manifest, NoBackup
from microkitten.web.store import Store

REHEARSED: Final = "restore.rehearsed"
DAYS_MAX: Final = 92  # P3M
REMEDY: Final = "microkitten backup DEST, then: microkitten check --restore DEST (docs/operating/backup.md)"


class CannotRehearse(Exception):
    """Why a backup would not come back, in a sentence."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rehearsal found; `shop` says what is wrong with the shop's copy, empty if nothing is."""

    backup: Path
    manifest: Manifest
    found: Mapping[str, Any]
    people: Mapping[str, int]
    entries: int
    shop: str


def rehearse(store: Path, given: Path | None) -> Rehearsal:
    """Rehearse with the backup named, or with the newest one where the last was put. Raises: NoBackup,
    CannotRehearse.
    """
    backup = manifest.find(given or _where(store))
    told = manifest.read(backup)
    manifest.verify(backup, told)
    files.check(told)
    name = SHOP_FILE if any(one.path == SHOP_FILE for one in told.files) else SHOP_DUMP
    wrong, people = shop.check(backup, name)
    handle = os.open(backup / manifest.VAULT, os.O_RDONLY)
    try:
        with vault.side("rehearse", store, handle) as side:
            side.say(json.dumps(told.of_vault()), *sorted(people))
            side.end_words()
            heard = side.hear()
            side.wait()
    except vault.VaultSaid as error:
        raise CannotRehearse(str(error)) from None
    finally:
        os.close(handle)
    if not wrong:
        _note(store, told)
    return Rehearsal(backup, told, heard["found"], heard["shop"], heard["entries"], wrong)


def check(store: Store, *, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is to be known of the last rehearsal, and what to type: it is too long ago, or there was none."""
    if not (store.folder / "vault").exists():
        return
    try:
        told = json.loads((store.folder / REHEARSED).read_bytes())
        days = (at - datetime.fromisoformat(told["at"])).days
    except (OSError, ValueError, KeyError, TypeError):
        yield "no restore has been rehearsed: whether a backup comes back is not known", REMEDY
        return
    if days > DAYS_MAX:
        yield f"the last rehearsed restore was {days} days ago, more than three months", REMEDY


def _where(store: Path) -> Path:
    try:
        return Path((store / LAST).read_text(encoding="utf-8").strip())
    except OSError:
        raise NoBackup("no backup has been made yet: microkitten backup DEST") from None


def _note(store: Path, told: Manifest) -> None:
    draft = store / f".{REHEARSED}.{secrets.token_hex(4)}"
    noted = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "backup": told.time}
    draft.write_text(json.dumps(noted) + "\n", encoding="utf-8")
    draft.replace(store / REHEARSED)
