"""Backup, rehearsal and restore by their commands: what is not right is said in a sentence, and nothing has changed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from microkitten.config.conformity.models import our_models
from microkitten.config.copies import manifest, shop
from microkitten.config.store import read
from microkitten.vault.types import PersonField
from tests.config import copied_store
from tests.config.copied_store import NEW, OLD, Aged, command
from tests.postgres import make_pair
from tests.vault_process import remove_vault, run_vault, start_vault

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Aged:
    """A store and its backup."""
    return copied_store.make(tmp_path_factory.mktemp("aged"))


@pytest.fixture
def store(aged: Aged, tmp_path: Path) -> Path:
    """A store of this test's alone."""
    return copied_store.copy(aged, tmp_path / "store")


@pytest.fixture
def backup(aged: Aged, tmp_path: Path) -> Path:
    """A backup of this test's alone."""
    found = manifest.find(aged.backups)
    return Path(shutil.copytree(found, tmp_path / "backups" / found.name))


def ages(aged: Aged, folder: Path) -> tuple[int, int]:
    """Return of which age shop and vault are."""
    return copied_store.shop_age(folder), copied_store.vault_age(aged, folder)


def test_no_key_and_no_secret_is_in_a_backup_and_nobody_else_may_read_it(aged: Aged) -> None:
    """Files 0600, folders 0700; no key store, no root, no certificate, no secret, no mail."""
    backup = manifest.find(aged.backups)
    told = manifest.read(backup)
    manifest.verify(backup, told)
    names = {path.relative_to(backup).as_posix() for path in backup.rglob("*") if path.is_file()}
    assert {
        "vault.sqlite3",
        "shop.sqlite3",
        "manifest.json",
        "files/store.toml",
        "files/media/mug.png",
    } <= names
    assert names == {one.path for one in told.files} | {"manifest.json"}
    assert not [
        name for name in names if "key" in name or "root" in name or "tls" in name or "signed" in name
    ]
    data = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    for path in (aged.folder / "vault").glob("root-*"):
        assert path.read_bytes()[:32] not in data
    for path in (backup, *backup.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_the_columns_that_name_people_are_all_looked_at() -> None:
    """The rehearsal asks the shop's copy for everybody whom a row names."""
    named = {
        (model._meta.db_table, field.column)
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, PersonField)
    }
    assert named == set(shop.PEOPLE.items())


def test_a_rehearsal_is_noted_and_changes_nothing(aged: Aged, store: Path) -> None:
    """It counts, notes the day, and `check` is content."""
    done = command(store, "check", str(store), f"--restore={aged.backups}", bare=True)
    assert done.returncode == 0, done.stderr
    assert "2 come back, 2 are gone since" in done.stdout
    assert (
        "of 4 people it names 2 come back, 2 are gone since, 0 the vault's copy does not have" in done.stdout
    )
    assert json.loads((store / "restore.rehearsed").read_text())["backup"]
    assert ages(aged, store) == (NEW, NEW)
    assert "N027" not in command(store, "check", str(store), bare=True).stdout
    (store / "restore.rehearsed").write_text('{"at": "2026-01-01T00:00:00+00:00", "backup": ""}')
    assert "more than three months" in command(store, "check", str(store), bare=True).stdout


def test_what_is_no_whole_backup_is_refused(aged: Aged, store: Path, backup: Path, tmp_path: Path) -> None:
    """Nothing, an empty folder, a torn one, a changed byte anywhere, a manifest that was edited, a later release."""
    (tmp_path / "empty").mkdir()
    cases = [(tmp_path / "nowhere", "there is no"), (tmp_path / "empty", "no backup")]
    for path, words in cases:
        refused(aged, store, path, words)
    for name in ("vault.sqlite3", "shop.sqlite3", "files/media/mug.png"):
        spoilt = copy_of(backup, tmp_path)
        data = bytearray((spoilt / name).read_bytes())
        data[len(data) // 2] ^= 1
        (spoilt / name).write_bytes(data)
        refused(aged, store, spoilt, f"{name} is not what the manifest tells of")
    spoilt = copy_of(backup, tmp_path)
    (spoilt / "vault.sqlite3").unlink()
    refused(aged, store, spoilt, "cannot be read")
    spoilt = copy_of(backup, tmp_path)
    text = (spoilt / "manifest.json").read_text()
    (spoilt / "manifest.json").write_text(text.replace('"people": 4', '"people": 5'))
    refused(aged, store, spoilt, "was changed since it was written")
    (spoilt / "manifest.json").write_text(text.replace('"release": "', '"release": "99.'))
    refused(aged, store, spoilt, "later than this one")
    (spoilt / "manifest.json").write_text(text[: len(text) // 2])
    refused(aged, store, spoilt, "cannot be read")
    (spoilt / "manifest.json").unlink()
    refused(aged, store, spoilt, "interrupted")


def copy_of(backup: Path, tmp_path: Path) -> Path:
    """Return a backup to spoil."""
    shutil.rmtree(tmp_path / "spoilt", ignore_errors=True)
    return Path(shutil.copytree(backup, tmp_path / "spoilt"))


def refused(aged: Aged, store: Path, backup: Path, words: str) -> None:
    """Demand that a restore says these words and changes nothing."""
    done = command(store, "restore", str(backup), "--yes")
    assert done.returncode == 1
    assert words in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert ages(aged, store) == (NEW, NEW)


def test_another_stores_backup_no_keys_and_a_running_vault_are_refused(
    aged: Aged, store: Path, backup: Path, tmp_path: Path
) -> None:
    """Today's keys are those of one store."""
    other = copied_store.make(tmp_path / "other")
    refused(aged, store, other.backups, "backup of another store")
    running = start_vault(store)
    done = command(store, "restore", str(backup), "--yes")
    assert "another vault serves" in done.stderr
    remove_vault(running)
    for path in (store / "vault").glob("keys.sqlite3*"):
        path.unlink()
    done = command(store, "restore", str(backup), "--yes")
    assert done.returncode == 1
    assert "without today's keys a backup is noise" in done.stderr


def test_without_a_yes_nothing_changes(aged: Aged, store: Path, backup: Path) -> None:
    """Shown what would come back and what is lost, asked, and answered no."""
    done = command(store, "restore", str(backup), said="n\n")
    assert done.returncode == 1
    assert "collected since, LOST FOR GOOD:  2" in done.stdout
    assert "nothing was restored" in done.stderr
    assert ages(aged, store) == (NEW, NEW)
    assert not list(store.glob(".shop.restoring*"))


def test_what_is_replaced_is_kept_or_not_and_missing_files_come_back(
    aged: Aged, store: Path, backup: Path
) -> None:
    """A picture that is gone comes back, one that was changed stays; the replaced databases are kept unless not."""
    (store / "media" / "mug.png").unlink()
    (store / "policy.toml").write_text((store / "policy.toml").read_text() + "# edited since\n")
    done = command(store, "restore", str(backup), "--yes")
    assert done.returncode == 0, done.stderr
    assert ages(aged, store) == (OLD, OLD)
    assert (store / "media" / "mug.png").read_bytes() == b"a picture"
    assert (store / "policy.toml").read_text().endswith("# edited since\n")
    kept = [
        *store.glob("shop.before-restore-*.sqlite3"),
        *(store / "vault").glob("before-restore-*/vault.sqlite3"),
    ]
    assert len(kept) == 2
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.unlink()
    assert command(store, "restore", str(backup), "--yes", "--discard").returncode == 0
    assert not [path for path in store.rglob("*before-restore*") if path.is_file()]


def test_a_store_that_is_all_gone_comes_back_from_backup_and_replica(
    aged: Aged, tmp_path: Path, backup: Path
) -> None:
    """The folder of the store is made again; the keys come from the replica that store.toml in the backup names."""
    store, replica, backups = (
        copied_store.copy(aged, tmp_path / "store"),
        tmp_path / "replica",
        tmp_path / "taken",
    )
    replica.mkdir(mode=0o700)
    with (store / "store.toml").open("a") as file:
        file.write(f'\n[vault]\nreplicas = ["{replica}"]\n')
    assert run_vault(store, "keys-sync").returncode == 0
    assert command(store, "backup", str(backups)).returncode == 0
    shutil.rmtree(store)
    done = command(tmp_path / "again", "restore", str(backups), "--yes")
    assert done.returncode == 0, done.stderr
    assert "unknown how many; a new log begins: localhost:8443/ledger/2" in done.stdout
    assert ages(aged, tmp_path / "again") == (NEW, NEW)
    assert copied_store.verifies(tmp_path / "again")


def test_a_full_disk_leaves_no_backup_and_is_said(aged: Aged, store: Path) -> None:
    """Written to a disk of 200 kB: a sentence, and nothing is left there."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    small = store.parent / "small"
    small.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("no disk can be mounted here")
    try:
        done = command(store, "backup", str(small))
        assert done.returncode == 1
        assert "no backup was made" in done.stderr, done.stderr
        assert [path.name for path in small.iterdir()] == [".backup.lock"]
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_shop_on_postgresql_is_dumped_and_comes_back_in_one_step(store: Path, tmp_path: Path) -> None:
    """A dump by the server's own tool; brought back it is as it was, and what it replaced is kept."""
    url = make_pair().shop_url
    serving = read(store, {**os.environ, "MICROKITTEN_SHOP_DATABASE": url})[1]
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("CREATE TABLE orders_order (customer text)")
        line.execute("INSERT INTO orders_order VALUES ('old')")
        assert shop.copy_out(store, serving, tmp_path) == "shop.pgdump"
        assert stat.S_IMODE((tmp_path / "shop.pgdump").stat().st_mode) == 0o600
        assert shop.check(tmp_path, "shop.pgdump") == ("", set())
        line.execute("UPDATE orders_order SET customer = 'new'")
        shop.prepare(store, tmp_path, "shop.pgdump")
    for _ in range(2):  # done again after a crash it is the same
        shop.switch(store, serving, tmp_path, "shop.pgdump", "before-restore-x")
    with psycopg.connect(url) as line:
        assert line.execute("SELECT customer FROM orders_order").fetchall() == [("old",)]
    assert (store / "shop.before-restore-x.pgdump").exists()
    with pytest.raises(manifest.NoBackup, match="on SQLite"):
        shop.check_fits(serving, "shop.sqlite3")
    (tmp_path / "shop.pgdump").write_bytes(b"torn")
    assert shop.check(tmp_path, "shop.pgdump")[0]
