"""Probes by whoever runs code as one of the store's users: what its user may not do, its code may not either."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from tests.security.battery import blank, probe

HEAD = "import ctypes, json, os, resource, socket, sqlite3, subprocess, sys\nfrom pathlib import Path\n"
TRY = """
def tried(act):
    try:
        return repr(act())[:2000]
    except BaseException as error:
        return type(error).__name__
"""


def attempt(used: Any, user: str, *acts: str) -> list[str]:
    """Evaluate each expression as that user; `store`, `vault` and `pid` are told. Returns: its value or error."""
    store, (pid,) = used.store, used.store.by_kind()["vault"]
    program = HEAD + TRY + f"store, pid = Path({str(store.folder)!r}), {pid}\nvault = store / 'vault'\n"
    program += f"print(json.dumps([tried(lambda: {'), tried(lambda: '.join(acts)})]))"
    told: list[str] = json.loads(store.run_as(user, program).splitlines()[-1])
    return told


def people(used: Any) -> list[str]:
    """Return what was typed about people."""
    return [one for name, one in used.drive.tokens.items() if name.startswith(("customer", "recipient"))]


@probe("a copy of database and key store, made as a backup is", "walled")
def _backup(used: Any) -> None:
    names = ("vault.sqlite3", "keys.sqlite3", "vault.sqlite3-wal", "keys.sqlite3-wal")
    acts = [
        f"sqlite3.connect(f'file:{{vault}}/{name}?mode=ro', uri=True).execute('SELECT 1')" for name in names
    ]
    acts += [f"(vault / {name!r}).read_bytes()" for name in (*names, "root-0.key", "root.key")]
    acts += ["list(vault.iterdir())", "os.open(vault, os.O_RDONLY | os.O_DIRECTORY)"]
    for user in ("web", "worker", "cards"):
        assert attempt(used, user, "1 + 1") == ["2"], "what is allowed goes through"
        for act, ended in zip(acts, attempt(used, user, *acts), strict=True):
            assert ended in {"PermissionError", "OperationalError"}, (user, act, ended)


@probe("links that lead into the vault", "walled")
def _links(used: Any) -> None:
    link = "store / 'probe.sqlite3'"
    told = attempt(
        used,
        "web",
        f"os.link(vault / 'vault.sqlite3', {link})",
        f"({link}).symlink_to(vault / 'vault.sqlite3') or ({link}).read_bytes()",
        f"({link}).unlink()",
        "os.link(vault / 'lock', '/tmp/probe-lock')",
    )
    assert told == ["PermissionError", "PermissionError", "None", "PermissionError"]


@probe("the folder of the sockets, moved or made anew", "walled")
def _sockets(used: Any) -> None:
    told = attempt(
        used,
        "web",
        "(store / 'run' / 'web.sock').unlink()",
        "(store / 'run' / 'operator.sock').rename(store / 'run' / 'x.sock')",
        "(store / 'run' / 'mine.sock').symlink_to('/tmp/x')",
        "(store / 'run').unlink()",
        "(store / 'run').resolve().rename('/tmp/probe-run')",
        "socket.socket(socket.AF_UNIX).bind(str(store / 'run' / 'new.sock'))",
        "(store / 'run').resolve().chmod(0o777)",
    )
    assert set(told) == {"PermissionError"}, told


@probe("limits and priorities of the vault's process", "walled")
def _process(used: Any) -> None:
    told = attempt(
        used,
        "web",
        "resource.prlimit(pid, resource.RLIMIT_CORE, (-1, -1))",
        "Path(f'/proc/{pid}/coredump_filter').write_text('0x7f')",
        "Path(f'/proc/{pid}/oom_score_adj').write_text('1000')",
        "Path(f'/proc/{pid}/clear_refs').write_text('1')",
        "os.setpriority(os.PRIO_PROCESS, pid, 19)",
        "os.sched_setaffinity(pid, {0})",
        "os.kill(pid, 6)",
    )
    assert set(told) == {"PermissionError"}, told


@probe("where the kernel puts dumps", "walled")
def _pattern(used: Any) -> None:
    told = attempt(
        used,
        "web",
        "open('/proc/sys/kernel/core_pattern', 'w').write('/tmp/core')",
        "open('/proc/sys/fs/suid_dumpable', 'w').write('2')",
        "open('/proc/sys/kernel/yama/ptrace_scope', 'w').write('0')",
    )
    assert all(one in {"PermissionError", "OSError", "FileNotFoundError"} for one in told), told


@probe("the vault's own user, without root", "walled")
def _same_user(used: Any) -> None:
    """Hardened: not even its own user debugs or reads it, though that user has its files."""
    told = attempt(
        used,
        "vault",
        "open(f'/proc/{pid}/mem', 'rb').read(1)",
        "open(f'/proc/{pid}/environ', 'rb').read(1)",
        "os.listdir(f'/proc/{pid}/fd')",
        "open(f'/proc/{pid}/maps').read(1)",
    )
    assert set(told) == {"PermissionError"}, told
    traced = attempt(used, "vault", "ctypes.CDLL(None, use_errno=True).ptrace(16, pid, None, None)")
    assert traced == ["-1"]


@probe("a shell as web that opens the vault", "walled")
def _shell(used: Any) -> None:
    opening = (
        "__import__('microkitten.vault.server.process', fromlist=['x']).open_vault("
        "__import__('microkitten.vault.server.folder', fromlist=['x']).Folder(store), None)"
    )
    for user in ("web", "worker"):
        (ended,) = attempt(used, user, opening)
        assert ended in {"PermissionError", "Doubt", "OperationalError"}, ended


@probe("the vault's own commands as web", "walled")
def _commands(used: Any) -> None:
    verbs = ("staff-token", "status", "alarms", "migrate", "verify", "serve")
    acts = [
        f"subprocess.run([sys.executable, '-m', 'microkitten.vault.server', {verb!r}, str(store)],"
        " capture_output=True, timeout=60).returncode"
        for verb in verbs
    ]
    assert attempt(used, "web", *acts) == ["1"] * len(verbs)


@probe("another role by another variable", "walled")
def _role(used: Any) -> None:
    door = "__import__('microkitten.vault.door', fromlist=['x'])"
    for user, role in (("web", "operator"), ("web", "worker"), ("worker", "web"), ("worker", "operator")):
        (said,) = attempt(used, user, f"os.environ.update(MICROKITTEN_ROLE={role!r}) or {door}.checkpoint()")
        assert said == "VaultAway", (user, role, said)


@probe("dumpdata as web", "walled")
def _dumpdata(used: Any) -> None:
    program = "import django\ndjango.setup()\nfrom django.core.management import call_command\ncall_command('dumpdata')"
    told = used.store.run_as("web", program)
    assert len(json.loads(told)) > 50
    blank(told, *people(used))


@probe("the shop's database with its journals: sessions, queue, carts, all", "walled")
def _shops_files(used: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with sqlite3.connect(used.store.folder / "shop.sqlite3") as line:
            line.execute("VACUUM INTO ?", (f"{folder}/copy.sqlite3",))
        line.close()
        blank(Path(folder, "copy.sqlite3").read_bytes(), *people(used))
    for path in used.store.folder.glob("shop.sqlite3*"):
        blank(path.read_bytes(), *people(used))


@probe("the vault's database, key store and their journals, as root reads them", "walled")
def _vaults_files(used: Any) -> None:
    files = [path for path in (used.store.folder / "vault").rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        blank(path.read_bytes(), *people(used))


@probe("scratch files of the machine", "walled")
def _scratch(used: Any) -> None:
    users = {used.store.user(kind)[0] for kind in ("web", "worker", "vault", "cards")}
    for place in {"/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir()}:  # where others look as well
        for folder, _, names in os.walk(place):
            if used.store.folder in (Path(folder), *Path(folder).parents):
                continue
            for path in (Path(folder, name) for name in names):
                try:
                    if path.is_file() and path.lstat().st_uid in users:
                        blank(path.read_bytes(), *people(used))
                except FileNotFoundError:
                    continue


@probe("what all processes have printed", "walled")
def _printed(used: Any) -> None:
    assert len(used.store.lines) > 3
    blank("\n".join(used.store.lines), *people(used))


@probe("the environment of every process", "walled")
def _environments(used: Any) -> None:
    roots = [path.read_bytes() for path in (used.store.folder / "vault").glob("root*.key")]
    assert roots
    for pids in used.store.by_kind().values():
        for pid in pids:
            shown = Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
            blank(shown, *people(used))
            assert not [key for key in used.keys.values() if key in shown or key.hex().encode() in shown]
            assert not [root for root in roots if root[:32] in shown]
