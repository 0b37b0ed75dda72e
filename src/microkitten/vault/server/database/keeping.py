"""What the vault demands of a PostgreSQL server and looks at: durable commits, quiet logs, nobody else inside."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from microkitten.vault.server.folder import Doubt

VERSION_MIN: Final = 140_000
# What a statement's text or values would be written to the server's log by. None of it is set for an hour and
# forgotten: it is the vault's role's own, by ALTER ROLE (docs/operating/postgresql.md).
QUIET: Final = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "auto_explain.log_min_duration": "-1",
}
_DEMANDS: Final = {
    "fsync": ("on", "a power cut would lose what was promised"),
    "full_page_writes": ("on", "a power cut would tear pages"),
    "server_encoding": ("UTF8", "make the database with ENCODING 'UTF8'"),
}
_OTHERS: Final = (
    "SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname <> current_user"
    " AND has_database_privilege(rolname, current_database(), 'CONNECT') ORDER BY rolname LIMIT 5"
)


def make_durable(line: psycopg.Connection[Any]) -> None:
    """Demand that a commit is on disk when it is told. Raises: Doubt."""
    if line.info.server_version < VERSION_MIN:
        raise Doubt(f"PostgreSQL {VERSION_MIN // 10_000} or later is needed for the vault's database")
    if _one(line, "SELECT pg_is_in_recovery()"):
        raise Doubt("the vault's database is a standby, which takes no entries; name the primary")
    for name, (wanted, why) in _DEMANDS.items():
        found = _one(line, "SELECT current_setting($1)", name)
        if found != wanted:
            raise Doubt(f"PostgreSQL's {name} is {found}, not {wanted}: {why}")
    # More than `on` is a replica's confirmation, and stays.
    if _one(line, "SELECT current_setting('synchronous_commit')") not in {"on", "remote_apply"}:
        line.execute("SET synchronous_commit = 'on'")


def quieten(line: psycopg.Connection[Any]) -> list[str]:
    """Switch off, as far as this role may, what writes statements into the server's log. Returns: a sentence for each
    that stays on.
    """
    loud = []
    for name, wanted in QUIET.items():
        found = _one(line, "SELECT current_setting($1, true)", name)
        if found in {wanted, None}:
            continue
        try:
            line.execute("SELECT set_config($1, $2, false)", (name, wanted))
        except psycopg.errors.InsufficientPrivilege:
            loud.append(
                f"the server may log the vault's statements ({name} = {found});"
                f" let its administrator type: ALTER ROLE {line.info.user} SET {name} = '{wanted}'"
            )
    return loud


def doubts_of(line: psycopg.Connection[Any]) -> list[str]:
    """Return who else could enter the vault's database, and what the vault could do beyond it: a sentence each."""
    found = []
    role, database = line.info.user, line.info.dbname
    if _one(line, "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"):
        found.append(
            f"the vault's role {role} may do more than own its database; give the vault a role of its own"
        )
    others = [name for (name,) in line.execute(_OTHERS)]
    if others:
        found.append(
            f"other roles may connect to the vault's database ({', '.join(others)});"
            f" let its owner type: REVOKE CONNECT, TEMPORARY ON DATABASE {database} FROM PUBLIC"
        )
    return found


def _one(line: psycopg.Connection[Any], sql: str, *values: str) -> Any:
    row = line.execute(sql, values).fetchone()
    return None if row is None else row[0]
