"""Probes of a running vault from beside it: its frames, passes, files, log, environment, and what a crash leaves."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from microkitten.policy import purpose
from microkitten.vault import door, wire
from microkitten.vault.ids import uuid7
from microkitten.vault.types import Actor, Refused
from tests.security.battery import blank, probe
from tests.vault.conftest import CHECKOUT, PAY, Sale, a_sale, calling, role, staff_pass
from tests.vault.test_hostile import greeting, knock
from tests.vault_process import RunningVault, environment, remove_vault, run_vault, start_vault

TOKEN = re.compile(r"kq[bcdfghjkmnpqrstvwxz]{14}")


@dataclass
class Beside:
    """A vault with two orders, and whoever stands beside it."""

    running: RunningVault
    anna: Sale
    ben: Sale

    def tokens(self) -> list[str]:
        """Return every value that was typed."""
        found = TOKEN.findall(f"{self.anna.values} {self.ben.values}")
        assert len(found) >= 8
        return found

    def say(self, message: Any, name: str = "web") -> Any:
        """Send a message over a line of its own."""
        with knock(self.running, name) as line:
            wire.send(line, greeting(name))
            wire.receive(line, wait_seconds=5)
            wire.send(line, message)
            return wire.receive(line, wait_seconds=5)

    def proc(self, name: str) -> Path:
        """Return what the kernel tells of the process."""
        return Path(f"/proc/{self.running.process.pid}/{name}")


@contextmanager
def beside(folder: Path) -> Iterator[Beside]:
    """Start one."""
    running = start_vault(folder, profile="classic")
    try:
        with calling(running):
            yield Beside(running, a_sale(), a_sale())
    finally:
        remove_vault(running)


def a_look(by: Actor, *sales: Sale, why: str = "rights", field: str = "customer.name") -> dict[str, Any]:
    """Return the batch that opens a field."""
    persons = {sale.customer.hex: [field] for sale in sales}
    ask = {"do": "use", "purpose": why, "persons": persons, "facts": {}}
    return {"by": {"name": by.name, "token": by.token}, "asks": [ask], "id": uuid7().hex}


@probe("a frame replayed over another line", "vault")
def _replayed(at: Beside) -> None:
    frame = a_look(at.anna.me, at.anna)
    assert at.anna.values[at.anna.customer, "customer.name"] in str(at.say(frame))
    assert at.say(frame) == {"error": "replay"}


@probe("another batch under an id that was answered", "vault")
def _reused(at: Beside) -> None:
    frame = a_look(at.anna.me, at.anna)
    at.say(frame)
    assert at.say({**a_look(at.anna.me, at.anna, at.ben), "id": frame["id"]}) == {"error": "replay"}


@probe("a frame kept for later", "vault")
def _late(at: Beside) -> None:
    old = uuid7().int - (3_600_000 << 80)
    assert at.say({**a_look(at.anna.me, at.anna), "id": f"{old:032x}"}) == {"error": "replay"}


@probe("a second purpose under a pass", "vault")
def _purpose(at: Beside) -> None:
    for why in ("deliver", "confirm", "bill", "customize", "verify"):
        told = at.say(a_look(at.anna.me, at.anna, why=why))
        assert "refused" in told
        blank(told, *at.tokens())


@probe("two persons under a pass for one", "vault")
def _two(at: Beside) -> None:
    told = at.say(a_look(at.anna.me, at.anna, at.ben))
    assert "refused" in told
    blank(told, *at.tokens())


@probe("a pass of another kind", "vault")
def _kind(at: Beside) -> None:
    for by in (Actor("shipping", at.anna.order_pass.token), Actor("person", staff_pass().token)):
        told = at.say(a_look(by, at.anna))
        assert "refused" in told
        blank(told, *at.tokens())


@probe("a pass that was given back", "vault")
def _ended(at: Beside) -> None:
    clerk = staff_pass()
    door.sign_out_staff(clerk.token)
    with pytest.raises(Refused):
        door.use(purpose.deliver, {at.anna.recipients[0]: ["recipient.name"]}, by=clerk)


@probe("another role's actor over the socket of web", "vault")
def _actor(at: Beside) -> None:
    for actor in ("job:pay", "job:confirm", "job:sweep", "operator"):
        told = at.say(a_look(Actor(actor), at.anna))
        assert told["refused"]["why"] == "actor"


@probe("another role's name in the greeting", "vault")
def _greeting(at: Beside) -> None:
    with knock(at.running, "web") as line:
        wire.send(line, greeting("operator"))
        assert wire.receive(line, wait_seconds=5)["differs"] == ["role"]
        with pytest.raises(wire.Gone):
            wire.receive(line, wait_seconds=5)


@probe("what a refusal says", "vault")
def _refusal(at: Beside) -> None:
    with role("worker"), pytest.raises(Refused) as no:
        door.use(purpose.deliver, {at.anna.recipients[0]: ["recipient.name"]}, by=PAY)
    blank(f"{no.value!r} {no.value} {vars(no.value)}", *at.tokens())


@probe("writing over somebody's record by their id", "vault")
def _id_alone(at: Beside) -> None:
    told = at.say(
        {
            "by": {"name": CHECKOUT.name, "token": ""},
            "asks": [{"do": "keep_open", "persons": [at.anna.customer.hex]}],
            "id": uuid7().hex,
        }
    )
    assert told["refused"]["why"] == "same batch"


@probe("the vault's files: database, write-ahead log, journal, key store, root", "vault")
def _files(at: Beside) -> None:
    files = [path for path in (at.running.folder / "vault").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".sqlite3", ".key"}
    for path in files:
        blank(path.read_bytes(), *at.tokens())
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@probe("the vault's log", "vault")
def _log(at: Beside) -> None:
    blank(at.running.log(), *at.tokens(), at.anna.order_pass.token)


@probe("the vault's environment and command line", "vault")
def _environ(at: Beside) -> None:
    root = next((at.running.folder / "vault").glob("root*.key")).read_bytes()
    for name in ("environ", "cmdline"):
        shown = at.proc(name).read_bytes()
        blank(shown, *at.tokens())
        assert root not in shown
        assert root.hex().encode() not in shown


@probe("scratch files and open ones", "vault")
def _scratch(at: Beside) -> None:
    names = {str(link.readlink()): link for link in at.proc("fd").iterdir()}
    links = [name for name in names if "(deleted)" not in name]
    for name in names.keys() - set(links):  # on PostgreSQL there is one of libffi, with code
        blank(names[name].read_bytes(), *at.tokens())
    inside = [link for link in links if link.startswith(tempfile.gettempdir())]
    assert not [link for link in inside if not link.startswith(str(at.running.folder))]


@probe("swap", "vault")
def _swap(at: Beside) -> None:
    found = re.search(r"^VmSwap:\s+(\d+)", at.proc("status").read_text(), re.MULTILINE)
    if found is None or len(Path("/proc/swaps").read_text().splitlines()) > 1:
        pytest.skip("this machine swaps, or does not say so")
    assert found[1] == "0"


@probe("limits of a dump", "vault")
def _limits(at: Beside) -> None:
    (line,) = [one for one in at.proc("limits").read_text().splitlines() if one.startswith("Max core")]
    assert line.split()[4:6] == ["0", "0"]
    assert at.proc("mem").stat().st_uid == 0, "not dumpable: the kernel gives its memory to root alone"


@probe("a second vault on the same folder", "vault")
def _second(at: Beside) -> None:
    made = run_vault(at.running.folder, "serve")
    assert made.returncode == 1
    assert "another vault serves" in made.stderr


@probe("a shell that loads the vault's own code", "vault")
def _shell(at: Beside) -> None:
    program = "import sys\nfrom microkitten.vault.server.verbs import VERBS\nprint(sorted(VERBS))"
    shown = subprocess.run(
        [sys.executable, "-c", program], env=environment(at.running.folder), capture_output=True, check=True
    )
    blank(shown.stdout + shown.stderr, *at.tokens())


@probe("a core dump of a vault that crashes", "vault")
def _crash(at: Beside) -> None:
    process, folder = at.running.process, at.running.folder
    began = time.time()
    os.kill(process.pid, signal.SIGSEGV)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGSEGV
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    places = {Path.cwd(), folder, folder / "vault", Path(tempfile.gettempdir())}
    cores = [path for place in places for path in place.glob("core*") if path.stat().st_mtime >= began]
    assert not cores
    at.running.start()
    assert door.checkpoint()
