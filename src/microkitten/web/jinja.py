"""The shop's Jinja2: strict, autoescaped, with the one tag that may show a personal value."""

import re
from collections.abc import Callable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined, nodes, pass_context
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from markupsafe import Markup, escape

from microkitten.web.addresses import address_lines
from microkitten.web.declares import Declarations
from microkitten.web.navigation import navigation
from microkitten.web.store import current

# `{% personal recipient.name of parcel.recipient %}`: static, so the fields of each page are known unrendered.
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
        opened = context.get("_opened")
        if opened is None:
            raise RuntimeError(f"{field} is named by a page that opened nothing")
        value = opened.reveal(person, field)
        if isinstance(value, dict):
            return Markup("<br>").join(escape(line) for line in address_lines(value))
        return escape("" if value is None else value)


@pass_context
def _url(_context: Context, name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    """Return the environment of the shop's pages and mails (named in settings)."""
    options.setdefault("undefined", StrictUndefined)
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    env = Environment(extensions=[PersonalTag, Declarations], **options)  # noqa: S701 # Django's backend turns autoescape on
    env.globals.update(static=static, url=_url, store=_Late(current), shelves=navigation.shelves)
    return env


class _Late:
    """The store, looked up when a page is made and not when the environment is."""

    def __init__(self, read: Callable[[], object]) -> None:
        self._read = read

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read(), name)
