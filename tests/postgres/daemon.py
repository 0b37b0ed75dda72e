"""PostgreSQL itself for tests: found on this machine, made in a folder, started as a user who is not root, killed and
started anew."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

START_SECONDS_MAX = 60.0
SQL_SECONDS_MAX = 300.0  # to drop a database is to wait for a checkpoint of all of them
ADMIN = "admin"
PAUSE_SECONDS = 0.02
_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "logging_collector": "off",
    "max_wal_size": "256MB",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class NoPostgres(Exception):
    """There is no PostgreSQL on this machine that a test could start: why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server in a folder of its own. `folder` holds data, socket, log and the administrator's password."""

    folder: Path
    port: int
    password: str = field(repr=False)

    @property
    def data(self) -> Path:
        """Its data folder, write-ahead log included."""
        return self.folder / "data"

    @property
    def log(self) -> str:
        """All that it has said."""
        return (self.folder / "log").read_text(errors="replace")

    @property
    def pid(self) -> int | None:
        """The postmaster, or None if it does not run."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid

    def url(self, role: str, password: str, database: str, *, socket: bool = False) -> str:
        """Return the address of a database for a role: over TCP, or over the Unix socket."""
        who = f"postgresql://{quote(role)}:{quote(password)}@"
        if socket:
            return f"{who}/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"
        return f"{who}127.0.0.1:{self.port}/{database}"

    def sql(self, text: str, *, database: str = "postgres") -> str:
        """Run statements as the administrator. Returns: the rows, columns parted by `|`. Raises: RuntimeError."""
        done = subprocess.run(
            [tool("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-p", str(self.port),
             "-U", ADMIN, "-d", database],
            input=text, env={**os.environ, "PGPASSWORD": self.password}, capture_output=True, text=True,
            timeout=SQL_SECONDS_MAX, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def start(self, **settings: str) -> None:
        """Start, also anew after `kill`; other settings than usual may be given. Raises: NoPostgres."""
        words = [tool("postgres"), "-D", str(self.data), "-k", str(self.folder), "-p", str(self.port)]
        for name, value in {**_SETTINGS, **settings}.items():
            words += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, env=_environ(), **_other_user(),
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end and process.poll() is None:
            with suppress(RuntimeError):
                self.sql("SELECT 1")
                return
            time.sleep(PAUSE_SECONDS)
        raise NoPostgres(f"PostgreSQL did not start: {self.log[-1000:]}")

    def stop(self) -> None:
        """End it cleanly, whoever is connected."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End all its processes at once, as a power cut of the database's machine would."""
        pid = self.pid
        if pid is None:
            return
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._wait(lambda: all(_gone(each) for each in (pid, *map(int, children))))

    def _end(self, how: signal.Signals) -> None:
        pid = self.pid
        if pid is not None:
            os.kill(pid, how)
            self._wait(lambda: _gone(pid))

    def _wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + START_SECONDS_MAX
        while not until():
            if time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not end: {self.log[-1000:]}")
            time.sleep(PAUSE_SECONDS)

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def tool(name: str) -> str:
    """Return the path of one of PostgreSQL's programs: Debian's newest, or what PATH has. Raises: NoPostgres."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: [int(part) for part in path.parts[4].split(".") if part.isdigit()],
    )
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise NoPostgres(f"no {name} on this machine: apt install postgresql")
    return path


def make_server(folder: Path) -> Server:
    """Make a server in a folder that is not there yet, and start it. Raises: NoPostgres."""
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)  # roles are told apart by passwords; whichever uid a vault runs under, it may knock
    other = _other_user()
    if other:
        os.chown(folder, other["user"], other["group"])
    made = Server(folder, _free_port(), secrets.token_urlsafe(16))
    handle = os.open(folder / "password", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{made.password}\n")
    if other:
        os.chown(folder / "password", other["user"], other["group"])
    done = subprocess.run(
        [tool("initdb"), "-D", str(made.data), "-U", ADMIN, "--pwfile", str(folder / "password"),
         "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"],
        capture_output=True, text=True, cwd=folder, check=False, env=_environ(), **other,
    )  # fmt: skip
    if done.returncode:
        raise NoPostgres(f"initdb failed: {done.stderr[-500:]}")
    (folder / "port").write_text(str(made.port))
    made.start()
    made.sql("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC")
    return made


def _environ() -> Mapping[str, str]:
    return {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ} | {"LC_ALL": "C"}


def _other_user() -> dict[str, Any]:
    """Return whom to start it as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres")


def _gone(pid: int) -> bool:
    """Return whether a process has ended, even if its parent has not noticed yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
