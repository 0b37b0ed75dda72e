"""Reads a policy that was in force under an earlier release, for comparing and showing; never to decide by (P42)."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from microkitten.policy.desk import Desk, PolicyError
from microkitten.policy.lines import Lines
from microkitten.policy.load import load, sealed
from microkitten.policy.parts import Policy
from microkitten.policy.read import read as read_parts


def read(path: Path) -> Policy:
    """Read a policy leniently: what a later release asks for besides is left empty.

    The hash is the one it had when it was adopted, where that is told beside it. Raises: PolicyError if it is
    no policy at all.
    """
    try:
        found = load(path)
    except PolicyError as error:
        found = _lenient(path, error)
    with suppress(OSError, ValueError, KeyError, TypeError):  # a file of one's own has no such neighbor
        found = replace(found, hash=str(json.loads(path.with_suffix(".json").read_bytes())["hash"]))
    return found


def _lenient(path: Path, error: PolicyError) -> Policy:
    try:
        text = path.read_text("utf-8")
        desk = Desk(str(path), Lines(text))
        return sealed(read_parts(desk, tomllib.loads(text), None))
    except (OSError, ValueError, LookupError, AttributeError):
        raise error from None
