"""Where the shop's database is: addresses read, passwords kept apart, and what is said when a server says no."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from microkitten.config import check_database, founding, identities, preparation, processes
from microkitten.config.database import CannotConnect, address, databases, with_password
from microkitten.config.store import StoreError, read
from tests import engine
from tests.postgres import Pair, make_pair
from tests.running import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A founded store that has never run."""
    founding.found(tmp_path / "store", founding.sample_plan(9443))
    return tmp_path / "store"


def tell(folder: Path, url: str) -> None:
    """Write an address into the store's file."""
    with (folder / "store.toml").open("a") as file:
        file.write(f'\n[database]\nshop = "{url}"\n')


@pytest.mark.parametrize(
    ("text", "host", "port", "name", "role"),
    [
        ("postgresql://shop@127.0.0.1/shop", "127.0.0.1", 5432, "shop", "shop"),
        ("postgres://a%40b@db.example:5433/my%20shop", "db.example", 5433, "my shop", "a@b"),
        ("postgresql://shop@/shop?host=/Run/PG&port=5434", "/Run/PG", 5434, "shop", "shop"),
        ("postgresql://shop@%2FRun%2FPG/shop", "/Run/PG", 5432, "shop", "shop"),
        ("postgresql://shop@[::1]:5/shop", "::1", 5, "shop", "shop"),
    ],
)
def test_an_address_is_read_as_others_write_it(text: str, host: str, port: int, name: str, role: str) -> None:
    """TCP and socket, names and numbers, signs escaped."""
    found = address(text)
    assert found is not None
    assert (found.host, found.port, found.name, found.role) == (host, port, name, role)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mysql://shop@h/shop", "must look like"),
        ("postgresql://h/shop", "no role"),
        ("postgresql://shop@h", "no database"),
        ("postgresql://shop@h:99999/shop", "must look like"),
        ("postgresql://shop@h/shop?sslmod=require", "did you mean sslmode"),
        ("postgresql://shop@h/shop?sslmode=perhaps", "sslmode that is none"),
        ("postgresql://shop:s3cret@h/shop?sslmode=prefer", "in plain"),
    ],
)
def test_a_wrong_address_is_told_without_its_words(text: str, said: str) -> None:
    """The message may stand in a log, and the address may hold a password."""
    with pytest.raises(ValueError, match=said) as told:
        address(text)
    assert "s3cret" not in str(told.value)


def test_another_machine_is_asked_who_it_is() -> None:
    """P36: TLS with a checked certificate unless the address says which authority; nothing of it on this machine."""
    far, near = address("postgresql://shop@db.example/shop"), address("postgresql://shop@localhost/shop")
    assert far is not None
    assert near is not None
    assert far.settings()["OPTIONS"]["sslmode"] == "verify-full"
    assert far.settings()["OPTIONS"]["sslrootcert"] == "system"
    assert "sslmode" not in near.settings()["OPTIONS"]


def test_the_file_of_settings_holds_no_password(folder: Path) -> None:
    """All may read it; the variable may hold one, and what is printed of an address never does."""
    tell(folder, "postgresql://shop:s3cret@127.0.0.1/shop")
    with pytest.raises(StoreError, match="must hold no password") as told:
        read(folder, {})
    assert "s3cret" not in str(told.value)
    other = {engine.VARIABLE: "postgresql://shop:s3cret@127.0.0.1/shop"}
    database = read(folder, other)[1].signing_in()
    assert database is not None
    assert database.password == "s3cret"
    assert "s3cret" not in repr(database) + str(database)


def test_the_password_comes_from_a_file(folder: Path) -> None:
    """One line; a file that is named and missing or empty is a mistake, the usual one may be missing."""
    tell(folder, "postgresql://shop@127.0.0.1/shop")
    serving = read(folder, {})[1]
    found = serving.signing_in()
    assert found is not None
    assert found.password == ""
    (folder / "database.password").write_text("s3cret\n")
    again = serving.signing_in()
    assert again is not None
    assert again.password == "s3cret"
    for file, said in ((folder / "missing", "missing"), (folder / "empty", "no password")):
        (folder / "empty").touch()
        with pytest.raises(CannotConnect, match=said):
            with_password(found, file, is_named=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to other users")
def test_web_and_worker_read_the_password_and_no_other(folder: Path) -> None:
    """The wall: the vault has a database of its own, and the card sandbox none."""
    tell(folder, "postgresql://shop@127.0.0.1/shop")
    file, who = folder / "database.password", identities._several(51_000)
    file.write_text("s3cret\n")
    preparation._password(read(folder, {})[1], who)
    state = file.stat()
    assert (state.st_uid, state.st_gid, stat.S_IMODE(state.st_mode)) == (0, who.shared, 0o640)
    readers = [one.name for one in (who.web, who.worker, who.vault, who.cards) if who.shared in one.groups]
    assert readers == ["web", "worker"]
    for role, given in (("web", True), ("worker", True), ("vault", False), ("", False)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(engine.VARIABLE, "postgresql://shop:s3cret@127.0.0.1/shop")
            assert (engine.VARIABLE in processes.environment(folder, role)) is given


def test_without_an_address_it_is_sqlite(folder: Path) -> None:
    """The default asks for no server and no driver."""
    assert read(folder, {})[1].signing_in() is None
    assert databases(folder, None)["default"]["NAME"] == folder / "shop.sqlite3"


def test_a_missing_driver_is_told_with_its_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to know what it is called."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CannotConnect, match=r'pip install "microkitten\[postgres\]"'):
        databases(folder, address("postgresql://shop@127.0.0.1/shop"))


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Two databases on a real server."""
    made = make_pair()
    yield made
    made.server.sql("DROP DATABASE IF EXISTS elsewhere")
    made.drop()


def _other(pair: Pair, options: str) -> Callable[[str], str]:
    def make(url: str) -> str:
        pair.server.sql("DROP DATABASE IF EXISTS elsewhere")
        pair.server.sql(f"CREATE DATABASE elsewhere OWNER {pair.shop} TEMPLATE template0 {options}")
        return url.rpartition("/")[0] + "/elsewhere"

    return make


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("password", "refuses the role's password"),
        ("database", "no such database"),
        ("role", "refuses the role's password"),  # a server does not tell strangers who there is
        ("port", "no server answers"),
        ("vault", "may not connect"),
        ("latin", "LATIN1, not UTF8"),
        ("sorted", "sorts by a language's rules"),
        ("nothing", "psycopg"),
    ],
)
def test_what_the_server_says_becomes_what_to_do(folder: Path, pair: Pair, how: str, said: str) -> None:
    """`check` names the mistake and the remedy; it shows neither a traceback nor the password."""
    password = pair.shop_url.split(":")[2].partition("@")[0]
    url = {
        "password": lambda url: url.replace(password, "wrong"),
        "database": lambda url: url.rpartition("/")[0] + "/nowhere",
        "role": lambda url: url.replace(f"//{pair.shop}:", "//nobody:"),
        "port": lambda url: url.replace(f":{pair.server.port}/", ":1/"),
        "vault": lambda url: url.replace(f"/{pair.shop}", f"/{pair.vault}").replace(
            f"//{pair.vault}", f"//{pair.shop}"
        ),
        "latin": _other(pair, "ENCODING 'LATIN1' LOCALE 'C'"),
        "sorted": _other(pair, "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'"),
        "nothing": lambda url: url,
    }[how](pair.shop_url)
    (folder / "secret.key").write_text("x" * 60)
    (folder / "secret.key").chmod(0o600)
    code = "import sys; sys.modules['psycopg'] = None\n" if how == "nothing" else ""
    code += "import sys; from microkitten.config.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(folder)],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "src"), engine.VARIABLE: url},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1
    assert password not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_findings_are_numbered_in_the_guide() -> None:
    """Whoever reads a number finds it."""
    guide = (ROOT / check_database.GUIDE).read_text()
    source = Path(check_database.__file__).read_text()
    for number in range(70, 80):
        name = f"{'W' if number == 79 else 'E'}0{number}"
        assert name in guide, name
        assert name in source, name
