"""The folder and the audit by themselves: each doubt is said in its own words, and nothing else is (P35, P42)."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from tests.vault.at_once import AtOnce, make, opened
from tests.vault_database import ENGINE, copy_vault, lose_database, vault_line

from microkitten.ledger.note import Checkpoint
from microkitten.vault.server import audit, process
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.folder import SOCKET_PATH_BYTES_MAX, Doubt, Folder, write_over


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with nothing but a key."""
    folder = Folder(tmp_path)
    folder.make()
    return folder


@contextmanager
def doubt(words: str) -> Iterator[None]:
    """Demand a doubt in these words."""
    with pytest.raises(Doubt, match=re.escape(words)):
        yield


def test_a_folder_is_waited_for_and_held_by_one(folder: Folder) -> None:
    """For as long as was said, and no longer."""
    held = folder.lock()
    waiting = threading.Timer(0.1, os.close, (held,))
    waiting.start()
    held = folder.lock(wait_seconds=20.0)
    waiting.join()
    with doubt("another vault serves"):
        folder.lock()
    os.close(held)
    (folder.vault / "lock").unlink()
    (folder.vault / "lock").mkdir()
    with doubt("not this user's to open"):
        folder.lock()


def test_a_folder_that_others_enter_is_none(folder: Folder) -> None:
    """Making it again is harmless otherwise."""
    folder.make()
    folder.vault.chmod(0o710)
    with doubt("can be entered by others"):
        folder.make()


def test_the_sockets_folder_is_ours_and_short(folder: Folder, tmp_path: Path) -> None:
    """Made anew after a reboot; open to others for passing through only where it is shared."""
    made = folder.runtime(shared=True)
    assert stat.S_IMODE(made.stat().st_mode) == 0o711
    assert folder.runtime(shared=False) == made
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.rmdir()
    again = folder.runtime(shared=False)
    assert again.is_dir()
    again.chmod(0o722)
    with doubt("is not a folder of ours alone"):
        folder.runtime(shared=False)
    again.chmod(0o700)
    again.rmdir()
    long = tmp_path / ("x" * SOCKET_PATH_BYTES_MAX)
    long.mkdir(mode=0o700)
    link = tmp_path / "run"
    link.unlink()
    link.symlink_to(long)
    with doubt("is too long a path"):
        folder.runtime(shared=False)


# The audit


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """The store of a vault with entries, the first four of them signed for."""
    store = make(tmp_path_factory.mktemp("signed"), django_db_blocker)
    for sign in (True, False):
        with opened(store) as one:
            one.sale()
            one.vault.journal.write()
            one.vault.database.commit()
            one.vault.journal.committed()
            if sign:
                one.vault.journal.checkpoint()
            one.vault.database.begin()
    return store


@pytest.fixture
def copy(signed: Path, tmp_path: Path) -> Folder:
    """A copy to do harm to."""
    return Folder(copy_vault(signed, tmp_path / "store"))


SQL = {
    "entry 2 is missing": "DELETE FROM vault_entry WHERE number = 2",
    "a stored hash differs at entry 0": "UPDATE vault_node SET hash = zeroblob(32) WHERE number = 0",
    "a stored hash differs at entry 7": "DELETE FROM vault_node WHERE number = (SELECT MAX(number) FROM vault_node)",
    "there are stored hashes of entries that are gone": "DELETE FROM vault_entry WHERE number = 7",
    "there are no tallies": "DROP TABLE vault_tally",
    "says 2 x grant for verify, the leaves say 4": "UPDATE vault_tally SET entries = 2 WHERE kind = 'grant'",
    "says 1 x sale, the leaves say 0": "INSERT INTO vault_tally (month, kind, purpose, party, entries)"
    " VALUES ('2026-01', 'sale', '', '', 1)",
    "says 0 x sale for bill, the leaves say 0": "INSERT INTO vault_tally (month, kind, purpose, party, entries)"
    " VALUES ('2026-01', 'sale', 'bill', '', 0)",
}


if ENGINE == "sqlite":  # PostgreSQL holds a column to its type
    SQL["entry 1 was written by another hand"] = (
        "UPDATE vault_entry SET leaf = CAST(leaf AS TEXT) WHERE number = 1"
    )


@pytest.mark.parametrize("words", SQL)
def test_each_change_of_the_ledger_is_named(copy: Folder, words: str) -> None:
    """By the first thing that is wrong."""
    assert audit.verify(copy).size == 8
    assert audit.verify(copy).signed == 4
    with vault_line(copy.store) as line:
        line.execute(SQL[words])
    with doubt(words):
        audit.verify(copy)


def test_what_was_signed_for_must_be_there_and_the_same(copy: Folder) -> None:
    """Fewer entries than that, others than those, or none of them to begin with."""
    with closing(process.open_vault(copy, Clock()).database):
        pass
    good = copy.signed.read_text()
    with opened(copy.store) as one:
        sign(one, copy, 8, b"\0" * 32)
        with doubt("the first 8 entries are not those"):
            audit.verify(copy)
        sign(one, copy, 9, b"\0" * 32)
        with doubt("the ledger has 8 entries, but 9 were signed for"):
            audit.verify(copy)
        sign(one, copy, 0, b"\0" * 32)
        with doubt("an empty ledger was signed for with another root"):
            audit.verify(copy)
    write_over(copy.signed, good.replace("4", "5", 1).encode())
    with doubt("the signed checkpoint cannot be read"):
        audit.verify(copy)
    copy.signed.unlink()
    with doubt("the signed checkpoint cannot be read"):
        audit.verify(copy)
    write_over(copy.signed, good.encode())
    lose_database(copy.store)
    with doubt("no database at" if ENGINE == "sqlite" else "does not answer"):
        audit.verify(copy)


def sign(one: AtOnce, folder: Folder, size: int, root: bytes) -> None:
    """Sign for something else with the ledger's own key."""
    signer = one.vault.journal.signer
    write_over(folder.signed, signer.sign(str(Checkpoint(signer.name, size, root))).encode())


def test_an_empty_ledger_is_in_order(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> None:
    """As it was made."""
    store = make(tmp_path_factory.mktemp("empty"), django_db_blocker)
    assert audit.verify(Folder(store)).size == 0
