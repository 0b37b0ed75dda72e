"""Lays the difference of two policies out for a terminal: two columns where there is room, else one above the
other; marks are signs, not colors alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict

from microkitten.policy.diff import Difference, StatementChange
from microkitten.policy.parts import Policy
from microkitten.policy.wording import day_words

COLUMNS_MIN = 90  # below this two columns are too narrow to read
PLAIN_WIDTH = 88
_GAP = " | "
_MARKS = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}


def told(found: Difference) -> dict[str, object]:
    """Return the difference for programs."""
    return {
        "old": _head(found.old),
        "new": _head(found.new),
        "same": not found,
        "rights": [asdict(one) for one in found.rights],
        "statements": [asdict(one) for one in found.statements],
        "lists": [asdict(one) for one in found.lists],
        "lapsing": list(found.lapsing),
    }


def _head(policy: Policy) -> dict[str, str]:
    head = {"version": policy.version, "date": policy.date.isoformat(), "profile": policy.profile}
    return head | {"hash": policy.hash}


def text(found: Difference, columns: int | None) -> str:
    """Lay the difference out.

    Params: `columns` of the terminal, None where there is none; below 90 the sides stand above each other.
    """
    if not found:
        return f"the same: {_title(found.old)}; {_title(found.new)}"
    width = columns if columns and columns >= COLUMNS_MIN else None
    lines = [*_pair(_title(found.old), _title(found.new), width, columns), ""]
    if found.rights:
        rows = sum(one.rows for one in found.rights)
        lines += [
            f"CHANGED RIGHTS: {_count(len(found.rights), 'rule')}, {_count(rows, 'row')} of the table",
            "",
        ]
        for right in found.rights:
            lines.append(f"{right.what} rule {right.rule} ({_count(right.rows, 'row')})")
            lines += [*_pair(right.before or "no", right.after or "no", width, columns), ""]
    else:
        lines += ["CHANGED RIGHTS: none", ""]
    if found.statements:
        lines += [f"CHANGED SENTENCES: {len(found.statements)}", ""]
    for said in found.statements:
        lines.append(f"{said.what} {said.id}")
        lines += [*_pair(*_marked(said), width, columns), ""]
    if found.lists:
        lines += [f"CHANGED LISTS: {len(found.lists)}", ""]
    for entry in found.lists:
        lines.append(f"{entry.what} {entry.kind} {entry.name}")
        lines += [*_pair(entry.before or "none", entry.after or "none", width, columns), ""]
    return "\n".join([*lines, *_lapsing(found)])


def _lapsing(found: Difference) -> Iterator[str]:
    if not found.lapsing:
        yield "No consent lapses."
    for name in found.lapsing:
        title = found.old.purposes[name].title
        yield f"Consents to {name} ({title}) lapse: whoever gave one is asked again, and until then it is a no."


def _title(policy: Policy) -> str:
    return f"version {policy.version} of {day_words(policy.date)}, {policy.profile}, {policy.hash[:12]}"


def _marked(said: StatementChange) -> tuple[str, str]:
    if said.what != "changed":
        return said.before or "not there", said.after or "not there"
    sides = []
    for left_out in "+-":
        parts = []
        for op, words in said.words:
            if op != left_out:
                core = words.rstrip()
                parts.append(_MARKS[op].format(core) + words[len(core) :])
        sides.append("".join(parts))
    return sides[0], sides[1]


def _pair(before: str, after: str, width: int | None, columns: int | None) -> list[str]:
    """Lay two texts side by side if there is a width, else `- before` above `+ after`."""
    if width is None:
        room = max(20, min(columns or PLAIN_WIDTH, PLAIN_WIDTH) - 4)
        return [
            f"  {sign if first == 0 else ' '} {line}"
            for sign, side in (("-", before), ("+", after))
            for first, line in enumerate(_wrapped(side, room))
        ]
    room = (width - len(_GAP)) // 2
    left, right = _wrapped(before, room), _wrapped(after, room)
    height = max(len(left), len(right))
    left += [""] * (height - len(left))
    right += [""] * (height - len(right))
    return [f"{one:<{room}}{_GAP}{other}".rstrip() for one, other in zip(left, right, strict=True)]


def _wrapped(side: str, room: int) -> list[str]:
    return [line for part in side.split("\n") for line in textwrap.wrap(part, room) or [""]]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
