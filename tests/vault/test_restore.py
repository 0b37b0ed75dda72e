"""An old copy of the vault brought back: today's keys with the old data; nobody and nothing comes back that was to be
gone, and the ledger only grows (P7, P35, P43)."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.vault import copies
from tests.vault.conftest import CHECKOUT, VISITORS, Sale, a_sale, calling, role, staff_pass
from tests.vault.test_lapse import arrived, grant, proven
from tests.vault_database import copy_vault, empty_database, vault_line
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.ledger import proof
from microkitten.ledger.note import Verifier
from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Actor, Refused

pytestmark = pytest.mark.slow
HOUR, DAY = 3_600, 86_400
BEGUN, NOW = 2 * HOUR - 30 * DAY, 4 * HOUR  # an address lapses thirty days after its parcel has come


@dataclass
class History:
    """A stopped vault whose copy is older than what happened since."""

    folder: Path
    copy: copies.Copy
    lapsed: Sale
    erased: Sale
    restricted: Sale
    kept: Sale
    since: Sale
    cookie: str
    before: dict[UUID, int]  # an entry of each customer, from before the copy


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Sell, copy; then let one lapse, erase one, withdraw a cookie, restrict one, sell again."""
    folder = tmp_path_factory.mktemp("store")
    running = start_vault(folder, profile="classic", clock_offset=BEGUN)
    with calling(running):
        lapsed = a_sale()
        door.tell(lapsed.people, "placed", by=CHECKOUT)
        arrived(*lapsed.recipients)
    running.restart()
    with calling(running):
        erased, restricted, kept = a_sale(), a_sale(), a_sale()
        cookie = door.assign_visitor(by=VISITORS)
        door.checkpoint()  # signed for, so what is in the copy can be proven from it
        before = {sale.customer: entry_of(sale) for sale in (kept, restricted)}
        copy = copies.back_up(folder, tmp_path_factory.mktemp("copies") / "vault.sqlite3")
    running.restart(clock_offset=NOW)
    with calling(running):
        for person in erased.people:
            door.erase(person, by=erased.me, reason="asked")
        door.restrict(restricted.recipients[0], by=restricted.me, on=True, reason="asked")
        door.forget_visitor(cookie, by=VISITORS)
        since = a_sale()
        door.checkpoint()
    remove_vault(running)
    return History(folder, copy, lapsed, erased, restricted, kept, since, cookie, before)


def entry_of(sale: Sale) -> int:
    """Return the index of a customer's first entry."""
    return door.entries_of(sale.customer, by=sale.me)[0].index


def shipped(sale: Sale, by: Actor) -> object:
    """Return a recipient's name as shipping sees it; the words of the refusal if it sees nothing."""
    person = sale.recipients[0]
    try:
        with door.use(purpose.deliver, {person: ["recipient.name"]}, by=by) as opened:
            return opened.reveal(person, "recipient.name")
    except Refused as refused:
        return refused.why


def name_of(sale: Sale) -> object:
    """Return the name that shipping should see."""
    return sale.values[sale.recipients[0], "recipient.name"]


def a_copy_of(history: History, to: Path) -> Path:
    """Return a store like that of the history, to restore into."""
    return copy_vault(history.folder, to / "store")


def check_people(history: History, running: RunningVault) -> None:
    """Look at everybody through the door, as the shop would."""
    assert left(running, "covered") == left(running, "grant") == left(running, "pass") == 0
    by = staff_pass()
    assert shipped(history.kept, by) == name_of(history.kept)
    assert shipped(history.restricted, by) == "restricted"
    for sale in (history.erased, history.since, history.lapsed):
        assert shipped(sale, by) not in sale.values.values()
    assert door.find("visitor.cookie", history.cookie, by=VISITORS) is None
    assert proven(history.kept).token  # their address opens, and is compared
    with vault_line(running.folder) as line:
        people = {UUID(str(who)) for (who,) in line.execute("SELECT id FROM vault_person")}
    assert not people & {*history.erased.people, *history.since.people}


def left(running: RunningVault, table: str) -> int:
    """Count the rows of a table."""
    with vault_line(running.folder) as line:
        return int(line.execute(f"SELECT COUNT(*) FROM vault_{table}").fetchone()[0])


def facts(folder: Path) -> dict[str, Any]:
    """Return what the vault remembers of itself."""
    with vault_line(folder) as line:
        return dict(tuple(row) for row in line.execute("SELECT name, value FROM vault_fact"))


def test_with_the_present_database_the_same_log_goes_on(history: History, tmp_path: Path) -> None:
    """Erased, lapsed, withdrawn and restricted are so still; the ledger has every entry, and one more."""
    folder = a_copy_of(history, tmp_path)
    note = (folder / "vault" / "checkpoint.signed").read_text()
    size = int(note.split("\n")[1])
    told = copies.restore(folder, history.copy)
    assert told["present"] == ""
    assert told["ledger"] == {"origin": "", "lost": 0}
    assert told["found"]["gone"] == 3  # two of a sale whose order never stood, and the cookie
    assert told["found"]["since"] == 2
    assert told["found"]["restricted"] == 1
    assert told["found"]["records"]["recipient"] == {"life": 2, "law": 1}
    verified = run_vault(folder, "verify")
    assert verified.returncode == 0, verified.stderr
    running = start_vault(folder, clock_offset=NOW)
    with calling(running):
        check_people(history, running)
        law = grant(running, history.lapsed.recipients[0], purpose.books, at=int(time.time()) + NOW)
        with (
            role("operator"),
            door.use(purpose.books, {history.lapsed.recipients[0]: ["recipient.name"]}, by=law) as opened,
        ):
            assert opened.reveal(history.lapsed.recipients[0], "recipient.name") == name_of(history.lapsed)
        assert door.consistency(size, size + 1)
        assert door.ledger_key().partition("+")[0] == note.partition("\n")[0]
        assert json.loads(facts(folder)["restores"])[0]["lost"] == 0
    remove_vault(running)


def test_without_it_a_new_log_begins_and_names_the_old_ones_end(history: History, tmp_path: Path) -> None:
    """What was signed for and is gone is said; the old entries can be proven on, the new ones have numbers above."""
    folder = a_copy_of(history, tmp_path)
    note = (folder / "vault" / "checkpoint.signed").read_text()
    origin, size = note.split("\n")[0], int(note.split("\n")[1])
    empty_database(folder)
    told = copies.restore(folder, history.copy)
    lost = size - history.copy.told["entries"]
    assert told["ledger"]["origin"] == f"{origin}/2"
    assert told["ledger"]["lost"] == lost > 0
    assert told["ledger"]["old"]["size"] == size
    assert told["done"]["entry"] == size
    assert (folder / "vault" / "checkpoint.1.signed").read_text() == note
    verified = run_vault(folder, "verify")
    assert verified.returncode == 0, verified.stderr
    running = start_vault(folder, clock_offset=NOW)
    with calling(running):
        check_people(history, running)
        key = Verifier.parse(door.ledger_key())
        assert key.name == f"{origin}/2"
        first = door.receipt(size)
        assert first.index == 0
        assert proof.Proof.parse(str(first)).verify(key).origin == f"{origin}/2"
        old = door.receipt(history.before[history.kept.customer])
        assert (
            proof.Proof.parse(str(old)).verify(Verifier(origin, key.public)).size
            <= history.copy.told["entries"]
        )
        with pytest.raises(Refused):
            door.receipt(size - 1)  # was signed for, and is lost
    remove_vault(running)
    again = copies.back_up(folder, tmp_path / "again.sqlite3")
    assert again.told["base"] == size


def test_a_lost_folder_comes_back_from_a_replica_of_the_keys(history: History, tmp_path: Path) -> None:
    """Nobody can say what was signed since, so a new log begins; without any keys nothing comes back."""
    folder = a_copy_of(history, tmp_path)
    replica = tmp_path / "replica"
    replica.mkdir(mode=0o700)
    (folder / "store.toml").write_text(f'[vault]\nreplicas = ["{replica}"]\n')
    assert run_vault(folder, "keys-sync").returncode == 0
    empty_database(folder)
    for path in sorted((folder / "vault").iterdir()):
        if path.name != "database.toml":
            path.unlink()
    told = copies.restore(folder, history.copy)
    assert told["ledger"]["lost"] is None
    assert run_vault(folder, "verify").returncode == 0
    running = start_vault(folder, clock_offset=NOW)
    with calling(running):
        check_people(history, running)
    remove_vault(running)


def test_nothing_changes_without_a_word(history: History, tmp_path: Path) -> None:
    """Shown and not agreed to: the vault starts as before."""
    folder = a_copy_of(history, tmp_path)
    before = facts(folder)
    assert "done" not in copies.restore(folder, history.copy, word="stop")
    assert facts(folder) == before
    assert not (folder / "vault" / "restoring").exists()
    running = start_vault(folder, clock_offset=NOW)
    with calling(running):
        assert shipped(history.since, staff_pass()) == name_of(history.since)
    remove_vault(running)


def test_a_rehearsal_counts_and_leaves_nothing(history: History, tmp_path: Path) -> None:
    """It opens what a restore would, beside a vault that serves."""
    folder = a_copy_of(history, tmp_path)
    running = start_vault(folder, clock_offset=NOW)
    names = {path.name for path in (folder / "vault").iterdir()}
    told = copies.rehearse(folder, history.copy, [one.hex for one in history.kept.people])
    assert (
        told["found"]["gone"] == 4
    )  # and one of whom no record opens: what the law keeps is not in the copy
    assert told["found"]["records"]["recipient"] == {"life": 2, "gone": 1}
    assert told["shop"] == {"named": 2, "back": 2, "gone": 0, "unknown": 0}
    assert told["entries"] == history.copy.told["entries"]
    assert {path.name for path in (folder / "vault").iterdir()} == names
    with calling(running):
        assert shipped(history.since, staff_pass()) == name_of(history.since)
    remove_vault(running)


def test_what_is_not_right_is_said_and_changes_nothing(history: History, tmp_path: Path) -> None:
    """A changed byte, another store's, no keys, a later release, a vault that serves."""
    folder = a_copy_of(history, tmp_path)
    before = facts(folder)
    spoilt = tmp_path / "spoilt.sqlite3"
    data = bytearray(history.copy.path.read_bytes())
    data[len(data) // 2] ^= 1
    spoilt.write_bytes(data)
    told = history.copy.told
    cases = [
        (copies.Copy(spoilt, told), "a byte was changed"),
        (copies.Copy(history.copy.path, told | {"store": "0" * 32}), "another store"),
    ]
    later = tmp_path / "later.sqlite3"
    later.write_bytes(history.copy.path.read_bytes())
    with sqlite3.connect(later) as line:
        line.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('vault', '9999_later', '2030-01-01')"
        )
    line.close()
    digest = hashlib.sha256(later.read_bytes()).hexdigest()
    cases.append((copies.Copy(later, told | {"sha256": digest}), "newer release"))
    for copy, words in cases:
        done = copies.attempt(folder, copy)
        assert done.returncode == 1
        assert words in done.stderr, done.stderr
        assert facts(folder) == before
    running = start_vault(folder, clock_offset=NOW)
    assert "another vault serves" in copies.attempt(folder, history.copy).stderr
    running.stop()
    for path in (folder / "vault").glob("keys.sqlite3*"):
        path.unlink()
    assert "without today's keys" in copies.attempt(folder, history.copy).stderr
    remove_vault(running)


def test_a_copy_that_lacks_nothing_goes_on_under_its_own_name(history: History, tmp_path: Path) -> None:
    """The database is lost, and the copy has every entry that was signed for: no new log; said by `verify` all the
    same. Brought back a second time, with the present database, it is the same log still.
    """
    folder = a_copy_of(history, tmp_path)
    copy = copies.back_up(folder, tmp_path / "now.sqlite3")
    empty_database(folder)
    told = copies.restore(folder, copy)
    assert told["present"] != ""
    assert told["ledger"] == {"origin": "", "lost": 0}
    assert json.loads(run_vault(folder, "verify").stdout)["restores"] == 1
    again = copies.restore(folder, history.copy)
    assert again["present"] == ""
    verified = json.loads(run_vault(folder, "verify").stdout)
    assert verified["restores"] == 2
    assert verified["logs_ended"] == 0


def test_after_a_new_log_another_begins_if_that_is_lost_too(history: History, tmp_path: Path) -> None:
    """Numbers and names only go up: what was signed under a name is never signed otherwise under it."""
    folder = a_copy_of(history, tmp_path)
    origin = history.copy.told["origin"]
    empty_database(folder)
    first = copies.restore(folder, history.copy)
    empty_database(folder)
    second = copies.restore(folder, history.copy)
    assert (first["ledger"]["origin"], second["ledger"]["origin"]) == (f"{origin}/2", f"{origin}/3")
    assert second["ledger"]["old"]["origin"] == f"{origin}/2"
    assert second["done"]["entry"] > first["done"]["entry"]
    verified = run_vault(folder, "verify")
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["logs_ended"] == 1
    names = {path.name for path in (folder / "vault").iterdir()}
    assert {"checkpoint.1.signed", "checkpoint.2.signed", "ledger.1.key.pub", "ledger.2.key.pub"} <= names


def test_a_past_that_was_changed_is_not_carried_over(history: History, tmp_path: Path) -> None:
    """A present ledger that does not verify is not gone on with; the copy's is, under a new name."""
    folder = a_copy_of(history, tmp_path)
    with vault_line(folder) as line:
        line.execute("UPDATE vault_tally SET entries = entries + 1")
    told = copies.restore(folder, history.copy)
    assert "tally" in told["present"]
    assert told["ledger"]["origin"].endswith("/2")
    assert run_vault(folder, "verify").returncode == 0
