"""Writes a policy's parts as the one text that is hashed: the same in every process, and nothing left out
(P0)."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date

from microkitten.policy.closed import Purpose
from microkitten.policy.duration import Duration


def canonical(value: object) -> bytes:
    """Return the one JSON text of a policy's parts: keys sorted, no spaces, UTF-8; where a line stands
    does not matter.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: object) -> object:
    """Turn parts into JSON's own kinds; anything unforeseen is an error, so that nothing stays outside
    the hash.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Purpose | Duration):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value) if part.compare}
    raise TypeError(f"{type(value).__name__} has no canonical form")
