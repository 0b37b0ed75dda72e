"""One thing that code and policy do not agree on: where it stands, what is wrong, what to write."""

import ast
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[4]
POLICY = Path(__file__).resolve().parents[2] / "policy/default.toml"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A disagreement: `where` is file:line, `id` stays the same for ever, `remedy` says what to write."""

    where: str
    id: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: microkitten.{self.id} {self.what}; {self.remedy}"


def place(path: Path, line: int = 1) -> str:
    """Return `path:line`, the path seen from the project's folder where it lies in there."""
    shown = path.relative_to(HOUSE) if path.is_relative_to(HOUSE) else path
    return f"{shown}:{line}"


def place_in_policy(heading: str) -> str:
    """Return where the packaged policy has a heading such as `field.customer.email`."""
    lines = POLICY.read_text(encoding="utf-8").splitlines()
    return place(POLICY, next((number for number, line in enumerate(lines, 1) if line == f"[{heading}]"), 1))


def at(path: Path, node: ast.AST) -> str:
    """Return where a node of a file's syntax tree stands."""
    return place(path, getattr(node, "lineno", 1))


def place_of(thing: type, word: str = "") -> str:
    """Return where a class stands, or within it the line that assigns `word`."""
    try:
        lines, first = inspect.getsourcelines(thing)
        path = Path(inspect.getsourcefile(thing) or "")
    except (OSError, TypeError):
        return f"{thing.__module__}.{thing.__qualname__}"
    own = re.compile(rf"\s+{re.escape(word)}\s*[:=]")
    offset = next((number for number, line in enumerate(lines) if word and own.match(line)), 0)
    return place(path, first + offset)
