"""Spoils a Python file, one thing at a time: a check taken out, a condition turned, a comparison shifted."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

SHIFTED = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
TURNED = {
    ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
SNIPPET_CHARS_MAX = 70


@dataclass(frozen=True)
class CodeMutant:
    """A spoilt source file: where and how, and its whole text. `id` stays when lines move."""

    file: str
    function: str
    kind: str
    snippet: str
    number: int
    line: int
    text: str

    @property
    def id(self) -> str:
        """Name the mutant without a line number."""
        tail = f" #{self.number}" if self.number > 1 else ""
        return f"{self.file} | {self.function} | {self.kind} | {self.snippet}{tail}"


Edit = tuple[str, ast.AST, str]  # kind, the node to replace, what with
Operator = Callable[[ast.AST], Iterator[Edit]]


def raises(node: ast.AST) -> Iterator[Edit]:
    """Take out a refusal."""
    if isinstance(node, ast.Raise):
        yield "raise removed", node, "pass"


def calls(node: ast.AST) -> Iterator[Edit]:
    """Take out a step whose result nobody takes; what only writes the log is left alone."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _flat(node).startswith("log."):
        yield "call removed", node, "pass"


def returns(node: ast.AST) -> Iterator[Edit]:
    """Take out an early way out."""
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        if (
            isinstance(node, ast.If)
            and block
            and isinstance(block[-1], ast.Return | ast.Continue | ast.Break)
        ):
            yield "way out removed", block[-1], "pass"


def ifs(node: ast.AST) -> Iterator[Edit]:
    """Turn a condition round."""
    if isinstance(node, ast.If | ast.IfExp) and "TYPE_CHECKING" not in _flat(node.test):
        yield "condition turned", node.test, f"(not ({_flat(node.test)}))"
    for test in getattr(node, "ifs", []):
        yield "condition turned", test, f"(not ({_flat(test)}))"


def parts(node: ast.AST) -> Iterator[Edit]:
    """Take one part out of a condition of several."""
    if isinstance(node, ast.BoolOp):
        word = " and " if isinstance(node.op, ast.And) else " or "
        for gone in node.values:
            left = word.join(f"({_flat(value)})" for value in node.values if value is not gone)
            yield f"part removed: {_flat(gone)[:40]}", node, f"({left})"


def comparisons(node: ast.AST) -> Iterator[Edit]:
    """Shift a bound by one, and turn an equality that is no condition of its own."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, operator, right = _flat(node.left), type(node.ops[0]), _flat(node.comparators[0])
        if operator in SHIFTED:
            yield "bound shifted", node, f"({left} {SHIFTED[operator]} {right})"
        elif operator in TURNED:
            yield "comparison turned", node, f"({left} {TURNED[operator]} {right})"


def elements(node: ast.AST) -> Iterator[Edit]:
    """Take one element out of a written-out tuple, list or set of several lines' weight."""
    is_read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and is_read and len(node.elts) > 1:
        for gone in node.elts:
            yield f"element removed: {_flat(gone)[:40]}", gone, ""


def settings(node: ast.AST) -> Iterator[Edit]:
    """Take out the setting of a header, a key or an attribute, and the taking away of one."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute):
        yield "setting removed", node, "pass"
    if isinstance(node, ast.Delete):
        yield "taking away removed", node, "pass"


def decorators(node: ast.AST) -> Iterator[Edit]:
    """Take a decorator off."""
    if isinstance(node, ast.FunctionDef):
        for one in node.decorator_list:
            if _flat(one) not in ("property", "staticmethod", "classmethod", "contextmanager"):
                yield "decorator removed", one, "(lambda one: one)"


OPERATORS: dict[str, Operator] = {
    "raises": raises,
    "calls": calls,
    "returns": returns,
    "ifs": ifs,
    "parts": parts,
    "comparisons": comparisons,
    "elements": elements,
    "settings": settings,
    "decorators": decorators,
}


def mutants(
    file: str, text: str, operators: Iterable[str], functions: Iterable[str] = (), *, calls_named: str = ""
) -> list[CodeMutant]:
    """Return every spoilt form of a source file.

    Params: `operators` by name; `functions`, if given, are the only ones spoilt (`Class.method`, or its beginning);
    `calls_named` is a pattern for the steps that `calls` takes out.
    """
    made: dict[str, CodeMutant] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    tree = ast.parse(text)
    # What is a whole condition is turned as one; turning its comparison would be the same again.
    whole = {id(node.test) for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp)}
    whole |= {id(test) for node in ast.walk(tree) for test in getattr(node, "ifs", [])}
    for function, node in _walk(tree):
        if functions and not any(function == one or function.startswith(f"{one}.") for one in functions):
            continue
        for name in operators:
            for kind, target, new in OPERATORS[name](node):
                if kind == "comparison turned" and id(target) in whole:
                    continue
                if kind == "call removed" and not re.search(calls_named, _flat(target)):
                    continue
                spoilt = _replaced(text, target, new)
                if spoilt is None or spoilt in made:
                    continue
                snippet = _flat(target)[:SNIPPET_CHARS_MAX]
                key = (function, kind, snippet)
                seen[key] += 1
                line = getattr(target, "lineno", 0)
                made[spoilt] = CodeMutant(file, function, kind, snippet, seen[key], line, spoilt)
    return list(made.values())


def _walk(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield every node with the function it stands in; docstrings and annotations are of no interest."""
    for node in ast.iter_child_nodes(tree):
        name = inside
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{inside}.{node.name}" if inside else node.name
        if isinstance(tree, ast.AnnAssign) and node is tree.annotation:
            continue
        if isinstance(tree, ast.FunctionDef) and node is tree.returns:
            continue
        if isinstance(node, ast.If) and _flat(node.test) == "TYPE_CHECKING":
            continue
        yield name or "<module>", node
        yield from _walk(node, name)


def _flat(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _replaced(text: str, node: ast.AST, new: str) -> str | None:
    """Replace a node's own characters; None if the file would be no Python any more."""
    lines = text.encode().splitlines(keepends=True)
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    start = sum(map(len, lines[: first - 1])) + getattr(node, "col_offset", 0)
    end = sum(map(len, lines[: last - 1])) + getattr(node, "end_col_offset", 0)
    whole = text.encode()
    rest = whole[end:]
    if not new:  # an element goes with the comma behind it
        rest = rest.lstrip().removeprefix(b",")
    spoilt = (whole[:start] + new.encode() + rest).decode()
    try:
        ast.parse(spoilt)
    except SyntaxError:
        return None
    return spoilt
