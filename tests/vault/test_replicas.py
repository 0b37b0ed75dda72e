"""Two places of the keys on a real database: which folder is taken for a replica, what a replica remembers, and that
one which was away at the wrong moment comes back (P35, P43).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.vault.test_keyring import box_of, person, ring, transaction
from tests.vault_database import copy_vault
from tests.vault_process import run_vault

from microkitten import policy
from microkitten.vault.server import custody
from microkitten.vault.server.custody import Context
from microkitten.vault.server.custody.key_file import KeyFile
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.keys import held, loss
from microkitten.vault.server.keys.store import KeyStore

pytestmark = pytest.mark.slow
LIFE = "life:customer"
AN_HOUR = 3_600
FILES = ("keys.sqlite3", "keys.sqlite3-wal", "keys.sqlite3-shm")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a vault that nobody serves."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "policy.toml").write_text(policy.packaged_text("classic"))
    assert run_vault(folder, "migrate").returncode == 0
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where the replica's disk is mounted."""
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o700)
    return disk


@pytest.fixture
def two(bare: Path, tmp_path: Path, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with a replica that has never been filled."""
    monkeypatch.setenv("MICROKITTEN_VAULT_REPLICAS", str(disk))
    monkeypatch.setattr(loss, "harden", lambda: None)
    return copy_vault(bare, tmp_path / "store")


def unplug(disk: Path) -> Path:
    """Take the disk away: an empty mount point stays. Returns: where the disk is now."""
    away = Path(shutil.copytree(disk, disk.with_name("unplugged")))
    for path in disk.iterdir():
        path.unlink()
    return away


def plug(disk: Path, away: Path) -> None:
    """Bring the disk back."""
    shutil.rmtree(disk)
    away.rename(disk)


def is_one(two: Path, disk: Path) -> bool:
    """Return whether a vault that starts now has both places alike and confirmed."""
    with ring(two) as keyring:
        return keyring.is_confirmed and custody.epochs(two / "vault") == custody.epochs(disk)


# Which folder is a replica


def test_an_empty_folder_is_made_a_replica_once_and_then_never_by_itself(two: Path, disk: Path) -> None:
    """A disk that is not mounted looks like a new one: only somebody's own word makes it one (P43)."""
    anna, bea = person(two, LIFE), person(two, LIFE)
    assert is_one(two, disk)
    away = unplug(disk)
    with ring(two) as keyring:
        with transaction(keyring):
            keyring.destroy(anna)
        keyring.chain.tend(AN_HOUR)
        assert not keyring.is_confirmed
    assert list(disk.iterdir()) == []
    plug(disk, away)
    assert is_one(two, disk)
    shutil.rmtree(unplug(disk))
    assert not is_one(two, disk)
    assert loss.sync(Folder(two)) == ()
    assert is_one(two, disk)
    with ring(two) as keyring:
        assert set(box_of(keyring, bea).keys) >= {LIFE}


def test_what_is_said_of_an_empty_folder_names_it_and_the_command(
    two: Path, disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """So that nobody has to guess that a disk is not mounted."""
    assert is_one(two, disk)
    unplug(disk)
    assert not is_one(two, disk)
    assert f"no keys in {disk}, though there has been a replica: mount its disk" in caplog.text
    assert "`microkitten keys sync`" in caplog.text


def test_a_replica_of_before_there_were_notes_is_known_once_it_joins(two: Path, disk: Path) -> None:
    """And it passes what it knows to the place that is made again from it."""
    assert is_one(two, disk)
    for folder in (two / "vault", disk):
        store = KeyStore(folder)
        store._line.execute("DELETE FROM state WHERE name LIKE 'replica:%'")
        store.close()
    assert is_one(two, disk)
    for name in FILES:
        (two / "vault" / name).unlink(missing_ok=True)
    assert loss.bring_back(Folder(two)) == str(disk)
    shutil.rmtree(unplug(disk))
    assert not is_one(two, disk)


def test_a_making_that_a_crash_ended_is_gone_on_with_and_another_stores_root_is_left(
    two: Path, disk: Path
) -> None:
    """A root without a key store beside it is what is left of it, if it is ours."""
    theirs = Context("another store", str(disk))
    KeyFile(disk, theirs).keep(0, b"t" * 32)
    assert not is_one(two, disk)
    assert KeyFile(disk, theirs).bring(0) == b"t" * 32
    KeyFile(disk, theirs).drop(0)
    store = KeyStore(two / "vault")
    KeyFile(disk, Context(store.state("store"), str(disk))).keep(0, b"o" * 32)
    store.close()
    assert is_one(two, disk)


# What it remembers


def raise_floor(two: Path, who: UUID, version: int) -> None:
    """Let a record have a version."""
    with ring(two) as keyring, transaction(keyring):
        keyring.raise_floor(box_of(keyring, who), "customer", version)


def test_floors_outlive_the_vaults_own_place(two: Path, disk: Path) -> None:
    """What is brought back refuses an old row as what was lost did; also if the replica missed it once (P35)."""
    who = person(two, LIFE)
    assert is_one(two, disk)
    raise_floor(two, who, 3)
    away = unplug(disk)
    raise_floor(two, who, 5)
    plug(disk, away)
    assert is_one(two, disk), "no key was changed meanwhile, and yet there was something to catch up with"
    raise_floor(two, who, 4)
    for name in FILES:
        (two / "vault" / name).unlink(missing_ok=True)
    loss.bring_back(Folder(two))
    with ring(two) as keyring:
        assert keyring.floor(box_of(keyring, who), "customer") == 5


def test_each_floor_is_written_to_the_replica_at_once(two: Path, disk: Path) -> None:
    """Not only when it next starts; and one that cannot write it down is away."""
    who = person(two, LIFE)
    with ring(two) as keyring:
        with transaction(keyring):
            keyring.raise_floor(box_of(keyring, who), "customer", 3)
        replica = KeyStore(disk)
        assert replica.floors(who) == {"customer": 3}
        replica.close()
        (one,) = keyring.chain._replicas.values()
        one.store.close()
        with transaction(keyring):
            keyring.raise_floor(box_of(keyring, who), "customer", 4)
        assert not keyring.is_confirmed
        assert keyring.floor(box_of(keyring, who), "customer") == 4


# Away at the wrong moment


def leave_half(two: Path, disk: Path) -> tuple[UUID, Path]:
    """Prepare a change in both places, lose the power and the disk, and decide for another of that number.

    Returns: who stays, and where the disk is.
    """
    anna, bea, cleo = (person(two, LIFE) for _ in range(3))
    with ring(two) as keyring:
        keyring._database.begin()
        keyring.destroy(bea)
        keyring.prepare()
        keyring._database.roll_back()
    away = unplug(disk)
    with ring(two) as keyring, transaction(keyring):
        keyring.destroy(anna)
    half = KeyStore(away)
    assert half.pending == KeyStore(two / "vault").epoch
    half.close()
    return cleo, away


def test_a_replica_with_a_change_that_never_was_comes_back(two: Path, disk: Path) -> None:
    """Its number was used again, with another root; the vault's own place is the truth (P43)."""
    cleo, away = leave_half(two, disk)
    with ring(two) as keyring:
        assert not keyring.is_confirmed
        plug(disk, away)
        keyring.chain.tend(AN_HOUR)
        assert keyring.is_confirmed
        assert set(box_of(keyring, cleo).keys) >= {LIFE}
    assert is_one(two, disk)


@pytest.mark.parametrize("is_settled", [False, True])
@pytest.mark.parametrize(
    ("where", "name"),
    [
        (KeyStore, "drop_pending"),
        (KeyFile, "drop"),
        (KeyFile, "keep"),
        (held, "copy_store"),
    ],
)
@pytest.mark.parametrize("is_done", [False, True])
def test_a_catching_up_that_is_cut_off_is_done_again(
    two: Path, disk: Path, where: Any, name: str, *, is_done: bool, is_settled: bool
) -> None:
    """Cut off before or after each step, whether the replica only prepared the other change or let it hold."""
    _, away = leave_half(two, disk)
    if is_settled:
        half = KeyStore(away)
        half.apply_pending()
        half.close()
    plug(disk, away)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, cut_off(getattr(where, name), is_done=is_done))
        with ring(two) as keyring:
            assert not keyring.is_confirmed
    assert is_one(two, disk)


def cut_off(act: Callable[..., Any], *, is_done: bool) -> Callable[..., Any]:
    """Return an act that ends in an error, with or without having been done."""

    def cut(*told: Any, **named: Any) -> Any:
        if is_done:
            act(*told, **named)
        raise OSError("the power is gone")

    return cut
