"""A restore from the vault's side: prepared beside, told, and put in force when whoever runs the command decides."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from microkitten import __version__
from microkitten.vault.server import audit
from microkitten.vault.server.copies import copying, keys, ledger, merging, staging, switching
from microkitten.vault.server.copies.switching import Plan
from microkitten.vault.server.database import Database, Failed, is_made, open_database, snapshot
from microkitten.vault.server.folder import RESTORING, Doubt, Folder
from microkitten.vault.server.keys.chain import Chain
from microkitten.vault.server.keys.keyring import EPOCH

Tell = Callable[[dict[str, Any]], None]
Hear = Callable[[], str]
PREPARE, SWITCH, STOP = "prepare", "switch", "stop"
MANIFEST: Final = frozenset({"store", "checkpoint", "sha256", "time", "release"})


def run(folder: Folder, handle: int, manifest: Mapping[str, Any], tell: Tell, hear: Hear) -> None:
    """Prepare, tell what comes back, hear `switch` or anything else, and do it.

    Params: `handle`, the backup's copy, open; `manifest`, what it tells of the vault; `tell` says a thing to whoever
    runs this, `hear` waits for a word. Raises: Doubt; then nothing has changed.
    """
    lock = folder.lock()
    try:
        _clear(folder)
        with _present(folder) as (present, why):
            chain = keys.open_today(folder, decided=None if present is None else _epoch(present.database))
            try:
                told = _prepare(folder, handle, manifest, chain, present)
            finally:
                chain.close()
        tell({**told, "present": why})
        if hear() != SWITCH:  # or whoever runs this has died: after the decision what was prepared must stay
            _clear(folder)
            return
        tell({"done": switching.switch(folder, told["id"])})
    except BaseException:
        _clear(folder)
        raise
    finally:
        os.close(lock)


def resume(folder: Folder, decided: str) -> dict[str, Any]:
    """Go on with a restore that was decided. Params: `decided`, its id. Raises: Doubt."""
    lock = folder.lock(restoring=True)
    try:
        return switching.switch(folder, decided)
    finally:
        os.close(lock)


def _clear(folder: Folder) -> None:
    """Remove what was prepared and not decided for."""
    if not (folder.store / RESTORING).exists():
        switching.clear(folder)


def _prepare(
    folder: Folder, handle: int, manifest: Mapping[str, Any], chain: Chain, present: merging.Present | None
) -> dict[str, Any]:
    if missing := MANIFEST - manifest.keys():
        raise Doubt(f"the backup's manifest does not tell {', '.join(sorted(missing))}")
    if chain.primary.store.state("store") != manifest["store"]:
        raise Doubt("this is a backup of another store: today's keys here are not those it needs")
    at, boxes = switching.place(folder), keys.boxes(chain)
    staged = staging.unpack(handle, at, sha256=manifest["sha256"])
    database = staging.opened(staged)
    try:
        before = _size(database)
        found = merging.merge(database, present, boxes, epoch=chain.epoch)
        fate = ledger.decide(folder, database, manifest, boxes, carried=present is not None)
        if fate.origin:
            ledger.write_beginning(staged, database, boxes)
    finally:
        staging.close(database)
    staging.sync(staged)
    plan = Plan(
        id=uuid4().hex,
        backup=str(manifest["time"]),
        release=__version__,
        fate=fate.told(),
        keep=f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}" if manifest.get("keep", True) else "",
        number=0 if fate.old is None else ledger.number_of(fate.old.origin),
        checkpoint=str(manifest["checkpoint"]),
    )
    plan.write(at)
    return {"id": plan.id, "found": found.told(), "ledger": fate.told(), "entries": before}


def _size(database: Database) -> int:
    return int(database.row("SELECT COALESCE(MAX(number) + 1, 0) FROM vault_entry")[0])


def _epoch(database: Database) -> int:
    (epoch,) = database.row("SELECT value FROM vault_fact WHERE name = ?", EPOCH)
    return int(epoch)


@contextmanager
def _present(folder: Folder) -> Iterator[tuple[merging.Present | None, str]]:
    """Open the database of now if it can be read and its ledger verifies; else say why it is none.

    One of another release is not lost: it is to be started once by its own. Raises: Doubt.
    """
    try:
        why = _why_lost(folder)
        database = open_database(folder) if not why else None
    except (sqlite3.Error, Failed, OSError) as error:
        why, database = f"it cannot be read ({type(error).__name__})", None
    if database is None:
        yield None, why
        return
    try:
        with snapshot(folder) as line:
            yield merging.Present(database, line.execute), ""
    finally:
        database.close()


def _why_lost(folder: Folder) -> str:
    if not is_made(folder) or (copying.engine_of(folder) == "sqlite" and not folder.database.stat().st_size):
        return "it is not there"
    try:
        audit.verify(folder)
    except Doubt as doubt:
        return str(doubt)
    return ""


def say(told: dict[str, Any]) -> str:
    """Write one thing as a line."""
    return json.dumps(told, ensure_ascii=False) + "\n"
