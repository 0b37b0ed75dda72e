"""The keyring by itself, on a real database: what a change adds and drops, which boxes it does not believe (P35)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from tests.vault_process import run_vault

from microkitten import policy
from microkitten.policy.words import ACTORS
from microkitten.vault.server import sealing
from microkitten.vault.server.database import Database, open_database
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys import LAW, LIFE, LOG, Keyring
from microkitten.vault.server.work import Refusal, Work
from microkitten.vault.wire import Role

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a vault that nobody serves."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "policy.toml").write_text(policy.packaged_text("classic"))
    assert run_vault(folder, "migrate").returncode == 0
    return folder


@pytest.fixture
def database(made: Path) -> Iterator[Database]:
    """Its database, for as long as a test."""
    database = open_database(Folder(made))
    yield database
    database.close()


def ring(made: Path, database: Database) -> Keyring:
    """Return a keyring that remembers nothing yet."""
    return Keyring(database, Folder(made).read_root_key())


def test_a_change_adds_one_key_and_drops_the_named_ones(made: Path, database: Database) -> None:
    """All others stay as they were, in memory and on disk."""
    keyring, person = ring(made, database), uuid4()
    box = keyring.make(person, "visitor", together=person, month="2026-11")
    before = dict(box.keys)
    assert set(before) == {LIFE, LAW, LOG}
    keyring.change(box, add="consent:customize")
    for one in (keyring.of(person), ring(made, database).of(person)):
        assert one is not None
        assert {name: key for name, key in one.keys.items() if name in before} == before
        assert set(one.keys) == {*before, "consent:customize"}
    changed = keyring.of(person)
    assert changed is not None
    keyring.change(changed, drop=(LIFE, "consent:customize"))
    for one in (keyring.of(person), ring(made, database).of(person)):
        assert one is not None
        assert one.keys == {LAW: before[LAW], LOG: before[LOG]}
    keyring.destroy(person)
    assert keyring.of(person) is None


def test_a_box_that_does_not_match_its_commitment_is_not_opened(made: Path, database: Database) -> None:
    """The cipher alone would let two keys open one box."""
    keyring, person = ring(made, database), uuid4()
    keyring.make(person, "customer", together=person, month="2026-11")
    database.run("UPDATE vault_person SET commitment = zeroblob(32) WHERE id = ?", person.hex)
    with pytest.raises(sealing.NotOpened):
        ring(made, database).of(person)


def test_a_service_key_that_does_not_match_its_commitment_is_in_doubt(made: Path, database: Database) -> None:
    """And so is every key under another root."""
    ring(made, database).service("spoilt")
    with pytest.raises(Doubt, match="root key"):
        Keyring(database, os.urandom(sealing.KEY_BYTES))
    database.run("UPDATE vault_servicekey SET commitment = zeroblob(32) WHERE name = 'spoilt'")
    with pytest.raises(Doubt, match="commitment"):
        ring(made, database)
    database.run("DELETE FROM vault_servicekey WHERE name = 'spoilt'")


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
