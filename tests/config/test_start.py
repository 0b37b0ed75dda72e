"""A whole store from its command: first and second start, a killed process, a changed certificate, the end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.running import ROOT, RunningStore, a_folder, free_port, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store() -> Iterator[RunningStore]:
    """A sample store, started for the first time from a copy of the code that nobody edits meanwhile."""
    with a_folder() as folder:
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        environ = {"MICROKITTEN_SAMPLES_PICTURES": "none", "PYTHONPATH": str(folder / "src")}
        running = RunningStore(folder / "store", free_port(), environ)
        began = time.monotonic()
        running.start()
        print(f"first start: {time.monotonic() - began:.1f} s\n{running.output}")
        yield running
        running.stop()


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


def test_ready_means_that_a_browser_s_first_request_succeeds(store: RunningStore) -> None:
    """The line is for programs as well as for people: what follows it must not fail."""
    assert f"ready {store.address}" in store.lines
    answer = store.session().get(store.address + "/", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=86400")
    assert len(store.shop("SELECT id FROM catalog_product")) > 50


def test_the_plain_port_only_redirects(store: RunningStore) -> None:
    """It stands beside the shop, on the port that `serve` promises."""
    plain = f"http://localhost:{store.port + 2}/privacy"
    answer = requests.get(plain, allow_redirects=False, timeout=10)
    assert answer.status_code == 301
    assert answer.headers["Location"] == store.address + "/privacy"
    assert not answer.cookies


@pytest.mark.parametrize(
    "words", ["vault.server serve", "microkitten worker", "config.redirector", "microkitten web"]
)
def test_a_killed_process_is_started_again(store: RunningStore, words: str) -> None:
    """kill -9 of any one process: the shop answers again within seconds, all by itself."""
    before = set(store.pids())
    os.kill(pid_of(store, words), signal.SIGKILL)

    def is_back() -> bool:
        try:
            return pid_of(store, words) not in before
        except ValueError:
            return False

    wait_for(f"another {words}", is_back, 20)

    def answers() -> bool:
        try:
            return store.session().get(store.address + "/healthz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    wait_for("an answer", answers, 20)
    assert "stopped" not in store.output


def test_check_agrees_and_says_so_to_programs(store: RunningStore) -> None:
    """A sample store as it comes has no error; warnings are listed, and do not fail."""
    done = subprocess.run(
        [sys.executable, "-m", "microkitten", "check", "--json", str(store.folder)],
        env=store.environ | {"MICROKITTEN_ADDRESS": store.address},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    told = json.loads(done.stdout)
    errors = [one for one in told["findings"] if one["severity"] == "error"]
    assert (done.returncode, errors) == (0, []), done.stderr


def test_a_new_certificate_is_taken_up_without_a_stop(store: RunningStore) -> None:
    """SIGHUP: a renewed certificate is served, and every request meanwhile is answered."""
    authority = (store.folder / "tls/ca.pem").read_bytes()
    (store.folder / "tls/cert.pem").unlink()
    assert store.process is not None
    store.process.send_signal(signal.SIGHUP)
    wait_for("a new authority", lambda: (store.folder / "tls/ca.pem").read_bytes() != authority)

    def is_trusted() -> bool:
        try:
            return store.session().get(store.address + "/healthz", timeout=5).status_code == 200
        except requests.exceptions.SSLError:
            return False

    wait_for("the new certificate on the wire", is_trusted, 20)


def test_the_end_is_clean_and_the_second_start_quick(store: RunningStore) -> None:
    """Ctrl-C leaves no process and no socket; what has not changed is not done again."""
    pids = store.pids()
    began = time.monotonic()
    assert store.stop() == 0
    print(f"stop: {time.monotonic() - began:.1f} s")
    assert not [pid for pid in pids[1:] if Path(f"/proc/{pid}").exists()]
    assert not (store.folder / "run").exists()
    store.lines.clear()
    began = time.monotonic()
    store.start()
    print(f"second start: {time.monotonic() - began:.1f} s")
    assert "static files" not in store.output
    assert "migrated" not in store.output


def test_a_second_serve_of_the_same_store_is_refused(store: RunningStore) -> None:
    """Two vaults on one ledger, or two workers that sweep, must not be."""
    done = subprocess.run(
        [sys.executable, "-m", "microkitten", "serve", str(store.folder)],
        env=store.environ, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "is being served already" in done.stderr
