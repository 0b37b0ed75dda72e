"""The leak battery over the real processes: what code in the web process reaches, with a debugger's rights (P35).

Users of their own are tried as the web user; inside the web process everything is searched as root.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from microkitten.config import founding
from microkitten.config.cli import microkitten
from tests.canaries.drive import COUNTRIES, Drive
from tests.security import intruder, memory, probes_process, probes_vault, probes_walled
from tests.security.battery import Probe, needing
from tests.security.walled import WalledStore, walled

# In this order they fill the list, here as in test_battery.py.
LISTED = (probes_process, probes_vault, probes_walled)
pytestmark = pytest.mark.slow


@dataclass
class Used:
    """A walled store that has sold something to many, and every key that its vault had then."""

    store: WalledStore
    drive: Drive
    keys: dict[str, bytes]

    def web(self) -> list[int]:
        """Return the processes that have the web user: the server, its workers, the plain port."""
        kinds = self.store.by_kind()
        return [*kinds["web"], *kinds["plain"]]


@pytest.fixture(scope="module")
def used() -> Iterator[Used]:
    """One store for all of it, driven through a whole purchase with tokens."""
    with walled(
        {"MICROKITTEN_SAMPLES_PICTURES": "none", "MICROKITTEN_COUNTRIES": ",".join(COUNTRIES)}
    ) as store:
        drive = Drive(store)
        drive.everything()
        yield Used(store, drive, memory.keys_of(store.folder))


def test_the_web_user_gets_nothing_of_the_vault(used: Used) -> None:
    """Key file, database, memory, open files, debugger, signals, other roles' sockets, policy, code: all refused."""
    kinds = used.store.by_kind()
    pids = {kind: kinds[kind][0] for kind in ("vault", "worker", "cards")}
    told = used.store.run_as(
        "web", Path(intruder.__file__).read_text(), used.store.folder, used.store.source, json.dumps(pids)
    )
    ended = json.loads(told)
    allowed = {name: how for name, how in ended.items() if name.startswith("allowed")}
    refused = {name: how for name, how in ended.items() if name not in allowed}
    print(f"\nrefused {len(refused)} attempts of the web user; {len(allowed)} that are its right succeed")
    assert set(allowed.values()) == {"done"}
    assert {name: how for name, how in refused.items() if how != "PermissionError"} == {}
    assert len(refused) >= 70


@pytest.mark.parametrize("one", needing("walled"), ids=str)
def test_the_batterys_probes_of_several_users(one: Probe, used: Used) -> None:
    """What each user of the store may not do, its code may not either; test_battery.py has the others, and the list."""
    one.act(used)


def test_no_key_lies_in_the_memory_of_web(used: Used) -> None:
    """Every readable page of every web process: no key of any person, no root key, no index key, in no spelling."""
    needles = memory.spellings(used.keys)
    assert sum(" life:" in name for name in used.keys) >= 6
    assert {"root", "service index:customer.email:" + _month(used), "service disclosure"} <= used.keys.keys()
    searched = [memory.found_in(pid, needles) for pid in used.web()]
    size = sum(count for _, count in searched)
    print(
        f"\n{len(used.keys)} keys, {len(needles)} spellings, {size / 1e6:.0f} MB of {len(searched)} processes: 0 hits"
    )
    assert size > 100_000_000
    assert memory.total(found for found, _ in searched) == {}


def _month(used: Used) -> str:
    return max(
        name.rpartition(":")[2] for name in used.keys if name.startswith("service index:customer.email")
    )


def test_the_search_does_find_keys_where_they_are(used: Used) -> None:
    """In the vault's memory lie the root key and the keys of the people it has just worked for."""
    (vault,) = used.store.by_kind()["vault"]
    found, _ = memory.found_in(vault, used.keys)
    assert found["root"] > 0
    lives = [count for name, count in found.items() if name.endswith("(recipient) life:recipient")]
    assert lives
    assert all(lives)


def test_the_worker_and_the_sandbox_hold_no_key_either(used: Used) -> None:
    """Least privilege is not for web alone."""
    kinds = used.store.by_kind()
    for pid in (*kinds["worker"], *kinds["cards"]):
        assert memory.total([memory.found_in(pid, memory.spellings(used.keys))[0]]) == {}


def test_web_has_no_cipher_and_nothing_of_the_vault_server_loaded(used: Used) -> None:
    """What is not mapped cannot be called; texts of the server's modules would lie in memory if one were loaded."""
    server = used.store.source / "microkitten/vault/server"
    texts = {
        path.stem: match[1].strip().split("\n")[0].encode()
        for path in server.rglob("*.py")
        if (match := re.match(r'"""(.+?)"""', path.read_text(), re.DOTALL)) and len(match[1]) > 50
    }
    assert len(texts) >= 10
    for pid in used.web():
        files = memory.mapped(pid)
        assert not [path for path in files if "cryptography" in path or "_cffi" in path or "/vault" in path]
        assert memory.total([memory.found_in(pid, texts)[0]]) == {}
    (vault,) = used.store.by_kind()["vault"]
    assert [path for path in memory.mapped(vault) if "cryptography" in path]
    assert memory.found_in(vault, texts)[0]["keyring"] > 0


def test_web_imports_no_cipher_and_nothing_of_the_vault_server(used: Used) -> None:
    """The very start of the web process, up to the moment when its workers fork: its list of modules."""
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from granian.server import Server\n"
        "Server.serve = lambda *a, **k: print(json.dumps(sorted(sys.modules)))\n"
        "from microkitten.config.processes import run_web\n"
        "run_web(Path(sys.argv[1]))\n"
    )
    modules = json.loads(used.store.run_as("web", program, used.store.folder).splitlines()[-1])
    assert "microkitten.shop.checkout.views.checkout" in modules
    forbidden = ("cryptography", "_cffi", "microkitten.vault.server", "microkitten.config.certificates")
    assert [name for name in modules if name.startswith(forbidden)] == []


def test_web_has_no_file_of_the_vault_open(used: Used) -> None:
    """Sockets lead to the vault; no file of it is open, from which rows could be read past the wall."""
    for pid in used.web():
        opened = memory.open_files(pid)
        assert any(name.startswith("socket:") for name in opened)
        assert not [name for name in opened if f"{used.store.folder}/vault" in name or name.endswith(".key")]
        assert not [name for name in opened if "(deleted)" in name], "no scratch file outlives its name"


def test_what_was_typed_stays_in_memory_for_a_while_and_that_is_said(used: Used) -> None:
    """Python does not wipe: this counts how much is left, and SECURITY.md has to say that something is."""
    tokens = {name: token.encode() for name, token in used.drive.tokens.items()}
    people = {name for name in tokens if name.startswith(("customer", "recipient"))}

    def left() -> set[str]:
        return set(memory.total(memory.found_in(pid, tokens)[0] for pid in used.web())) & people

    before = left()
    for _ in range(150):
        used.drive.shopper.get("/search?q=ball")
    after = left()
    print(
        f"\nof {len(people)} personal tokens {len(before)} lie in the memory of web after the purchase,"
        f" {len(after)} after 150 more pages"
    )
    told = (Path(__file__).resolve().parents[2] / "SECURITY.md").read_text()
    assert "Memory of the web process is not wiped" in told, "it can be had, so it must be said"


@pytest.mark.parametrize(("sample", "finding", "status"), [(True, "W023", 0), (False, "E023", 1)])
def test_check_says_what_one_user_leaves_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: bool, finding: str, status: int
) -> None:
    """With one user for everything the wall is not there, and nobody shall believe that it is."""
    for name in ("MICROKITTEN_ROLE", "MICROKITTEN_STORE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "store"
    founding.found(folder, founding.sample_plan(9443))
    (folder / "vault").mkdir(mode=0o700)
    (folder / "shop.sqlite3").touch()
    if not sample:
        text = (folder / "store.toml").read_text()
        (folder / "store.toml").write_text(text.replace("sample = true", "sample = false"))
    result = CliRunner().invoke(microkitten, ["check", "--json", str(folder)])
    (one,) = [one for one in json.loads(result.stdout)["findings"] if one["id"].endswith(finding)]
    assert result.exit_code == status
    assert "can read the vault's key and memory" in one["what"]
    assert "as root" in one["remedy"]
    shown = CliRunner().invoke(microkitten, ["check", str(folder)], color=True).output
    (line,) = [line for line in shown.splitlines() if finding in line]
    assert line.startswith("\x1b[31m"), "in red"
