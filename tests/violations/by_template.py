"""Templates: only the tag `personal` shows a value, where it stands; whatever else it can say is tried."""

from __future__ import annotations

from collections.abc import Callable

from django.template import engines
from django.test import RequestFactory
from jinja2 import TemplateError, UndefinedError

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Closed, SealedError
from microkitten.web.jinja import OPENED
from microkitten.web.page import NotEncrypted, Openings, Page, render
from microkitten.web.security import Personal, public
from tests.violations.attempts import attempt, control
from tests.violations.world import World

TAG = "{% personal recipient.name of parcel.recipient %}"
NO = (TemplateError, UndefinedError, TypeError, SealedError, LookupError, RuntimeError)


def shown(world: World, source: str, *, opens: bool = True, ended: bool = False) -> str:
    """Render a template as a page does, with Anna's recipient opened for packing."""
    template = engines["shop"].env.from_string(source)  # type: ignore[attr-defined] # Jinja2's backend has it
    with door.use(purpose.deliver, {world.recipient: ["recipient.name"]}, by=world.shipping) as found:
        openings = Openings([found]) if opens else None
        context = {
            "parcel": {"recipient": world.recipient, "other": world.ben.recipients[0]},
            OPENED: openings, "receipt": openings and openings.slip(),
        }  # fmt: skip
        if not ended:
            return str(template.render(context))
    return str(template.render(context))


SOURCES: dict[str, tuple[str, str]] = {
    "P11-a-field-that-was-not-opened": ("{% personal recipient.phone of parcel.recipient %}", "not opened"),
    "P6-another-person": ("{% personal recipient.name of parcel.other %}", "not opened"),
    "P5-a-card-on-a-packing-page": ("{% personal payment.last4 of parcel.recipient %}", "not opened"),
    "P11-a-field-made-up-while-rendering": ("{% personal recipient[parcel.f] of parcel.recipient %}", "expected"),
    "P11-a-field-in-a-variable": ("{% personal field of parcel.recipient %}", "expected"),
    "P11-the-tag-without-a-person": ("{% personal recipient.name %}", "expected"),
    "P38-the-receipt-reveals": ("{{ receipt.reveal(parcel.recipient, 'recipient.name') }}", "no attribute"),
    "P38-the-openings-by-their-old-name": ("{{ _opened.reveal(parcel.recipient, 'recipient.name') }}", "undefined"),
    "P38-the-receipts-private-parts": ("{{ receipt._openings }}", "no private name"),
    "P38-the-receipts-class": ("{{ receipt.__class__.__mro__ }}", "no private name"),
    "P38-the-receipts-class-by-index": ("{{ receipt['__class__'] }}", "no private name"),
    "P38-the-receipts-class-put-together": ("{{ receipt['__cl' ~ 'ass__'] }}", "no private name"),
    "P38-the-receipts-class-by-attr": ("{{ receipt|attr('__class__') }}", "No filter named 'attr'"),
    "P38-the-receipts-class-by-map": ("{{ [receipt]|map(attribute='__class__')|list }}", "no private name"),
    "P38-the-receipts-class-by-map-attr": ("{{ [receipt]|map('attr', '__class__')|list }}", "No filter|no filter"),
    "P38-the-receipts-class-by-sort": ("{{ [receipt, receipt]|sort(attribute='__class__') }}", "no private name"),
    "P38-the-receipts-class-by-groupby": ("{{ [receipt]|groupby('__class__') }}", "no private name"),
    "P38-the-receipts-class-by-selectattr": ("{{ [receipt]|selectattr('__class__')|list }}", "no private name"),
    "P38-a-functions-globals": ("{{ url.__globals__ }}", "no private name"),
    "P38-the-template-itself": ("{{ self._TemplateReference__context }}", "no private name|does not read itself"),
    "P38-the-template-in-a-variable": ("{% set me = self %}{{ me }}", "does not read itself"),
    "P38-a-texts-format": ("{{ '{0.__class__}'.format(receipt) }}", "filter `format`"),
    "P38-a-texts-format-in-a-variable": ("{% set f = '{0.__class__}' %}{{ f.format(receipt) }}", "filter `format`"),
    "P38-a-texts-format-map": ("{{ '{a.__class__}'.format_map({'a': receipt}) }}", "filter `format`"),
    "P11-a-value-kept-in-a-variable": ("{% set kept %}" + TAG + "{% endset %}{{ kept|upper }}", "nothing may keep"),
    "P11-a-value-through-a-filter": ("{% filter reverse %}" + TAG + "{% endfilter %}", "nothing may keep"),
    "P11-a-value-in-a-macro": ("{% macro m() %}" + TAG + "{% endmacro %}{{ m()|striptags|safe }}", "nothing may keep"),
    "P11-a-value-handed-to-a-macro": (
        "{% macro m() %}{{ caller()|safe }}{% endmacro %}{% call m() %}" + TAG + "{% endcall %}", "nothing may keep"
    ),
    "P11-python-in-a-template": ("{% import os %}", "expected"),
    "P11-a-template-of-another-folder": ("{% include '../../policy.toml' %}", "policy.toml"),
    "P35-a-template-of-the-vaults": ("{% include '/vault/root-0.key' %}", "root-0.key"),
}  # fmt: skip
for name_, (source_, says_) in SOURCES.items():
    attempt("template", name_, lambda world, source=source_: shown(world, source), says_, *NO)
attempt(
    "template", "P11-a-value-after-the-block", lambda world: shown(world, TAG, ended=True), "is over", Closed,
    
)  # fmt: skip
attempt(
    "template", "P11-a-page-that-opened-nothing", lambda world: shown(world, TAG, opens=False), "opened nothing",
    RuntimeError,
)  # fmt: skip


def page(world: World, request: object, act: Callable[[object], object] = lambda made: made) -> object:
    """Make a whole page with something opened upon it."""
    with door.use(purpose.deliver, {world.recipient: ["recipient.name"]}, by=world.shipping) as found:
        return act(render(request, "error.html", {"kind": "bad", "statement": None}, opened=[found]))  # type: ignore[arg-type] # a request


def kept(world: World) -> object:
    """Mark somebody's page as everybody's."""
    return public(Page("somebody's", is_personal=True).response())


attempt(
    "template", "P36-a-page-without-encryption", lambda world: page(world, RequestFactory().get("/")), "NotEncrypted",
    NotEncrypted,
)  # fmt: skip
attempt(
    "template", "P11-a-template-that-serves-another-purpose",
    lambda world: page(world, RequestFactory().get("/", secure=True)), "serve", RuntimeError,
)  # fmt: skip
attempt("template", "P38-a-personal-page-made-public", kept, "is not public", Personal)


def show_rightly(world: World) -> None:
    """The tag shows what was opened, where it stands."""
    assert shown(world, TAG) == world.anna.values[world.recipient, "recipient.name"]


control("template", show_rightly)
