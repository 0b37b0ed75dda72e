"""Runs first in each process of a store under test: notes what leaves it, which jobs ran, and fails where told.

Python imports a module of this name at its start. A copy lies beside the copied source; what it notes lies in `tap/`
next to that: `calls` (addresses asked for), `out-*` (bytes sent over the network, before encryption), `jobs`, and
for each fault that was `armed` what its words held, in `fired`.
"""

import functools
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

TAP = Path(__file__).resolve().parent.parent / "tap"
ROLE = "-".join(word.rpartition("/")[2] for word in sys.orig_argv[1:5] if not word.startswith("-"))[:60]
# What fails when armed: which function, and whether before it (with what it was given) or after (what it found).
FAULTS = {
    "view": ("microkitten.shop.checkout.actions.place", "place", "given"),
    "template": ("microkitten.vault.opened", "Opened.reveal", "found"),
    "job": ("microkitten.vault.door", "disclose", "found"),
    "letter": ("microkitten.providers.mail.letter", "fill", "given"),
    "mailer": ("microkitten.providers.mail.folder", "FolderMailer._keep", "given"),
    "vault": ("microkitten.vault.server.verbs.collect", "store", "given"),
}
WATCHED = {module for module, _, _ in FAULTS.values()} | {"socket", "ssl", "microkitten.web.queue.worker"}


class Held(Exception):
    """An error that quotes all that was at hand, as the worst of libraries do."""


def words(thing: Any, depth: int = 6) -> str:
    """Return every text that can be reached from a thing, whatever it hides from its own `repr`."""
    if isinstance(thing, bytes):
        return thing.decode("utf-8", "replace")
    if depth == 0 or isinstance(thing, (str, int, float, type(None))):
        return str(thing)
    if isinstance(thing, dict):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, (list, tuple, set, frozenset)):
        parts = list(thing)
    else:
        names = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        parts = [getattr(thing, name, None) for name in (*names, *getattr(thing, "__dict__", {}))]
    return " ".join(words(part, depth - 1) for part in parts[:40])


def fail(name: str, held: Any) -> None:
    """Raise if the fault is armed and what is held has the words waited for; whoever takes the file is the only one."""
    try:
        waited_for = (TAP / "armed" / name).read_text()
        quoted = words(held)
        if waited_for not in quoted:
            return
        (TAP / "armed" / name).rename(TAP / "fired" / name)
    except FileNotFoundError:
        return
    (TAP / "fired" / name).write_text(quoted)
    raise Held(quoted)


def note(file: str, data: bytes) -> None:
    """Add to one of the notes; every process may, whichever user it runs as."""
    before = os.umask(0)
    try:
        place = os.open(TAP / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    finally:
        os.umask(before)
    os.write(place, data)
    os.close(place)


def faulty(module: ModuleType, qualname: str, name: str, when: str) -> None:
    """Put the fault before or after a function."""
    owner: Any = module
    *path, last = qualname.split(".")
    for part in path:
        owner = getattr(owner, part)
    original = getattr(owner, last)

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if when == "given":
            fail(name, [args, kwargs])
        answer = original(*args, **kwargs)
        if when == "found":
            fail(name, answer)
        return answer

    setattr(owner, last, call)


def tapped(kind: Any, names: tuple[str, ...]) -> None:
    """Note what a kind of socket sends over the network, each connection in a file of its own."""
    for name in names:
        original = getattr(kind, name)

        @functools.wraps(original)
        def send(self: Any, data: Any, *rest: Any, _original: Any = original) -> Any:
            if self.family.name in {"AF_INET", "AF_INET6"}:
                note(f"out-{ROLE}-{os.getpid()}-{self.fileno()}-{self.getpeername()[1]}", bytes(data))
            return _original(self, data, *rest)

        setattr(kind, name, send)


def prepare(module: ModuleType) -> None:
    """Do to a module, just imported, what it is watched for."""
    for name, (target, qualname, when) in FAULTS.items():
        if target == module.__name__:
            faulty(module, qualname, name, when)
    if module.__name__ == "socket":
        tapped(module.socket, ("send", "sendall"))
    elif module.__name__ == "ssl":
        tapped(module.SSLSocket, ("send",))
    elif module.__name__ == "microkitten.web.queue.worker":
        run = module.run

        def watched(job: Any, tasks: Any) -> Any:
            done = run(job, tasks)
            note("jobs", f"{job.name} {'done' if done else 'failed'}\n".encode())
            return done

        module.run = watched  # type: ignore[attr-defined] # a module's function may be replaced


class Finder:
    """Finds as Python does, and prepares what it found as soon as it is loaded."""

    @staticmethod
    def find_spec(name: str, path: Any = None, _target: Any = None) -> ModuleSpec | None:
        """Return the module's own spec, its loader followed by `prepare`."""
        if name not in WATCHED:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            prepare(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign] # of this one loader
        return spec


def heard(event: str, told: tuple[Any, ...]) -> None:
    """Note each address that is asked for or called; a socket in a file is no network."""
    if event in {"socket.connect", "socket.sendto"} and isinstance(told[1], tuple):
        note("calls", f"{event} {told[1][0]} {ROLE}\n".encode())
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        note("calls", f"{event} {told[0]!s} {ROLE}\n".encode())


if TAP.is_dir():
    sys.meta_path.insert(0, Finder)  # type: ignore[arg-type] # a finder may be a class
    for loaded in ("socket", "ssl"):
        if loaded in sys.modules:
            prepare(sys.modules[loaded])
    sys.addaudithook(heard)
