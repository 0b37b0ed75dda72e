"""What a lost connection and a killed PostgreSQL leave behind: each batch in whole or not at all (P42)."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from tests.postgres import Pair
from tests.vault.postgresql.conftest import ENDED, LOUD, TERMINATE
from tests.vault.test_crash import check, sell, sell_on
from tests.vault_process import RunningVault, run_vault

from microkitten.vault.server import audit
from microkitten.vault.server.database import Failed, Lost
from microkitten.vault.server.database.connecting import snapshot
from microkitten.vault.server.database.place import url_of
from microkitten.vault.server.database.postgresql import PostgreSql
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.types import VaultAway

pytestmark = pytest.mark.slow


def test_cut_off_in_the_middle_nothing_is_half_done(vault: RunningVault, pair: Pair) -> None:
    """The server ends the vault's connection under load: the vault ends as well, and the next start finds each batch
    in whole or not at all.
    """
    answered: list[str] = []
    for _ in range(6):
        sold, stop = len(answered), threading.Event()
        sellers = [threading.Thread(target=sell_on, args=(answered, stop)) for _ in range(3)]
        for seller in sellers:
            seller.start()
        while len(answered) < sold + 8:
            time.sleep(0.005)
        pair.server.sql(TERMINATE.format(pair.vault, pair.vault))
        assert vault.process.wait(timeout=20) == ENDED
        stop.set()
        vault.start()
        for seller in sellers:
            seller.join()
        check(vault, answered)
    found = run_vault(vault.folder, "verify")
    assert found.returncode == 0, found.stderr


def test_a_killed_server_comes_back_to_whole_batches(vault: RunningVault, pair: Pair) -> None:
    """SIGKILL for all of PostgreSQL under load: after its recovery, entries, tree and rows fit together, and what was
    answered is there.
    """
    answered: list[str] = []
    for _ in range(4):
        sold, stop = len(answered), threading.Event()
        sellers = [threading.Thread(target=sell_on, args=(answered, stop)) for _ in range(3)]
        for seller in sellers:
            seller.start()
        while len(answered) < sold + 8:
            time.sleep(0.005)
        pair.server.kill()
        assert vault.process.wait(timeout=20) == ENDED
        stop.set()
        for seller in sellers:
            seller.join()
        with pytest.raises(VaultAway):
            sell(answered)
        starting = threading.Timer(0.5, pair.server.start, kwargs=LOUD)
        starting.start()
        vault.start()  # it waits for its database
        starting.join()
        check(vault, answered)
    found = run_vault(vault.folder, "verify")
    assert found.returncode == 0, found.stderr


def test_a_commit_of_what_had_failed_is_no_commit(database: PostgreSql, pair: Pair) -> None:
    """PostgreSQL answers it without an error; and a connection that is gone is told apart from a refusal."""
    database.begin()
    with pytest.raises(Failed):
        database.run("INSERT INTO vault_fact (name, value) VALUES (?, ?)", "origin", "twice")
    with pytest.raises(Failed, match="rolled back"):
        database.commit()
    database.begin()
    pair.server.sql(TERMINATE.format(pair.vault, pair.vault))
    with pytest.raises(Lost):
        database.commit()
    with pytest.raises(Lost):
        database.roll_back()


def test_the_ledger_is_verified_while_the_vault_writes(vault: RunningVault) -> None:
    """One view of it all, and no more than a view."""
    answered: list[str] = []
    stop = threading.Event()
    seller = threading.Thread(target=sell_on, args=(answered, stop))
    seller.start()
    sizes = [audit.verify(Folder(vault.folder)).size for _ in range(5)]
    stop.set()
    seller.join()
    assert sizes == sorted(sizes)
    url = url_of(Folder(vault.folder))
    assert url is not None
    with snapshot(url) as seen, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        seen._line.execute("DELETE FROM vault_tally")


def test_commits_are_on_disk_whatever_the_role_was_told(database: PostgreSql, pair: Pair) -> None:
    """And a server that does not write to its disk is not served from."""
    database.close()
    pair.server.sql(f"ALTER ROLE {pair.vault} SET synchronous_commit = off")
    again = PostgreSql(pair.vault_url)
    assert again.row("SHOW synchronous_commit") == ("on",)
    again.close()
    pair.server.stop()
    pair.server.start(**LOUD, fsync="off")
    try:
        with pytest.raises(Doubt, match="fsync is off"):
            PostgreSql(pair.vault_url)
    finally:
        pair.server.stop()
        pair.server.start(**LOUD)
