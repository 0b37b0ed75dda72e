"""The house's numbers and habits: sizes, first sentences, shelves; what code declares is in test_conformity*.py."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/microkitten"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 70


def name(path: Path) -> str:
    """Return a file's name as the tests' ids show it."""
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_says_why_it_exists_and_is_short(path: Path) -> None:
    """A newcomer reads the first sentence of a file and knows whether to go on; none is endless."""
    text = path.read_text()
    if not text.strip():
        assert path.name == "__init__.py", "an empty file that is no package has no reason to be"
        return
    assert ast.get_docstring(ast.parse(text)), "open the file with a sentence that says why it exists"
    assert len(text.splitlines()) <= FILE_LINES_MAX, "make a folder of that name"


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    """Yield every function of the package."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_no_function_is_longer_than_a_screen() -> None:
    """A function that does not fit a screen does more than one thing."""
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path, node in functions()
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert not long


def test_each_opt_out_of_a_rule_says_why() -> None:
    """`noqa` and `type: ignore` are doors in the wall: each carries its reason on the line."""
    bare = []
    for path in FILES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"# (noqa|type: ignore)", line) and not re.search(
                r"# (noqa|type: ignore).*#\s*\S", line
            ):
                bare.append(f"{name(path)}:{number}")
    assert not bare


def test_room_shelves_are_the_agreed_ones() -> None:
    """The same shelves in each room, so that whoever knows one room knows all."""
    shelves = {
        "__init__", "urls", "apps", "admin", "views", "tasks", "middleware", "management", "forms", "actions", "models",
        "migrations", "templates", "__pycache__",
    }  # fmt: skip
    for room in (PACKAGE / "shop").iterdir():
        if room.is_dir() and room.name != "__pycache__":
            assert {path.stem for path in room.iterdir()} <= shelves, room.name
