"""Finds the line of each key of a TOML text, which the standard library's reader does not tell (P0:
errors name a line)."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
Span = tuple[int, int]

_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.)?""")
_OPEN, _SHUT = "[{", "]}"


class Lines:
    """The lines of one TOML text, which must already have been read without error by `tomllib`."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._spans: dict[Path, Span] = {}
        self._arrays: dict[Path, int] = {}
        self._scan()

    def of(self, path: Path, word: str | None = None) -> int:
        """Return the 1-based line of a path, or of its nearest known ancestor; 1 if there is none.

        Params: `word`, a key or a quoted value looked for within that path's lines, for the exact line of
        a list's item.
        """
        for length in range(len(path), 0, -1):
            span = self._spans.get(path[:length])
            if span is not None:
                return self._within(span, word if word is not None else str(path[-1]))
        return 1

    def _within(self, span: Span, word: str) -> int:
        shape = re.compile(rf"""["']{re.escape(word)}["']|(?<![\w.-]){re.escape(word)}\s*[=.]""")
        for number in range(span[0], span[1] + 1):
            line = self._lines[number - 1]
            if shape.search(line) or (word.startswith("{") and word in line):
                return number
        return span[0]

    def _scan(self) -> None:
        prefix: Path = ()
        number = 0
        while number < len(self._lines):
            line = self._lines[number].strip()
            number += 1
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                prefix = self._header(line, number)
                continue
            keys, rest = _dotted(line)
            first = number
            number = self._value_end(rest.lstrip()[1:], number)
            self._mark(prefix, keys, (first, number))

    def _header(self, line: str, number: int) -> Path:
        is_array = line.startswith("[[")
        keys, _ = _dotted(line[2:] if is_array else line[1:])
        path: Path = ()
        for position, key in enumerate(keys):
            path = (*path, key)
            self._spans.setdefault(path, (number, number))
            if is_array and position == len(keys) - 1:
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
        self._spans.setdefault(path, (number, number))
        return path

    def _mark(self, prefix: Path, keys: list[str], span: Span) -> None:
        for length in range(1, len(keys) + 1):
            path = (*prefix, *keys[:length])
            old = self._spans.get(path, span)
            self._spans[path] = (old[0], span[1]) if length < len(keys) else span

    def _value_end(self, rest: str, number: int) -> int:
        """Return the number of the line on which the value that starts in `rest` ends."""
        depth, fence = 0, ""
        while True:
            depth, fence = _walk(rest, depth, fence)
            if (depth == 0 and not fence) or number >= len(self._lines):
                return number
            rest = self._lines[number]
            number += 1


def _dotted(text: str) -> tuple[list[str], str]:
    """Split a dotted key off the start of `text`; return its parts and what follows."""
    keys: list[str] = []
    while True:
        found = _KEY_PART.match(text)
        if found is None:
            return keys, text
        keys.append(next(part for part in found.group(1, 2, 3) if part is not None))
        text = text[found.end() :]
        if not found.group(4):
            return keys, text


def _walk(text: str, depth: int, fence: str) -> tuple[int, str]:
    """Read one line of a value; `fence` is the quote that is open across lines. Returns: depth and fence
    at its end.
    """
    at = 0
    while at < len(text):
        if fence:
            at, fence = _inside(text, at, fence)
        elif text.startswith(('"""', "'''"), at):
            fence, at = text[at : at + 3], at + 3
        elif text[at] in "\"'":
            fence, at = text[at], at + 1
        elif text[at] == "#":
            break
        else:
            depth += (text[at] in _OPEN) - (text[at] in _SHUT)
            at += 1
    return depth, fence if len(fence) == 3 else ""


def _inside(text: str, at: int, fence: str) -> tuple[int, str]:
    if fence[0] == '"' and text[at] == "\\":
        return at + 2, fence
    if text.startswith(fence, at):
        return at + len(fence), ""
    return at + 1, fence
