"""As whom each process runs: users of their own when started as root, so that the vault's wall holds (P35).

With one user for all, who breaks into the web process can read the vault's key file; with several that takes
root.
"""

import ctypes
import grp
import hashlib
import os
import pwd
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROBE_SECONDS_MAX = 20
_CHOSEN_FROM = 30_000  # below what containers map, above what adduser gives
_BLOCKS = 3_000
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_NET_BIND_SERVICE = 10
_LINUX_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True, slots=True)
class Identity:
    """A user of the machine, by number: its own group, the groups it shares, the umask of its files."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    umask: int


@dataclass(frozen=True, slots=True)
class Identities:
    """Who runs what. `shared`: the group of web and worker (database, media); `tls`: of who may serve TLS.

    `separate` is false when one user runs everything; `why` then says for what reason.
    """

    separate: bool
    why: str
    web: Identity
    vault: Identity
    worker: Identity
    cards: Identity
    shared: int
    tls: int


def choose(folder: Path, base: int) -> Identities:
    """Return who shall run the processes of the store in `folder`.

    As root eight numbers from `base` on, or a free block if `base` is 0, provided that those users can read
    code and store; otherwise the present user for everything, with the reason.
    """
    if os.geteuid() != 0:
        return _one("not started as root")
    several = _several(base or _free_block(folder))
    if reason := _unreadable(several.web, folder):
        return _one(reason)
    return several


def one_user() -> Identities:
    """Return the present user for everything (tests, and commands that touch nothing)."""
    return _one("asked for")


def becoming(identity: Identity, *, port: int = 0, dies_with_parent: bool = True) -> Callable[[], None]:
    """Return what a new process does before its program starts: becomes `identity`, ends with its parent.

    A `port` below 1024 leaves it the right to listen there, and nothing else of root.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def become() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold what is open at that moment
        os.umask(identity.umask)
        if os.geteuid() == 0 and identity.uid != 0:
            low = libc is not None and 0 < port < 1024
            if low:
                _call(libc, "prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups(identity.groups)
            os.setresgid(identity.gid, identity.gid, identity.gid)
            os.setresuid(identity.uid, identity.uid, identity.uid)
            if low:
                _keep_binding(libc)
        if libc is not None and dies_with_parent:
            _call(libc, "prctl", _PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:  # it ended before the line above could matter
                os.kill(os.getpid(), signal.SIGTERM)

    return become


def _several(base: int) -> Identities:
    shared, tls = base + 4, base + 5
    return Identities(
        separate=True,
        why="",
        web=Identity("web", base, base, (shared, tls), 0o007),
        vault=Identity("vault", base + 1, base + 1, (), 0o077),
        worker=Identity("worker", base + 2, base + 2, (shared,), 0o007),
        cards=Identity("cards", base + 3, base + 3, (tls,), 0o077),
        shared=shared,
        tls=tls,
    )


def _one(why: str) -> Identities:
    uid, gid = os.geteuid(), os.getegid()
    groups = tuple(os.getgroups())

    def same(name: str) -> Identity:
        return Identity(name, uid, gid, groups, 0o077)

    return Identities(False, why, same("web"), same("vault"), same("worker"), same("cards"), gid, gid)


def _free_block(folder: Path) -> int:
    """Return the first of eight numbers no user and no group has, the same for the same folder each time."""
    taken = {entry.pw_uid for entry in pwd.getpwall()} | {entry.gr_gid for entry in grp.getgrall()}
    start = int.from_bytes(hashlib.sha256(str(folder.resolve()).encode()).digest()[:4], "big")
    for step in range(_BLOCKS):
        base = _CHOSEN_FROM + 8 * ((start + step) % _BLOCKS)
        if taken.isdisjoint(range(base, base + 8)):
            return base
    raise OSError("no free block of eight user numbers; set uids.base in store.toml")


def _unreadable(identity: Identity, folder: Path) -> str:
    """Return why `identity` could not run the code or reach the store; empty if it can. It is tried."""
    program = "import sys, os, django, granian, microkitten; os.stat(sys.argv[1])"
    package_root = Path(__file__).resolve().parents[2]
    environ = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(package_root),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder / "store.toml")],
            preexec_fn=becoming(identity),
            env=environ,
            cwd="/",
            capture_output=True,
            timeout=PROBE_SECONDS_MAX,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return f"other users cannot run {sys.executable}"
    if done.returncode == 0:
        return ""
    if b"PermissionError" in done.stderr and str(folder).encode() in done.stderr:
        return f"other users cannot reach {folder}"
    return f"other users cannot read the code below {sys.prefix} or {package_root}"


def _call(libc: ctypes.CDLL | None, name: str, *arguments: int) -> None:
    if libc is not None and getattr(libc, name)(*(ctypes.c_ulong(value) for value in arguments)) != 0:
        raise OSError(ctypes.get_errno(), name)


def _keep_binding(libc: ctypes.CDLL | None) -> None:
    """Keep, after giving up root, the one capability of listening at a low port, through the coming exec."""
    if libc is None:
        return
    header = (ctypes.c_uint32 * 2)(_LINUX_CAPABILITY_VERSION_3, 0)
    bit = 1 << _CAP_NET_BIND_SERVICE
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(ctypes.byref(header), ctypes.byref(data)) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _call(libc, "prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_NET_BIND_SERVICE, 0, 0)
