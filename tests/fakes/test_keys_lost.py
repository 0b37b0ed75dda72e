"""A lost disk, rehearsed: each custody as the vault's own and as a replica's; what comes back is everybody but those
who were erased.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fakes.custodians import CUSTODIES, custodian
from tests.vault.conftest import CONFIRM, SWEEP, Sale, a_sale, calling, role, token
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.config import check_keys, founding
from microkitten.config.store import read
from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.server.custody import epochs
from microkitten.vault.types import Refused

pytestmark = pytest.mark.slow
# Each pair takes a vault for each loss; with MICROKITTEN_EVERY_KILL=1 in the environment every pair meets every loss.
# Otherwise two files meet all, and token and service, once on either side, the one in which keys and root are gone.
IS_EVERY = bool(os.environ.get("MICROKITTEN_EVERY_KILL"))
OUTER = [(kind, "file") for kind in CUSTODIES[1:]] + [("file", kind) for kind in CUSTODIES[1:]]
PAIRS = [("file", "file"), *(OUTER if IS_EVERY else (OUTER[0], OUTER[3]))]


@pytest.fixture(scope="module")
def specs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The custody of the vault's own place, and that of its replica."""
    own, other = request.param
    with custodian(own if own != "file" else other, tmp_path_factory.mktemp("custodian")) as outer:
        yield tuple("file" if kind == "file" else outer.spec for kind in (own, other))  # type: ignore[misc] # two


class Shop:
    """A vault with two places of its keys, and what was sold and erased in it."""

    def __init__(self, base: Path, specs: tuple[str, str]) -> None:
        self.folder, self.replica = base / "store", base / "replica"
        self.folder.mkdir()
        self.replica.mkdir(mode=0o700)
        own, other = specs
        (self.folder / "store.toml").write_text(
            f'[vault]\ncustody = "{own}"\nreplicas = [{{folder = "{self.replica}", custody = "{other}"}}]\n'
        )
        self.running: RunningVault = start_vault(self.folder, profile="classic")
        with calling(self.running):
            self.kept, self.erased = a_sale(), a_sale()
            with role("worker"):
                door.erase(self.erased.customer, by=SWEEP, reason="abandoned")
        self.running.stop()

    def can_open(self, sale: Sale) -> bool:
        """Return whether the running vault opens the customer's name, and that it is theirs."""
        fields = ["customer.name"]
        with calling(self.running, role="worker"):
            try:
                told = door.disclose(
                    sale.customer, fields, to="mail", purpose=purpose.confirm, by=CONFIRM, once=token()
                )
            except Refused:
                return False
        assert dict(told.fields) == {name: sale.values[sale.customer, name] for name in fields}
        return True

    def refuses(self) -> str:
        """Return the sentence with which the vault does not start."""
        done = run_vault(self.folder, "serve")
        assert done.returncode == 1
        return done.stderr


@pytest.fixture
def shop(tmp_path: Path, specs: tuple[str, str]) -> Iterator[Shop]:
    """It, stopped."""
    made = Shop(tmp_path, specs)
    yield made
    remove_vault(made.running)


def _lose_root(shop: Shop) -> None:
    for path in (shop.folder / "vault").glob("root-*"):
        path.unlink()


def _lose_keys(shop: Shop) -> None:
    for path in (shop.folder / "vault").glob("keys.sqlite3*"):
        path.unlink()


def _lose_both(shop: Shop) -> None:
    _lose_root(shop)
    _lose_keys(shop)


def _garble_root(shop: Shop) -> None:
    for path in (shop.folder / "vault").glob("root-*"):
        path.write_bytes(b"noise" * 8)


LOSSES = (_lose_both, _lose_root, _lose_keys, _garble_root)


@pytest.mark.parametrize(
    ("specs", "lose"),
    [(pair, lose) for pair in PAIRS for lose in (LOSSES if IS_EVERY or pair == PAIRS[0] else LOSSES[:1])],
    indirect=["specs"],
    ids=lambda one: "-".join(one) if isinstance(one, tuple) else one.__name__,
)
def test_lost_keys_come_back_from_the_replica_and_the_erased_stay_gone(
    shop: Shop, lose: Callable[[Shop], None]
) -> None:
    """The vault says what to type, that brings everybody back, and nobody who was erased; then both places go on."""
    lose(shop)
    said = shop.refuses()
    assert "Traceback" not in said
    assert "keys bring-back" in said
    brought = run_vault(shop.folder, "keys-bring-back")
    assert (brought.returncode, brought.stderr) == (0, ""), brought.stderr
    assert str(shop.replica) in brought.stdout
    shop.running.start()
    assert shop.can_open(shop.kept)
    assert not shop.can_open(shop.erased)
    with calling(shop.running):
        another = a_sale()
        with role("worker"):
            assert door.erase(another.customer, by=SWEEP, reason="abandoned").confirmed
    assert epochs(shop.folder / "vault") == epochs(shop.replica) != []
    rehearsed = json.loads(run_vault(shop.folder, "keys-rehearse").stdout)["places"]
    assert [one["opens"] for one in rehearsed] == [True, True]


def test_an_old_copy_of_keys_or_replica_opens_nothing_of_what_was_erased(tmp_path: Path) -> None:
    """A copy made once is worth nothing after the next erasure: it is refused, not used (P43)."""
    shop = Shop(tmp_path, ("file", "file"))
    shutil.copytree(shop.folder / "vault", tmp_path / "old")
    shop.running.start()
    with calling(shop.running):
        gone = a_sale()
        with role("worker"):
            door.erase(gone.customer, by=SWEEP, reason="abandoned")
    shop.running.stop()
    _lose_both(shop)
    for path in (tmp_path / "old").glob("*"):
        if path.name.startswith(("root-", "keys.sqlite3")):
            shutil.copy2(path, shop.folder / "vault")
    assert "an old copy opens nothing" in shop.refuses()
    assert run_vault(shop.folder, "keys-bring-back").returncode == 0
    shop.running.start()
    assert shop.can_open(shop.kept)
    assert not shop.can_open(gone)
    remove_vault(shop.running)


def test_bringing_back_says_what_stands_in_its_way(tmp_path: Path) -> None:
    """Nothing lost; a vault that serves; a replica that is away, another store's, or lost as well."""
    shop = Shop(tmp_path, ("file", "file"))
    assert "nothing is lost" in run_vault(shop.folder, "keys-bring-back").stderr
    shop.running.start()
    for command in ("keys-bring-back", "keys-sync"):
        assert "another vault serves" in run_vault(shop.folder, command).stderr
    rehearsed = run_vault(shop.folder, "keys-rehearse")
    assert rehearsed.returncode == 0, "while the vault serves"
    shop.running.stop()
    aside = tmp_path / "aside"
    shop.replica.rename(aside)
    assert str(shop.replica) in run_vault(shop.folder, "keys-sync").stderr
    told = run_vault(shop.folder, "keys-rehearse")
    assert (told.returncode, "Traceback" in told.stderr) == (1, False)
    _lose_both(shop)
    assert "no replica opens" in run_vault(shop.folder, "keys-bring-back").stderr
    aside.rename(shop.replica)
    for path in shop.replica.glob("root-*"):
        path.rename(tmp_path / path.name)
    assert "no replica opens" in run_vault(shop.folder, "keys-bring-back").stderr
    for path in tmp_path.glob("root-*"):
        path.rename(shop.replica / path.name)
    assert run_vault(shop.folder, "keys-bring-back").returncode == 0
    remove_vault(shop.running)


def test_a_replica_that_was_away_is_behind_until_it_is_synced(tmp_path: Path) -> None:
    """The erasure says that it is not confirmed; status tells the place; the sync mends it."""
    shop = Shop(tmp_path, ("file", "file"))
    aside = tmp_path / "aside"
    shop.replica.rename(aside)
    shop.running.start()
    with calling(shop.running):
        gone = a_sale()
        with role("worker"):
            assert not door.erase(gone.customer, by=SWEEP, reason="abandoned").confirmed
    shop.running.stop()
    aside.rename(shop.replica)
    own, other = json.loads(run_vault(shop.folder, "keys-status").stdout)["places"]
    assert own["change"] > other["change"]
    old = epochs(shop.replica)
    assert run_vault(shop.folder, "keys-sync").returncode == 0
    own, other = json.loads(run_vault(shop.folder, "keys-status").stdout)["places"]
    assert own["change"] == other["change"]
    assert not set(old) & set(epochs(shop.replica)), "the root from before the erasure is destroyed there too"
    remove_vault(shop.running)


def test_bringing_back_may_be_killed_and_asked_again(tmp_path: Path) -> None:
    """What a crash leaves of it is not taken for keys."""
    shop = Shop(tmp_path, ("file", "file"))
    vault = shop.folder / "vault"
    for left in ("root-5.key", "root-6.key", ".keys.sqlite3.new", ".root-5.key-crashed"):
        _lose_both(shop)
        (vault / left).write_bytes(b"half")
        assert run_vault(shop.folder, "keys-bring-back").returncode == 0, left
        assert epochs(vault) == epochs(shop.replica)
        assert not list(vault.glob(".root-*"))
    remove_vault(shop.running)


def test_a_replica_that_comes_back_is_taken_up_by_the_running_vault(tmp_path: Path) -> None:
    """Nobody has to stop the store for a disk that was unplugged for a while."""
    shop = Shop(tmp_path, ("file", "file"))
    aside = tmp_path / "aside"
    shop.replica.rename(aside)
    shop.running.arguments = (*shop.running.arguments, "--sweep-seconds", "0.2")
    shop.running.start()
    with calling(shop.running):
        one, two = a_sale(), a_sale()
        with role("worker"):
            assert not door.erase(one.customer, by=SWEEP, reason="abandoned").confirmed
        aside.rename(shop.replica)
        end = time.monotonic() + 60
        while True:
            own, other = json.loads(run_vault(shop.folder, "keys-status").stdout)["places"]
            if own["change"] == other["change"]:
                break
            assert time.monotonic() < end
            time.sleep(0.2)
        with role("worker"):
            assert door.erase(two.customer, by=SWEEP, reason="abandoned").confirmed
    remove_vault(shop.running)


def test_check_is_red_until_a_second_place_stands_and_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One place; a place never tried; then nothing to say; then a place that is behind or gone. A sample store is
    warned of the same.
    """
    monkeypatch.delenv("MICROKITTEN_ROLE", raising=False)
    monkeypatch.delenv("MICROKITTEN_STORE", raising=False)
    folder, replica = tmp_path / "store", tmp_path / "replica"
    replica.mkdir(mode=0o700)
    founding.found(folder, founding.sample_plan(9443))
    settings = (folder / "store.toml").read_text()
    assert run_vault(folder, "migrate").returncode == 0
    assert _found(folder) == {"W024"}
    (folder / "store.toml").write_text(settings.replace("sample = true", "sample = false"))
    assert _found(folder) == {"E024"}
    settings += f'\n[vault]\nreplicas = ["{replica}"]\n'
    (folder / "store.toml").write_text(settings)
    assert _found(folder) == {"W025", "W027"}
    assert run_vault(folder, "keys-sync").returncode == 0
    assert _found(folder) == {"W027"}
    assert run_vault(folder, "keys-rehearse").returncode == 0
    assert _found(folder) == set()
    rehearsed = folder / "vault" / "keys.rehearsed"
    rehearsed.write_text(rehearsed.read_text().replace("20", "19", 1))
    assert _found(folder) == {"W027"}
    (folder / "store.toml").write_text(settings.replace("sample = true", "sample = false"))
    assert _found(folder) == {"E027"}
    next(replica.glob("root-*")).unlink()
    assert _found(folder) == {"E025", "E027"}


def _found(folder: Path) -> set[str]:
    """Return what check finds about keys."""
    store, serving = read(folder, {})
    return {one.id for one in check_keys.check(store, serving)}
