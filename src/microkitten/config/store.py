"""Reads `store.toml` into a `Store`: typed, complete, every mistake named with its remedy."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from microkitten.config.database import Address, with_password
from microkitten.config.declarations import BY_KEY, REPEATED, SETTINGS
from microkitten.config.values import from_variable, read_value
from microkitten.policy import languages
from microkitten.vault.places import Place, all_places
from microkitten.web.store import Cards, Mail, ShippingMethod, Store, Tax

FILE = "store.toml"
FILE_BYTES_MAX = 262_144
PASSWORD_FILE = "database.password"  # noqa: S105 # the file's name
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
# Not settings of a store, though they look like variables of one.
OTHER_VARIABLES = frozenset(
    {
        "MICROKITTEN_STORE",
        "MICROKITTEN_ROLE",
        "MICROKITTEN_VAULT_RATES_TIMES",
        "MICROKITTEN_PYTHON",
        "MICROKITTEN_SHARED",
        "MICROKITTEN_ARTIFACTS",
        "MICROKITTEN_TEST_ENGINE",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, what is wrong, what to type. Holds no secret."""

    where: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f"\n    {self.hint}" if self.hint else "")


class StoreError(Exception):
    """A store that cannot be read; carries every problem at once."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the processes listen and as whom they run; the rooms need to know none of it."""

    host: str
    port: int
    plain_port: int
    workers: int
    uids_base: int
    places: tuple[Place, ...]
    pictures: str
    database: Address | None
    password_file: Path
    password_is_named: bool

    @property
    def cards_port(self) -> int:
        """The sandbox processor's port: the one after the shop's."""
        return self.port + 1

    def signing_in(self) -> Address | None:
        """Return the database's address with its password; None for SQLite. Raises `database.CannotConnect`."""
        if self.database is None:
            return None
        return with_password(self.database, self.password_file, is_named=self.password_is_named)


def load(folder: Path) -> Store:
    """Return the store in `folder`; raises `StoreError` with all that is wrong in its `store.toml`."""
    return read(folder)[0]


def read(folder: Path, environ: Mapping[str, str] | None = None) -> tuple[Store, Serving]:
    """Return the store in `folder` and how it is served; `environ` (the process's) goes before the file.

    Raises `StoreError` with every problem found: unknown and missing settings, values of the wrong kind.
    """
    environ = os.environ if environ is None else environ
    text, table = _parse(folder / FILE)
    problems: list[Problem] = []
    given = _flatten(table, text, problems)
    shipping = _shipping(table.get("shipping", []), text, problems)
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.key.partition(".")[0] in REPEATED:
            continue
        if setting.variable in environ:
            where, raw = f"environment {setting.variable}", from_variable(setting, environ[setting.variable])
        elif setting.key in given:
            where, raw = _at(text, setting.key), given[setting.key]
        elif setting.default is None:
            problems.append(
                Problem(FILE, f"{setting.key} is missing", f"{setting.about} Add:  {setting.key} = ...")
            )
            continue
        else:
            where, raw = "default", tomllib.loads(f"v = {setting.default}")["v"]
        try:
            values[setting.key] = value = read_value(setting, raw)
            if isinstance(value, Address) and value.password and setting.variable not in environ:
                raise ValueError(
                    "must hold no password: write that into the file database.password_file names"
                )
        except ValueError as error:
            problems.append(Problem(where, f"{setting.key} {error}", setting.about))
    if problems:
        raise StoreError(*problems)
    return _assemble(folder.resolve(), values, shipping)


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that look like settings but are none (misspelled, or of another release)."""
    known = {setting.variable for setting in SETTINGS} | OTHER_VARIABLES
    return sorted(name for name in environ if name.startswith("MICROKITTEN_") and name not in known)


def _parse(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise StoreError(Problem(str(path), f"is longer than {FILE_BYTES_MAX} bytes"))
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text, parse_float=Decimal)
    except FileNotFoundError:
        make = f"Make a store there:  microkitten new {path.parent}"
        raise StoreError(Problem(str(path), "there is no such file", make)) from None
    except OSError as error:
        raise StoreError(Problem(str(path), f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError:
        raise StoreError(Problem(str(path), "is not UTF-8 text")) from None
    except tomllib.TOMLDecodeError as error:
        raise StoreError(
            Problem(FILE, f"is not TOML: {error}", 'Texts stand in "quotes"; see toml.io.')
        ) from None


def _flatten(
    table: Mapping[str, Any], text: str, problems: list[Problem], prefix: str = ""
) -> dict[str, Any]:
    """Return the values by dotted key; the undeclared become problems, with the nearest known name."""
    flat: dict[str, Any] = {}
    tables = {key.rpartition(".")[0] for key in BY_KEY} - {""}
    for name, value in table.items():
        key = prefix + name
        if not prefix and key in REPEATED:
            continue
        if isinstance(value, dict) and key in tables:
            flat |= _flatten(value, text, problems, key + ".")
        elif key in BY_KEY:
            flat[key] = value
        else:
            problems.append(_unknown(key, text))
    return flat


def _unknown(key: str, text: str) -> Problem:
    near = get_close_matches(key, BY_KEY, n=1) or [
        known for known in BY_KEY if known.rpartition(".")[2] == key.rpartition(".")[2]
    ]
    hint = f"Did you mean {near[0]}?" if near else "All settings: docs/operating/settings.md"
    return Problem(_at(text, key), f"{key} is not a setting", hint)


def _at(text: str, key: str) -> str:
    """Return file and line of a key, as near as a plain reading of the text gives it."""
    table, _, name = key.rpartition(".")
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            inside = header[1]
        elif inside == table and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=", line):
            return f"{FILE}, line {number}"
    return FILE


def _shipping(rows: Any, text: str, problems: list[Problem]) -> tuple[ShippingMethod, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append(Problem(FILE, "shipping must be [[shipping]] tables"))
        return ()
    methods = []
    for row in rows:
        problems += [_unknown(f"shipping.{name}", text) for name in row if f"shipping.{name}" not in BY_KEY]
        read_row: dict[str, Any] = {}
        for setting in (one for one in SETTINGS if one.key.startswith("shipping.")):
            name = setting.key.partition(".")[2]
            try:
                if name not in row:
                    raise ValueError("is missing")
                read_row[name] = read_value(setting, row[name])
            except ValueError as error:
                problems.append(Problem(_at(text, setting.key), f"{setting.key} {error}", setting.about))
        if len(read_row) == 4:
            methods.append(ShippingMethod(**read_row))
    if len({method.id for method in methods}) < len(methods):
        problems.append(Problem(FILE, "two ways of shipping have the same id"))
    return tuple(methods)


def _assemble(
    folder: Path, values: dict[str, Any], shipping: tuple[ShippingMethod, ...]
) -> tuple[Store, Serving]:
    serving = _serving(folder, values)
    sandbox = values["cards.kind"] == "sandbox"
    ca_file = values["cards.ca_file"] or ("tls/ca.pem" if sandbox else "")
    password_file = values["mail.password_file"]
    its_own = values["language"] if languages.has(values["language"], folder) else "en"
    values["languages"] = values["languages"] or (its_own,)
    store = Store(
        **{key: value for key, value in values.items() if "." not in key},
        tax=Tax(
            values["tax.name"], values["tax.rate"], values["tax.prices_include"], values["tax.on_shipping"]
        ),
        shipping=shipping,
        cards=Cards(
            kind=values["cards.kind"],
            # Cookies know no ports: the processor stands at another name than the shop.
            address=values["cards.address"] or (f"https://127.0.0.1:{serving.cards_port}" if sandbox else ""),
            key_file=folder / values["cards.key_file"],
            ca_file=folder / ca_file if ca_file else None,
        ),
        mail=Mail(
            kind=values["mail.kind"],
            host=values["mail.host"],
            port=values["mail.port"],
            user=values["mail.user"],
            password_file=folder / password_file if password_file else None,
        ),
        folder=folder,
    )
    return store, serving


def _serving(folder: Path, values: dict[str, Any]) -> Serving:
    parts = urlsplit(values["address"])
    port = values["serve.port"] or parts.port or 443
    local = parts.hostname in LOCAL_HOSTS
    try:
        places = all_places(folder, custody=values["vault.custody"], replicas=values["vault.replicas"])
    except ValueError as error:
        raise StoreError(Problem(FILE, f"vault.replicas: {error}")) from None
    return Serving(
        host=values["serve.host"] or ("127.0.0.1" if local else "0.0.0.0"),  # noqa: S104 # a shop is for everyone
        port=port,
        plain_port=values["serve.plain_port"] or (80 if port == 443 else port + 2),
        workers=values["serve.workers"],
        uids_base=values["uids.base"],
        places=places,
        pictures=values["samples.pictures"],
        database=values["database.shop"],
        password_file=folder / (values["database.password_file"] or PASSWORD_FILE),
        password_is_named=values["database.password_file"] not in {"", PASSWORD_FILE},
    )
