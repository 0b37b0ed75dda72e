"""A store that is watched: its code is a copy with a tap in it, its files are looked at after every step."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from microkitten.config import founding
from tests.canaries.law import ToParty
from tests.canaries.letters import to_mail
from tests.canaries.tape import Tape
from tests.canaries.tokens import Mint
from tests.running import ROOT, RunningStore, a_folder, free_port

HERE = Path(__file__).resolve().parent


class WatchedStore(RunningStore):
    """A running store; `look` puts what has changed in its files onto the tape."""

    def __init__(
        self, folder: Path, tape: Tape, environ: Mapping[str, str], *, command: str, port: int
    ) -> None:
        home = folder.parent
        shutil.copytree(ROOT / "src", home / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HERE / "sitecustomize.py", home / "src")
        self.tap, self.temporary = home / "tap", home / "temporary"
        for place in (self.tap, self.temporary, self.tap / "armed", self.tap / "fired"):
            place.mkdir()
            place.chmod(0o777)  # not sticky: whoever fails takes the file of the fault, as any user
        self.tape, self.mint = tape, Mint()
        self._seen: dict[Path, tuple[int, int, int]] = {}
        self._said = 0
        own = {"TMPDIR": str(self.temporary), "PYTHONPATH": str(home / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        super().__init__(folder, port, {**own, **environ}, command)

    # Looking

    def look(self, when: str) -> None:
        """Put every file that is new or has changed onto the tape, with its name; and what processes have said."""
        for place in (self.folder, self.temporary):
            for path in files(place):
                try:
                    state = path.stat()
                    mark = (state.st_ino, state.st_size, state.st_mtime_ns)
                    if self._seen.get(path) == mark:
                        continue
                    data = path.read_bytes() if path.is_file() else b""
                except FileNotFoundError:
                    continue  # written and taken away between two looks
                is_new = path not in self._seen
                self._seen[path] = mark
                name = str(path.relative_to(place if place in path.parents else path.anchor))
                if is_new:
                    self.tape.add("names of files", name, name.encode())
                is_mail = name.startswith("mail/")
                about = to_mail(data, self.mint) if is_mail else None
                self.tape.add("mail" if is_mail else "files", f"{name} {when}", data, about)
        said = self.output
        self.tape.add("logs", f"output of all processes {when}", said[self._said :].encode())
        self._said = len(said)

    def cells(self, when: str) -> int:
        """Put every row of every database onto the tape: a long value is cut in the file, and whole in its cell."""
        count = 0
        for path in sorted(self.folder.rglob("*.sqlite3")):
            for table, rows in tables(path):
                cells = [cell for row in rows for cell in row if cell is not None]
                count += len(cells)
                raw = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells]
                where = f"table {table} of {path.relative_to(self.folder)} {when}"
                self.tape.add("cells", where, b"\n\0\n".join(raw))
                for cell in raw:
                    if cell[:1] == b"x" or cell[:2] == b"\x1f\x8b":  # perhaps compressed, each by itself
                        self.tape.add("cells", where, cell)
        return count

    def outbound(self) -> None:
        """Put what the processes have sent over the network onto the tape, as it was before encryption."""
        for path in sorted(self.tap.glob("out-*")):
            if "sandbox" in path.name:
                continue  # the processor's own answers: they are on the tape as its pages
            data = path.read_bytes()
            is_mail = path.name.endswith(f"-{self.environ.get('MICROKITTEN_MAIL_PORT')}")
            about = to_mail(data, self.mint) if is_mail else ToParty("card_processor", frozenset())
            self.tape.add("outbound", path.name, data, about)

    def calls(self) -> list[str]:
        """Return each address that any process has asked for or called."""
        place = self.tap / "calls"
        return place.read_text().splitlines() if place.exists() else []

    def jobs(self) -> dict[str, set[str]]:
        """Return each job that has run, and how it ended."""
        found: dict[str, set[str]] = {}
        for line in (self.tap / "jobs").read_text().splitlines():
            name, how = line.split()
            found.setdefault(name, set()).add(how)
        return found

    # Faults

    def arm(self, fault: str) -> None:
        """Let the next process that comes by with somebody's words fail there, quoting all that it holds."""
        (self.tap / "armed" / fault).write_text(self.mint.mark)
        (self.tap / "armed" / fault).chmod(0o666)

    def fired(self, fault: str) -> str:
        """Return what the error quoted; empty if it was not raised yet."""
        place = self.tap / "fired" / fault
        return place.read_text() if place.exists() else ""


def tables(path: Path) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Yield name and rows of each table of a database that can be read."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in names:
            try:
                yield table, connection.execute(f'SELECT * FROM "{table}"').fetchall()
            except sqlite3.OperationalError:  # a virtual table's inner one
                continue


def files(folder: Path) -> Iterator[Path]:
    """Yield everything below a folder that is not a folder, the sockets' linked folder included."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and path.is_dir():
            yield from files(path.resolve())
        elif not path.is_dir():
            yield path


@contextmanager
def watched(tape: Tape, profile: str, environ: Mapping[str, str]) -> Iterator[WatchedStore]:
    """A fresh store of a profile, started; stopped and taken away afterwards."""
    with a_folder() as folder:
        port = free_port()
        if profile == "strict":  # it sells where consent comes first, so it is founded strict
            founding.found(folder, _strict(port))
        command = "serve" if profile == "strict" else "demo"
        store = WatchedStore(folder, tape, environ, command=command, port=port)
        try:
            yield store.start()
        finally:
            store.stop()


def _strict(port: int) -> founding.Plan:
    return founding.plan(
        name="microkitten", address=f"https://localhost:{port}", company="microkitten, llc",
        postal_address="12 Sample Street, Springfield", email="hello@microkitten.example", country="US",
        countries="US, DE, CI, KZ, NZ", currency="USD", language="en", sample=True,
    )  # fmt: skip
