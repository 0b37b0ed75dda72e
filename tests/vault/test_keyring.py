"""The keyring by itself, on a real database and key store: what a change adds and takes away, which boxes it does not
believe, and what becomes of it when only half was written (P35, P43).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.vault_database import copy_vault, keep_database, put_back_database
from tests.vault_process import run_vault

from microkitten import policy
from microkitten.policy.words import ACTORS
from microkitten.vault.server import custody, sealing
from microkitten.vault.server.database import open_database
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys import LOG, Keyring, Person
from microkitten.vault.server.keys.founding import open_keyring
from microkitten.vault.server.work import Refusal, Work
from microkitten.vault.wire import Role

pytestmark = pytest.mark.slow
LIFE, LAW = "life:customer", "law:recipient"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a vault that nobody serves."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "policy.toml").write_text(policy.packaged_text("classic"))
    assert run_vault(folder, "migrate").returncode == 0
    return folder


@pytest.fixture
def made(empty: Path, tmp_path: Path) -> Path:
    """A copy of it, for one test."""
    return copy_vault(empty, tmp_path / "store")


@contextmanager
def ring(made: Path) -> Iterator[Keyring]:
    """Open the keyring of a folder, as it is on disk."""
    database = open_database(Folder(made))
    try:
        keyring = open_keyring(Folder(made), database)
        yield keyring
        keyring.close()
    finally:
        database.close()


@contextmanager
def transaction(keyring: Keyring) -> Iterator[None]:
    """Commit what the block changes, as the writer does."""
    keyring._database.begin()
    yield
    keyring.prepare()
    keyring._database.commit()
    keyring.settle()


def person(made: Path, *names: str) -> UUID:
    """Make a person with keys of these names."""
    who = uuid4()
    with ring(made) as keyring, transaction(keyring):
        box = keyring.make(who, "customer", together=who, month="2026-11")
        for name in names:
            box = keyring.need(box, name)
    return who


def box_of(keyring: Keyring, who: UUID) -> Person:
    """Return a box that is there."""
    box = keyring.of(who)
    assert box is not None
    return box


def roots(made: Path) -> list[int]:
    """Return the epochs whose roots are there."""
    return custody.epochs(made / "vault")


def test_a_change_adds_one_key_and_drops_the_named_ones(made: Path) -> None:
    """All others stay as they were, in memory and on disk."""
    who = person(made, LIFE, LAW)
    with ring(made) as keyring:
        before = dict(box_of(keyring, who).keys)
        assert set(before) == {LOG, LIFE, LAW}
        with transaction(keyring):
            keyring.change(box_of(keyring, who), add="consent:customize")
        with transaction(keyring):
            keyring.change(box_of(keyring, who), drop=(LIFE, "consent:customize"))
        assert box_of(keyring, who).keys == {name: before[name] for name in (LOG, LAW)}
    with ring(made) as keyring:
        assert box_of(keyring, who).keys == {name: before[name] for name in (LOG, LAW)}
        with transaction(keyring):
            keyring.destroy(who)
        assert keyring.of(who) is None


def test_a_key_passes_over_from_life_to_law(made: Path) -> None:
    """The same key under another right; the copy from before does not open it by the old one any more."""
    who = person(made, "life:recipient")
    before = copy(made)
    with ring(made) as keyring, transaction(keyring):
        key = box_of(keyring, who).keys["life:recipient"]
        keyring.rename(box_of(keyring, who), "life:recipient", LAW)
    with ring(made) as keyring:
        assert set(box_of(keyring, who).keys) == {LOG, LAW}
        assert box_of(keyring, who).keys[LAW] == key
    assert_noise(before, made)


def test_each_loss_of_a_key_is_a_new_root_and_nothing_else_is(made: Path) -> None:
    """And of the last root nothing is left."""
    who = person(made, LIFE)
    assert roots(made) == [0]
    with ring(made) as keyring:
        with transaction(keyring):
            keyring.need(box_of(keyring, who), "life:payment")
        assert roots(made) == [0]
        with transaction(keyring):
            keyring.change(box_of(keyring, who), drop=("wording:customize",))  # a mark, no key
        assert roots(made) == [0]
        with transaction(keyring):
            keyring.change(box_of(keyring, who), drop=(LIFE,))
        epoch = keyring.chain.epoch
    assert roots(made) == [epoch]


def copy(made: Path) -> Path:
    """Take a copy of the keys, root and all, as a thief or a backup would."""
    return Path(shutil.copytree(made / "vault", made / f"copy-{uuid4().hex}"))


def assert_noise(old: Path, made: Path) -> None:
    """Assert that the old tree opens under no root of today."""
    from microkitten.vault.server.keys.store import KeyStore
    from microkitten.vault.server.keys.tree import Tree

    with ring(made) as keyring:
        root = keyring.chain.root
    store = KeyStore(old)
    with pytest.raises(sealing.NotOpened):
        Tree(store, root).check()
    store.close()


def test_an_old_copy_of_the_keys_is_noise_for_everybody(made: Path) -> None:
    """Not only for whoever was erased: one new root makes every older tree unreadable (P43)."""
    anna, bea = person(made, LIFE), person(made, LIFE)
    before = copy(made)
    (before / "root-0.key").unlink()  # the root is in no backup
    with ring(made) as keyring, transaction(keyring):
        keyring.destroy(anna)
    assert_noise(before, made)
    with ring(made) as keyring:
        assert keyring.of(anna) is None
        assert set(box_of(keyring, bea).keys) == {LOG, LIFE}


@pytest.mark.parametrize("table", ["node", "box"])
def test_a_changed_or_swapped_box_or_node_is_not_opened(made: Path, table: str) -> None:
    """A box is bound to its person and slot, a node to its place."""
    person(made, LIFE)
    who = person(made, LIFE)
    with closing(sqlite3.connect(made / "vault/keys.sqlite3")) as line, line:
        if table == "box":
            line.execute(
                "UPDATE box SET sealed = (SELECT o.sealed FROM box o WHERE o.slot = 1) WHERE slot = 2"
            )
        else:
            line.execute("UPDATE node SET sealed = (SELECT o.sealed FROM node o WHERE o.id != node.id)")
    with pytest.raises((sealing.NotOpened, Doubt)), ring(made) as keyring:
        keyring.of(who)


def test_a_key_that_merely_opens_a_box_is_not_believed(made: Path) -> None:
    """The cipher alone would let two keys open one box: hence the commitment."""
    who = person(made, LIFE)
    with closing(sqlite3.connect(made / "vault/keys.sqlite3")) as line, line:
        line.execute(
            "UPDATE box SET sealed = CAST(zeroblob(32) || substr(sealed, 33) AS BLOB) WHERE slot > 0"
        )
    with ring(made) as keyring, pytest.raises(sealing.NotOpened):
        keyring.of(who)


@pytest.mark.parametrize("is_decided", [False, True])
@pytest.mark.parametrize("is_taking", [False, True])
def test_half_a_change_is_taken_back_or_brought_to_its_end(
    made: Path, is_taking: bool, is_decided: bool
) -> None:
    """What the database has decided holds; what it has not does not, and either way nobody else is lost."""
    anna, bea = person(made, LIFE), person(made, LIFE)
    with ring(made) as keyring:
        keyring._database.begin()
        if is_taking:
            keyring.destroy(anna)
        else:
            keyring.need(box_of(keyring, anna), "life:payment")
        keyring.prepare()
        if is_decided:
            keyring._database.commit()
        else:
            keyring._database.roll_back()
        # and here the power goes
    with ring(made) as keyring:
        assert set(box_of(keyring, bea).keys) == {LOG, LIFE}
        found = keyring.of(anna)
        names = None if found is None else set(found.keys)
        after = None if is_taking else {LOG, LIFE, "life:payment"}
        assert names == (after if is_decided else {LOG, LIFE})
        assert len(roots(made)) == 1
        with transaction(keyring):
            keyring.change(box_of(keyring, bea), drop=(LIFE,))
    assert len(roots(made)) == 1


def test_what_fails_before_the_commit_leaves_no_trace(made: Path) -> None:
    """The next change begins from where the last one ended."""
    anna, bea = person(made, LIFE), person(made, LIFE)
    with ring(made) as keyring:
        keyring._database.begin()
        keyring.destroy(anna)
        keyring.prepare()
        keyring._database.roll_back()
        assert not keyring.is_decided()
        keyring.abandon()
        assert set(box_of(keyring, anna).keys) == {LOG, LIFE}
        assert roots(made) == [0]
        with transaction(keyring):
            keyring.destroy(bea)
        assert set(box_of(keyring, anna).keys) == {LOG, LIFE}
    assert len(roots(made)) == 1


def test_an_old_database_over_todays_keys_is_in_doubt(made: Path) -> None:
    """It is brought back by restoring, which looks at what has gone since."""
    who = person(made, LIFE)
    kept = keep_database(made)
    with ring(made) as keyring, transaction(keyring):
        keyring.destroy(who)
    put_back_database(made, kept)
    with pytest.raises(Doubt, match="microkitten restore"), ring(made):
        pass


def test_old_keys_under_todays_database_are_in_doubt(made: Path) -> None:
    """They would open nothing that came since."""
    before = copy(made)
    person(made, LIFE)
    for name in ("keys.sqlite3", "keys.sqlite3-wal", "keys.sqlite3-shm"):
        (made / "vault" / name).unlink(missing_ok=True)
    shutil.copy(before / "keys.sqlite3", made / "vault")
    with pytest.raises(Doubt, match="bring-back"), ring(made):
        pass


def test_an_older_version_of_a_record_is_below_its_floor(made: Path) -> None:
    """The floor is raised by what holds alone, and outlives the process."""
    who = person(made, LIFE)
    with ring(made) as keyring:
        with transaction(keyring):
            keyring.raise_floor(box_of(keyring, who), "customer", 3)
        keyring.raise_floor(box_of(keyring, who), "customer", 9)
        keyring.undo()
        assert keyring.floor(box_of(keyring, who), "customer") == 3
    with ring(made) as keyring:
        assert keyring.floor(box_of(keyring, who), "customer") == 3
        assert keyring.floor(box_of(keyring, who), "payment") == 0


def test_keys_that_are_nobodys_own_come_and_go(made: Path) -> None:
    """Made at the first asking, the same ever after, and gone with a new root when they are dropped."""
    with ring(made) as keyring:
        with transaction(keyring):
            key = keyring.service("index:customer.email:2026-11")
        assert keyring.service("index:customer.email:2026-11") == key
    with ring(made) as keyring:
        assert keyring.named("index:") == ["index:customer.email:2026-11"]
        with transaction(keyring):
            keyring.drop_service("index:customer.email:2026-11")
        assert keyring.named("index:") == []
    assert roots(made) != [0]


def test_whoever_comes_and_goes_within_one_transaction_leaves_no_box(made: Path) -> None:
    """There is nothing to take away."""
    with ring(made) as keyring:
        who = uuid4()
        with transaction(keyring):
            keyring.make(who, "visitor", together=who, month="2026-11")
            keyring.keep()
            keyring.destroy(who)
        assert keyring.of(who) is None
        assert roots(made) == [0]


SPEAKS = {
    Role.WEB: {name for name in ACTORS if name.startswith("web:")} | {"person", "shipping", "merchant"},
    Role.WORKER: {name for name in ACTORS if name.startswith("job:")},
    Role.OPERATOR: {"operator"},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("actor", [*ACTORS, "clerk", "web:elsewhere", "job:elsewhere", ""])
def test_a_socket_speaks_for_its_own_actors_alone(role: Role, actor: str) -> None:
    """And for nobody that the policy's list does not know (P11)."""
    vault: Any = SimpleNamespace(policy=policy.packaged("classic"))
    work = Work(vault, role, actor, "", 0, uuid4())
    if actor in SPEAKS[role]:
        work.check_actor()
        return
    with pytest.raises(Refusal, match="actor"):
        work.check_actor()
