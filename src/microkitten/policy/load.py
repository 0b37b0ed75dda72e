"""Loads a policy: reads the file, checks it, compiles the table and seals wording and table under one
hash (P0)."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType

from microkitten.policy.canonical import canonical
from microkitten.policy.checks import check
from microkitten.policy.consented import wordings
from microkitten.policy.desk import Desk, PolicyError, Problem
from microkitten.policy.duration import Duration
from microkitten.policy.lines import Lines
from microkitten.policy.parts import Policy, Statement
from microkitten.policy.read import Draft, read
from microkitten.policy.table import Table, compile_table
from microkitten.policy.words import PROFILES

_DEFAULT = Path(__file__).with_name("default.toml")
_CONTRACT_DAYS = r"from = [-0-9]{10}, until = [-0-9]{10}, review = [-0-9]{10}"
FILE_BYTES_MAX = 262_144
# The standard library takes minutes over a key of ten thousand parts; ours have four.
_KEY_PARTS_MAX = 16
_LONG_KEY = re.compile(
    rf"""(?<![\w"'.-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_KEY_PARTS_MAX}}}"""
)


def load(path: str | Path) -> Policy:
    """Load a store's policy file.

    Params: `path` of the TOML file. Returns: a frozen Policy. Raises: PolicyError, with every problem
    found. Promise: P0.
    """
    return from_bytes(read_bytes(Path(path)), file=str(path))


def read_bytes(path: Path) -> bytes:
    """Read a policy file whole; what is no plain file, or longer than a policy may be, is not even begun.

    Raises: PolicyError.
    """
    try:  # not blocking: a named pipe would keep whoever opens it waiting for ever
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _problem(path, "cannot be read", "it must be a plain file")
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise _problem(path, "cannot be read", error.strerror or "is it there?") from error
    if len(data) > FILE_BYTES_MAX:
        raise _problem(path, f"is longer than {FILE_BYTES_MAX} bytes", "a policy is meant to be read")
    return data


def _problem(path: Path, message: str, hint: str) -> PolicyError:
    return PolicyError([Problem(str(path), 1, message, hint)])


def from_bytes(data: bytes, *, file: str) -> Policy:
    """Read a policy from a file's bytes. Params: `file` is named in errors. Raises: PolicyError."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError([Problem(file, line, "is not UTF-8 text", "save the file as UTF-8")]) from error
    return parse(text, file=file)


def packaged(profile: str) -> Policy:
    """Load the policy shipped with the package, in one of its two profiles. Raises: PolicyError,
    ValueError.
    """
    return parse(packaged_text(profile), file=_DEFAULT.name)


def packaged_text(profile: str, *, day: date | None = None) -> str:
    """Return the shipped policy file with `profile` chosen at its top, ready to be written into a new store.

    Params: `day`, if given, is the one on which its parties' contracts begin: they end two years later, and are
    to be reviewed after one. Raises: ValueError for a profile there is not.
    """
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}; known are: {', '.join(PROFILES)}")
    text = re.sub(r'(?m)^profile = "\w+"', f'profile = "{profile}"', _DEFAULT.read_text("utf-8"), count=1)
    if day is None:
        return text
    year, until = (_years_after(day, years).isoformat() for years in (1, 2))
    return re.sub(_CONTRACT_DAYS, f"from = {day.isoformat()}, until = {until}, review = {year}", text)


def _years_after(day: date, years: int) -> date:
    at = Duration(years, "Y").after(datetime.combine(day, time(), UTC))
    return at.date()


def parse(text: str, *, file: str, profile: str | None = None) -> Policy:
    """Read a policy from its text.

    Params: `file` is named in errors; `profile`, if given, stands above the one the text chooses. Raises:
    PolicyError.
    """
    if len(text) > FILE_BYTES_MAX:
        raise PolicyError(
            [Problem(file, 1, f"is longer than {FILE_BYTES_MAX} bytes", "a policy is meant to be read")]
        )
    if found := _LONG_KEY.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise PolicyError(
            [Problem(file, line, "is not TOML of ours: a key of many parts", "mend this line first")]
        )
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # besides its own error: endless numbers, endless nesting
        raise PolicyError([_syntax(file, text, error)]) from error
    desk = Desk(file, Lines(text))
    draft = read(desk, data, profile)
    check(desk, draft)
    if desk.problems:
        raise PolicyError(desk.problems)
    return sealed(draft)


def _syntax(file: str, text: str, error: Exception) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    line = int(found.group(1)) if found else max(1, len(text.splitlines()))
    return Problem(file, line, f"is not TOML: {str(error).partition(' (at ')[0]}", "mend this line first")


def sealed(draft: Draft) -> Policy:
    """Compile what has been read, and put wording and table under one hash; whether it agrees, `check` says."""
    told = statement_of(draft.statements)
    table = compile_table(draft.rules.values(), told, told["lock.closed-list"])
    parts: dict[str, object] = {
        "version": draft.version,
        "date": draft.date,
        "company": draft.company,
        "profile": draft.profile,
        "unclaimed": draft.unclaimed,
        "never": draft.never,
        "statements": draft.statements,
        "purposes": draft.purposes,
        "groups": draft.groups,
        "fields": draft.fields,
        "parties": draft.parties,
        "cookies": draft.cookies,
        "rules": draft.rules,
    }
    policy = Policy(
        version=draft.version,
        date=draft.date,
        company=draft.company,
        profile=draft.profile,
        unclaimed=draft.unclaimed,
        never=draft.never,
        statements=tuple(draft.statements),
        purposes=MappingProxyType(draft.purposes),
        groups=MappingProxyType(draft.groups),
        fields=MappingProxyType(draft.fields),
        parties=MappingProxyType(draft.parties),
        cookies=MappingProxyType(draft.cookies),
        rules=MappingProxyType(draft.rules),
        table=table,
        wordings=MappingProxyType({}),
        hash=hashlib.sha256(canonical({**parts, "table": _rows(table)})).hexdigest(),
    )
    return replace(policy, wordings=MappingProxyType(wordings(policy)))


def statement_of(statements: list[Statement] | tuple[Statement, ...]) -> dict[str, str]:
    """Map each bound thing to the first statement that tells it: the one a decision quotes."""
    told: dict[str, str] = {}
    for statement in statements:
        for target in statement.binds:
            told.setdefault(target, statement.id)
    return told


def _rows(table: Table) -> list[object]:
    rows: list[object] = [
        [
            act,
            field,
            str(purpose),
            actor,
            party,
            sorted(row.needs),
            row.within,
            list(row.allowed),
            row.party_told,
        ]
        for (act, field, purpose, actor, party), row in table.rows.items()
    ]
    return [list(table.closed), *sorted(rows, key=lambda row: json.dumps(row))]
