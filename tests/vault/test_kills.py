"""Killed at every step of an erasure, a lapse, a new root and a re-keying, over two places of the keys: what comes up
again is as before or as after, never between, and nobody else is lost (P35, P43)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import DjangoDbBlocker
from tests.vault import at_once
from tests.vault_database import copy_vault

from microkitten.vault.server import audit, custody, process
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.database import open_database
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.verbs.collect import open_record
from microkitten.vault.server.work import Vault, Work
from microkitten.vault.wire import Role

pytestmark = pytest.mark.slow
HOUSE = Path(__file__).resolve().parents[2]
KEYS = "microkitten.vault.server.keys"
STEPS = {
    "pending": f"{KEYS}.store:KeyStore.write_pending",
    "next root kept": "microkitten.vault.server.custody.key_file:KeyFile.keep",
    "probe": f"{KEYS}.held:Held._probe",
    "decision": "",  # the database's commit, by engine
    "settled": f"{KEYS}.store:KeyStore.apply_pending",
    "old root gone": "microkitten.vault.server.custody.key_file:KeyFile.drop",
}
PLACES = {"erase": (1, 2), "lapse": (1, 2), "root": (1,), "rekey": (1,)}  # the second call is the replica's
POINTS = [
    (operation, step, when, nth)
    for operation, places in PLACES.items()
    for step in STEPS
    for when in ("before", "after")
    for nth in (places[:1] if step == "decision" else places)
]


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> tuple[Path, list[UUID], list[UUID]]:
    """A vault of three sales; its customers and recipients."""
    store = at_once.make(tmp_path_factory.mktemp("kills"), django_db_blocker)
    with at_once.opened(store) as one:
        sales = [one.sale() for _ in range(3)]
        one.vault.journal.write()
        one.vault.keyring.prepare()
        one.vault.database.commit()
        one.vault.journal.committed()
        one.vault.keyring.settle()
        one.vault.journal.checkpoint()
        one.vault.database.begin()  # what the fixture rolls back
    return store, [sale[0] for sale in sales], [sale[1] for sale in sales]


@contextmanager
def opened(store: Path, *, days: int = 0) -> Iterator[Vault]:
    """Open a vault as its start does: with recovery."""
    vault = process.open_vault(Folder(store), Clock(days * 86_400))
    try:
        yield vault
    finally:
        vault.keyring.close()
        vault.database.close()


def values_of(vault: Vault, person: UUID) -> dict[str, object]:
    """Open all that there is of somebody, by whatever key there is."""
    work = Work(vault, Role.OPERATOR, "operator", "", vault.clock.now(), person)
    box = vault.keyring.of(person)
    if box is None:
        assert not work.records([person], lapsed=True), "rows without keys"
        return {}
    found: dict[str, object] = {}
    for group, record in work.records([person], lapsed=True).get(person, {}).items():
        opened = open_record(work, box, vault.policy.groups[group], record, by_law=True)
        assert opened, f"{group} has no key"
        found |= opened
    return found


def run(store: Path, *told: object) -> int:
    """Do it in a process of its own. Returns: its status."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.vault.dying", str(store), *map(str, told)],
        cwd=HOUSE,
        env={
            **os.environ,
            "PYTHONPATH": f"{HOUSE}:{HOUSE / 'src'}",
            "MICROKITTEN_VAULT_REPLICAS": str(store.parent / "replica"),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.returncode in {0, -9}, made.stderr[-2000:]
    return made.returncode


def database_commit(store: Path) -> str:
    """Return the function that decides, of the engine in use."""
    database = open_database(Folder(store))
    name = f"{type(database).__module__}:{type(database).__qualname__}.commit"
    database.close()
    return name


@pytest.mark.parametrize(("operation", "step", "when", "nth"), POINTS)
def test_killed_at_every_step(
    told: tuple[Path, list[UUID], list[UUID]], tmp_path: Path, operation: str, step: str, when: str, nth: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Old or new, everywhere; and the same thing asked again comes to its end."""
    original, customers, recipients = told
    store = copy_vault(original, tmp_path / "store")
    (tmp_path / "replica").mkdir(mode=0o700)
    monkeypatch.setenv("MICROKITTEN_VAULT_REPLICAS", str(store.parent / "replica"))
    target = STEPS[step] or database_commit(store)
    whom = recipients[0] if operation == "lapse" else customers[0]
    days = 200 if operation == "lapse" else 0
    with opened(store) as vault:
        before = {person: values_of(vault, person) for person in (*customers, *recipients)}
    assert all(before.values())
    assert run(store, operation, whom, target, when, nth) == -9, "the step was not reached"
    with opened(store, days=days) as vault:
        assert vault.keyring.is_confirmed
        now = values_of(vault, whom)
        others = [person for person in (*customers, *recipients) if person != whom]
        if operation == "lapse":
            others = customers
            assert now in (before[whom], {name: before[whom][name] for name in now})
        elif operation == "erase":
            assert now in ({}, before[whom])
        else:
            assert now == before[whom]
        assert {person: values_of(vault, person) for person in others} == {one: before[one] for one in others}
    for place in (store / "vault", store.parent / "replica"):
        assert len(custody.epochs(place)) == 1
    assert audit.verify(Folder(store)).size > 0
    assert run(store, operation, whom, target, "never", 0) == 0
    with opened(store, days=days) as vault:
        after = values_of(vault, whom)
        assert after == {} if operation == "erase" else (after == before[whom] or operation == "lapse")
    shutil.rmtree(store, ignore_errors=True)
