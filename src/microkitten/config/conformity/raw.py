"""The raw regions: where a value leaves its seal, or a text its escaping; few, listed, and read again when changed.

`raw.toml` beside this file signs each: its place, the hash of its text, and the reason. Who changes one of them, or
adds one, reads it through and writes the new hash.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from microkitten.config.conformity.finding import HOUSE, Finding, place
from microkitten.config.conformity.pages import Templates
from microkitten.config.conformity.sources import Function, Source, Sources

REGISTER = Path(__file__).with_name("raw.toml")
REVEALS_MAX = 5  # regions in which an opened value can be held
REVEAL_SHARE_MAX = 0.01  # of the code's lines
MARKING = {"Markup", "mark_safe", "SafeString", "format_html", "SafeText"}
SQL = {"cursor", "raw", "extra", "RawSQL", "executescript", "execute", "executemany"}
_SAFE = re.compile(r"\|\s*safe\b|\{%[-+]?\s*autoescape\s+(?:false|off)", re.I)
_STORES = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie")


@dataclass(frozen=True, slots=True)
class Region:
    """One function, template or script with something raw in it: the kinds of it, and the hash of its text."""

    path: Path
    line: int
    name: str
    kinds: frozenset[str]
    sha256: str
    lines: int

    @property
    def key(self) -> tuple[str, str]:
        """Return what an entry of the register names it by."""
        path = self.path.relative_to(HOUSE) if self.path.is_relative_to(HOUSE) else self.path
        return path.as_posix(), self.name


def regions(sources: Sources, templates: Templates, scripts: Mapping[Path, str]) -> Iterator[Region]:
    """Yield the raw regions of shop, web and config, of the templates, and of scripts that are not ours."""
    for source in sources.under("shop", "web", "config"):
        if not source.module.startswith("microkitten.config.conformity"):
            yield from _functions(source)
    for one in templates.by_name.values():
        if _SAFE.search(one.text):
            yield _region(one.path, 1, "", {"safe"}, one.text)
    for path, text in scripts.items():
        if _STORES.search(text):
            yield _region(path, 1, "", {"storage"}, text)


def _region(path: Path, line: int, name: str, kinds: Iterable[str], text: str) -> Region:
    digest = sha256(text.encode()).hexdigest()
    return Region(path, line, name, frozenset(kinds), digest, text.count("\n") + 1)


def _functions(source: Source) -> Iterator[Region]:
    """Yield the functions, methods and constants of a file that have something raw in them."""
    lines = source.text.splitlines()
    for prefix, node in _statements(source.tree):
        kinds = {kind for one in ast.walk(node) if (kind := _kind(one))}
        if source.module.startswith("microkitten.config.cli."):
            kinds -= {"reveal"}  # the operator's own screen and file, under a grant
        if kinds:
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            yield _region(source.path, node.lineno, prefix + _name(node), kinds, text)


def _statements(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.", one) for one in node.body)
        else:
            yield "", node


def _name(node: ast.stmt) -> str:
    if isinstance(node, Function):
        return node.name
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return target.id if isinstance(target, ast.Name) else f"line {node.lineno}"


def _kind(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name):
        return "markup" if node.func.id in MARKING else "sql" if node.func.id == "RawSQL" else ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    # One value; or all of somebody's, as their own file.
    if name == "reveal" or (name == "document" and node.args):
        return "reveal"
    return "markup" if name in MARKING else "sql" if name in SQL else ""


def unescaped(text: str) -> int:
    """Return the line of a template that turns escaping off, 0 if none does."""
    found = _SAFE.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def register(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """Return the signed entries by path and function."""
    return {(one["path"], one.get("function", "")): one for one in tomllib.loads(text).get("raw", ())}


def check(
    sources: Sources, templates: Templates, scripts: Mapping[Path, str], signed: str
) -> Iterator[Finding]:
    """Yield raw regions that nobody signed, or that were changed since; entries without one; and too many."""
    entries = register(signed)
    found = {one.key: one for one in regions(sources, templates, scripts)}
    for key, one in found.items():
        where, what = (
            place(one.path, one.line),
            f"{one.name or 'the file'} is raw ({', '.join(sorted(one.kinds))})",
        )
        entry = entries.get(key)
        if entry is None:
            remedy = (
                "do without, or sign it in conformity/raw.toml: "
                f'[[raw]] path = "{key[0]}", function = "{key[1]}", sha256 = "{one.sha256}", reason = "..."'
            )
            yield Finding(where, "P100", what, remedy)
        elif entry.get("sha256") != one.sha256:
            remedy = f'read it again, then write sha256 = "{one.sha256}" in conformity/raw.toml'
            yield Finding(where, "P101", f"{what} and was changed since it was signed", remedy)
        elif not entry.get("reason"):
            yield Finding(
                where, "P102", f"{what}, and nobody says why", "write reason in conformity/raw.toml"
            )
    for path, name in sorted(set(entries) - set(found)):
        what = f"conformity/raw.toml signs {path} {name}, where nothing is raw"
        yield Finding(place(REGISTER), "P103", what, "take the entry out")
    yield from _numbers(sources, [one for one in found.values() if "reveal" in one.kinds])


def _numbers(sources: Sources, reveals: list[Region]) -> Iterator[Finding]:
    if len(reveals) > REVEALS_MAX:
        what = f"{len(reveals)} regions hold opened values, {REVEALS_MAX} may"
        yield Finding(place(REGISTER), "P104", what, "show them by {% personal %} instead")
    every = sum(source.text.count("\n") for source in sources.every)
    held = sum(one.lines for one in reveals)
    if every and held > every * REVEAL_SHARE_MAX and len(sources.every) > REVEALS_MAX:
        what = f"{held} of {every} lines hold opened values, {REVEAL_SHARE_MAX:.0%} may"
        yield Finding(place(REGISTER), "P105", what, "show them by {% personal %} instead")
