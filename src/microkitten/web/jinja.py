"""The shop's Jinja2: strict, autoescaped, with the one tag that may show a personal value."""

import re
from collections.abc import Callable
from typing import Any, Final, NoReturn

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, nodes, pass_context
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from microkitten.web.addresses import address_lines
from microkitten.web.declares import Declarations
from microkitten.web.navigation import navigation
from microkitten.web.store import current

# `{% personal recipient.name of parcel.recipient %}`: static, so the fields of each page are known unrendered.
OPENED: Final = "what was opened for this page"  # not a word: no expression of a template can name it
PERSONAL = re.compile(r"{%-?\s*personal\s+([a-z_]+\.[a-z_0-9]+)\s+of\s")


def personal_fields(source: str) -> set[str]:
    """Return the policy fields that a template's source may show."""
    return set(PERSONAL.findall(source))


class PersonalTag(Extension):
    """`{% personal group.field of person %}`: shows a value that the vault opened for this page."""

    tags = {"personal"}

    def parse(self, parser: Parser) -> nodes.Node:
        """Read the tag; the field is a literal, the person an expression."""
        line = next(parser.stream).lineno
        group = parser.stream.expect("name").value
        parser.stream.expect("dot")
        field = parser.stream.expect("name").value
        parser.stream.expect("name:of")
        person = parser.parse_expression()
        call = self.call_method("_show", [nodes.ContextReference(), nodes.Const(f"{group}.{field}"), person])
        return nodes.Output([call]).set_lineno(line)

    def _show(self, context: Context, field: str, person: Any) -> Markup:
        opened = context.get(OPENED)
        if opened is None:
            raise RuntimeError(f"{field} is named by a page that opened nothing")
        value = opened.reveal(person, field)
        if isinstance(value, dict):
            return Markup("<br>").join(escape(line) for line in address_lines(value))
        return escape("" if value is None else value)

    def _format(self, asked: Any, *args: Any, **options: Any) -> Any:
        if isinstance(asked, str):
            raise TypeError("write the filter `format`: a text's own format reads attributes unseen")
        return asked.format(*args, **options)


class _Judge(NodeTransformer):
    """Reads a template when it is compiled, and refuses what could take out or carry on what was opened (P11)."""

    def __init__(self, environment: Environment, name: str | None, filename: str | None) -> None:
        self._environment, self._name, self._filename = environment, name, filename

    def _no(self, node: nodes.Node, why: str) -> NoReturn:
        raise TemplateSyntaxError(why, node.lineno, self._name, self._filename)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        """Refuse private names, and a text's own `format`, which reads attributes unseen."""
        if node.attr.startswith("_"):
            self._no(node, f"a template reads no private name ({node.attr})")
        if node.attr == "format_map":
            self._no(node, "write the filter `format`: a text's own format_map reads attributes unseen")
        return self.generic_visit(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Ask, where `format` is called, what it is called on: money has one, a text must not be asked."""
        self.generic_visit(node)
        if isinstance(node.node, nodes.Getattr) and node.node.attr == "format":
            asked = nodes.ExtensionAttribute(PersonalTag.identifier, "_format")
            call = nodes.Call(
                asked, [node.node.node, *node.args], node.kwargs, node.dyn_args, node.dyn_kwargs
            )
            return call.set_lineno(node.lineno).set_environment(self._environment)
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        """Refuse the template as a value of its own: it leads to everything the page was given."""
        if node.name == "self":
            self._no(node, "a template does not read itself")
        return node

    def _keeps(self, node: nodes.Node) -> nodes.Node:
        for call in node.find_all(nodes.ExtensionAttribute):
            if call.name == "_show":
                self._no(node, "{% personal %} shows a value where it stands; nothing may keep or change it")
        return self.generic_visit(node)

    visit_AssignBlock = visit_FilterBlock = visit_CallBlock = visit_Macro = _keeps


class PagesEnvironment(Environment):
    """Jinja2 in which a page's own words are all that a template can name."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        judged: nodes.Template = _Judge(self, name, filename).visit(tree)
        return judged

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return `obj[argument]`; raises `TypeError` for a private name, however it was put together."""
        if isinstance(argument, str) and argument.startswith("_"):
            raise TypeError(f"a template reads no private name ({argument})")
        return super().getitem(obj, argument)


@pass_context
def _url(_context: Context, name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    """Return the environment of the shop's pages and mails (named in settings)."""
    options.setdefault("undefined", StrictUndefined)
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    env = PagesEnvironment(
        extensions=[PersonalTag, Declarations], **options
    )  # Django's backend turns autoescape on
    del env.filters["attr"]  # it reads by a name that is made up while the page is
    env.globals.update(static=static, url=_url, store=_Late(current), shelves=navigation.shelves)
    return env


class _Late:
    """The store, looked up when a page is made and not when the environment is."""

    def __init__(self, read: Callable[[], object]) -> None:
        self._read = read

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read(), name)
