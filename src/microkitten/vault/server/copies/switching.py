"""The steps of a restore once it is decided; each can be done again, so a crash at any point is gone on from.

Until the decision all of it lies beside what is in force. It is the store's file `restore.json`, written by whoever
runs the command, when vault and shop are both prepared; while it is there no vault starts.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from microkitten.ledger.leaf import Kind
from microkitten.vault.server import audit, index, process
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.copies import copying, ledger, staging, tables
from microkitten.vault.server.custody.files import sync_folder
from microkitten.vault.server.database import is_made, open_database
from microkitten.vault.server.folder import RESTORING, Doubt, Folder, write_over
from microkitten.vault.server.keys.keyring import STORE
from microkitten.vault.server.logs import RESTORES
from microkitten.vault.server.verbs.collect import open_record
from microkitten.vault.server.work import Vault, Work
from microkitten.vault.wire import Role

FOLDER: Final = "restoring"
PLAN: Final = "plan.json"
MARK: Final = "restored"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was prepared: `id` of this restore, the time of the backup, what becomes of the ledger, where the replaced
    database is kept (empty: not kept), and the old log's number.
    """

    id: str
    backup: str
    release: str
    fate: dict[str, Any]
    keep: str
    number: int
    checkpoint: str

    def write(self, at: Path) -> None:
        """Write it, durably: from now on all is prepared."""
        write_over(at / PLAN, json.dumps(asdict(self)).encode())

    @classmethod
    def read(cls, at: Path) -> Plan | None:
        """Read it, or None if it was not prepared to the end, or is done already."""
        try:
            return cls(**json.loads((at / PLAN).read_bytes()))
        except FileNotFoundError:
            return None


def place(folder: Folder) -> Path:
    """Return where a restore is prepared."""
    return folder.vault / FOLDER


def switch(folder: Folder, decided: str) -> dict[str, Any]:
    """Put what was prepared in force, or go on with that. Params: `decided`, the id of what was decided for. Returns:
    what was entered, empty if it was all done. Raises: Doubt.
    """
    at = place(folder)
    plan = Plan.read(at)
    if plan is None or plan.id != decided:
        _must_be_done(folder, decided)
        return {}
    _put_ledger(folder, Folder(at), plan)
    _put_database(folder, Folder(at), plan)
    told = finish(folder, plan)
    clear(folder)
    return told


def _must_be_done(folder: Folder, decided: str) -> None:
    database = open_database(folder)
    row = database.row("SELECT value FROM vault_fact WHERE name = ?", RESTORES)
    database.close()
    if decided not in {one["id"] for one in json.loads("[]" if row is None else row[0])}:
        raise Doubt(
            f"what was prepared in {place(folder)} is gone, and the vault is as it was: take {RESTORING} out of the"
            " store's folder, and restore again"
        )


def clear(folder: Folder) -> None:
    """Remove what was prepared, the plan first: without it nothing of the rest counts."""
    (place(folder) / PLAN).unlink(missing_ok=True)
    staging.remove(place(folder))
    sync_folder(folder.vault)


def _put_ledger(folder: Folder, staged: Folder, plan: Plan) -> None:
    """Where a new log begins, let its checkpoint and key take the old one's place, which are kept."""
    if not staged.signed.exists():
        return
    for name, kept in ledger.kept_names(folder, number=plan.number).items():
        if not (folder.vault / kept).exists():
            if (folder.vault / name).exists():
                (folder.vault / name).replace(folder.vault / kept)
            elif name == folder.signed.name:
                write_over(folder.vault / kept, plan.checkpoint.encode())
    sync_folder(folder.vault)
    for name in (
        ledger.NUMBERED,
        folder.verifier.name,
        folder.signed.name,
    ):  # the checkpoint last: it tells of all
        if (staged.vault / name).exists():
            (staged.vault / name).replace(folder.vault / name)
    sync_folder(folder.vault)


def _put_database(folder: Folder, staged: Folder, plan: Plan) -> None:
    if copying.engine_of(folder) == "postgresql":
        _replace_rows(folder, staged, plan)
        return
    if not staged.database.exists():
        return
    kept = folder.vault / plan.keep
    if plan.keep:
        kept.mkdir(mode=0o700, exist_ok=True)
    for end in ("-wal", "-shm", ""):
        path = folder.vault / f"{folder.database.name}{end}"
        if path.exists() and plan.keep:
            path.replace(kept / path.name)
        else:
            path.unlink(missing_ok=True)
    if plan.keep:
        sync_folder(kept)
    staged.database.replace(folder.database)
    sync_folder(folder.vault)


def _replace_rows(folder: Folder, staged: Folder, plan: Plan) -> None:
    kept, was_made = folder.vault / plan.keep, is_made(folder)
    if not was_made:
        tables.make(folder)
    if plan.keep and was_made and not (kept / folder.database.name).exists():
        draft = Folder(place(folder) / "kept")
        shutil.rmtree(draft.store, ignore_errors=True)
        draft.store.mkdir(mode=0o700)
        path = copying.write_copy(folder, draft)
        kept.mkdir(mode=0o700, exist_ok=True)
        path.replace(kept / folder.database.name)
        sync_folder(kept)
    copying.replace_rows(staged.database, folder, mark=plan.id, fact=MARK)


def finish(folder: Folder, plan: Plan) -> dict[str, Any]:
    """Let the keys of people go of whom the restored database knows nothing, and enter what was done, in one change of
    database and keys. Returns: entry, size, and how many boxes went; empty the second time.
    """
    vault = process.open_vault(folder, Clock())
    try:
        restores = vault.database.row("SELECT value FROM vault_fact WHERE name = ?", RESTORES)
        known = [] if restores is None else json.loads(restores[0])
        if any(one["id"] == plan.id for one in known):
            vault.journal.checkpoint()
            return {}
        vault.keyring.chain.forget_floors()
        told = _enter(vault, plan, known)
        _raise_floors(vault)
    finally:
        vault.keyring.close()
        vault.database.close()
    audit.verify(folder)
    return told


def _enter(vault: Vault, plan: Plan, known: list[dict[str, Any]]) -> dict[str, Any]:
    at = vault.clock.now()
    vault.database.begin()
    people = {UUID(str(who)) for (who,) in vault.database.rows("SELECT id FROM vault_person")}
    unknown = set(vault.keyring.chain.primary.store.persons()) - people - {STORE}
    for person in sorted(unknown):
        vault.keyring.destroy(person)
    detail = {"restored": plan.backup, "since": len(unknown), "policy": vault.policy.hash, **plan.fate}
    entered = vault.journal.enter(
        Kind.DEPLOYMENT, at=at, purpose="", actor="operator", person=None, detail=detail
    )
    if plan.fate["origin"]:  # so that the new log says by itself what governs
        _enter_deployment(vault, entered.index)
    _find_again(Work(vault, Role.OPERATOR, "operator", "", at, uuid4()))
    one = {"id": plan.id, "at": at, "entry": entered.index, "backup": plan.backup, **plan.fate}
    vault.database.run("DELETE FROM vault_fact WHERE name IN (?, ?)", RESTORES, MARK)
    vault.database.run(
        "INSERT INTO vault_fact (name, value) VALUES (?, ?)", RESTORES, json.dumps([*known, one])
    )
    vault.journal.write()
    vault.keyring.prepare()
    vault.database.commit()
    vault.journal.committed()
    vault.keyring.settle()
    vault.database.truncate_log()
    vault.journal.checkpoint()
    return {"entry": entered.index, "since": len(unknown), "entries": vault.journal.size}


def _enter_deployment(vault: Vault, entry: int) -> None:
    row = vault.database.row(
        "SELECT policy, release, version, sha256 FROM vault_deployment ORDER BY entry DESC LIMIT 1"
    )
    if row is not None:
        vault.database.run(
            "INSERT INTO vault_deployment (entry, policy, release, version, sha256) VALUES (?, ?, ?, ?, ?)",
            entry,
            *row,
        )


def _find_again(work: Work) -> None:
    """Make findable again whoever lay under an index key that is gone."""
    for column in sorted(index.COLUMNS):
        group = work.vault.policy.groups.get(column.partition(".")[0])
        if group is None:
            continue
        rows = work.vault.database.rows(
            "SELECT r.person FROM vault_record r WHERE r.group_name = ? AND NOT EXISTS"
            ' (SELECT 1 FROM vault_find f WHERE f.person = r.person AND f."column" = ?)',
            group.name, column,
        )  # fmt: skip
        for who in (UUID(str(person)) for (person,) in rows):
            box, record = work.vault.keyring.of(who), work.records([who]).get(who, {}).get(group.name)
            if box is None or record is None or record.lapse_at <= work.at:
                continue
            value = open_record(work, box, group, record).get(column)
            if value is not None:
                index.put(work, column, str(value), who)


def _raise_floors(vault: Vault) -> None:
    """From here on no version goes back again."""
    rows = vault.database.rows("SELECT person, group_name, version FROM vault_record")
    vault.keyring.chain.raise_floors(
        {(UUID(str(who)), str(group)): int(version) for who, group, version in rows}
    )
