"""Started as root, each process is somebody of its own; where that cannot work, it is said why (P35)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from microkitten.config import founding, identities, preparation
from microkitten.config.processes import SOURCE
from microkitten.config.store import read
from tests.outside import free_port

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become others")
BASE = 61_000


def tried(who: identities.Identity, code: str, *, port: int = 0, arguments: tuple[str, ...] = ()) -> str:
    """Return what a program says that runs as `who` (the machine's own Python, which all can read)."""
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    done = subprocess.run(
        [python, "-c", code, *arguments],
        preexec_fn=identities.becoming(who, port=port),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2]


def several() -> identities.Identities:
    return identities._several(BASE)


def test_who_is_not_root_runs_everything_as_himself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is kept, for the red line."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    who = identities.choose(tmp_path, 0)
    assert not who.separate
    assert who.why == "not started as root"


@root_only
def test_a_program_becomes_its_user_for_good() -> None:
    """Numbers, groups, umask and core limit are its own; the way back is closed."""
    code = (
        "import os, resource; print(os.getresuid(), os.getresgid(), sorted(os.getgroups()),"
        " oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE)); os.setuid(0)"
    )
    said = tried(several().worker, code)
    one = BASE + 2
    assert said == f"({one}, {one}, {one}) ({one}, {one}, {one}) [{BASE + 4}] 0o7 (0, 0)"
    assert "PermissionError" in tried(several().worker, "import os; os.setuid(0)")


@root_only
@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
def test_a_low_port_costs_one_capability_and_no_more() -> None:
    """Web may listen at 443 without being root, and can do nothing else that root can."""
    code = """
import socket
line = socket.socket()
try:
    line.bind(("127.0.0.1", 1))
    print("bound", end=" ")
except PermissionError:
    print("refused", end=" ")
print([row.split()[1] for row in open("/proc/self/status") if row.startswith("CapEff")][0])
"""
    assert tried(several().web, code, port=443) == "bound 0000000000000400"
    assert tried(several().web, code).endswith("0000000000000000")


@root_only
def test_code_that_others_cannot_read_means_one_user(tmp_path: Path) -> None:
    """Better one user, said in red, than a start that fails on somebody's home folder."""
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    founding.found(hidden / "store", founding.sample_plan(9443))
    who = identities.choose(hidden / "store", BASE)
    assert not who.separate
    assert "other users cannot" in who.why


@root_only
def test_the_same_folder_gets_the_same_free_numbers(tmp_path: Path) -> None:
    """Otherwise each start would give the files to somebody else."""
    block = identities._free_block(tmp_path)
    assert block == identities._free_block(tmp_path)
    assert block >= 30_000


@pytest.fixture
def reachable() -> "Callable[[], Path]":
    """Makes a store in a folder that other users can pass through."""
    made: list[Path] = []

    def make() -> Path:
        place = Path(os.path.realpath("/tmp")) / f"mk-test-{os.getpid()}-{free_port()}"
        place.mkdir(mode=0o755)
        made.append(place)
        founding.found(place / "store", founding.sample_plan(9443))
        return place / "store"

    yield make  # type: ignore[misc] # a generator, as fixtures are
    for place in made:
        shutil.rmtree(place)


@root_only
def test_each_process_reaches_its_own_files_and_no_others(reachable: Callable[[], Path]) -> None:
    """The wall: web cannot open the vault's folder, vault not the shop's, and only who serves TLS reads its key."""
    folder = reachable()
    store, _ = read(folder, {})
    who = several()
    preparation._folders(store, who)
    preparation._secrets(store, who)
    preparation.certificates(store, who, at=preparation.datetime.now(preparation.UTC))
    (folder / "vault/root-0.key").write_bytes(b"k" * 32)
    os.chown(folder / "vault/root-0.key", who.vault.uid, who.vault.gid)
    code = "import sys; open(sys.argv[1], sys.argv[2]).close(); print('can')"

    def can(identity: identities.Identity, name: str, mode: str = "r") -> bool:
        return tried(identity, code, arguments=(str(folder / name), mode)) == "can"

    assert can(who.vault, "vault/root-0.key")
    for stranger in (who.web, who.worker, who.cards):
        assert not can(stranger, "vault/root-0.key")
        assert not can(stranger, "vault/new", "w")
    assert can(who.web, "tls/key.pem")
    assert can(who.cards, "tls/key.pem")
    assert not can(who.worker, "tls/key.pem")
    assert not can(who.vault, "tls/key.pem")
    for writer in (who.web, who.worker):
        assert can(writer, "shop.sqlite3", "r+")
        assert can(writer, "shop.sqlite3-wal", "a")
        assert can(writer, "secret.key")
    assert not can(who.vault, "shop.sqlite3")
    assert not can(who.cards, "secret.key")
    assert can(who.worker, "sandbox/api.key")
    assert not can(who.web, "sandbox/api.key")
    assert can(who.web, "sandbox/webhook.key")
    assert not can(who.worker, "mail/../vault/root-0.key")
    for everyone in (who.web, who.worker, who.vault, who.cards):
        assert not can(everyone, "store.toml", "a")
        assert can(everyone, "store.toml")
    moved = tried(who.web, f"import os; os.rename('{folder}/tls', '{folder}/mine'); print('can')")
    assert "PermissionError" in moved or "Operation not permitted" in moved


@root_only
def test_what_one_user_made_is_handed_to_the_several_who_run_the_store_now(
    reachable: Callable[[], Path],
) -> None:
    """A store that was tried out by root alone, then given users: nothing made before may stop its start."""
    folder = reachable()
    store, who = read(folder, {})[0], several()
    preparation._folders(store, identities.one_user())
    (folder / ".styles/shop.css").write_text("a {}")
    (folder / "static/css").mkdir(mode=0o700)
    (folder / "static/css/shop.css").write_text("a {}")
    (folder / "static/css/shop.css").chmod(0o600)
    preparation._folders(store, who)
    code = "import sys; open(sys.argv[1], 'a').close(); print('can')"
    for name in (".styles/shop.css", "static/css/shop.css", "media/new", "shop.sqlite3"):
        assert tried(who.worker, code, arguments=(str(folder / name),)) == "can", name
    assert (
        tried(who.web, code.replace("'a'", "'r'"), arguments=(str(folder / "static/css/shop.css"),)) == "can"
    )


@root_only
def test_two_users_share_one_sqlite_database(reachable: Callable[[], Path]) -> None:
    """Whoever opens it first makes WAL and index: the other must be able to write them too."""
    folder = reachable()
    who = several()
    preparation._folders(read(folder, {})[0], who)
    code = """
import sqlite3, sys
line = sqlite3.connect(sys.argv[1])
line.execute("PRAGMA journal_mode=WAL")
line.execute("CREATE TABLE IF NOT EXISTS t (a)")
line.execute("INSERT INTO t VALUES (1)")
line.commit()
print(line.execute("SELECT count(*) FROM t").fetchone()[0])
"""
    database = str(folder / "shop.sqlite3")
    assert tried(who.web, code, arguments=(database,)) == "1"
    assert tried(who.worker, code, arguments=(database,)) == "2"
    assert tried(who.web, code, arguments=(database,)) == "3"


def test_the_source_is_found_where_it_lies() -> None:
    """Children are started from any folder."""
    assert (SOURCE / "microkitten/__init__.py").is_file()
