"""Brings a backup back: old data with today's keys; prepared beside, decided by one file, resumable from any crash."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from microkitten.config import identities, preparation, runtime
from microkitten.config.copies import files, manifest, shop, vault
from microkitten.config.copies.manifest import FILES, SHOP_DUMP, SHOP_FILE, Manifest, NoBackup, sync_folder
from microkitten.config.store import Serving
from microkitten.config.store import read as read_store

DECIDED: Final = preparation.RESTORING  # while it is there, neither vault nor shop starts
SETTINGS: Final = "store.toml"


class CannotRestore(Exception):
    """Why nothing was restored, with what to do."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come back and what would not: `found` and `ledger` as the vault tells them, `present` why the
    database of now cannot be used, empty if it can.
    """

    backup: Path
    manifest: Manifest
    found: Mapping[str, Any]
    ledger: Mapping[str, Any]
    present: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: what the vault entered, how many files came back, under which name the replaced data are kept."""

    entered: Mapping[str, Any]
    files: int
    kept: str


def restore(
    store: Path, given: Path, *, agree: Callable[[Preview], bool], keep: bool = True
) -> Restored | None:
    """Restore a backup into a store that is stopped.

    Params: `agree` is shown what would come back; `keep` what is replaced. Returns: None if it did not agree. Raises:
    CannotRestore; NoBackup. Until the decision nothing has changed; after it, `resume` goes on from any crash.
    """
    backup = manifest.find(given)
    told = manifest.read(backup)
    manifest.verify(backup, told)
    files.check(told)
    shop_name = SHOP_FILE if any(one.path == SHOP_FILE for one in told.files) else SHOP_DUMP
    told.of(shop_name)
    _found_again(store, backup)
    with _alone(store) as serving:
        if (store / DECIDED).exists():
            raise CannotRestore(
                "another restore was decided and interrupted; finish it: microkitten restore --resume"
            )
        shop.check_fits(serving, shop_name)
        _make_vault(store, serving)
        handle = os.open(backup / manifest.VAULT, os.O_RDONLY)
        try:
            with vault.side("restore", store, handle) as side:
                side.say(json.dumps(told.of_vault() | {"keep": keep}))
                heard = side.hear()
                if not agree(Preview(backup, told, heard["found"], heard["ledger"], heard["present"])):
                    side.say("stop")
                    side.wait()
                    return None
                shop.prepare(store, backup, shop_name)
                plan = _decide(store, backup, shop_name, decided=heard["id"], keep=keep)
                return _carry_out(store, serving, plan, side)
        except vault.VaultSaid as error:
            raise CannotRestore(str(error)) from None
        except shop.CannotCopy as error:
            raise CannotRestore(str(error)) from None
        finally:
            os.close(handle)
            if not (store / DECIDED).exists():
                shop.forget(store)


def resume(store: Path) -> Restored:
    """Go on with a restore that was decided and interrupted. Raises: CannotRestore."""
    with _alone(store) as serving:
        try:
            plan = json.loads((store / DECIDED).read_bytes())
        except FileNotFoundError:
            raise CannotRestore(
                "no restore was interrupted after it was decided; there is nothing to finish"
            ) from None
        try:
            return _carry_out(store, serving, plan, None)
        except (vault.VaultSaid, shop.CannotCopy, NoBackup) as error:
            raise CannotRestore(str(error)) from None


def _decide(store: Path, backup: Path, shop_name: str, *, decided: str, keep: bool) -> dict[str, Any]:
    """Write down that it is decided: before this file is there all is as it was, from then on it will be new."""
    name = f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}" if keep else ""
    plan = {"id": decided, "backup": str(backup), "shop": shop_name, "keep": name}
    draft = store / f".{DECIDED}.{secrets.token_hex(4)}"
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(plan, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(store / DECIDED)
    sync_folder(store)
    return plan


def _carry_out(store: Path, serving: Serving, plan: Mapping[str, Any], side: vault.Side | None) -> Restored:
    backup = Path(plan["backup"])
    told = manifest.read(backup)
    count = files.bring_back(store, backup, told)
    entered = _switch_vault(store, plan["id"], side)
    shop.switch(store, serving, backup, plan["shop"], plan["keep"])
    (store / preparation.STAMP).unlink(
        missing_ok=True
    )  # what belongs to whom is set right, tables brought up to date
    _end(store)
    return Restored(entered, count, plan["keep"])


def _switch_vault(store: Path, decided: str, side: vault.Side | None) -> Mapping[str, Any]:
    if side is not None:
        side.say("switch")
        done: Mapping[str, Any] = side.hear()["done"]
        side.wait()
        return done
    with vault.side("resume", store) as again:
        again.say(decided)
        done = again.hear()["done"]
        again.wait()
    return done


def _end(store: Path) -> None:
    (store / DECIDED).unlink()
    sync_folder(store)


def _found_again(store: Path, backup: Path) -> None:
    """Where the whole store is lost, begin with its settings: they tell where the keys' replicas are."""
    if not (store / SETTINGS).exists():
        store.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = store / f".{SETTINGS}.restoring"
        shutil.copyfile(backup / FILES / SETTINGS, draft)
        draft.chmod(0o644)
        draft.replace(store / SETTINGS)


def _make_vault(store: Path, serving: Serving) -> None:
    """Make the vault's folder for its user where it is lost."""
    if (store / "vault").exists():
        return
    who = identities.choose(store, serving.uids_base).vault
    (store / "vault").mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(store / "vault", who.uid, who.gid)


@contextmanager
def _alone(store: Path) -> Iterator[Serving]:
    """Hold the store against `serve` for a while. Raises: CannotRestore if it is being served."""
    with (store / runtime.LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRestore("the store is being served: stop it first, then restore") from None
        yield read_store(store)[1]
