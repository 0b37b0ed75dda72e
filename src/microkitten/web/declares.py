"""What a template says of itself, read when it is compiled: whom it serves, and which inputs it asks by itself.

`{% serves deliver rights %}` names the purposes of a page or mail (P11); a layout or a part that names no personal
field says `{% serves every %}`. `{% asks quantity %}` lists inputs written by hand that are nothing personal (P1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, Template, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

EVERY: Final = "every"


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration: its tag, where it stands, and its words."""

    tag: str
    line: int
    words: tuple[str, ...]


class Declarations(Extension):
    """The tags `serves` and `asks`: they print nothing, and are kept by the name of their template."""

    tags = {"serves", "asks"}

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._kept: dict[str, list[Declared]] = {}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Read the words up to the tag's end; anything but words is a mistake of the template's syntax."""
        tag = next(parser.stream)
        words = []
        while parser.stream.current.type == "name":
            words.append(str(next(parser.stream).value))
        if parser.stream.current.type != "block_end" or not words:
            parser.fail(f"write the words, such as {{% {tag.value} deliver %}}", tag.lineno)
        self._kept.setdefault(parser.name or "", []).append(
            Declared(str(tag.value), tag.lineno, tuple(words))
        )
        return []

    def of(self, name: str, tag: str) -> tuple[Declared, ...]:
        """Return what the compiled template `name` declares by `tag`."""
        return tuple(one for one in self._kept.get(name, ()) if one.tag == tag)


def declarations(environment: Environment) -> Declarations:
    """Return what the templates compiled by an environment have declared."""
    found = environment.extensions[Declarations.identifier]
    if not isinstance(found, Declarations):
        raise TypeError("this environment reads no declarations")
    return found


def must_serve(template: Template, purposes: Iterable[object]) -> None:
    """Refuse to show on a template what was opened for a purpose it does not declare (P11). Raises: RuntimeError."""
    name = template.name or ""
    said = declarations(template.environment).of(name, "serves")
    served = {word for one in said for word in one.words}
    for purpose in purposes:
        if str(purpose) not in served:
            serves = " ".join(sorted(served)) or "nothing"
            raise RuntimeError(
                f"{name} serves {serves}, and something was opened for it to {purpose}; "
                f"write {purpose} into its {{% serves %}}, or open nothing for it"
            )
