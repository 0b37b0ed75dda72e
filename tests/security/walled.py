"""A whole store whose processes are users of their own: code and Python lie where every user can read them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running import ROOT, RunningStore, a_folder, free_port

SYSTEM_PYTHON = Path("/usr/bin/python3")
# What stands in a process's command line, and what the process is called here.
KINDS = {
    "vault.server serve": "vault",
    "microkitten worker": "worker",
    "microkitten web": "web",
    "config.redirector": "plain",
    "cards.sandbox": "cards",
}


def _uv() -> str:
    own = ROOT / ".uv/bin/uv"
    found = str(own) if own.is_file() else shutil.which("uv")
    if not found:
        pytest.skip("no uv, neither in .uv/ (bin/dev brings it) nor on the path")
    return found


def _run(*words: object) -> None:
    """Run a step of the making; a machine that cannot do it skips, and says what was missing."""
    environ = {**os.environ, "UV_LINK_MODE": "copy", "UV_PYTHON_DOWNLOADS": "never"}
    environ.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [str(word) for word in words], env=environ, capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        pytest.skip(f"{words[1]} {words[2]}: {(done.stderr.strip() or '?').splitlines()[-1]}")


class WalledStore(RunningStore):
    """A running store of several users; `users` tells who runs what."""

    python: Path
    source: Path

    def by_kind(self) -> dict[str, list[int]]:
        """Return the process ids by what the processes are."""
        found: dict[str, list[int]] = {}
        for pid in self.pids()[1:]:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            for words, kind in KINDS.items():
                if words in line:
                    found.setdefault(kind, []).append(pid)
        return found

    def user(self, kind: str) -> tuple[int, int, list[int]]:
        """Return user, group and further groups of a kind of process."""
        status = Path(f"/proc/{self.by_kind()[kind][0]}/status").read_text()
        told = {name: rest.split() for name, rest in re.findall(r"^(\w+):\t(.*)$", status, re.MULTILINE)}
        return int(told["Uid"][1]), int(told["Gid"][1]), [int(group) for group in told["Groups"]]

    def run_as(self, kind: str, program: str, *arguments: object, said: str = "") -> str:
        """Run a program as that user with the store's own code; it hears `said`; return what it printed."""
        uid, gid, groups = self.user(kind)
        done = subprocess.run(
            [self.python, "-c", program, *map(str, arguments)], input=said,
            user=uid, group=gid, extra_groups=groups, cwd="/", capture_output=True, text=True, timeout=120,
            env={
                "PATH": "/usr/bin:/bin", "PYTHONPATH": str(self.source), "PYTHONDONTWRITEBYTECODE": "1",
                "MICROKITTEN_STORE": str(self.folder), "MICROKITTEN_ROLE": kind,
                "MICROKITTEN_ADDRESS": self.address, "DJANGO_SETTINGS_MODULE": "microkitten.config.settings",
            },
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


@contextmanager
def walled(environ: dict[str, str]) -> Iterator[WalledStore]:
    """A sample store started as root from a copy of the code and a Python that all users can read."""
    if os.geteuid() != 0:
        pytest.skip("only root can start processes as several users")
    if not SYSTEM_PYTHON.exists():
        pytest.skip(f"no {SYSTEM_PYTHON}: the Python at hand may be one that only its owner can read")
    with a_folder() as folder, pytest.MonkeyPatch.context() as patch:
        home = folder.parent
        python = home / "venv/bin/python"
        _run(_uv(), "venv", "-q", "--python", SYSTEM_PYTHON, home / "venv")
        _run(_uv(), "pip", "sync", "-q", "--require-hashes", "--python", python, ROOT / "requirements.txt")
        shutil.copytree(ROOT / "src", home / "src", ignore=shutil.ignore_patterns("__pycache__"))
        patch.setattr(sys, "executable", str(python))
        store = WalledStore(folder, free_port(), {**environ, "PYTHONPATH": str(home / "src")})
        store.python, store.source = python, home / "src"
        try:
            yield store.start()
        finally:
            store.stop()
