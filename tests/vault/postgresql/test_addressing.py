"""Statements, values and addresses as both engines take them; an address that proves nothing is none (P35)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.postgres import Pair
from tests.vault_database import give_database, vault_line
from tests.vault_process import run_vault

from microkitten.vault.server.database import open_database
from microkitten.vault.server.database.postgresql import PostgreSql, translated
from microkitten.vault.server.folder import Doubt, Folder

pytestmark = pytest.mark.slow


def test_a_statement_is_translated_outside_its_quotes() -> None:
    """And tells the table in which it leaves old rows."""
    assert translated("SELECT '?', \"a?\" FROM t WHERE b = ? AND c IN (?,?)") == (
        "SELECT '?', \"a?\" FROM t WHERE b = $1 AND c IN ($2,$3)",
        None,
    )
    upsert = "INSERT INTO vault_try (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET a = 1"
    for sql, table in (
        ("DELETE FROM vault_find WHERE person = ?", "vault_find"),
        ("UPDATE vault_record SET version = ?", "vault_record"),
        (upsert, "vault_try"),
        ("INSERT INTO vault_fact (name) VALUES (?) ON CONFLICT DO NOTHING", None),
    ):
        assert translated(sql)[1] == table


def test_identities_numbers_and_bytes_are_what_they_are_on_sqlite(database: PostgreSql) -> None:
    """Hexadecimal digits, integers, bytes; lists of any length."""
    people = [f"{number:032x}" for number in range(700)]
    database.begin()
    database.many(
        "INSERT INTO vault_person (id, kind, month, together, generation, wrapped, commitment)"
        " VALUES (?, 'customer', '2026-11', ?, 0, ?, '')",
        [(one, one, b"\0\xff") for one in people],
    )
    for length in (1, 2, 3, 499, 500, 501, 700):
        found = database.among(
            "SELECT id FROM vault_person WHERE kind = ? AND id IN (?)", people[:length], "customer"
        )
        assert sorted(one for (one,) in found) == people[:length]
    assert database.among("SELECT id FROM vault_person WHERE id IN (?)", []) == []
    row = database.row("SELECT together, generation, wrapped FROM vault_person WHERE id = ?", people[5])
    assert row == (people[5], 0, b"\0\xff")
    assert database.run("UPDATE vault_person SET generation = ?", 2) == 700
    database.roll_back()
    assert database.rows("SELECT id FROM vault_person") == []


def place(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write a file of the database's address."""
    (folder / "vault").mkdir(mode=0o700, exist_ok=True)
    path = folder / "vault" / "database.toml"
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


GOOD = 'url = "postgresql://v:hunter2@127.0.0.1:1/v"\n'


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        (GOOD, 0o640, "this user's alone"),
        (GOOD, 0o604, "this user's alone"),
        ("url = postgresql://v:hunter2@x/v", 0o600, "is not TOML"),
        (f"{GOOD}engine = 1\n", 0o600, "must say one thing"),
        ("", 0o600, "must say one thing"),
        ("url = 3", 0o600, "must say one thing"),
        ('url = "mysql://v:hunter2@x/v"', 0o600, "must begin with postgresql://"),
        ('url = "postgresql://v:hunter2@127.0.0.1"', 0o600, "must begin with postgresql://"),
        ('url = "postgresql://v:hunter2@db.example/v"', 0o600, "another machine"),
        ('url = "postgresql://v:hunter2@db.example/v?sslmode=require"', 0o600, "another machine"),
        ('url = "postgresql://v:hunter2@/v?host=/tmp,db.example"', 0o600, "another machine"),
        ('url = "postgresql://v:hunter2@127.0.0.1/v?hostaddr=192.0.2.1"', 0o600, "may not say hostaddr"),
        ('url = "postgresql://v:hunter2@127.0.0.1/v?service=x"', 0o600, "may not say service"),
    ],
)
def test_an_address_that_is_not_private_or_not_proved_is_none(
    tmp_path: Path, text: str, mode: int, why: str
) -> None:
    """Said without the password."""
    place(tmp_path, text, mode)
    with pytest.raises(Doubt, match=why) as doubt:
        open_database(Folder(tmp_path))
    assert "hunter2" not in str(doubt.value)


def test_an_address_behind_a_link_is_none(tmp_path: Path) -> None:
    """Whoever can make a link must not choose the database."""
    path = place(tmp_path, GOOD)
    path.rename(tmp_path / "elsewhere.toml")
    path.symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(Doubt, match="cannot be read"):
        open_database(Folder(tmp_path))


def test_a_database_that_is_away_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a sentence without the password."""
    monkeypatch.setattr("microkitten.vault.server.database.connecting.WAIT_SECONDS", 0.3)
    place(tmp_path, GOOD)
    started = time.monotonic()
    with pytest.raises(Doubt, match="does not answer") as doubt:
        open_database(Folder(tmp_path))
    assert time.monotonic() - started >= 0.3
    assert "hunter2" not in str(doubt.value)


def test_a_database_of_another_release_is_refused(pair: Pair, tmp_path: Path) -> None:
    """Whether it has no tables yet, or a migration that this release does not know."""
    give_database(tmp_path, pair.vault_url)
    with pytest.raises(Doubt, match="run migrate"):
        open_database(Folder(tmp_path))
    assert run_vault(tmp_path, "migrate").returncode == 0
    with vault_line(tmp_path) as line:
        line.execute(
            "UPDATE django_migrations SET name = '0999_later' WHERE app = 'vault' AND name LIKE '0002%'"
        )
    with pytest.raises(Doubt, match="run migrate"):
        open_database(Folder(tmp_path))
