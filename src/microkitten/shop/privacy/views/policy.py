"""The privacy page, for everybody and for the reader alone; its versions, and its file for machines (P0, P42, P43)."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from microkitten.policy import purpose
from microkitten.shop.members import actions as members
from microkitten.shop.members.middleware import pass_of
from microkitten.shop.orders.actions import PASS_COOKIE
from microkitten.shop.privacy import actions
from microkitten.shop.privacy.actions import standing, versions
from microkitten.shop.privacy.actions.standing import Reader, Yours
from microkitten.shop.visitors import actions as visitors
from microkitten.shop.visitors.middleware import wants_none
from microkitten.web.page import render, show
from microkitten.web.security import public
from microkitten.web.serves import Request, serves

FILE_SECONDS = 60


def _context(yours: Yours | None = None) -> dict[str, Any]:
    return {"made": actions.policy_page(), "say": actions.words().say, "yours": yours}


@serves(purpose.rights)
@require_safe
def privacy(request: Request) -> HttpResponse:  # noqa: ARG001 # built without a person
    """Show the policy in force: the page is made from the file that decides (P0)."""
    return public(show(None, "privacy/privacy.html", _context()))


@serves(purpose.rights)
@require_safe
def yours(request: Request) -> HttpResponse:
    """Show the same page with what each statement means for the reader right now (P43)."""
    return _private(request, "privacy/privacy.html")


@serves(purpose.rights)
@require_safe
def notes(request: Request) -> HttpResponse:
    """Show the reader's notes alone, to be put beside the statements of the public page (P43)."""
    return _private(request, "privacy/notes.html")


def _private(request: Request, template: str) -> HttpResponse:
    found, say = standing.yours(_reader(request), actions.words()), actions.words().say
    context = {
        **_context(found),
        "slip_title": say("Looked up for this page, not opened"),
        "nothing": say(
            "Nothing was looked up for this page: your browser brought nothing along that we know."
        ),
    }
    response = render(request, template, context, opened=found.opened).response()
    response["Cache-Control"] = (
        "no-store, private"  # whether or not anything is held: the answer is the reader's own
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _reader(request: Request) -> Reader:
    token = pass_of(request)
    return Reader(
        cookie=request.COOKIES.get(visitors.COOKIE),
        order_pass=request.COOKIES.get(PASS_COOKIE),
        says_no=wants_none(request),
        signal=request.headers.get("Sec-GPC") == "1",
        staff=members.staff_pass(token=token) if token else None,
    )


@serves(purpose.rights)
@require_safe
def old_privacy(request: Request) -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Lead the old-style address to the page for ever (P42)."""
    return HttpResponsePermanentRedirect(reverse("privacy"))


@serves(purpose.rights)
@require_safe
def history(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """List every version that has been in force, with its entry in the ledger (P42)."""
    context = {"kept": versions.listed(), "say": actions.words().say, "words": actions.words()}
    return public(show(None, "privacy/versions.html", context))


@serves(purpose.rights)
@require_safe
def version(request: Request, number: int) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Show one version as it was, even if today's program could not run it any more (P42)."""
    try:
        found = versions.kept(number)
    except versions.NoSuchVersion as missing:
        raise Http404 from missing
    context = {"kept": found, "made": found.page, "say": actions.words().say, "words": actions.words()}
    return public(show(None, "privacy/version.html", context))


@serves(purpose.rights)
@require_safe
def changes(request: Request, number: int) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Show what a version changed: sentences word by word, rights in words, whose consents lapsed (P42)."""
    try:
        found = versions.changes(number)
    except versions.NoSuchVersion as missing:
        raise Http404 from missing
    context = {"changes": found, "say": actions.words().say, "words": actions.words()}
    return public(show(None, "privacy/changes.html", context))


@serves(purpose.rights)
@require_safe
def file(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer the file in force, as the program reads it (P0)."""
    response = HttpResponse(versions.in_force_text(), content_type="text/plain; charset=utf-8")
    return public(response, seconds=FILE_SECONDS)


@serves(purpose.rights)
@require_safe
def machine(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer the policy in the Data Privacy Vocabulary, for machines (JSON-LD)."""
    response = HttpResponse(actions.exported("dpv"), content_type="application/ld+json")
    return public(response, seconds=FILE_SECONDS)
