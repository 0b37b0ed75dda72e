"""SIGKILL in the middle of it all: what was answered is there, what is there is whole, and the ledger goes on
(P42)."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest
from tests.vault.conftest import CHECKOUT, calling, token
from tests.vault_database import vault_line
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Given, VaultAway

pytestmark = pytest.mark.slow
KILLS = 12
SELLERS = 3


def sell(answered: list[str]) -> None:
    """Collect one checkout of two people, and note it once it is answered."""
    customer, recipient = door.new_person(), door.new_person()
    with door.batch(by=CHECKOUT) as batch:
        batch.collect(
            customer, "customer", {"customer.name": Given(token(), "checkout.name")}, purpose=purpose.confirm
        )
        batch.collect(
            recipient,
            "recipient",
            {"recipient.name": Given(token(), "recipient.name")},
            purpose=purpose.deliver,
        )
        batch.keep_open([customer, recipient])
    answered += [customer.hex, recipient.hex]


def sell_on(answered: list[str], stop: threading.Event) -> None:
    """Sell until told to stop, whatever happens to the vault."""
    while not stop.is_set():
        try:
            sell(answered)
        except VaultAway:
            time.sleep(0.01)
    door.line.hang_up()


def check(running: RunningVault, answered: list[str]) -> None:
    """Compare what is in the database with what was answered."""
    with vault_line(running.folder) as line:
        people = {person for (person,) in line.execute("SELECT id FROM vault_person")}
        recorded = {person for (person,) in line.execute("SELECT person FROM vault_record")}
        covered = {person for (person,) in line.execute("SELECT person FROM vault_covered")}
        pairs = {count for (count,) in line.execute("SELECT COUNT(*) FROM vault_person GROUP BY together")}
        details = dict(
            line.execute("SELECT person, COUNT(*) FROM vault_detail WHERE person IS NOT NULL GROUP BY person")
        )
    assert set(answered) <= people
    assert people == recorded == covered == set(details)
    assert pairs <= {2}
    # A checkout that was sent again because its answer was lost has its entries twice; never half of them.
    assert all(count % 2 == 0 for count in details.values())


def test_killed_at_any_moment_nothing_is_half_done(tmp_path: Path) -> None:
    """Twelve kills under load: each batch is in whole or not at all, and every answered one is in."""
    running = start_vault(tmp_path, profile="classic")
    answered: list[str] = []
    with calling(running):
        for _ in range(KILLS):
            stop = threading.Event()
            sellers = [threading.Thread(target=sell_on, args=(answered, stop)) for _ in range(SELLERS)]
            for seller in sellers:
                seller.start()
            time.sleep(random.uniform(0.02, 0.25))
            running.kill()
            stop.set()
            running.start()
            for seller in sellers:
                seller.join()
            check(running, answered)
        assert len(answered) > 2 * KILLS
        found = run_vault(tmp_path, "verify")
        assert found.returncode == 0, found.stderr
        assert running.stop() == 0
    remove_vault(running)


def test_callers_wait_three_seconds_for_a_restart_and_no_longer(tmp_path: Path) -> None:
    """A restart goes unnoticed; a vault that is gone is said to be gone."""
    running = start_vault(tmp_path, profile="classic")
    with calling(running):
        answered: list[str] = []
        sell(answered)
        running.kill()
        restart = threading.Timer(0.3, running.start)
        restart.start()
        sell(answered)
        restart.join()
        running.stop()
        started = time.monotonic()
        with pytest.raises(VaultAway):
            sell(answered)
        assert 2.5 < time.monotonic() - started < 6
    remove_vault(running)
