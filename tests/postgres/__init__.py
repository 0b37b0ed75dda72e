"""A throwaway real PostgreSQL for tests: one server a run, and for each request two databases whose owners cannot
enter each other's.

    from tests.postgres import make_pair
    pair = make_pair()          # skips the test, with the reason, where there is no PostgreSQL
    pair.shop_url, pair.vault_url
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import pytest

from tests.postgres.daemon import NoPostgres, Server, make_server, tool
from tests.postgres.sharing import run_server

__all__ = ["NoPostgres", "Pair", "Server", "make_pair", "make_server", "server", "tool"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A shop's database and a vault's, each of a role of its own; the names of role and database are the same."""

    shop_url: str
    vault_url: str
    shop: str
    vault: str
    server: Server

    def drop(self) -> None:
        """Remove both, whoever is connected, and their roles."""
        for name in (self.shop, self.vault):
            self.server.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\nDROP ROLE IF EXISTS {name}")


_shared: list[Server] = []


def server() -> Server:
    """Return the run's server, started if need be. Skips the test, with the reason, where there is none."""
    if not _shared:
        try:
            _shared.append(run_server())
        except NoPostgres as why:
            pytest.skip(str(why))
    return _shared[0]


def make_pair(*, of: Server | None = None, may_create: bool = False) -> Pair:
    """Make two databases whose owners cannot enter each other's: `shop_x` and `vault_x`.

    Params: `of`, another server than the run's; `may_create` lets the shop's role make databases, as Django's
    test runner does. The shop's address is over TCP, the vault's over the Unix socket.
    """
    made = of or server()
    name = secrets.token_hex(4)
    shop, vault = f"shop_{name}", f"vault_{name}"
    passwords = {shop: secrets.token_urlsafe(16), vault: secrets.token_urlsafe(16)}
    for role, password in passwords.items():
        made.sql(
            f"CREATE ROLE {role} LOGIN PASSWORD '{password}';\n"
            f"CREATE DATABASE {role} OWNER {role} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';\n"
            f"REVOKE CONNECT, TEMPORARY ON DATABASE {role} FROM PUBLIC;\n"
        )
    made.sql(
        f"ALTER ROLE {vault} SET log_statement = 'none';\n"
        f"ALTER ROLE {vault} SET log_min_duration_statement = -1;\n"
        f"ALTER ROLE {vault} SET log_min_duration_sample = -1;\n"
        f"ALTER ROLE {vault} SET log_transaction_sample_rate = 0;\n"
        f"ALTER ROLE {vault} SET log_min_error_statement = 'panic';\n"
        f"ALTER ROLE {vault} SET log_error_verbosity = 'terse';\n"
        f"ALTER ROLE {vault} SET log_parameter_max_length = 0;\n"
        f"ALTER ROLE {vault} SET log_parameter_max_length_on_error = 0;\n"
    )
    if may_create:
        made.sql(f"ALTER ROLE {shop} CREATEDB;\nGRANT CONNECT ON DATABASE postgres TO {shop}")
    return Pair(
        made.url(shop, passwords[shop], shop),
        made.url(vault, passwords[vault], vault, socket=True),
        shop,
        vault,
        made,
    )
