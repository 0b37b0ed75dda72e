"""Reading an import file (CSV, YAML, JSON) into rows that know where they stand, before anything is written.

All values come in as text, lists and mappings: YAML's guesses (NO as false, 012 as ten, 1.10 as 1.1) lose
what a merchant wrote, and a price must never pass through a float.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

FILE_BYTES_MAX = 100 * 1024 * 1024
PROBLEMS_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Something wrong in a row: `where` it stands, which `column`, and what to write instead."""

    where: str
    column: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.column}: {self.message}{'; ' if self.hint else ''}{self.hint}"


class ImportRefused(Exception):
    """The file has `problems`; nothing of it was written."""

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        more = len(problems) - PROBLEMS_SHOWN_MAX
        lines = [str(problem) for problem in problems[:PROBLEMS_SHOWN_MAX]]
        super().__init__("\n".join([*lines, f"and {more} more"] if more > 0 else lines))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: `where` it stands ("line 12"), and its columns as written."""

    where: str
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A read file; pictures are named relative to its `folder`."""

    folder: Path
    products: list[Row] = field(default_factory=list)
    categories: list[Row] = field(default_factory=list)


def read_file(path: Path, *, kind: str = "products") -> Document:
    """Read a file by its ending. A bare list holds rows of `kind` ("products" or "categories"); a mapping
    may hold both under these names. Raises `ImportRefused`.
    """
    readers = {".csv": _csv, ".yaml": _yaml, ".yml": _yaml, ".json": _json}
    if (reader := readers.get(path.suffix.lower())) is None:
        raise _refused(
            "file", f"{path.suffix or 'no ending'} is not known", "give a .csv, .yaml or .json file"
        )
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise _refused("file", "it is larger than 100 MB", "cut it into several")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _refused("file", "it is not UTF-8 text", "save it as UTF-8") from problem
    except OSError as problem:
        raise _refused("file", f"it cannot be read ({problem.strerror})") from problem
    parts: dict[str, list[Row]] = {"products": [], "categories": []}
    for name, row in reader(text, kind):
        parts[name].append(row)
    return Document(path.parent, **parts)


def _refused(where: str, message: str, hint: str = "", column: str = "all") -> ImportRefused:
    return ImportRefused((RowProblem(where, column, message, hint),))


Parts = Iterator[tuple[str, Row]]


def _csv(text: str, kind: str) -> Parts:
    reader = csv.DictReader(StringIO(text, newline=""), restkey="", strict=True)
    names = reader.fieldnames or []
    if len({*names}) < len(names):
        raise _refused("line 1", "a column stands there twice", "give each column one name")
    try:
        for columns in reader:
            where = f"line {reader.line_num}"
            if "" in columns:
                raise _refused(
                    where, "it has more cells than the first line", "put texts with commas in quotes"
                )
            # an empty cell says nothing, rather than "make it empty"
            yield kind, Row(where, {name: cell for name, cell in columns.items() if cell})
    except csv.Error as problem:
        raise _refused(
            f"line {reader.line_num}", f"no CSV ({problem})", "put texts with quotes in quotes"
        ) from problem


def _json(text: str, kind: str) -> Parts:
    try:
        # numbers stay as they are written
        document = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as problem:
        raise _refused("file", f"no JSON ({problem})") from problem
    for name, rows in _parts(document, kind):
        for number, columns in enumerate(rows, start=1):
            where = f"{name} {number}"
            yield name, Row(where, _mapping(columns, where))


def _parts(document: Any, kind: str) -> Iterator[tuple[str, list[Any]]]:
    parts = {kind: document} if isinstance(document, list) else document
    if not isinstance(parts, dict) or not parts.keys() <= {"products", "categories"}:
        raise _refused("file", "it is no list of products", "write a list, or `products:` and `categories:`")
    for name in ("categories", "products"):
        rows = parts.get(name) or []
        if not isinstance(rows, list):
            raise _refused(name, "it is no list", "begin each row with a dash")
        yield name, rows


def _mapping(columns: Any, where: str) -> dict[str, Any]:
    if not isinstance(columns, dict) or not all(isinstance(name, str) for name in columns):
        raise _refused(where, "it is no record", "write names and values, as `title: Felt mouse`")
    return columns


# the C parser where the machine has it: ten times as fast
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc] # which of the two is known at run time only
    """YAML in which every plain value is text but true, false and null."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # PyYAML's own interface


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])


def _yaml(text: str, kind: str) -> Parts:
    try:
        # an alias of an alias of an alias would unpack to more than the machine holds
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Base)):
            raise _refused("file", "it has aliases (*name)", "write the values out")
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            yield from _yaml_rows(loader, root, kind)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise _refused(f"line {line}", f"no YAML ({problem.problem})") from problem
    except (yaml.YAMLError, RecursionError) as problem:
        raise _refused("file", f"no YAML ({problem})") from problem


def _yaml_rows(loader: Any, root: Any, kind: str) -> Parts:
    parts = {kind: root}
    if isinstance(root, yaml.MappingNode):
        parts = {str(name.value): rows for name, rows in root.value}
    for name, rows in parts.items():
        if name not in {"products", "categories"} or not isinstance(rows, yaml.SequenceNode):
            raise _refused(
                name, "it is no list of products", "write a list, or `products:` and `categories:`"
            )
        for node in rows.value:
            where = f"line {node.start_mark.line + 1}"
            if isinstance(node, yaml.MappingNode):
                names = [key.value for key, _ in node.value]
                if twice := next((key for key in names if names.count(key) > 1), None):
                    raise _refused(where, "the name stands there twice", "keep one", str(twice))
            yield name, Row(where, _mapping(loader.construct_object(node, deep=True), where))
