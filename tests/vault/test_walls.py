"""With uids of their own for each process, the kernel keeps web, worker and vault apart (P35)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.vault_process import RunningVault, environment, remove_vault, start_vault

from microkitten import __version__, policy
from microkitten.vault import wire

pytestmark = pytest.mark.slow
NOBODY = 65534


@pytest.fixture(scope="module")
def walled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVault]:
    """A vault whose web pages run under a uid of their own."""
    if os.geteuid() != 0:
        pytest.skip("only root can play several users")
    made = start_vault(
        tmp_path_factory.mktemp("walled"), profile="classic", arguments=("--uid", f"web={NOBODY}")
    )
    yield made
    remove_vault(made)


PEER = """
import os, socket, sys
path, uid = sys.argv[1], int(sys.argv[2])
os.setgroups([]); os.setgid(uid); os.setuid(uid)
line = socket.socket(socket.AF_UNIX); line.settimeout(5)
try:
    line.connect(path)
    line.sendall(bytes.fromhex(sys.argv[3]))
    print("answered" if line.recv(4) else "closed")
except PermissionError:
    print("no entry")
except OSError:
    print("closed")
"""


@pytest.mark.parametrize(
    ("role", "uid", "outcome"),
    [
        ("web", NOBODY, "answered"),
        ("web", 0, "closed"),
        ("web", 65533, "closed"),
        ("worker", NOBODY, "no entry"),
        ("operator", NOBODY, "no entry"),
    ],
)
def test_a_socket_hears_its_own_uid_only(walled: RunningVault, role: str, uid: int, outcome: str) -> None:
    """The kernel's word on who calls, before the first byte is read."""
    rules = policy.load(walled.folder / "policy.toml")
    hello = wire.encode(
        {"protocol": wire.PROTOCOL, "role": role, "policy": rules.hash, "release": __version__}
    )
    framed = len(hello).to_bytes(4, "big") + hello
    path = (walled.folder / "run").resolve() / f"{role}.sock"
    shown = subprocess.run(
        [sys.executable, "-c", PEER, str(path), str(uid), framed.hex()],
        env=environment(walled.folder),
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == outcome


def test_another_uid_reads_neither_files_nor_memory(walled: RunningVault) -> None:
    """With uids of their own, an intruder in web has a socket and nothing more."""
    program = (
        "import os, sys\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        open(path, 'rb').read(1); print('read', path)\n"
        "    except OSError: pass\n"
    )
    files = [str(path) for path in (walled.folder / "vault").iterdir()]
    memory = [f"/proc/{walled.process.pid}/{name}" for name in ("mem", "maps", "environ")]
    shown = subprocess.run(
        [sys.executable, "-c", program, *files, *memory], capture_output=True, text=True, check=True
    )
    assert shown.stdout == ""
