"""Started as root, the processes of a whole store are four users, none of whom is root (P35)."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import ROOT, RunningStore, a_folder, free_port

SYSTEM_PYTHON = Path("/usr/bin/python3")
SAME_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become others"),
    pytest.mark.skipif(
        SYSTEM_PYTHON.resolve().name != SAME_VERSION, reason="needs a Python that other users can run"
    ),
]


@pytest.fixture(scope="module")
def store() -> Iterator[RunningStore]:
    """A sample store whose code and Python other users can read."""
    with a_folder() as folder, pytest.MonkeyPatch.context() as patch:
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(Path(pytest.__file__).parents[1], folder / "packages", symlinks=True)
        subprocess.run([SYSTEM_PYTHON, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        (folder / "venv/lib" / SAME_VERSION / "site-packages/all.pth").write_text(str(folder / "packages"))
        patch.setattr(sys, "executable", str(folder / "venv/bin/python"))
        environ = {"MICROKITTEN_SAMPLES_PICTURES": "none", "PYTHONPATH": str(folder / "src")}
        running = RunningStore(folder / "store", free_port(), environ)
        yield running.start()
        running.stop()


def users(store: RunningStore) -> dict[str, set[int]]:
    """Return the real, effective, saved and file user numbers of each process, by what it is."""
    kinds = {
        "vault.server serve": "vault",
        "microkitten worker": "worker",
        "microkitten web": "web",
        "config.redirector": "plain",
        "cards.sandbox": "cards",
    }
    found: dict[str, set[int]] = {}
    for pid in store.pids()[1:]:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        for words, kind in kinds.items():
            if words in line:
                status = Path(f"/proc/{pid}/status").read_text()
                numbers = re.search(r"^Uid:\s+(.*)$", status, re.MULTILINE)
                assert numbers
                found.setdefault(kind, set()).update(int(number) for number in numbers[1].split())
    return found


def test_each_process_is_a_user_of_its_own(store: RunningStore) -> None:
    """Vault, web, worker and sandbox share no user, and root is none of them."""
    found = users(store)
    assert found.keys() == {"vault", "worker", "web", "plain", "cards"}
    assert all(len(numbers) == 1 for numbers in found.values())
    four = [found[kind] for kind in ("vault", "worker", "web", "cards")]
    assert len(set.union(*four)) == 4
    assert 0 not in set.union(*four)
    assert not any(line.startswith("wall") for line in store.lines)


def test_the_shop_works_behind_the_walls(store: RunningStore) -> None:
    """Pages, a first cookie by the vault, and the operator's commands go on as with one user."""
    session = store.session()
    assert session.get(store.address + "/", timeout=10).status_code == 200
    assert session.get(store.address + "/ledger/checkpoint", timeout=10).status_code == 200
    assert store.staff_token()


def test_the_second_start_works_as_well(store: RunningStore) -> None:
    """What one user's first start has made, the same user must be able to use at the next."""
    assert store.stop() == 0
    store.lines.clear()
    store.start()
    assert store.session().get(store.address + "/", timeout=10).status_code == 200


def test_check_finds_no_missing_wall(store: RunningStore) -> None:
    """And no error: what `check` reads as root is what the processes see."""
    done = subprocess.run(
        [sys.executable, "-m", "microkitten", "check", str(store.folder)],
        env=store.environ | {"MICROKITTEN_ADDRESS": store.address},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "W023" not in done.stdout
