"""SIGKILL at every step of a backup and of a restore: a backup is whole or none, a store is old or new, vault and shop
together (P35, P43)."""

from __future__ import annotations

from pathlib import Path

import pytest

from microkitten.config.copies import manifest
from tests.config import copied_store
from tests.config.copied_store import NEW, OLD, Aged, arm, command, has_fired
from tests.vault_database import empty_database

pytestmark = pytest.mark.slow
BACKING = "microkitten.config.copies.backing"
RESTORING = "microkitten.config.copies.restoring"
VAULT = "microkitten.vault.server.copies"
CALL, RETURN = "call", "return"
BACKUP_POINTS = {
    "shop-copied": ("microkitten.config.copies.shop:copy_out", RETURN),
    "vault-copying": (f"{VAULT}.copying:write_copy", RETURN),
    "vault-copied": ("microkitten.config.copies.vault:copy_out", RETURN),
    "files-copied": ("microkitten.config.copies.files:copy_out", RETURN),
    "before-the-manifest": (f"{BACKING}:_seal", CALL),
    "after-the-manifest": (f"{BACKING}:_seal", RETURN),
    "named": (f"{BACKING}:_name", RETURN),
    "rotating": (f"{BACKING}:_rotate", CALL),
    "noted": (f"{BACKING}:_note", CALL),
}
RESTORE_POINTS = {
    "unpacked": (f"{VAULT}.staging:unpack", RETURN),
    "merged": (f"{VAULT}.merging:merge", RETURN),
    "decided-on-the-log": (f"{VAULT}.ledger:decide", RETURN),
    "planned": (f"{VAULT}.switching:Plan.write", RETURN),
    "shop-prepared": ("microkitten.config.copies.shop:prepare", RETURN),
    "before-the-decision": (f"{RESTORING}:_decide", CALL),
    "after-the-decision": (f"{RESTORING}:_decide", RETURN),
    "files-back": ("microkitten.config.copies.files:bring_back", RETURN),
    "switching": (f"{VAULT}.switching:switch", CALL),
    "log-put": (f"{VAULT}.switching:_put_ledger", RETURN),
    "database-put": (f"{VAULT}.switching:_put_database", RETURN),
    "entering": (f"{VAULT}.switching:_enter", CALL),
    "keys-pending": ("microkitten.vault.server.keys.keyring:Keyring.prepare", RETURN),
    "keys-settling": ("microkitten.vault.server.keys.keyring:Keyring.settle", CALL),
    "entered": (f"{VAULT}.switching:_enter", RETURN),
    "finished": (f"{VAULT}.switching:finish", RETURN),
    "cleared": (f"{VAULT}.switching:clear", RETURN),
    "vault-switched": (f"{RESTORING}:_switch_vault", RETURN),
    "shop-switching": ("microkitten.config.copies.shop:switch", CALL),
    "shop-switched": ("microkitten.config.copies.shop:switch", RETURN),
    "ending": (f"{RESTORING}:_end", CALL),
    "ended": (f"{RESTORING}:_end", RETURN),
}


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Aged:
    """A store and its backup."""
    return copied_store.make(tmp_path_factory.mktemp("aged"))


@pytest.mark.parametrize("point", BACKUP_POINTS)
def test_a_backup_that_is_killed_is_whole_or_none(aged: Aged, tmp_path: Path, point: str) -> None:
    """What is there with a manifest verifies; what is not is refused in a sentence, and cleared by the next."""
    folder, dest = copied_store.copy(aged, tmp_path / "store"), tmp_path / "backups"
    killing = arm(tmp_path / "kill", point, *BACKUP_POINTS[point])
    killed = command(folder, "backup", str(dest), "--keep", "3", killing=killing)
    assert has_fired(killing, point)
    assert killed.returncode != 0
    for path in manifest.whole(dest):
        manifest.verify(path, manifest.read(path))
    for path in dest.glob(".backup-*.part"):
        if not (path / manifest.NAME).exists():
            with pytest.raises(manifest.NoBackup, match="interrupted"):
                manifest.find(path)
    again = command(folder, "backup", str(dest), "--keep", "3")
    assert again.returncode == 0, again.stderr
    assert not list(dest.glob(".backup-*.part"))
    assert [path for path in (folder / "vault").iterdir() if path.name.startswith(".copying")] == []
    newest = manifest.find(dest)
    manifest.verify(newest, manifest.read(newest))


@pytest.mark.parametrize("point", RESTORE_POINTS)
def test_a_restore_that_is_killed_is_old_or_new(aged: Aged, tmp_path: Path, point: str) -> None:
    """Not decided: all is as it was. Decided: nothing starts until it is finished, and then all is new."""
    folder = copied_store.copy(aged, tmp_path / "store")
    killing = arm(tmp_path / "kill", point, *RESTORE_POINTS[point])
    command(folder, "restore", str(aged.backups), "--yes", killing=killing)
    assert has_fired(killing, point)
    if (folder / "restore.json").exists():
        refused = command(folder, "restore", str(aged.backups), "--yes")
        assert "--resume" in refused.stderr
        done = command(folder, "restore", "--resume")
        assert done.returncode == 0, done.stderr
        ages = OLD, OLD
    else:
        ages = (OLD, OLD) if point == "ended" else (NEW, NEW)
    assert (copied_store.shop_age(folder), copied_store.vault_age(aged, folder)) == ages
    assert copied_store.verifies(folder)
    if ages == (NEW, NEW):
        done = command(folder, "restore", str(aged.backups), "--yes")
        assert done.returncode == 0, done.stderr
    assert (copied_store.shop_age(folder), copied_store.vault_age(aged, folder)) == (OLD, OLD)
    assert copied_store.verifies(folder)
    assert not (folder / "vault" / "restoring").exists()


LOST_POINTS = {
    "begun": (f"{VAULT}.ledger:write_beginning", RETURN),
    "old-log-kept": (f"{VAULT}.switching:sync_folder", CALL),
    "new-log-put": (f"{VAULT}.switching:_put_ledger", RETURN),
    "put-in-its-place": (f"{VAULT}.switching:_put_database", RETURN),
    "first-entry": (f"{VAULT}.switching:_enter", CALL),
    "first-signed": ("microkitten.vault.server.journal:Journal.checkpoint", CALL),
    "all-done": (f"{VAULT}.switching:finish", RETURN),
}


@pytest.mark.parametrize("point", LOST_POINTS)
def test_a_new_log_that_is_killed_in_the_making_begins_once(aged: Aged, tmp_path: Path, point: str) -> None:
    """Where the vault's database is lost: finished or asked again, there is one new log; what was signed is kept."""
    folder = copied_store.copy(aged, tmp_path / "store")
    note = (folder / "vault" / "checkpoint.signed").read_text()
    empty_database(folder)
    killing = arm(tmp_path / "kill", point, *LOST_POINTS[point])
    command(folder, "restore", str(aged.backups), "--yes", killing=killing)
    assert has_fired(killing, point)
    decided = (folder / "restore.json").exists()
    done = command(folder, "restore", *(["--resume"] if decided else [str(aged.backups), "--yes"]))
    assert done.returncode == 0, done.stderr
    assert (copied_store.shop_age(folder), copied_store.vault_age(aged, folder)) == (OLD, OLD)
    assert copied_store.verifies(folder)
    assert (folder / "vault" / "checkpoint.1.signed").read_text() == note
    assert (folder / "vault" / "checkpoint.signed").read_text().startswith("localhost:8443/ledger/2\n")
    assert not (folder / "vault" / "checkpoint.2.signed").exists()
