"""Checks the shop's database as it really is: how SQLite is set, whom and what a PostgreSQL server lets the shop do."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from microkitten.config import database
from microkitten.config.database import CannotConnect
from microkitten.config.processes import environment
from microkitten.config.store import Serving
from microkitten.web.store import Store

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
VERSION_MIN = 14
GUIDE = "docs/operating/postgresql.md"
# What a crash of the server's machine must not undo: an order that somebody was told is placed (P14).
DURABLE = {"fsync": "on", "full_page_writes": "on"}
_SAFE_COMMIT = frozenset({"on", "remote_apply", "remote_write", "local"})


@dataclass(frozen=True, slots=True)
class Found:
    """A finding about the database: number, how bad it is, what it is and what to do."""

    id: str
    severity: str
    what: str
    remedy: str = ""


def check(store: Store, serving: Serving) -> Iterator[Found]:
    """Yield what is wrong with the shop's database; opens nothing personal."""
    address = serving.database
    if (
        address is not None
        and not address.is_here
        and address.options.get("sslmode") in {"require", "verify-ca"}
    ):
        what = "the database server's certificate is not compared with its name: somebody else could answer (P37)"
        yield Found("W079", "warning", what, "write sslmode=verify-full, and sslrootcert= with its authority")
    try:
        connection = _connection(store, serving)
    except CannotConnect as error:
        yield Found("E070", "error", f"the shop's database: {error.what}", error.remedy)
        return
    try:
        yield from _sqlite(connection) if connection.vendor == "sqlite" else _postgresql(connection)
        yield from _release(connection)
    finally:
        connection.close()


def knock(connection: Any) -> None:
    """Connect, and raise `CannotConnect` if that is not possible or the database could not hold a shop."""
    from django.db import Error, NotSupportedError  # late: only where the shop's settings are

    try:
        connection.ensure_connection()
    except NotSupportedError:
        raise CannotConnect(
            f"PostgreSQL is older than {VERSION_MIN}", "use a newer server (15 is in Debian 12)"
        ) from None
    except Error as error:
        raise database.reason(error) from None
    if connection.vendor == "postgresql":
        for found in _fit(connection):
            raise CannotConnect(found.what, found.remedy)


def _connection(store: Store, serving: Serving) -> Any:
    if serving.database is not None:
        database.need_driver()
        serving.signing_in()
    os.environ.update(environment(store.folder, "operator"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "microkitten.config.settings"
    import django  # late, as below: its settings are read from the environment just set

    django.setup()
    from django.db import connection

    knock(connection)
    return connection


def _rows(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _sqlite(connection: Any) -> Iterator[Found]:
    remedy = "restore DATABASES in settings"
    for name, wanted in PRAGMAS.items():
        if (found := _rows(connection, f"PRAGMA {name}")[0][0]) != wanted:
            yield Found("E041", "error", f"SQLite's {name} is {found}, not {wanted}", remedy)
    if connection.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        yield Found("E042", "error", "SQLite's transactions are not IMMEDIATE", remedy)


def _fit(connection: Any) -> Iterator[Found]:
    """Yield why this database cannot hold a shop: text that would be garbled, or sorted in another order."""
    encoding, by_code_point, mine = _rows(
        connection,
        # As it sorts, and not what it is called: that is told in other columns by each release and provider.
        "SELECT pg_encoding_to_char(encoding), 'B'::text < 'a'::text, has_schema_privilege(current_schema(), 'CREATE') "
        "FROM pg_database WHERE datname = current_database()",
    )[0]
    if encoding != "UTF8":
        remedy = f"make it anew with ENCODING 'UTF8': {GUIDE}"
        yield Found("E071", "error", f"the shop's database holds {encoding}, not UTF8", remedy)
    if not by_code_point:  # as SQLite sorts: goods stand in the same order whichever database they are in
        what = "the shop's database sorts by a language's rules and not by code point"
        yield Found("E072", "error", what, f"make it anew with TEMPLATE template0 LOCALE 'C': {GUIDE}")
    if not mine:
        what = "the shop's role may make no tables in its database"
        yield Found("E073", "error", what, f"make the role the database's OWNER: {GUIDE}")


def _postgresql(connection: Any) -> Iterator[Found]:
    yield from _fit(connection)
    yield from _rights(connection)
    settings = dict(_rows(connection, "SELECT name, setting FROM pg_settings"))
    for name, wanted in DURABLE.items():
        if settings[name] != wanted:
            what = f"PostgreSQL's {name} is {settings[name]}: a power cut can take orders that were confirmed"
            yield Found("E074", "error", what, f"set {name} = {wanted} in postgresql.conf")
    if settings["synchronous_commit"] not in _SAFE_COMMIT:
        what = "PostgreSQL's synchronous_commit is off: a power cut can take the last confirmed orders"
        yield Found("E074", "error", what, "set synchronous_commit = on")
    if not connection.pg_version >= VERSION_MIN * 10_000:
        yield Found("E075", "error", f"PostgreSQL is older than {VERSION_MIN}", "use a newer server")


def _rights(connection: Any) -> Iterator[Found]:
    """Yield what the shop's role may do beyond its own database: who breaks into the shop may do that too (P35)."""
    role, *powers = _rows(
        connection,
        "SELECT rolname, rolsuper, rolbypassrls, rolreplication, rolcreaterole, rolcreatedb FROM pg_roles "
        "WHERE rolname = current_user",
    )[0]
    names = ("SUPERUSER", "BYPASSRLS", "REPLICATION", "CREATEROLE", "CREATEDB")
    if held := [name for name, power in zip(names, powers, strict=True) if power]:
        remedy = f"ALTER ROLE {role} {' '.join(f'NO{name}' for name in held)}"
        what = f"the shop's role has more rights than it needs: {', '.join(held)}"
        yield Found("E076", "error", what, remedy)
    others = [
        str(name)
        for (name,) in _rows(
            connection,
            "SELECT datname FROM pg_database WHERE datallowconn AND datname <> current_database() "
            "AND datname NOT IN ('postgres', 'template0', 'template1') "
            "AND has_database_privilege(datname, 'CONNECT') ORDER BY datname",
        )
    ]
    if others:
        what = f"the shop's role may connect to other databases: {', '.join(others)}"
        remedy = "  ".join(f"REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC;" for name in others)
        yield Found("E077", "error", f"{what}; if one of them is the vault's, the wall is open", remedy)
    member = _rows(
        connection,
        "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
        "JOIN pg_roles me ON me.oid = m.member WHERE me.rolname = current_user ORDER BY 1",
    )
    for (name,) in member:
        what = f"the shop's role is a member of {name}, and may all that {name} may"
        yield Found("E078", "error", what, f"REVOKE {name} FROM {role};")


def _release(connection: Any) -> Iterator[Found]:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        what = "the shop's database is of another release"
        yield Found("E043", "error", what, "restart `microkitten serve`")
