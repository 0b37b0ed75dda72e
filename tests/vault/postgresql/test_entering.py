"""Who may enter the vault's database on PostgreSQL: its role alone, one vault at a time (P35)."""

from __future__ import annotations

import shutil

import psycopg
import pytest
from tests.postgres import Pair
from tests.vault.conftest import a_sale
from tests.vault_process import RunningVault, run_vault

from microkitten.config import check_live
from microkitten.vault.server.database.postgresql import PostgreSql

pytestmark = pytest.mark.slow


def test_neither_role_enters_the_others_database(vault: RunningVault, pair: Pair) -> None:
    """Not with its own password, not without one, not by the other's name (P35)."""
    assert a_sale()
    as_shop = f"{pair.shop_url.rpartition('/')[0]}/{pair.vault}"
    nameless = f"postgresql://{pair.vault}@127.0.0.1:{pair.server.port}/{pair.vault}"
    as_vault = pair.vault_url.replace(f"/{pair.vault}?", f"/{pair.shop}?")
    for url, why in (
        (as_shop, "permission denied for database"),
        (as_vault, "permission denied for database"),
        (nameless, "no password supplied"),
        (nameless.replace("@", ":guessed@"), "password authentication failed"),
    ):
        with pytest.raises(psycopg.OperationalError, match=why):
            psycopg.connect(url, connect_timeout=5)


def test_a_careless_grant_still_shows_no_row_and_is_told(database: PostgreSql, pair: Pair) -> None:
    """Somebody let everybody connect: no table opens by that, and the vault says what to type."""
    assert database.doubts() == []
    pair.server.sql(f"GRANT CONNECT ON DATABASE {pair.vault} TO PUBLIC")
    with psycopg.connect(f"{pair.shop_url.rpartition('/')[0]}/{pair.vault}") as line:
        tables = line.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(f"SELECT * FROM {table}")
            line.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute("CREATE TABLE public.left_behind (what text)")
    (told,) = database.doubts()
    assert f"REVOKE CONNECT, TEMPORARY ON DATABASE {pair.vault} FROM PUBLIC" in told
    assert pair.shop in told


def test_check_shows_what_the_vault_finds_odd(vault: RunningVault, pair: Pair) -> None:
    """What it is and what to type, and nothing where all is well."""
    status = run_vault(vault.folder, "status")
    assert '"engine": "postgresql"' in status.stdout
    assert list(check_live.doubts(status.stdout.encode())) == []
    pair.server.sql(f"GRANT CONNECT ON DATABASE {pair.vault} TO PUBLIC")
    (found,) = check_live.doubts(run_vault(vault.folder, "status").stdout.encode())
    assert (found.id, found.severity) == ("W054", "warning")
    assert found.remedy.startswith("let its owner type: REVOKE CONNECT")


def test_a_second_vault_on_the_database_is_refused(
    vault: RunningVault, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another folder, the same keys, the same address: two writers would sign two pasts."""
    copy = tmp_path_factory.mktemp("second") / "store"
    shutil.copytree(vault.folder, copy, symlinks=True)
    (copy / "run").unlink()
    for command in ("serve", "migrate"):
        found = run_vault(copy, command)
        assert found.returncode == 1
        assert "another vault serves this database" in found.stderr
    assert run_vault(copy, "verify").returncode == 0
