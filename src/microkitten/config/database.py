"""Where the shop's database is: SQLite in the store's folder, or PostgreSQL by its address.

docs/operating/postgresql.md says how a merchant comes to one; psycopg is asked for only where an address is set.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

EXAMPLE: Final = "postgresql://shop@127.0.0.1/shop"
INSTALL: Final = 'pip install "microkitten[postgres]"'
PASSWORD_BYTES_MAX: Final = 1_024
PORT: Final = 5432
CONNECT_SECONDS_MAX: Final = 5
# As long as SQLite waits for its one writer; then the statement fails, and nobody hangs for ever.
LOCK_SECONDS_MAX: Final = 20
IDLE_SECONDS_MAX: Final = 60
# What an address may say besides: how to reach the server, and how to know that it is the right one.
OPTIONS: Final = ("host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs")
_ENCRYPTED: Final = frozenset({"require", "verify-ca", "verify-full"})
_SSL_MODES: Final = frozenset({"disable", "allow", "prefer", *_ENCRYPTED})
SQLITE: Final[dict[str, Any]] = {
    "ENGINE": "microkitten.web.sqlite",
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
        "PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA cache_size=-8000;",
    },
}


class CannotConnect(Exception):
    """Why the shop's database cannot be used, and what to do about it; holds no secret."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}\n    {remedy}" if remedy else what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True, slots=True)
class Address:
    """A PostgreSQL database: `host` is a name, a number or a folder with a socket; `role` signs in."""

    host: str
    port: int
    name: str
    role: str
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say where it is, without the password."""
        return f"{self.name} on {self.host}:{self.port} as {self.role}"

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine, so that nothing crosses a network."""
        if self.host.startswith("/") or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def settings(self) -> dict[str, Any]:
        """Return what Django must know to connect."""
        asked = {name: value for name, value in self.options.items() if name not in {"host", "port"}}
        if not self.is_here and "sslmode" not in asked:  # P36: encrypted, and to nobody else
            asked = {"sslmode": "verify-full", "sslrootcert": "system", **asked}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": str(self.port),
            "NAME": self.name,
            "USER": self.role,
            "PASSWORD": self.password,
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                **asked,
                "application_name": "microkitten",
                "connect_timeout": CONNECT_SECONDS_MAX,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "tcp_user_timeout": 20_000,  # milliseconds: a server that has vanished is noticed
                "options": f"-c lock_timeout={LOCK_SECONDS_MAX}s "
                f"-c idle_in_transaction_session_timeout={IDLE_SECONDS_MAX}s",
            },
        }


def address(text: str) -> Address | None:
    """Read an address such as `postgresql://role@host:5432/name?sslmode=verify-full`; None if it is empty.

    Raises `ValueError` saying what it must be; the message never repeats the text, which may hold a password.
    """
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port, asked = parts.port, dict(parse_qsl(parts.query, strict_parsing=True) if parts.query else ())
    except ValueError:
        raise ValueError(f"must look like {EXAMPLE}") from None
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"must look like {EXAMPLE}, or be empty for SQLite in the store's folder")
    for name in asked:
        if name not in OPTIONS:
            near = get_close_matches(name, OPTIONS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(OPTIONS)}"
            raise ValueError(f"says {name!r}, which is no option here; {hint}")
    # Taken from the text: urlsplit would write a socket's folder in small letters.
    host = unquote(_host(parts.netloc)) or asked.get("host", "") or "localhost"
    name, role = unquote(parts.path.removeprefix("/")), unquote(parts.username or "")
    if not role:
        raise ValueError(f"names no role to sign in as; write  {EXAMPLE}")
    if not name or "/" in name:
        raise ValueError(f"names no database; write  {EXAMPLE}")
    said = asked.get("port", "")
    if said and not re.fullmatch(r"\d{1,5}", said):
        raise ValueError("says a port that is no number")
    found = Address(host, port or int(said or PORT), name, role, unquote(parts.password or ""), asked)
    _judge(found)
    return found


def _host(netloc: str) -> str:
    host = netloc.rpartition("@")[2]
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _judge(found: Address) -> None:
    mode = found.options.get("sslmode", "")
    if mode and mode not in _SSL_MODES:
        raise ValueError("says an sslmode that is none; write verify-full")
    if mode and mode not in _ENCRYPTED and not found.is_here:
        raise ValueError(
            f"would let the database's answers cross the network in plain (sslmode={mode}): write verify-full (P36)"
        )


def with_password(found: Address, file: Path, *, is_named: bool) -> Address:
    """Return the address with the password that `file` holds; as it is if it has one or there is no such file.

    Raises `CannotConnect` if the file cannot be read, is empty, or is missing though the settings name it.
    """
    if found.password:
        return found
    try:
        said = file.read_bytes()[: PASSWORD_BYTES_MAX + 1]
    except FileNotFoundError:
        if not is_named:
            return found  # the server knows the user of the machine, or asks nobody
        raise CannotConnect(f"{file} is named in store.toml and missing", "put the password there") from None
    except OSError as error:
        raise CannotConnect(
            f"{file} cannot be read: {error.strerror}", "start `microkitten serve` as before"
        ) from None
    password = said.decode(errors="replace").strip("\r\n")
    if not password or len(said) > PASSWORD_BYTES_MAX:
        raise CannotConnect(f"{file} holds no password", "write the role's password into it, on one line")
    return replace(found, password=password)


def databases(folder: Path, found: Address | None) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES for the shop of the store in `folder`. Raises `CannotConnect` without psycopg."""
    if found is not None:
        need_driver()
        return {"default": found.settings()}
    test = {"NAME": folder / "test-shop.sqlite3"}
    return {"default": {**SQLITE, "NAME": folder / "shop.sqlite3", "TEST": test}}


def need_driver() -> None:
    """Raise `CannotConnect` if psycopg is not installed, with the command that installs it."""
    try:
        import psycopg  # noqa: F401 # late, and for nothing else: whether it is there, its library with it
    except ImportError:
        raise CannotConnect(
            "it is on PostgreSQL, and psycopg, which speaks to it, is not installed", INSTALL
        ) from None


def reason(error: BaseException) -> CannotConnect:
    """Return what a failed connection means and what to do, from the driver's error; quotes no value (P27)."""
    said = str(error)
    state = getattr(error.__cause__, "sqlstate", None) or getattr(error, "sqlstate", None) or ""
    told: tuple[tuple[str, str, str, str], ...] = (
        ("28P01", "password authentication failed", "the server refuses the role's password",
         "write the right one into database.password_file"),
        ("", "no password supplied", "the server asks for a password and there is none",
         "write it into the file database.password in the store's folder"),
        ("3D000", "does not exist", "the server knows no such database or role",
         "make it: docs/operating/postgresql.md"),
        ("28000", "no pg_hba.conf entry", "the server lets this role not in from this machine",
         "add a line to its pg_hba.conf"),
        ("42501", "permission denied for database", "the role may not connect to the database",
         "GRANT CONNECT ON DATABASE: docs/operating/postgresql.md"),
        ("", "certificate", "the server's certificate is not one that is trusted",
         "name its authority in the address: sslrootcert=/path/to/authority.pem"),
        ("", "SSL", "the server does not encrypt", "switch ssl on there, or use a server on this machine"),
        ("53300", "too many", "the server has no connection left", "raise its max_connections"),
        ("57P03", "starting up", "the server is just starting", "try again in a moment"),
    )  # fmt: skip
    for code, words, what, remedy in told:
        if (code and state == code) or words in said:
            return CannotConnect(what, remedy)
    if any(words in said for words in ("connection failed", "could not", "timeout", "Connection refused")):
        return CannotConnect("no server answers at the address", "is PostgreSQL running? is the port right?")
    return CannotConnect(f"the database cannot be used ({type(error).__name__} {state})".replace(" )", ")"))
