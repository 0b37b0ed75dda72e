"""What somebody who runs code as the web user tries, as a program: prints each attempt and how it ended (JSON)."""

import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

PTRACE_ATTACH, PTRACE_DETACH, PIDFD_OPEN, PIDFD_GETFD = 16, 17, 434, 438
# What web itself may have made: the database's own files beside it.
OURS = {f"shop.sqlite3{end}" for end in ("-wal", "-shm", "-journal", "-lock")}
libc = ctypes.CDLL(None, use_errno=True)


def called(result: int) -> None:
    """Raise what the kernel said, if it said no."""
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def read(path: Path) -> None:
    """Read a byte."""
    handle = os.open(path, os.O_RDONLY)
    os.read(handle, 1)
    os.close(handle)


def write(path: Path) -> None:
    """Open for writing; nothing is written."""
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND))


def create(folder: Path) -> None:
    """Make a file, and take it away again if it could be made."""
    os.close(os.open(folder / "intruder", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    (folder / "intruder").unlink()


def attach(pid: int) -> None:
    """Stop a process as a debugger does."""
    called(libc.ptrace(PTRACE_ATTACH, pid, None, None))
    os.waitpid(pid, 0)
    libc.ptrace(PTRACE_DETACH, pid, None, None)


def read_memory(pid: int) -> None:
    """Read another process's memory by the call made for it."""
    buffer = ctypes.create_string_buffer(8)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    remote = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    called(libc.process_vm_readv(pid, local, 1, remote, 1, 0))


def take_file(pid: int) -> None:
    """Take a copy of another process's open file."""
    handle = libc.syscall(PIDFD_OPEN, pid, 0)
    called(handle)
    called(libc.syscall(PIDFD_GETFD, handle, 3, 0))


def call(path: Path) -> None:
    """Say a greeting and wait for the first byte of an answer."""
    said = b'{"policy":"","protocol":1,"release":"","role":"web"}'
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        try:
            line.connect(str(path))
            line.sendall(len(said).to_bytes(4, "big") + said)
            heard = line.recv(1)
        except (ConnectionError, BrokenPipeError):
            heard = b""
    if not heard:
        raise PermissionError("hung up before the first byte")


def replace(path: Path) -> None:
    """Move a file out of the way, and back if it could be moved."""
    away = path.with_name("intruder")
    path.rename(away)
    away.rename(path)


def own_child() -> None:
    """Debug a process of one's own: what every attempt below would look like if it were allowed."""
    with subprocess.Popen(["/bin/sleep", "20"]) as child:
        try:
            attach(child.pid)
        finally:
            child.kill()


def attempts(store: Path, source: Path, pids: dict[str, int]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield each attempt by name."""
    keys = ("root-0.key", "keys.sqlite3", "keys.sqlite3-wal")
    for name in (*keys, "vault.sqlite3", "vault.sqlite3-wal", "checkpoint.signed", "lock"):
        yield f"read vault/{name}", lambda name=name: read(store / "vault" / name)
    yield "list vault/", lambda: os.listdir(store / "vault")
    yield "enter vault/", lambda: os.chdir(store / "vault")
    yield "create in vault/", lambda: create(store / "vault")
    for kind, pid in pids.items():
        for name in ("mem", "maps", "environ", "fd/3", "io", "stack", "syscall", "auxv", "pagemap"):
            yield f"read /proc/{kind}/{name}", lambda pid=pid, name=name: read(Path(f"/proc/{pid}/{name}"))
        for name in ("fd", "map_files", "fdinfo", "cwd", "root"):
            yield f"list /proc/{kind}/{name}", lambda pid=pid, name=name: os.listdir(f"/proc/{pid}/{name}")
        yield f"debug {kind}", lambda pid=pid: attach(pid)
        yield f"read memory of {kind}", lambda pid=pid: read_memory(pid)
        yield f"take a file of {kind}", lambda pid=pid: take_file(pid)
        yield f"signal {kind}", lambda pid=pid: os.kill(pid, 0)
    run = (store / "run").resolve()
    for name in ("worker.sock", "operator.sock"):
        yield f"call {name}", lambda name=name: call(run / name)
    yield "create in run/", lambda: create(run)
    for path in sorted(store.iterdir()):
        if path.name not in OURS:
            yield f"replace {path.name}", lambda path=path: replace(path)
    for name in ("policy.toml", "store.toml", "secret.key", "tls/cert.pem", "tls/key.pem"):
        yield f"write {name}", lambda name=name: write(store / name)
    for name in ("mail", "theme", "sandbox", "static", "tls"):
        if (store / name).exists():
            yield f"create in {name}/", lambda name=name: create(store / name)
    for name in ("microkitten/vault/types.py", "microkitten/policy/default.toml", "microkitten/web/page.py"):
        yield f"write {name}", lambda name=name: write(source / name)
    yield "create beside the code", lambda: create(source / "microkitten")
    yield "become root", lambda: os.setuid(0)
    # What must succeed, or the attempts above have shown nothing.
    yield "allowed: debug a child", own_child
    yield "allowed: read shop.sqlite3", lambda: read(store / "shop.sqlite3")
    yield "allowed: write shop.sqlite3", lambda: write(store / "shop.sqlite3")
    yield "allowed: read policy.toml", lambda: read(store / "policy.toml")
    yield "allowed: read the sample store's mailbox", lambda: os.listdir(store / "mail")
    yield "allowed: make a file as SQLite does", lambda: create(store)
    yield "allowed: call web.sock", lambda: call(run / "web.sock")


def main() -> None:
    """Try everything once."""
    store, source, pids = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
    ended = {}
    for name, attempt in attempts(store, source, pids):
        try:
            attempt()
            ended[name] = "done"
        except OSError as error:
            ended[name] = type(error).__name__
    print(json.dumps(ended))


if __name__ == "__main__":
    main()
