"""The shapes of what comes over the line: checked and typed by the connection's thread, before the writer
sees any of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from uuid import UUID

from microkitten.vault.values import LIST_VALUES_MAX, MESSAGE_CHARS_MAX
from microkitten.vault.wire import Malformed

Shape = Callable[[Any], Any]
_WORD: Final = re.compile(r"[a-z][a-z0-9_.:]{0,63}")
_IDENTITY: Final = re.compile(r"[0-9a-f]{32}")
PERSONS_MAX: Final = 1_000
FIELDS_MAX: Final = 64
FACTS_MAX: Final = 32
SHORT_CHARS_MAX: Final = 200


class Told(NamedTuple):
    """A value and the form input it came from."""

    value: Any
    source: str


def word(value: Any) -> str:
    """Read a word such as the policy uses."""
    if type(value) is not str or not _WORD.fullmatch(value):
        raise Malformed("word")
    return value


def short(value: Any) -> str:
    """Read a token, a number of an order, a name of an act."""
    if type(value) is not str or len(value) > SHORT_CHARS_MAX:
        raise Malformed("short text")
    return value


def text(value: Any) -> str:
    """Read a text of any length that a value may have."""
    if type(value) is not str or len(value) > MESSAGE_CHARS_MAX * 2:
        raise Malformed("text")
    return value


def number(value: Any) -> int:
    """Read a whole number from zero."""
    if type(value) is not int or value < 0:
        raise Malformed("number")
    return value


def switch(value: Any) -> bool:
    """Read 1 for on and 0 for off."""
    if type(value) is not int or value not in (0, 1):
        raise Malformed("switch")
    return value == 1


def identity(value: Any) -> UUID:
    """Read an id."""
    if type(value) is not str or not _IDENTITY.fullmatch(value):
        raise Malformed("id")
    return UUID(hex=value)


def identities(value: Any) -> list[UUID]:
    """Read ids, none of them twice."""
    found = [identity(one) for one in _list(value, PERSONS_MAX)]
    if len(set(found)) != len(found):
        raise Malformed("ids")
    return found


def words(value: Any) -> list[str]:
    """Read words, none of them twice."""
    found = [word(one) for one in _list(value, FIELDS_MAX)]
    if len(set(found)) != len(found):
        raise Malformed("words")
    return found


def given(value: Any) -> Told:
    """Read a value as typed (a text, a list of texts, an address) and its source."""
    pair = _list(value, 2)
    if len(pair) != 2:
        raise Malformed("value and source")
    typed, source = pair
    parts = list(typed.values()) if type(typed) is dict else typed if type(typed) is list else [typed]
    if len(parts) > LIST_VALUES_MAX * 2:
        raise Malformed("parts")
    for part in parts:
        text(part)
    return Told(typed, word(source))


def given_values(value: Any) -> dict[str, Told]:
    """Read values by field; at least one."""
    found = {word(name): given(one) for name, one in _map(value, FIELDS_MAX).items()}
    if not found:
        raise Malformed("no values")
    return found


def wanted(value: Any) -> dict[UUID, list[str]]:
    """Read which fields of which persons are asked for."""
    return {identity(person): words(fields) for person, fields in _map(value, PERSONS_MAX).items()}


def facts(value: Any) -> dict[str, int | str]:
    """Read told facts: whole numbers and short texts by name."""
    return {
        word(name): fact if type(fact) is int else short(fact)
        for name, fact in _map(value, FACTS_MAX).items()
    }


def _list(value: Any, size_max: int) -> list[Any]:
    if type(value) is not list or len(value) > size_max:
        raise Malformed("list")
    return value


def _map(value: Any, size_max: int) -> dict[str, Any]:
    if type(value) is not dict or len(value) > size_max:
        raise Malformed("map")
    return value
