"""Templates as they are read, not run: what each declares, names and rests on; a store's own go before ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from microkitten.web.declares import Declarations, Declared, declarations
from microkitten.web.jinja import PersonalTag


@dataclass(frozen=True)
class Template:
    """One template by the name under which views show it."""

    name: str
    path: Path
    text: str
    tree: nodes.Template | None
    mistake: str
    mistake_line: int
    declared: tuple[Declared, ...]
    offset: int = 0

    def said(self, tag: str) -> tuple[Declared, ...]:
        """Return the declarations of one tag."""
        return tuple(one for one in self.declared if one.tag == tag)

    @cached_property
    def serves(self) -> frozenset[str]:
        """Return the purposes it declares."""
        return frozenset(word for one in self.said("serves") for word in one.words)

    @cached_property
    def fields(self) -> tuple[tuple[str, int], ...]:
        """Return the policy fields that its `{% personal %}` name, each with its line."""
        found = []
        for call in self.tree.find_all(nodes.Call) if self.tree else ():
            asked = call.node
            if not isinstance(asked, nodes.ExtensionAttribute) or asked.name != "_show":
                continue
            if asked.identifier == PersonalTag.identifier and isinstance(call.args[1], nodes.Const):
                line = next((one.lineno for one in (call.args[2], call) if one.lineno), 1)
                found.append((str(call.args[1].value), line))
        return tuple(found)

    @cached_property
    def rests_on(self) -> tuple[tuple[str | None, int], ...]:
        """Return the templates it extends, includes or imports, each with its line; None: a name made up as it runs."""
        found: list[tuple[str | None, int]] = []
        kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
        for node in self.tree.find_all(kinds) if self.tree else ():
            found += [(name, node.lineno) for name in _names(node.template)]  # type: ignore[attr-defined] # each of the four has one
        return tuple(found)


def _names(node: nodes.Node) -> list[str | None]:
    if isinstance(node, nodes.Const):
        value = node.value
        return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
    if isinstance(node, nodes.List | nodes.Tuple):
        return [name for one in node.items for name in _names(one)]
    return [None]


@dataclass(frozen=True)
class Templates:
    """All templates by name; where a store's own takes the place of ours, its own."""

    by_name: Mapping[str, Template]

    def behind(self, name: str) -> tuple[Template, ...]:
        """Return a template with all it extends, includes and imports, however deep."""
        found: dict[str, Template] = {}
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here in self.by_name and here not in found:
                found[here] = self.by_name[here]
                waiting += [other for other, _ in found[here].rests_on if other]
        return tuple(found.values())


def template(name: str, path: Path, text: str) -> Template:
    """Return a template read from its text."""
    environment = Environment(  # noqa: S701 # it reads and renders nothing
        extensions=[PersonalTag, Declarations], trim_blocks=True, lstrip_blocks=True
    )
    mistake, line, tree = "", 1, None
    try:
        tree = environment.parse(text, name=name)
    except TemplateSyntaxError as error:
        mistake, line = error.message or "it cannot be read", error.lineno
    said = declarations(environment)
    return Template(name, path, text, tree, mistake, line, (*said.of(name, "serves"), *said.of(name, "asks")))


def read(folders: Iterable[Path]) -> Templates:
    """Return the templates below these folders; what an earlier folder has goes before a later one's."""
    found: dict[str, Template] = {}
    for folder in folders:
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
            name = path.relative_to(folder).as_posix()
            if name not in found:
                found[name] = template(name, path, path.read_text(encoding="utf-8"))
    return Templates(found)


def folders_of(package: Path) -> tuple[Path, ...]:
    """Return the folders of the program's own templates."""
    return (package / "web/templates", *sorted((package / "shop").glob("*/templates")))
