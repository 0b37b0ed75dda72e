"""The house's numbers and habits: sizes, first sentences, classified fields, purposes of views (design, section 1)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from microkitten.vault.types import PersonField
from microkitten.web.jinja import personal_fields
from microkitten.web.serves import purpose_of

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


OUR_MODELS = [model for model in apps.get_models() if model.__module__.startswith("microkitten.")]


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_model_field_is_classified(model: type[models.Model]) -> None:
    """Each column says what it may hold; a personal one can only be a reference to a person (P0, P6)."""
    kinds: dict[str, str] = getattr(model, "classified", {})
    listed = {field: kind for kind, fields in kinds.items() for field in fields.split()}
    assert sum(len(fields.split()) for fields in kinds.values()) == len(listed), (
        "a field stands in two classes"
    )
    own = {field.name: field for field in model._meta.local_fields}
    hint = f"add to {model.__name__}.classified"
    assert set(own) - set(listed) == set(), hint
    assert set(listed) - set(own) == set(), f"take out of {model.__name__}.classified"
    for field, kind in listed.items():
        assert kind in {"public", "operational", "personal"}
        is_person = isinstance(own[field], PersonField)
        assert is_person == (kind == "personal"), (
            f"{field}: a personal column is a PersonField and nothing else"
        )
        assert not (is_person and own[field].null), f"{field}: every personal row has a person (P6)"


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of the shop with its pattern, the back office of goods left out."""
    for one in resolver.url_patterns:
        address = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            if not address.startswith("staff/goods/"):
                yield from patterns(one, address)
        else:
            yield address, one


def test_every_view_declares_its_purpose() -> None:
    """A view that says nothing of its purpose has no address (P11)."""
    found = list(patterns(get_resolver()))
    silent = [address for address, one in found if purpose_of(one.callback) is None]
    assert len(found) > 20
    assert silent == []


def test_personal_values_are_revealed_in_two_places_only() -> None:
    """What the vault opened goes into a page through the one tag; the seen products are ids, not values of a page."""
    found = {name(path) for path in FILES if ".reveal(" in path.read_text() and "vault/" not in name(path)}
    assert found == {"web/jinja.py", "web/page.py", "shop/visitors/actions.py"}


def test_templates_name_only_fields_of_the_policy() -> None:
    """The fields of each page are known without rendering it, and each stands in the policy (P0)."""
    from django.conf import settings

    named = {}
    for path in PACKAGE.rglob("*.html"):
        source = path.read_text()
        assert source.count("personal ") == 0 or personal_fields(source) or "{% personal" not in source
        named |= dict.fromkeys(personal_fields(source), path)
    assert named
    assert {field: path for field, path in named.items() if field not in settings.POLICY.fields} == {}


def test_room_shelves_are_the_agreed_ones() -> None:
    """The same shelves in each room, so that whoever knows one room knows all."""
    shelves = {
        "__init__", "urls", "apps", "admin", "views", "tasks", "middleware", "management", "forms", "actions", "models",
        "migrations", "templates", "__pycache__",
    }  # fmt: skip
    for room in (PACKAGE / "shop").iterdir():
        if room.is_dir() and room.name != "__pycache__":
            assert {path.stem for path in room.iterdir()} <= shelves, room.name
