"""A vault whose keys were wrapped one by one by a root that never changed gets a key store in one step, and a crash on
the way leaves the old keys or the new ones (P35, P43)."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from tests.vault.conftest import Sale, a_sale, calling
from tests.vault_database import copy_vault, vault_bytes
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.server import custody, sealing
from microkitten.vault.server.database import Database, open_database
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys import GENERATION, founding, keyring
from microkitten.vault.server.keys.founding import found, open_keyring

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Sale]]:
    """A stopped vault as the release before left it, and what was sold there."""
    running = start_vault(tmp_path_factory.mktemp("old"), profile="classic")
    with calling(running):
        sales = [a_sale(), a_sale()]
    remove_vault(running)
    (running.folder / "run").unlink(missing_ok=True)
    make_old(running.folder)
    return running.folder, sales


def make_old(store: Path) -> None:
    """Write the keys as they were: each box wrapped by the one root, one life key in it."""
    folder, root = Folder(store), bytes(range(32))
    database, cipher = open_database(folder), AESGCMSIV(root)
    keys = open_keyring(folder, database)
    database.begin()
    for name in keys.named(""):
        place = sealing.context(
            table="servicekey", group=name, row=sealing.NOBODY, person=sealing.NOBODY, generation=GENERATION, version=0
        )  # fmt: skip
        key = keys.service(name)
        database.run(
            "INSERT INTO vault_servicekey (name, wrapped, commitment) VALUES (?, ?, ?)",
            name, sealing.seal(cipher, key, place, generation=GENERATION), sealing.commitment(key),
        )  # fmt: skip
    for (who,) in database.rows("SELECT id FROM vault_person"):
        box = keys.of(UUID(who))
        assert box is not None
        names = {name.partition(":")[0]: key.hex() for name, key in box.keys.items()}
        assert set(names) == {"log", "life"}
        sealed = sealing.seal(
            cipher, sealing.pack(names), box.place("person", "keys", box.id, 0), generation=GENERATION
        )
        database.run("UPDATE vault_person SET wrapped = ? WHERE id = ?", sealed, who)
    database.run("DELETE FROM vault_fact WHERE name = ?", keyring.EPOCH)
    database.commit()
    keys.close()
    database.close()
    for path in [*folder.vault.glob("keys.sqlite3*"), *folder.vault.glob("root-*")]:
        path.unlink()
    (folder.vault / "root.key").write_bytes(root)
    (folder.vault / "root.key").chmod(0o600)


@pytest.fixture
def copy(old: tuple[Path, list[Sale]], tmp_path: Path) -> tuple[Path, list[Sale]]:
    """A copy of it, for one test."""
    return copy_vault(old[0], tmp_path / "store"), old[1]


def assert_whole(store: Path, sales: list[Sale]) -> None:
    """Assert that the vault starts by the new keys and opens everything."""
    assert [path.name for path in (store / "vault").glob("root*")] == ["root-1.key"]
    running = RunningVault(store, ("--clock-offset", "0"))
    running.start()
    try:
        with calling(running):
            for sale in sales:
                with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
                    told = opened.reveal(sale.customer, "customer.name")
                    assert told == sale.values[sale.customer, "customer.name"]
    finally:
        remove_vault(running)
    assert run_vault(store, "verify").returncode == 0


def test_it_is_one_step_and_the_old_root_is_gone(copy: tuple[Path, list[Sale]]) -> None:
    """Nothing of the old wrappings stays in the database either."""
    store, sales = copy
    before = open_database(Folder(store))
    wrapped = [bytes(one) for (one,) in before.rows("SELECT wrapped FROM vault_person")]
    before.close()
    assert run_vault(store, "serve").returncode == 1  # says to migrate, and touches nothing
    assert run_vault(store, "migrate").returncode == 0
    held = vault_bytes(store)
    assert wrapped
    assert not [one for one in wrapped if one in held]
    assert_whole(store, sales)
    assert run_vault(store, "migrate").returncode == 0
    assert_whole(store, sales)


STEPS = {
    "before the keys": (founding.Held, "make"),
    "before they are prepared": (founding.Held, "prepare"),
    "before they hold": (founding.Held, "settle"),
    "before the database knows": (Database, "begin"),
    "before it has decided": (Database, "commit"),
    "before the old root goes": (founding, "destroy"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_after", [False, True], ids=["", "just after"])
def test_a_crash_on_the_way_loses_nobody(copy: tuple[Path, list[Sale]], step: str, is_after: bool) -> None:
    """The next try begins anew or goes on."""
    store, sales = copy
    folder = Folder(store)
    database = open_database(folder)
    owner, name = STEPS[step] if STEPS[step][0] is not Database else (type(database), STEPS[step][1])
    usual = getattr(owner, name)

    def fail(*told: object, **more: object) -> None:
        if is_after:
            usual(*told, **more)
        raise KeyboardInterrupt

    with patch.object(owner, name, fail), pytest.raises(KeyboardInterrupt):
        found(folder, database)
    database.roll_back()
    database.close()
    assert run_vault(store, "migrate").returncode == 0
    assert_whole(store, sales)


def test_without_the_old_root_no_keys_are_made(copy: tuple[Path, list[Sale]]) -> None:
    """They would open nothing, and hide the loss."""
    store, _ = copy
    (store / "vault/root.key").unlink()
    made = run_vault(store, "migrate")
    assert made.returncode == 1
    assert "root key" in made.stderr
    assert custody.epochs(store / "vault") == []


def test_another_root_is_told_from_the_right_one(copy: tuple[Path, list[Sale]]) -> None:
    """Nothing is made of what it does not open."""
    store, _ = copy
    (store / "vault/root.key").write_bytes(bytes(32))
    database = open_database(Folder(store))
    with pytest.raises(Doubt, match="not the one this vault was made with"):
        found(Folder(store), database)
    database.close()
