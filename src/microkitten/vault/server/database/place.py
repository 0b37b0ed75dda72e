"""Where the vault's database is: read from a file that nobody but the vault's user can read or change."""

from __future__ import annotations

import os
import stat
import tomllib
from typing import Final
from urllib.parse import parse_qs, urlsplit

from microkitten.vault.server.folder import Doubt, Folder

NAME: Final = "database.toml"
BYTES_MAX: Final = 4096
_SCHEMES: Final = ("postgresql", "postgres")
# How to reach the server and to know that it is the right one; what would name another beside the host is not among it.
_OPTIONS: Final = frozenset(
    {"channel_binding", "host", "port", "sslcert", "sslkey", "sslmode", "sslrootcert", "target_session_attrs"}
)
_HERE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})


def url_of(folder: Folder) -> str | None:
    """Return the address of the PostgreSQL database that the vault keeps, or None where it is SQLite.

    Raises: Doubt if the file is readable by others, not of this user, a link, or says anything but `url`; and if the
    server is another machine and its certificate would not be looked at.
    """
    path = folder.vault / NAME
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Doubt(f"{path} cannot be read: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(handle)
        if (
            not stat.S_ISREG(state.st_mode)
            or stat.S_IMODE(state.st_mode) & 0o177
            or state.st_uid != os.geteuid()
        ):
            raise Doubt(f"{path} must be a file of this user's alone; type: chmod 600 {path}")
        text = file.read(BYTES_MAX)
    try:
        told = tomllib.loads(text.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Doubt(f"{path} is not TOML") from None  # without its words: they may hold the password
    url = told.get("url")
    if set(told) != {"url"} or not isinstance(url, str):
        raise Doubt(f'{path} must say one thing: url = "postgresql://role:password@host/database"')
    _check(url, str(path))
    return url


def _check(url: str, path: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise Doubt(f"the url in {path} cannot be read") from None
    if parts.scheme not in _SCHEMES or not parts.path.strip("/"):
        raise Doubt(f"the url in {path} must begin with postgresql:// and name a database")
    told = parse_qs(parts.query, keep_blank_values=True)
    odd = ", ".join(sorted(told.keys() - _OPTIONS))
    if odd:
        raise Doubt(f"the url in {path} may not say {odd}; it may say {', '.join(sorted(_OPTIONS))}")
    # Between machines only TLS towards a server that has proved its name; a password may not go to another.
    hosts = [one for text in told.get("host", [host]) for one in text.split(",")]
    is_here = all(one in _HERE or one.startswith("/") for one in hosts)
    if not is_here and told.get("sslmode") != ["verify-full"]:
        raise Doubt(f"the url in {path} names another machine: add ?sslmode=verify-full and its sslrootcert")
