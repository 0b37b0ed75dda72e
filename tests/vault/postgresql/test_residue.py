"""What PostgreSQL's files and logs show of what the vault was told: nothing (P35, P43)."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest
from tests.postgres import Pair, Server
from tests.vault.conftest import ORDERS, SWEEP, a_sale, role, token
from tests.vault_process import RunningVault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.server.database import Failed
from microkitten.vault.server.database.postgresql import PostgreSql
from microkitten.vault.server.database.vacuum import Vacuum
from microkitten.vault.types import Given, Refused

pytestmark = pytest.mark.slow


def everything(server: Server) -> bytes:
    """Return all bytes of a server's files: tables, indexes, write-ahead log, and what it logged."""
    server.sql("CHECKPOINT")
    parts = []
    for path in sorted(server.folder.rglob("*")):
        if path.is_file():
            try:
                parts.append(path.read_bytes())
            except FileNotFoundError:
                continue
    return b"\n".join(parts)


def test_no_value_is_in_tables_write_ahead_log_or_server_log(vault: RunningVault, pair: Pair) -> None:
    """Collected, opened, proved, refused, erased: every value is a token, and a shop's row shows that the search
    finds one (P35, P43).
    """
    planted = token()
    with psycopg.connect(pair.shop_url) as line:
        line.execute("CREATE TABLE planted (what text)")
        line.execute("INSERT INTO planted VALUES (%s)", (planted,))
    sales = [a_sale(recipients=2) for _ in range(5)]
    kept, gone = sales[:2], sales[2:]
    with door.use(purpose.rights, {kept[0].customer: ["customer.name"]}, by=kept[0].me) as opened:
        assert opened.reveal(kept[0].customer, "customer.name")
    wrong = Given(f"{token()}@example.com", "proof.email")
    assert door.prove(kept[0].customer, "customer.email", wrong, covers=[], by=ORDERS) is None
    with role("worker"):
        for sale in gone:
            for person in sale.people:
                door.erase(person, by=SWEEP, reason="asked")
    with pytest.raises(Refused):
        door.use(purpose.rights, {gone[0].customer: ["customer.name"]}, by=gone[0].me)
    vault.stop()
    held = everything(pair.server)
    assert held.count(planted.encode()) >= 3  # table, write-ahead log, log
    for sale in sales:
        for value in sale.values.values():
            for text in value.values() if isinstance(value, dict) else [value]:
                if str(text).startswith("kq"):
                    assert str(text).encode() not in held
                    assert str(text).encode("utf-16-le") not in held
    assert str(wrong.value).encode() not in held
    said = pair.server.log
    assert "INSERT INTO planted" in said
    for words in (
        "INSERT INTO vault_",
        "SELECT person FROM vault_",
        kept[0].customer.hex,
        str(kept[0].customer),
    ):
        assert words not in said
    vault.start()


def test_a_refused_statement_is_not_logged_with_its_values(database: PostgreSql, pair: Pair) -> None:
    """Nor does our own error quote them."""
    secret = token()
    database.begin()
    for _ in range(2):
        database.mark()
        with pytest.raises(Failed) as error:
            database.run("INSERT INTO vault_fact (name, value) VALUES (?, ?)", "origin", secret)
        assert secret not in repr(error.value)
        assert error.value.__cause__ is None
        database.undo()
    database.roll_back()
    assert secret not in pair.server.log


def test_logging_that_the_role_cannot_switch_off_is_told(
    database: PostgreSql, pair: Pair, tmp_path: Path
) -> None:
    """With what an administrator types; the vault serves all the same, for what is logged is sealed."""
    pair.server.sql(f"ALTER ROLE {pair.vault} RESET ALL")
    database.close()
    with_doubts = PostgreSql(pair.vault_url)
    told = with_doubts.doubts()
    with_doubts.close()
    for name in ("log_statement", "log_min_duration_statement", "log_min_error_statement"):
        assert any(f"ALTER ROLE {pair.vault} SET {name} = " in one for one in told)


def test_what_was_deleted_is_vacuumed_beside_the_answer(database: PostgreSql, pair: Pair) -> None:
    """The tables in which rows were deleted or replaced, and no others."""
    database.begin()
    database.run("INSERT INTO vault_fact (name, value) VALUES (?, ?)", "a", "b")
    database.run("UPDATE vault_fact SET value = ? WHERE name = ?", "c", "a")
    database.many("DELETE FROM vault_covered WHERE token_hash = ?", [("x",)])
    database.commit()
    started = time.monotonic()
    assert database.truncate_log()
    assert time.monotonic() - started < 0.5
    done: set[str] = set()
    while not {"vault_fact", "vault_covered"} <= done:
        assert time.monotonic() - started < 20
        time.sleep(0.05)
        done = set(
            pair.server.sql(
                "SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL", database=pair.vault
            ).split()
        )
    assert "vault_record" not in done


def test_a_vacuum_that_fails_is_tried_again(pair: Pair, database: PostgreSql) -> None:
    """And ends when it is told to, database or not."""
    vacuum = Vacuum(pair.vault_url.replace(f"//{pair.vault}:", "//nobody:"), pause_seconds=0.01)
    vacuum.want(set())
    vacuum.want({"vault_fact"})
    time.sleep(0.3)
    vacuum.close()
    assert vacuum._wanted == {"vault_fact"}
    vacuum = Vacuum(pair.vault_url)
    vacuum.want({"vault_fact"})
    vacuum.close()
    assert vacuum._wanted == set()
