"""The privacy page, for everybody and for the reader alone; its versions, and its file for machines (P0, P42, P43)."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
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


@dataclass(frozen=True, slots=True)
class Edition:
    """The page in one language: what that calls itself, and where the page, the reader's own, and its notes are."""

    language: str
    name: str
    address: str
    yours: str
    notes: str


def _editions() -> list[Edition]:
    found = []
    for one in actions.languages():
        names = ("privacy", "privacy-yours", "privacy-notes")
        if one.language == actions.first_language():
            places = [reverse(name) for name in names]
        else:
            places = [reverse(f"{name}-in", args=[one.language]) for name in names]
        found.append(Edition(one.language, one.name, *places))
    return found


def _context(language: str | None, yours: Yours | None = None) -> dict[str, Any]:
    words, editions = actions.words(language), _editions()
    return {
        "made": actions.policy_page(language),
        "say": words.say,
        "yours": yours,
        "language": words.language,
        "editions": editions,
        "here": next(one for one in editions if one.language == words.language),
    }


def _spoken(language: str | None) -> None:
    """Raise `Http404` for a language that the store does not show its policy in."""
    try:
        actions.words(language)
    except actions.NotSpoken as unknown:
        raise Http404 from unknown


@serves(purpose.rights)
@require_safe
def privacy(request: Request, language: str | None = None) -> HttpResponse:  # noqa: ARG001 # built without a person
    """Show the policy in force: the page is made from the file that decides, in each language of the store (P0)."""
    _spoken(language)
    if language == actions.first_language():
        return HttpResponseRedirect(reverse("privacy"))  # which one is the first may change
    return public(show(None, "privacy/privacy.html", _context(language)))


@serves(purpose.rights)
@require_safe
def yours(request: Request, language: str | None = None) -> HttpResponse:
    """Show the same page with what each statement means for the reader right now (P43)."""
    return _private(request, "privacy/privacy.html", language)


@serves(purpose.rights)
@require_safe
def notes(request: Request, language: str | None = None) -> HttpResponse:
    """Show the reader's notes alone, to be put beside the statements of the public page (P43)."""
    return _private(request, "privacy/notes.html", language)


def _private(request: Request, template: str, language: str | None) -> HttpResponse:
    _spoken(language)
    found = standing.yours(_reader(request), actions.words(language))
    context = {  # the page's foot speaks the language of the shop around it
        **_context(language, found),
        "slip_title": "Looked up for this page, not opened",
        "nothing": "Nothing was looked up for this page: your browser brought nothing along that we know.",
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


def _said() -> dict[str, Any]:
    words = actions.words()
    return {"say": words.say, "words": words, "language": words.language}


@serves(purpose.rights)
@require_safe
def old_privacy(request: Request) -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Lead the old-style address to the page for ever (P42)."""
    return HttpResponsePermanentRedirect(reverse("privacy"))


@serves(purpose.rights)
@require_safe
def history(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """List every version that has been in force, with its entry in the ledger (P42)."""
    found = versions.listed()
    context = {"kept": found.kept, "unkept": found.unkept, **_said()}
    return public(show(None, "privacy/versions.html", context))


@serves(purpose.rights)
@require_safe
def version(request: Request, number: int) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Show one version as it was, even if today's program could not run it any more (P42)."""
    try:
        found = versions.kept(number)
    except versions.NoSuchVersion as missing:
        raise Http404 from missing
    context = {"kept": found, "made": found.page, **_said()}
    return public(show(None, "privacy/version.html", context))


@serves(purpose.rights)
@require_safe
def changes(request: Request, number: int) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Show what a version changed: sentences word by word, rights in words, whose consents lapsed (P42)."""
    try:
        found = versions.changes(number)
    except versions.NoSuchVersion as missing:
        raise Http404 from missing
    context = {"changes": found, **_said()}
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
