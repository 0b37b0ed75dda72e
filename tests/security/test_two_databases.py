"""A store on PostgreSQL: two databases, two roles, and no word that anybody typed in the shop's one (P35)."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests import engine
from tests.postgres import Pair, make_pair
from tests.promises.outsider import Bought, Outsider, buy, masks
from tests.running import RunningStore, a_folder, free_port

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Sold:
    """A store on a server, and one order in it."""

    pair: Pair
    shop: Outsider
    bought: Bought


@pytest.fixture(scope="module")
def sold() -> Iterator[Sold]:
    """Found a store whose shop and vault are on the run's server, and buy from it."""
    pair = make_pair()
    with a_folder() as folder:
        environ = {engine.VARIABLE: pair.shop_url, "MICROKITTEN_SAMPLES_PICTURES": "none"}
        engine.put_vault(folder, pair.vault_url)
        store = RunningStore(folder, free_port(), environ)
        try:
            shop = Outsider(store.start(), "classic")
            yield Sold(pair, shop, buy(shop))
        finally:
            store.stop()
            pair.drop()


def test_neither_role_enters_the_other_database(sold: Sold) -> None:
    """Lock: with the right name and the right password the server refuses, in both directions."""
    for mine, theirs in (
        (sold.pair.shop_url, sold.pair.vault),
        (sold.pair.vault_url, sold.pair.shop),
    ):
        with psycopg.connect(mine) as line:
            assert line.execute("SELECT 1").fetchone() == (1,)
            assert not line.execute("SELECT has_database_privilege(%s, 'CONNECT')", (theirs,)).fetchone()[0]  # type: ignore[index] # one row
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(mine, dbname=theirs)


def test_neither_role_reads_files_or_becomes_another(sold: Sold) -> None:
    """Attack: what a superuser could do round the wall, these two cannot."""
    for url, other in ((sold.pair.shop_url, sold.pair.vault), (sold.pair.vault_url, sold.pair.shop)):
        for statement in (
            f"SET ROLE {other}",
            "SELECT pg_read_file('postgresql.conf')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "SELECT rolpassword FROM pg_authid",
            f"ALTER ROLE {other} PASSWORD 'x'",
            f"GRANT {other} TO CURRENT_USER",
        ):
            with psycopg.connect(url) as line, pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(statement)


def test_the_shop_s_database_holds_the_order_and_nobody(sold: Sold) -> None:
    """Evidence: a whole dump has the order's number, and no word that was typed for it, in any shape."""
    held = sold.shop.store.dump()
    assert sold.bought.number.encode() in held
    found = [
        (word, shape)
        for word in sold.bought.canaries
        for shape, needle in masks(word).items()
        if needle in held or needle.hex().encode() in held
    ]
    assert found == []


def test_nor_does_anything_else_that_the_server_keeps(sold: Sold) -> None:
    """Evidence: its tables, its write-ahead log and its log, as whoever takes the machine's disk has them."""
    sold.pair.server.sql("CHECKPOINT")
    words = [shape for word in sold.bought.canaries for shape in (word.encode(), word.lower().encode())]
    held = number = 0
    for path in sold.pair.server.folder.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        number += sold.bought.number.encode() in content
        held += len(content)
        assert not [word for word in words if word in content], path
    assert number >= 1
    assert held > 10_000_000


def test_the_store_agrees_with_its_server(sold: Sold) -> None:
    """`check` finds nothing to say of the database; of a role that may more than it needs it says what to type."""
    done = sold.shop.command("check", str(sold.shop.folder))
    said = [line for line in done.stdout.splitlines() if "E07" in line and "databases: test_" not in line]
    assert said == []  # the run's own tests may have made databases for themselves
    assert sold.pair.vault not in done.stdout
    sold.pair.server.sql(
        f"ALTER ROLE {sold.pair.shop} CREATEDB; GRANT CONNECT ON DATABASE {sold.pair.vault} TO PUBLIC"
    )
    try:
        done = sold.shop.command("check", str(sold.shop.folder))
    finally:
        sold.pair.server.sql(
            f"ALTER ROLE {sold.pair.shop} NOCREATEDB; REVOKE CONNECT ON DATABASE {sold.pair.vault} FROM PUBLIC"
        )
    assert done.returncode == 1
    assert f"ALTER ROLE {sold.pair.shop} NOCREATEDB" in done.stdout
    assert f"REVOKE CONNECT, TEMPORARY ON DATABASE {sold.pair.vault} FROM PUBLIC;" in done.stdout
