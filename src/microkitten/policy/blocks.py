"""Takes the text of a policy apart into its blocks and their entries, and puts it together again, comments and
all: what an upgrade compares (P0)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

HEAD = ""  # the key of what stands before the first table
_HEADER = re.compile(r"\[\[?([A-Za-z0-9_.\"' -]+)\]\]?\s*(?:#.*)?")
_ENTRY = re.compile(r"([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*=")
#: Each store's own: the days of its contracts begin when it is founded.
_DAYS = re.compile(r"from = [-0-9]{10}, until = [-0-9]{10}, review = [-0-9]{10}")


def blocks(text: str) -> dict[str, str]:
    """Split a policy at its tables; each comes with the comment lines right above it.

    Returns: text by key, in order: `rule.deliver.open`, `statement P12`, and HEAD. Joined they are the text.
    """
    found: dict[str, str] = {}
    for lines in _cut(text.splitlines(keepends=True), _HEADER):
        found[_unique(found, _name(lines))] = "".join(lines)
    return found


def entries(block: str) -> dict[str, str]:
    """Split a block at its keys; HEAD is the table's own line with what stands above it."""
    found: dict[str, str] = {}
    for lines in _cut(block.splitlines(keepends=True), _ENTRY):
        match = next((one for one in map(_ENTRY.match, lines) if one), None)
        found[_unique(found, match[1] if match else HEAD)] = "".join(lines)
    return found


def joined(parts: Mapping[str, str]) -> str:
    """Put parts together again."""
    return "".join(parts.values())


def same(one: str | None, other: str | None) -> bool:
    """Tell whether two parts read the same, but for spaces, blank lines and the days of a contract."""
    if one is None or other is None:
        return one is other
    return _plain(one) == _plain(other)


def means_same(one: str | None, other: str | None) -> bool:
    """Tell whether two parts say the same to the program: comments do not count."""
    if one is None or other is None or same(one, other):
        return same(one, other)
    try:
        return tomllib.loads(_DAYS.sub("", one)) == tomllib.loads(_DAYS.sub("", other))
    except tomllib.TOMLDecodeError:
        return False


def with_days_of(text: str, other: str | None) -> str:
    """Return a part with the contract's days that another has, if it has any."""
    days = _DAYS.search(other or "")
    return _DAYS.sub(days[0], text) if days else text


def _plain(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in _DAYS.sub("", text).splitlines())
    return [line for line in lines if line]


def _cut(lines: list[str], start: re.Pattern[str]) -> list[list[str]]:
    """Cut before each line that starts a part and stands in no text or list, with the comments right above it."""
    parts: list[list[str]] = [[]]
    is_text, depth = False, 0
    for line in lines:
        if not is_text and not depth and start.match(line):
            above: list[str] = []
            while parts[-1] and parts[-1][-1].lstrip().startswith("#"):
                above.insert(0, parts[-1].pop())
            parts.append([*above, line])
            if start is _HEADER:
                continue
        else:
            parts[-1].append(line)
        is_text, depth = _inside(line, is_text, depth)
    return [part for part in parts if part]


def _inside(line: str, is_text: bool, depth: int) -> tuple[bool, int]:
    """Follow long texts and lists over their lines."""
    if is_text:
        return '"""' not in line, depth
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line.replace('""""""', "").replace('"""', "\0"))
    if bare.count("\0") % 2:
        return True, depth
    bare = bare.partition("#")[0]
    return False, depth + bare.count("[") - bare.count("]") + bare.count("{") - bare.count("}")


def _name(lines: list[str]) -> str:
    header = next((match for match in map(_HEADER.match, lines) if match), None)
    if header is None:
        return HEAD
    name = header[1].strip()
    if name != "statement":
        return name
    said = next((line for line in lines if re.match(r"id\s*=", line)), "id = ?")
    return f"statement {said.partition('=')[2].strip().strip(chr(34))}"


def _unique(found: Mapping[str, str], name: str) -> str:
    number, unique = 2, name
    while unique in found:
        unique, number = f"{name} ({number})", number + 1
    return unique
