"""New keys while serving: the root, everybody's keys, the blind index's keys each month (P35)."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.vault.at_once import DAY, AtOnce, refused
from tests.vault.conftest import a_sale, calling
from tests.vault_process import MODULE, RunningVault, environment, remove_vault, run_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.server import custody, index
from microkitten.vault.server.keys import LOG, TAG
from microkitten.vault.server.verbs import erase, look, rotate, use

pytestmark = pytest.mark.slow


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[RunningVault]:
    """A vault of this test's alone."""
    made = start_vault(tmp_path, profile="classic")
    with calling(made):
        yield made
    remove_vault(made)


def rotated(running: RunningVault, what: str) -> str:
    """Turn keys by the operator's command, and return what it said."""
    done = run_vault(running.folder, f"keys-rotate-{what}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_root_serves_as_the_old_one_did(fresh: RunningVault) -> None:
    """And is entered; of the old one nothing is left."""
    sale = a_sale()
    before = custody.epochs(fresh.folder / "vault")
    rotated(fresh, "root")
    (after,) = custody.epochs(fresh.folder / "vault")
    assert after not in before
    with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
        assert opened.reveal(sale.customer, "customer.name")
    fresh.restart()
    with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
        assert opened.reveal(sale.customer, "customer.name")
    assert run_vault(fresh.folder, "verify").returncode == 0


def test_everybody_gets_new_keys_while_they_are_served(fresh: RunningVault) -> None:
    """No ask fails meanwhile, entries stay readable, and who comes in between is there afterwards."""
    sales = [a_sale() for _ in range(150)]
    failed: list[BaseException] = []
    over = threading.Event()

    def serve() -> None:
        number = 0
        while not over.is_set():
            sale = sales[number % len(sales)]
            number += 7
            try:
                with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
                    assert (
                        opened.reveal(sale.customer, "customer.name")
                        == sale.values[sale.customer, "customer.name"]
                    )
            except BaseException as error:  # noqa: BLE001 # told to the test below
                failed.append(error)
                return

    threads = [threading.Thread(target=serve) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert rotated(fresh, "people").startswith("300 people have new keys")
    late = a_sale()
    over.set()
    for thread in threads:
        thread.join()
    assert failed == []
    for sale in (sales[0], sales[-1], late):
        with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
            assert opened.reveal(sale.customer, "customer.name")
        assert {entry.kind for entry in door.entries_of(sale.customer, by=sale.me)} >= {"collection", "use"}
    assert run_vault(fresh.folder, "verify").returncode == 0


def test_what_was_begun_is_gone_on_with_after_a_crash(fresh: RunningVault) -> None:
    """Killed at any moment, each person is under old keys or new ones."""
    sales = [a_sale() for _ in range(120)]
    command = [sys.executable, "-m", MODULE, "keys-rotate-people", str(fresh.folder)]
    turning = subprocess.Popen(
        command, env=environment(fresh.folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert turning.stderr is not None
    assert turning.stderr.readline()
    for pause in (0.0, 0.01, 0.03):
        time.sleep(pause)
        fresh.kill()
        fresh.start()
    turning.communicate()
    rotated(fresh, "people")
    for sale in sales:
        with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
            assert (
                opened.reveal(sale.customer, "customer.name") == sale.values[sale.customer, "customer.name"]
            )


def test_no_key_stays_but_what_tags_the_leaves(one: AtOnce) -> None:
    """Old keys open nothing of today, and records and details moved along."""
    anna, _, token = one.sale()
    box = one.vault.keyring.of(anna)
    assert box is not None
    rotate.begin_rekey(one.work("operator"))
    assert rotate.rekey(one.work("job:sweep")) == 2
    assert rotate.rekey(one.work("job:sweep")) == 0
    new = one.vault.keyring.of(anna)
    assert new is not None
    assert new.generation == box.generation + 1
    assert new.keys.keys() == box.keys.keys() | {TAG}
    assert new.keys[TAG] == box.keys[LOG]
    assert not {name for name in box.keys if new.keys[name] == box.keys[name]}
    me = one.work("person", token)
    opened = use.use(me, purpose="rights", persons={anna: ["customer.name"]}, facts={})
    assert opened["values"] == {anna.hex: {"customer.name": "Anna"}}
    assert len(one.vault.journal.details_of(new)) > 1
    assert erase.erase(one.work("job:sweep"), person=anna, reason="asked")


def test_each_month_the_index_moves_to_new_keys_and_the_old_ones_go(one: AtOnce) -> None:
    """So an old backup cannot be probed; people are found before, meanwhile and after."""
    anna = one.customer(email="anna@example.com")
    _, cookie = one.visitor()
    (before,) = one.vault.keyring.named("index:customer.email:")
    one.at += 35 * DAY
    found = look.find(one.work("web:visitors"), field="visitor.cookie", value=cookie)
    assert found is not None
    assert rotate.retag(one.work("job:sweep")) >= 2
    assert rotate.retag(one.work("job:sweep")) == 0
    assert before not in one.vault.keyring.named("index:")
    assert index.look_up(one.work("operator"), "customer.email", "Anna@example.com ") == anna
    assert look.find(one.work("web:visitors"), field="visitor.cookie", value=cookie) == found
    assert one.rows("find", "month < ?", "2000") == 0


def test_only_the_operator_turns_keys(one: AtOnce) -> None:
    """Not a page, and not a job."""
    for actor in ("web:checkout", "job:sweep", "person"):
        with refused("actor"):
            rotate.rotate_root(one.work(actor, together=uuid4()))
        with refused("actor"):
            rotate.begin_rekey(one.work(actor))
