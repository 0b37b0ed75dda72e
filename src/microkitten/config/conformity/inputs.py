"""Inputs: each is a field of the policy, a part of one, or said to be nothing personal; and none of a ghost (P1)."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from microkitten.config.conformity.finding import Finding, at, place, place_in_policy
from microkitten.config.conformity.pages import Template, Templates
from microkitten.config.conformity.sources import Source, Sources
from microkitten.policy import Policy
from microkitten.policy.closed import nearest

FORMS = ("django.forms.", "microkitten.web.forms.", "microkitten.shop.")
# Kept apart by the line they begin with, as people count; a comment of Jinja is no input.
_COMMENT = re.compile(r"\{#.*?#\}", re.S)
_INPUT = re.compile(r"<(input|select|textarea)\b((?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*)>", re.S | re.I)
_NAME = re.compile(r"""\sname\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.I)


@dataclass(frozen=True)
class Form:
    """A form as its class says it: its name, its inputs with their places, and what it says they are."""

    name: str
    here: str
    form_name: str
    inputs: Mapping[str, str]
    personal: Mapping[str, str]
    parts: Mapping[str, str]
    compares: Mapping[str, str]
    neutral: tuple[str, ...]
    made_up: tuple[str, ...]

    @property
    def part_names(self) -> frozenset[str]:
        """Return the inputs that together make a field."""
        return frozenset(" ".join(self.parts.values()).split())

    def knows(self, name: str) -> bool:
        """Tell whether the form says what the input is; `share-*` stands for all that begin so."""
        if name in self.personal or name in self.compares or name in self.part_names:
            return True
        return any(name == one or (one.endswith("*") and name.startswith(one[:-1])) for one in self.neutral)


# The vault makes this one itself, hands it over once and keeps its hash; no form of ours ever holds it.
OF_THE_VAULT = frozenset({"operator.token"})


def check(policy: Policy, sources: Sources, templates: Templates) -> Iterator[Finding]:
    """Yield the inputs of which nothing is said, and the policy's inputs that no code has."""
    known = set(OF_THE_VAULT)
    for source in sources.under("shop"):
        for form in forms(source):
            yield from _form(policy, form)
            known |= {f"{form.form_name}.{name}" for name in (*form.personal, *form.compares)}
            known |= {f"{form.form_name}.{name.partition('.')[2]}" for name in form.parts}
    for source in sources.under("shop", "vault"):
        known |= {str(node.value) for node in source.strings}
    for name, entry in policy.fields.items():
        for one in (*entry.forms, *entry.compares):
            if one not in known:
                what = f"field {name} is written or compared by {one}, and no code has such an input"
                yield Finding(
                    place_in_policy(f"field.{name}"),
                    "P073",
                    what,
                    "take it out of the policy, or write the input",
                )
    for source in sources.under("shop", "config", "web"):
        yield from _given(policy, source)
    for page in templates.by_name.values():
        yield from _page(page)


def _given(policy: Policy, source: Source) -> Iterator[Finding]:
    """Yield the values that are given out as typed, with a mark that the policy does not know."""
    written = {one for entry in policy.fields.values() for one in (*entry.forms, *entry.compares)}
    for call in source.calls:
        if (
            source.dotted(call.func) != "microkitten.vault.types.Given"
            or source.module == "microkitten.web.forms"
        ):
            continue
        named = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "source")]
        mark = named[0] if named else None
        if not isinstance(mark, ast.Constant):
            what = "a value is given whose input cannot be read"
            yield Finding(at(source.path, call), "P076", what, 'write its mark: Given(value, "form.input")')
        elif mark.value not in written:
            what = f"a value is given as if typed into {mark.value!s}, which the policy does not know"
            yield Finding(at(source.path, call), "P076", what, nearest(str(mark.value), tuple(written)))


def forms(source: Source) -> Iterator[Form]:
    """Yield the forms of a file, by what their classes say."""
    ours: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and any(_is_form(source, base, ours) for base in node.bases):
            ours.add(node.name)
            yield _read(source, node)


def _is_form(source: Source, base: ast.expr, ours: set[str]) -> bool:
    if isinstance(base, ast.Subscript):
        base = base.value
    if isinstance(base, ast.Name) and base.id in ours:
        return True
    name = source.dotted(base)
    return name.startswith(FORMS) and name.endswith("Form")


def _read(source: Source, node: ast.ClassDef) -> Form:
    said: dict[str, ast.expr] = {}
    inputs: dict[str, str] = {}
    for one in node.body:
        target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
        value = getattr(one, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.expr):
            said[target.id] = value
            if _is_field(value):
                inputs[target.id] = at(source.path, one)
    made_up = []
    for inner in ast.walk(node):
        target = inner.targets[0] if isinstance(inner, ast.Assign) else None
        if not (isinstance(target, ast.Subscript) and ast.unparse(target.value) == "self.fields"):
            continue
        if isinstance(target.slice, ast.Constant):
            inputs[str(target.slice.value)] = at(source.path, inner)
        elif isinstance(target.slice, ast.JoinedStr) and isinstance(target.slice.values[0], ast.Constant):
            inputs[_text(target.slice.values[0]) + "*"] = at(source.path, inner)
        else:
            made_up.append(at(source.path, inner))
    return Form(
        name=node.name,
        here=at(source.path, node),
        form_name=_text(said.get("form_name")),
        inputs=inputs,
        personal=_mapping(said.get("personal")),
        parts=_mapping(said.get("parts")),
        compares=_mapping(said.get("compares")),
        neutral=tuple(_text(said.get("neutral")).split()),
        made_up=tuple(made_up),
    )


def _is_field(value: ast.expr) -> bool:
    """Tell whether an expression may make an input: whatever a form's class calls and keeps counts as one."""
    return isinstance(value, ast.Call)


def _text(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _mapping(node: ast.expr | None) -> dict[str, str]:
    if not isinstance(node, ast.Dict):
        return {}
    return {_text(key): _text(value) for key, value in zip(node.keys, node.values, strict=True)}


def _form(policy: Policy, form: Form) -> Iterator[Finding]:
    for name, here in form.inputs.items():
        if not form.knows(name):
            what = f"{form.name} does not say what its input {name!r} is"
            remedy = (
                f'write personal = {{"{name}": "GROUP.FIELD"}}, compares = {{...}}, or neutral = "{name}"'
            )
            yield Finding(here, "P070", what, remedy)
    for here in form.made_up if not form.parts else ():
        what = f"{form.name} makes inputs whose names are made up while it runs"
        yield Finding(here, "P070", what, 'name them in parts = {"GROUP.FIELD": "one two"}')
    pairs = [(name, field, "forms") for name, field in form.personal.items()]
    pairs += [(field.partition(".")[2], field, "forms") for field in form.parts]
    pairs += [(name, field, "compares") for name, field in form.compares.items()]
    for name, field, key in pairs:
        source = f"{form.form_name}.{name}"
        if field not in policy.fields:
            remedy = nearest(field, tuple(policy.fields)) + f"; or write [field.{field}] into the policy"
            yield Finding(form.here, "P071", f"{form.name}: the policy knows no field {field!r}", remedy)
        elif source not in getattr(policy.fields[field], key):
            done = "kept as" if key == "forms" else "compared with"
            what = f"{form.name}: the input {source} may not be {done} {field}"
            yield Finding(
                form.here, "P072", what, f'write {key} = ["{source}"] at [field.{field}] of the policy'
            )


def _page(page: Template) -> Iterator[Finding]:
    said = {word for one in page.said("asks") for word in one.words}
    used = set()
    text = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), page.text)
    for found in _INPUT.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        named = _NAME.search(found.group(2))
        name = next((one for one in named.groups() if one is not None), "") if named else ""
        if not named:
            continue  # without a name a browser sends nothing
        used.add(name)
        if "{" in name:
            what = f"{page.name} asks for something whose name is made up while it runs"
            yield Finding(place(page.path, line), "P074", what, "show an input of a form, or write the name")
        elif name not in said:
            what = f"{page.name} asks for {name!r} by an input of its own"
            remedy = f"make it an input of a form, or write {{% asks {name} %}} if it is nothing personal"
            yield Finding(place(page.path, line), "P074", what, remedy)
    for one in page.said("asks"):
        for word in one.words:
            if word not in used:
                what = f"{page.name} declares an input {word!r} that it does not have"
                yield Finding(place(page.path, one.line), "P075", what, "take it out of {% asks %}")
