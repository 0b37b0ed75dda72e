"""A whole store as a program: started by its command, watched from outside, killed where a test says."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

from tests import engine

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 120


def free_port() -> int:
    """Return a port P such that P, P+1 and P+2 are free: shop, sandbox processor and the plain port."""
    for _ in range(200):
        port = 20_000 + secrets.randbelow(30_000)
        try:
            with closing(socket.socket()) as a, closing(socket.socket()) as b, closing(socket.socket()) as c:
                for offset, one in enumerate((a, b, c)):
                    one.bind(("127.0.0.1", port + offset))
            return port
        except OSError:
            continue
    raise RuntimeError("no three free ports in a row")


class RunningStore:
    """One store with all its processes; `output` is what they printed."""

    def __init__(
        self, folder: Path, port: int, environ: Mapping[str, str] | None = None, command: str = "demo"
    ) -> None:
        self.folder, self.port, self.lines = folder, port, []  # type: ignore[var-annotated] # lines of text
        self.address = f"https://localhost:{port}"
        self.environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}", **(environ or {})}
        for name in ("MICROKITTEN_STORE", "MICROKITTEN_ROLE", "DJANGO_SETTINGS_MODULE"):
            self.environ.pop(name, None)
        if engine.IS_POSTGRESQL and not (environ and engine.VARIABLE in environ):
            pair = engine.pair()
            self.environ[engine.VARIABLE] = pair.shop_url
            if not (folder / "vault").exists():
                engine.put_vault(folder, pair.vault_url)
        self.database = self.environ.get(engine.VARIABLE) or None
        self.command = command
        self.process: subprocess.Popen[str] | None = None

    def start(self, seconds: float = READY_SECONDS) -> "RunningStore":
        """Start and wait for the line `ready`; raises with the output if it does not come."""
        words = [sys.executable, "-m", "microkitten", self.command, str(self.folder)]
        if self.command == "demo":
            words += ["--port", str(self.port)]
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environ, cwd=ROOT,
            start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        end = time.monotonic() + seconds
        while not any(line.startswith("ready ") for line in self.lines):
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise AssertionError("the store did not start:\n" + self.output)
            time.sleep(0.05)
        return self

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        """All that was printed so far."""
        return "\n".join(self.lines)

    def stop(self) -> int:
        """Stop as Ctrl-C does; returns the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait(10)

    def kill(self) -> None:
        """Kill everything at once, as a power cut does."""
        if self.process is not None and self.process.poll() is None:
            for pid in self.pids():
                end(pid)
            self.process.wait(10)

    def pids(self) -> list[int]:
        """Return the process ids of the store's processes, the supervisor first."""
        assert self.process is not None
        found = [self.process.pid]
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[3]) == self.process.pid and int(entry.name) != self.process.pid:
                    found.append(int(entry.name))
        return found

    @property
    def authority(self) -> Path:
        """The certificate by which the store's own authority is known."""
        return next(
            path for path in (self.folder / "tls").iterdir() if path.name in {"authority.pem", "ca.pem"}
        )

    def session(self) -> requests.Session:
        """Return a client that trusts the store's own authority and nobody else."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.authority)
        session.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) a test in the shape of a browser"
        return session

    def shop(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Read the shop's database; a `?` stands for each value."""
        return engine.rows(self.folder, self.database, query, values)

    def vault(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the vault's database; a `?` stands for each value."""
        return engine.vault_rows(self.folder, query, values)

    def dump(self) -> bytes:
        """Return all that the shop's database holds: SQLite's files as they are, of PostgreSQL a whole dump."""
        return engine.dump(self.folder, self.database)

    def vault_dump(self) -> bytes:
        """Return all that lies in the vault's folder, and in its database where that is elsewhere."""
        files = (path for path in (self.folder / "vault").rglob("*") if path.is_file())
        return b"".join([*(path.read_bytes() for path in files), engine.vault_dump(self.folder)])

    def tables(self) -> list[str]:
        """Return the names of the shop's tables."""
        return engine.tables(self.folder, self.database)

    def columns(self, table: str) -> dict[str, bool]:
        """Return the columns of one of the shop's tables, each with whether it must have a value."""
        return engine.columns(self.folder, self.database, table)

    def mails(self) -> list[Path]:
        """Return the mails that the store kept."""
        return sorted((self.folder / "mail").glob("*.eml"))

    def staff_token(self) -> str:
        """Return a fresh one-time token for staff, made by the operator's command."""
        done = subprocess.run(
            [sys.executable, "-m", "microkitten", "staff", "token", str(self.folder)],
            capture_output=True, text=True, env=self.environ, cwd=ROOT, timeout=60,
        )  # fmt: skip
        found = re.findall(r"[A-Za-z0-9_-]{20,}", done.stdout)
        assert found, done.stdout + done.stderr
        return str(found[-1])


def end(pid: int) -> None:
    """Kill a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def wait_for(what: str, is_so: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is so; raises with its name if it never is."""
    latest = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < latest, f"never: {what}"
        time.sleep(0.05)


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder that other users of the machine can reach; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="microkitten-run-"))
    folder.chmod(0o755)
    try:
        yield folder / "store"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(environ: Mapping[str, str] | None = None) -> Iterator[RunningStore]:
    """A fresh sample store, started; stopped and taken away afterwards."""
    with a_folder() as folder:
        store = RunningStore(folder, free_port(), environ)
        try:
            yield store.start()
        finally:
            store.stop()
