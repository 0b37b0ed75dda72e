"""The pages that count: what went out to whom, what may go out, and the lists of uses that must be one (P11)."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from microkitten.policy import purpose
from microkitten.shop.privacy import actions
from microkitten.shop.privacy.actions import figures
from microkitten.web.page import show
from microkitten.web.security import public
from microkitten.web.serves import Request, serves

FRESH_SECONDS = 30  # the figures grow with each order; a page half a minute old says nothing untrue


def _said() -> dict[str, Any]:
    words = actions.words()
    return {"say": words.say, "language": words.language}


@serves(purpose.rights)
@require_safe
def never_sold(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Show each hand-over by party and month, and that nothing was given for any (P20)."""
    context = {"found": figures.never_sold(actions.words()), **_said()}
    return public(show(None, "privacy/never_sold.html", context), seconds=FRESH_SECONDS)


@serves(purpose.rights)
@require_safe
def never_sold_json(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer the same figures for machines (P20)."""
    return public(JsonResponse(figures.never_sold_json()), seconds=FRESH_SECONDS)


@serves(purpose.rights)
@require_safe
def parties(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Show what each party may get, and whether it ever did (P21, P22)."""
    context = {"made": actions.policy_page(), "triples": figures.triples(actions.words()), **_said()}
    return public(show(None, "privacy/parties.html", context), seconds=FRESH_SECONDS)


@serves(purpose.rights)
@require_safe
def uses(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Show that page, table and ledger name the same uses (P11)."""
    context = {"found": figures.uses(actions.words()), **_said()}
    return public(show(None, "privacy/uses.html", context), seconds=FRESH_SECONDS)
