"""Everything that the privacy pages say: gathered from the code, the templates and the packaged policy."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
from jinja2 import nodes

import microkitten
from microkitten import policy
from microkitten.ledger.leaf import Kind
from microkitten.policy import wording
from microkitten.policy.render import ENGLISH, figures, phrases, texts
from microkitten.policy.words import (
    ACTORS,
    ACTS,
    CONDITIONS,
    FACTS,
    LOCKS,
    PROFILES,
    SINCE,
    STAFF,
)
from microkitten.web import store

PACKAGE = Path(microkitten.__file__).parent
CODE = sorted([*PACKAGE.glob("policy/render/*.py"), *PACKAGE.glob("shop/privacy/**/*.py")])
TEMPLATES = sorted(PACKAGE.glob("shop/privacy/templates/privacy/*.html"))
SAYING = {"say", "say_best"}
MAY = "{{actors}} {act} {{things}}{{to}}, in order {{why}}"


def _texts(node: ast.AST) -> list[str]:
    return [
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def in_code(source: str) -> Iterator[str]:
    """Yield each literal that is said in a module, by itself or under the name of a variable."""
    for scope in ast.walk(ast.parse(source)):
        if not isinstance(scope, ast.FunctionDef):
            continue
        named = [
            (target.id, one.value)
            for one in ast.walk(scope)
            if isinstance(one, ast.Assign)
            for target in one.targets
            if isinstance(target, ast.Name)
        ]
        for call in ast.walk(scope):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute | ast.Name):
                continue
            if (call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id) not in SAYING:
                continue
            for said in call.args:
                if isinstance(said, ast.Constant):
                    yield said.value
                elif isinstance(said, ast.Name):
                    for name, value in named:
                        if name == said.id and not isinstance(value, ast.JoinedStr):
                            yield from _texts(value)


def in_template(source: str) -> Iterator[str]:
    """Yield each literal that is said in a template."""
    source = re.sub(r"{%-?\s*(serves|asks)\s[^%]*%}", "", source)
    for call in jinja2.Environment().parse(source).find_all(nodes.Call):  # it is read, not rendered
        if (
            isinstance(call.node, nodes.Name)
            and call.node.name == "say"
            and isinstance(call.args[0], nodes.Const)
        ):
            yield call.args[0].value


def of_program() -> set[str]:
    """Return the program's own phrases: whatever is said, and the closed lists that are."""
    found = {text for path in CODE for text in in_code(path.read_text())}
    found |= {text for path in TEMPLATES for text in in_template(path.read_text())}
    for listed in (ACTORS, CONDITIONS, FACTS, LOCKS, SINCE, phrases.BASES, phrases.KINDS, phrases.SET_WHEN):
        found |= set(listed.values())
    found |= {MAY.format(act=act) for act in ACTS.values()}
    found |= {*phrases.MONTHS, *(form for forms in phrases.LENGTHS.values() for form in forms)}
    found |= {title for _, title, _ in phrases.CHAPTERS} | set(figures._INSIDE)
    found |= {wording.NOT_NAMED, wording.NOT_TOLD, store._SANDBOX, store._FOLDER, "none"}
    return found | {str(kind) for kind in Kind} | STAFF


def of_policy() -> set[str]:
    """Return the texts of the packaged policy, in both profiles."""
    return {text for profile in PROFILES for text in texts(policy.packaged(profile))}


def inflected() -> set[str]:
    """Return what a language may say in words of its own, and need not: titles within a sentence, bent verbs."""
    made = policy.packaged(PROFILES[0])
    titles = [
        one.title
        for listed in (made.purposes, made.groups, made.parties, made.cookies)
        for one in listed.values()  # type: ignore[attr-defined] # each of the four has titles
    ]
    found = {ENGLISH.midway(title) for title in titles}
    found |= {f" to {ENGLISH.midway(party.title)}" for party in made.parties.values()}
    return found | {
        MAY.format(act=act).replace("{actors}", actor) for act in ACTS.values() for actor in ACTORS.values()
    }
