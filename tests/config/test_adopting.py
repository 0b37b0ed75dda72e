"""From the edit of one sentence to the agreement of page, shop and vault, on a store that goes on selling (P0, P42)."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from microkitten import policy
from microkitten.policy import versions
from tests.buying import Shopper, text_of
from tests.policy.test_broken import BROKEN, GOOD
from tests.running import ROOT, RunningStore, a_folder, free_port, wait_for

pytestmark = pytest.mark.slow
SECONDS_MAX = 20  # of a loaded machine; what it took is printed
BEFORE = "You pay what you saw, once."
AFTER = "You pay once, and what you saw."


@pytest.fixture(scope="module")
def store() -> Iterator[RunningStore]:
    """A sample store, started; its tests change its policy one after the other."""
    with a_folder() as folder:
        running = RunningStore(folder, free_port(), {"MICROKITTEN_SAMPLES_PICTURES": "none"})
        try:
            yield running.start()
        finally:
            running.stop()


def command(store: RunningStore, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of our commands about the store."""
    return subprocess.run(
        [sys.executable, "-m", "microkitten", *words], capture_output=True, text=True, env=store.environ, cwd=ROOT,
        timeout=120, check=False,
    )  # fmt: skip


def adopt(store: RunningStore, *options: str) -> subprocess.CompletedProcess[str]:
    """Adopt the edited policy."""
    return command(store, "policy", "adopt", str(store.folder), *options)


def edit(store: RunningStore, old: str, new: str) -> None:
    """Change the first place of policy.toml that says `old`."""
    path = store.folder / "policy.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def shown(store: RunningStore) -> str:
    """Return the page of promises as text."""
    page = store.session().get(f"{store.address}/privacy", timeout=20)
    assert page.status_code == 200
    return page.text


def deployed(store: RunningStore) -> str:
    """Return the hash that the ledger's last deployment entry names, as the public leaves tell it."""
    done = command(store, "ledger", "verify", str(store.folder))
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(f"file:{store.folder}/vault/vault.sqlite3?mode=ro", uri=True) as line:
        leaves = [json.loads(bytes(leaf)) for (leaf,) in line.execute("SELECT leaf FROM vault_entry")]
    return str([leaf["policy"] for leaf in leaves if leaf["k"] == "deployment"][-1])


def pid_of(store: RunningStore, words: str) -> int:
    """Return the process whose command line has these words (the first: its parent)."""
    found = []
    for pid in store.pids():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if words in line and "demo" not in line:
            found.append(pid)
    return min(found)


def kill(store: RunningStore, words: str) -> None:
    """Kill the process of these words and wait until another has its place."""
    pid = pid_of(store, words)
    os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        try:
            return pid_of(store, words) != pid
        except ValueError:
            return False

    wait_for("another process", is_back, seconds=SECONDS_MAX)


@contextmanager
def browsing(store: RunningStore) -> Iterator[Counter[str]]:
    """Look at pages, public and personal, as fast as they come; count what was answered and the slowest."""
    counted: Counter[str] = Counter()
    slowest: list[float] = []
    stopped = threading.Event()

    def look(path: str) -> None:
        while not stopped.is_set():
            began = time.monotonic()
            try:
                counted[str(store.session().get(store.address + path, timeout=20).status_code)] += 1
            except requests.RequestException as error:
                counted[type(error).__name__] += 1
            slowest.append(time.monotonic() - began)
            time.sleep(0.01)

    threads = [
        threading.Thread(target=look, args=(path,))
        for path in ("/", "/healthz", "/cart", "/ledger/checkpoint")
    ]
    for thread in threads:
        thread.start()
    try:
        yield counted
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
        print(f"while the policy changed: {dict(counted)}, slowest {max(slowest):.2f} s")


def test_one_sentence_edited_and_all_agree(store: RunningStore) -> None:
    before = versions.governing(store.folder)
    began = time.monotonic()
    edit(store, BEFORE, AFTER)
    with browsing(store) as answers:
        done = adopt(store, "--renumber")
        took = time.monotonic() - began
        time.sleep(1)
    print(f"from edit to agreement {took:.2f} s\n{done.stdout}\n{store.output[-1500:]}")
    assert done.returncode == 0, done.stderr
    now = versions.governing(store.folder)
    assert now.hash != before.hash
    assert int(now.version) == int(before.version) + 1
    page = shown(store)
    assert AFTER in text_of(page)
    assert now.hash in page
    assert before.hash not in page
    assert deployed(store) == now.hash
    asked = ("policy", "explain", "web:checkout", "recipient.name", "deliver", "--act", "collect", "--json")
    told = command(store, *asked, "--condition", "unclaimed", "--store", str(store.folder))
    assert json.loads(told.stdout)["rule"] == "deliver.collect"
    assert (
        json.loads(command(store, "policy", "check", "--json", str(store.folder)).stdout)["hash"] == now.hash
    )
    assert answers["200"] > 0
    assert not [status for status in answers if status.startswith("5")]
    assert took < SECONDS_MAX


def test_a_broken_edit_changes_nothing_and_the_shop_goes_on(store: RunningStore) -> None:
    before = versions.governing(store.folder)
    text = (store.folder / "policy.toml").read_text("utf-8")
    edit(store, 'basis = "consent"', 'basis = "whim"')
    edit(store, "[policy]", "[policy]\nowner = 1")
    try:
        for options in ((), ("--renumber",)):
            done = adopt(store, *options)
            assert done.returncode == 1
            assert "whim" in done.stderr
            assert "owner" in done.stderr
            assert "policy.toml, line " in done.stderr
        assert versions.governing(store.folder).hash == before.hash
        assert before.hash in shown(store)
        shopper = Shopper(store.session(), store.address)
        (slug,) = store.shop("SELECT slug FROM catalog_product LIMIT 1")[0]
        assert shopper.buy(str(slug))
        for words in ("microkitten web", "microkitten.vault.server serve"):
            kill(store, words)
            wait_for("the same promises", lambda: _is_shown(store, before.hash), seconds=SECONDS_MAX)
        found = json.loads(command(store, "check", str(store.folder), "--json").stdout)["findings"]
        assert {one["id"] for one in found if one["severity"] == "error"} == {"microkitten.E003"}
    finally:
        (store.folder / "policy.toml").write_text(text, "utf-8")


def test_no_kind_of_mistake_takes_the_place_of_what_is_in_force(store: RunningStore) -> None:
    """Each broken file there is, put where the merchant edits: errors of its own, and page and table stay."""
    path, before = store.folder / "policy.toml", versions.governing(store.folder)
    known = versions.history(store.folder)
    text, told = path.read_text("utf-8"), set()
    try:
        for old, new, message, _ in BROKEN.values():
            path.write_text(GOOD.replace(old, new, 1), "utf-8")
            with pytest.raises(policy.PolicyError) as caught:
                versions.adopt(store.folder, at=datetime.now(UTC))
            assert message in str(caught.value)
            told.add(message)
            assert versions.governing(store.folder).hash == before.hash
        assert len(told) == len(BROKEN) >= 100
        assert before.hash in shown(store)
        assert versions.history(store.folder) == known
    finally:
        path.write_text(text, "utf-8")


def test_other_words_under_the_same_version_are_refused_with_what_to_write(store: RunningStore) -> None:
    text = (store.folder / "policy.toml").read_text("utf-8")
    edit(store, AFTER, BEFORE)
    try:
        done = adopt(store)
        assert done.returncode == 1
        assert "and date = YYYY-MM-DD (today)" in done.stderr
    finally:
        (store.folder / "policy.toml").write_text(text, "utf-8")


def test_adopting_what_is_in_force_is_nothing(store: RunningStore) -> None:
    before = versions.history(store.folder)
    done = adopt(store, "--renumber")
    assert done.returncode == 0, done.stderr
    assert versions.history(store.folder) == before


def _is_shown(store: RunningStore, hashed: str) -> bool:
    try:
        return hashed in shown(store) and store.session().get(f"{store.address}/healthz", timeout=20).ok
    except requests.RequestException:
        return False


def test_a_start_with_a_broken_edit_keeps_what_was_in_force(store: RunningStore) -> None:
    before = versions.governing(store.folder)
    text = (store.folder / "policy.toml").read_text("utf-8")
    store.stop()
    edit(store, 'basis = "consent"', 'basis = "whim"')
    try:
        store.lines.clear()
        store.start()
        assert f"version {before.version} stays in force" in store.output
        assert "policy.toml:" in store.output
        assert before.hash in shown(store)
    finally:
        (store.folder / "policy.toml").write_text(text, "utf-8")


def test_what_is_in_force_cannot_be_edited_where_it_lies(store: RunningStore) -> None:
    store.stop()
    path = versions.in_force(store.folder)
    text = path.read_text("utf-8")
    path.write_text(text.replace("once", "twice", 1), "utf-8")
    try:
        store.lines.clear()
        with pytest.raises(AssertionError, match="was edited after it was adopted"):
            store.start()
    finally:
        path.write_text(text, "utf-8")
    store.lines.clear()
    store.start()
    assert policy.load(path).hash in shown(store)
