"""Which fields the actions behind a view open: a page that names another one ends as an error, not as a page (P11)."""

import ast
from collections.abc import Iterable, Iterator

from microkitten.config.conformity.finding import at
from microkitten.config.conformity.sources import Function, Source, Sources
from microkitten.policy import Policy

WHOLE_GROUP = "fields_of"  # of the policy: it names a group's fields, whatever they are


def opened(policy: Policy, sources: Sources, reached: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the fields that the actions among these functions name, each with the place where it stands.

    Counted is what is written as `"group.field"` in an action, or in a list at the top of a room's actions that one
    of the functions names; `fields_of(group)` stands for all fields of that group.
    """
    found: dict[str, str] = {}
    for module, name in sorted(reached):
        source = sources.by_module[module]
        for where, node in _behind(sources, source, source.functions[name]):
            if is_action(where):
                for field in _named(policy, node):
                    found.setdefault(field, at(where.path, node))
    return found


def is_action(source: Source) -> bool:
    """Tell whether a file is of a room's actions: there alone the vault is asked."""
    parts = source.module.split(".")
    return parts[1:2] == ["shop"] and parts[3:4] == ["actions"]


def _behind(sources: Sources, source: Source, function: Function) -> Iterator[tuple[Source, ast.AST]]:
    """Yield what stands in a function and in the constants that it names, wherever those stand."""
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[Source, ast.AST]] = [(source, function)]
    while waiting:
        here, top = waiting.pop()
        for node in ast.walk(top):
            yield here, node
            if isinstance(node, ast.Name | ast.Attribute) and (found := _constant(sources, here, node)):
                there, name = found
                if (there.module, name) not in seen:
                    seen.add((there.module, name))
                    waiting.append((there, there.constants[name]))


def _constant(sources: Sources, source: Source, node: ast.Name | ast.Attribute) -> tuple[Source, str] | None:
    """Return the constant that an expression names, with its file; followed through imports."""
    if isinstance(node, ast.Name) and node.id in source.constants:
        return source, node.id
    module, _, name = source.dotted(node).rpartition(".")
    for _ in range(5):
        there = sources.by_module.get(module)
        if there is None or name in there.constants:
            return (there, name) if there else None
        module, _, name = there.imports.get(name, "").rpartition(".")
    return None


def _named(policy: Policy, node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in policy.fields:
        return (node.value,)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == WHOLE_GROUP:
        group = node.args[0] if node.args else None
        is_written = isinstance(group, ast.Constant) and isinstance(group.value, str)
        # A group that is chosen while it runs may be any: what cannot be read is not called wrong.
        return policy.fields_of(group.value) if is_written else tuple(policy.fields)  # type: ignore[union-attr] # just asked
    return ()
