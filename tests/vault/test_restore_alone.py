"""What a restore makes of keys that a power cut left half changed, and of a copy from before people's keys changed:
no root is lost, nobody is left who can neither be served nor erased (P35, P43)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from tests.vault import at_once, copies
from tests.vault_database import empty_database

from microkitten.vault.server import custody, process
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.custody.files import destroy
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys.held import Held
from microkitten.vault.server.places import places

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Path:
    """A vault that does not run."""
    (tmp_path / "store").mkdir()
    return at_once.make(tmp_path / "store", django_db_blocker)


@contextmanager
def opened(store: Path) -> Iterator[at_once.AtOnce]:
    """Open a vault as its start does; what was done and not committed is rolled back."""
    vault = process.open_vault(Folder(store), Clock())
    vault.database.begin()
    try:
        yield at_once.AtOnce(vault, vault.clock.now())
    finally:
        vault.database.roll_back()
        vault.keyring.close()
        vault.database.close()


def commit(one: at_once.AtOnce) -> None:
    """Commit as the writer does."""
    vault = one.vault
    vault.journal.write()
    vault.keyring.prepare()
    vault.database.commit()
    vault.journal.committed()
    vault.keyring.settle()
    vault.journal.checkpoint()
    vault.database.begin()


def pend(store: Path, *, is_kept: bool) -> None:
    """Leave the keys as a power cut leaves them in the middle of a change that takes one away."""
    with opened(store) as one:
        keyring = one.vault.keyring
        change = keyring._tree.change([], new_root=True)  # as `Keyring.prepare` does
        held, epoch = keyring.chain.primary, keyring.chain.epoch + 1
        if is_kept:
            held.prepare(epoch, change, slots=1)
        else:
            held.store.write_pending(epoch, change, slots=1)


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_change_whose_root_was_never_kept_is_not_gone_on_with(store: Path, *, is_kept: bool) -> None:
    """The database is lost with it: the root that opens the keys stays, and the copy comes back."""
    with opened(store) as one:
        anna, _, _ = one.sale()
        commit(one)
    copy = copies.back_up(store, store.parent / "copy.sqlite3")
    (root,) = custody.epochs(store / "vault")
    pend(store, is_kept=is_kept)
    pending = custody.epochs(store / "vault")[-1]
    empty_database(store)
    done = copies.attempt(store, copy)
    assert done.returncode == 0, done.stderr
    assert (pending != root) == is_kept
    (left,) = custody.epochs(store / "vault")
    assert left == pending
    with opened(store) as one:
        assert one.vault.keyring.of(anna) is not None


@pytest.mark.parametrize("is_decided", [False, True])
def test_no_root_goes_before_the_one_that_stays_has_opened_the_keys(store: Path, *, is_decided: bool) -> None:
    """Whatever the database tells: where that one is missing, all that is there stays as it is."""
    pend(store, is_kept=True)
    folder = store / "vault"
    last, pending = custody.epochs(folder)
    destroy(folder / f"root-{pending if is_decided else last}.key")
    held = Held(places(store)[0])
    with pytest.raises(Doubt):
        held.recover(pending if is_decided else held.store.epoch)
    assert custody.epochs(folder) == [last if is_decided else pending]
    assert (held.store.pending == pending) == is_decided
    held.close()
