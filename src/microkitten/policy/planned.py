"""What the promises ask for and the shop does not do yet: kept beside the policy, so that the page stays
true (P0)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from microkitten.policy.desk import Desk, PolicyError, Section
from microkitten.policy.lines import Lines
from microkitten.policy.load import packaged
from microkitten.policy.words import PROFILES

_FILE = Path(__file__).with_name("planned.toml")


@dataclass(frozen=True, slots=True)
class Planned:
    """A promise of which nothing is told yet, or, with `is_part`, what a told one still lacks.

    `id` is the promise's (P17), `title` says it in a few words, `lacks` in a sentence.
    """

    id: str
    title: str
    lacks: str
    is_part: bool = False


def planned() -> tuple[Planned, ...]:
    """Return what is planned, in the order of the file. Raises: PolicyError. Promise: P0."""
    told = {statement.id for statement in packaged(PROFILES[0]).statements}
    return read_planned(_FILE.read_text("utf-8"), told=told, file=_FILE.name)


def read_planned(text: str, *, told: set[str], file: str) -> tuple[Planned, ...]:
    """Read a list of what is planned.

    Params: `told`, the ids of the policy's statements; `file` is named in errors. Raises: PolicyError for an
    unknown key, a whole promise that is told already, and a part of one that is not.
    """
    desk = Desk(file, Lines(text))
    found: list[Planned] = []
    entries = tomllib.loads(text).get("planned")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        section = Section(desk, ("planned", index), entry)
        is_part = section.has("of")
        one = Planned(
            section.text("of" if is_part else "id"), section.text("title"), section.text("lacks"), is_part
        )
        section.finish()
        if one.id in told and not is_part:
            desk.note((*section.path, "id"), f"{one.id} is told already", f'write of = "{one.id}"')
        if one.id not in told and is_part:
            desk.note((*section.path, "of"), f"{one.id} is not told yet", f'write id = "{one.id}"')
        if not is_part and any(other.id == one.id and not other.is_part for other in found):
            desk.note((*section.path, "id"), f"{one.id} is planned twice", "keep it once")
        found.append(one)
    if not found:
        desk.note(("planned",), "nothing is planned", "write [[planned]] above each entry")
    if desk.problems:
        raise PolicyError(desk.problems)
    return tuple(found)
