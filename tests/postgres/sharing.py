"""One server for all workers of a run: the first starts it, the last stops it, and what a killed run left is swept."""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.postgres.daemon import Server, make_server


def run_server() -> Server:
    """Find the server that another worker of this run has started, or start it. Raises: NoPostgres."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone-{os.getpid()}-{secrets.token_hex(4)}"
    place = Path(f"{_prefix()}{run[:24]}")
    with _alone():
        _sweep()
        # Held by each worker for as long as it lives; whoever gets it alone is the last.
        lock = os.open(f"{place}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not (place / "ready").exists():
            shutil.rmtree(place, ignore_errors=True)  # of a worker that was killed while it made one
            made = make_server(place)
            (place / "ready").touch()
        else:
            made = Server(place, int((place / "port").read_text()), (place / "password").read_text().strip())
        fcntl.flock(lock, fcntl.LOCK_SH)
    atexit.register(_let_go, lock, os.getpid())
    return made


def _let_go(lock: int, pid: int) -> None:
    """Stop the server unless somebody else still uses it."""
    if os.getpid() == pid:  # a child that was forked shares the lock
        with _alone():
            os.close(lock)
            _sweep()


def _sweep() -> None:
    """Stop the servers whose lock nobody holds."""
    for lock in Path(tempfile.gettempdir()).glob(f"{Path(_prefix()).name}*.lock"):
        with lock.open("rb") as handle, suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Server(lock.with_suffix(""), 0, "").remove()
            lock.unlink()


@contextmanager
def _alone() -> Iterator[None]:
    """Make whoever comes next wait."""
    with Path(f"{_prefix()}making").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _prefix() -> str:
    return str(Path(tempfile.gettempdir()) / f"microkitten-postgres-{os.geteuid()}-")
