"""Spoils a policy file: each rule, condition, actor, field, time, form, bind and word taken out or bent once."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Raw = dict[str, Any]
PROFILES = {"classic", "strict"}
LISTS = ("fields", "actors", "when", "facts")
WIDER: dict[str, tuple[str, ...]] = {
    "fields": ("customer.email", "staff.name"),
    "actors": ("web:orders", "merchant", "operator"),
    "facts": ("order_number", "reference"),
}
OTHER_ACT = {
    "collect": "use",
    "use": "collect",
    "compare": "use",
    "disclose": "use",
    "erase": "use",
    "restrict": "use",
}
OTHER_WORD: dict[str, tuple[str, ...]] = {
    "assign": ("on_visit", "on_consent", "on_need"),
    "since": ("claim", "visit", "collection"),
    "key": ("life", "law", "consent:customize"),
    "person": ("customer", "recipient"),
    "kind": ("service provider", "partner"),
    "consideration": ("none", "a price"),
    "basis": ("contract", "consent", "own interest"),
    "life": ("P1D", "P7Y"),
    "arrival": ("P1D", "P5M"),
    "law": ("P1D", "P30Y"),
    "purpose": ("operate", "customize"),
}


@dataclass(frozen=True)
class PolicyMutant:
    """A spoilt policy file: what was done to it, and its text."""

    kind: str
    name: str
    text: str


def mutants(text: str) -> Iterator[PolicyMutant]:
    """Yield every spoilt form of a policy file, each with one thing changed."""
    raw = tomllib.loads(text)
    for spoil in (_rules, _lists_of_rules, _times, _lists, _words, _statements, _head):
        for kind, name, change in spoil(raw):
            changed = copy.deepcopy(raw)
            change(changed)
            if changed != raw:
                yield PolicyMutant(kind, name, written(changed))


Change = tuple[str, str, Callable[[Raw], None]]


def _each_rule(raw: Raw) -> Iterator[tuple[str, str, Raw]]:
    for purpose, named in raw["rule"].items():
        for name, entry in named.items():
            yield purpose, name, entry


def _rules(raw: Raw) -> Iterator[Change]:
    """Take each rule out, and from the sentences that tell it; turn its act and its party."""
    for purpose, name, entry in _each_rule(raw):
        rule = f"{purpose}.{name}"

        def gone(changed: Raw, purpose: str = purpose, name: str = name, rule: str = rule) -> None:
            del changed["rule"][purpose][name]
            for statement in changed["statement"]:
                statement["binds"] = [one for one in statement["binds"] if one != rule]

        yield "rule removed", rule, gone
        yield "act changed", rule, _set(("rule", purpose, name, "act"), OTHER_ACT[entry["act"]])
        if "to" in entry:
            for party in raw["party"]:
                if party != entry["to"]:
                    yield "party changed", f"{rule} to {party}", _set(("rule", purpose, name, "to"), party)


def _lists_of_rules(raw: Raw) -> Iterator[Change]:
    """Take each field, actor, condition and fact out of each rule, and put others in."""
    for purpose, name, entry in _each_rule(raw):
        for key in LISTS:
            if key not in entry:
                continue
            value = entry[key]
            places = {(): value} if isinstance(value, list) else {(side,): value[side] for side in value}
            for place, words in places.items():
                path = ("rule", purpose, name, key, *place)
                where = ".".join(path[1:])
                for word in words:
                    less = [one for one in words if one != word]
                    yield f"{key} fewer", f"{where} without {word}", _set(path, less)
                for word in WIDER.get(key, ()):
                    if word not in words:
                        yield f"{key} wider", f"{where} with {word}", _set(path, [*words, word])


def _times(raw: Raw) -> Iterator[Change]:
    """Stretch, and take away, how long a right lasts and a contract runs."""
    for purpose, name, entry in _each_rule(raw):
        if "within" in entry:
            path = ("rule", purpose, name, "within")
            yield "within removed", ".".join(path[1:]), _drop(path)
            yield "within stretched", ".".join(path[1:]), _set(path, "P3650D")
            yield "within shrunk", ".".join(path[1:]), _set(path, "PT1H")
    for party, entry in raw["party"].items():
        if "contract" not in entry:
            continue
        yield "contract removed", party, _drop(("party", party, "contract"))
        for part, value in entry["contract"].items():
            path = ("party", party, "contract", part)
            yield "contract part removed", ".".join(path[1:]), _drop(path)
            other = value + timedelta(days=-400 if part == "from" else 400) if type(value) is date else "C-0"
            yield "contract part changed", ".".join(path[1:]), _set(path, other)


def _lists(raw: Raw) -> Iterator[Change]:
    """Take entries of the lists out; add to and take from the inputs of each field."""
    for kind in ("purpose", "group", "party", "cookie"):
        for name in raw[kind]:
            yield f"{kind} removed", name, _without(kind, name)
    for group, names in raw["field"].items():
        for name, entry in names.items():
            path: tuple[str | int, ...] = ("field", group, name)
            where = f"{group}.{name}"
            yield "field removed", where, _without_field(group, name)
            optional = entry.get("optional", False)
            yield "field optional", where, _set((*path, "optional"), not optional)
            yield "inputs wider", f"{where} forms", _set((*path, "forms"), [*entry["forms"], "search.q"])
            compared = entry.get("compares", [])
            yield "inputs wider", f"{where} compares", _set((*path, "compares"), [*compared, "search.q"])
            for one in entry["forms"]:
                yield "inputs changed", f"{where} {one}", _set((*path, "forms"), ["search.q"])
            for one in compared:
                less = [other for other in compared if other != one]
                yield "inputs fewer", f"{where} without {one}", _set((*path, "compares"), less)


def _words(raw: Raw) -> Iterator[Change]:
    """Change each word of a closed set in each group, party, cookie and purpose to another."""
    for kind in ("group", "party", "cookie", "purpose"):
        for name, entry in raw[kind].items():
            for key, value in entry.items():
                sides = value if isinstance(value, dict) and set(value) == PROFILES else {"": value}
                for side, word in sides.items():
                    path = (kind, name, key, side) if side else (kind, name, key)
                    for other in OTHER_WORD.get(key, ()):
                        if other != word:
                            yield f"{key} changed", f"{'.'.join(path)} to {other}", _set(path, other)
            for key in ("arrival", "law"):
                if kind == "group" and key in entry:
                    yield f"{key} removed", name, _drop((kind, name, key))
            if "field" in entry:
                yield "cookie's field removed", f"{kind}.{name}", _drop((kind, name, "field"))
            for key in ("dpv", "fideslang"):
                if key in entry:
                    yield "foreign word removed", f"{kind}.{name}.{key}", _drop((kind, name, key))


def _statements(raw: Raw) -> Iterator[Change]:
    """Take each sentence out, and each thing that makes a sentence true."""
    for number, statement in enumerate(raw["statement"]):

        def gone(changed: Raw, number: int = number) -> None:
            del changed["statement"][number]

        yield "statement removed", statement["id"], gone
        for target in statement["binds"]:
            less = [one for one in statement["binds"] if one != target]
            path = ("statement", number, "binds")
            yield "bind removed", f"{statement['id']} without {target}", _set(path, less)


def _head(raw: Raw) -> Iterator[Change]:
    head = raw["policy"]
    yield "unclaimed changed", head["unclaimed"], _set(("policy", "unclaimed"), "P7Y")
    for key in head:
        yield "head removed", key, _drop(("policy", key))
    for word in head.get("never", []):
        less = [one for one in head["never"] if one != word]
        yield "never fewer", f"without {word}", _set(("policy", "never"), less)


def _set(path: tuple[str | int, ...], value: Any) -> Callable[[Raw], None]:
    def change(changed: Raw) -> None:
        _at(changed, path[:-1])[path[-1]] = value

    return change


def _drop(path: tuple[str | int, ...]) -> Callable[[Raw], None]:
    def change(changed: Raw) -> None:
        del _at(changed, path[:-1])[path[-1]]

    return change


def _without(kind: str, name: str) -> Callable[[Raw], None]:
    """Take an entry out together with what binds it, so that no dangling word gives it away."""

    def change(changed: Raw) -> None:
        del changed[kind][name]
        for statement in changed["statement"]:
            statement["binds"] = [one for one in statement["binds"] if one != f"{kind}.{name}"]

    return change


def _without_field(group: str, name: str) -> Callable[[Raw], None]:
    """Take a field out of the list and of every rule."""

    def change(changed: Raw) -> None:
        del changed["field"][group][name]
        for _, _, entry in _each_rule(changed):
            entry["fields"] = [one for one in entry["fields"] if one != f"{group}.{name}"]

    return change


def _at(raw: Raw, path: tuple[str | int, ...]) -> Any:
    found: Any = raw
    for part in path:
        found = found[part]
    return found


def written(raw: Raw) -> str:
    """Write parsed TOML as TOML again; the order of sections and entries stays."""
    lines = []
    for section, entries in raw.items():
        if isinstance(entries, list):
            for entry in entries:
                lines += [f"[[{section}]]", *_pairs(entry)]
        elif section in ("rule", "field"):
            for first, inner in entries.items():
                for second, entry in inner.items():
                    lines += [f"[{section}.{first}.{second}]", *_pairs(entry)]
        elif all(isinstance(entry, dict) for entry in entries.values()):
            for name, entry in entries.items():
                lines += [f"[{section}.{name}]", *_pairs(entry)]
        else:
            lines += [f"[{section}]", *_pairs(entries)]
    return "\n".join(lines) + "\n"


def _pairs(entry: Raw) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in entry.items()]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if type(value) is date:
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
