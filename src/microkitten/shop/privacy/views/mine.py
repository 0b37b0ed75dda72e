"""One's own data at an address that stays: seen, taken along, put right, set at rest, erased; without script (P43)."""

from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from microkitten.policy import purpose
from microkitten.shop.orders.actions import PASS_COOKIE
from microkitten.shop.orders.models import Order
from microkitten.shop.privacy.actions import held, mine, rights
from microkitten.shop.privacy.actions.held import Person
from microkitten.shop.privacy.actions.standing import Reader
from microkitten.shop.privacy.forms import CustomerCorrection, PresentForm, RecipientCorrection
from microkitten.shop.visitors import actions as visitors
from microkitten.shop.visitors.middleware import wants_none
from microkitten.vault.types import Refused
from microkitten.web.page import Page, show
from microkitten.web.security import public
from microkitten.web.serves import Request, View, serves
from microkitten.web.store import current

FILE_NAME: Final = "my-data.json"
DONE: Final = frozenset({"corrected", "resting", "in-use", "objected"})
_TRIES = "There are five tries a day, and they are used up. Please come back tomorrow."
_OTHER = "This is not the address that we hold. Please type the one your order was placed with."


class _Nobody(Refused):
    """An address that names nobody: it looks like one that names somebody else."""

    def __init__(self) -> None:
        super().__init__(rule="", statement="", why="absent")


def own(view: View) -> View:
    """Show whoever may not, and whoever asks for nobody, how to get in: both the same page."""

    def guarded(request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except Refused as no:
            if no.why == "rate":
                raise
            return _stranger(request, status=403)

    guarded.__name__, guarded.__module__, guarded.__doc__ = view.__name__, view.__module__, view.__doc__
    return guarded


@serves(purpose.rights)
@require_safe
def my_data(request: Request) -> HttpResponse:
    """Show everything that is held of whoever asks; to a stranger, how to get in."""
    done = request.GET.get("done", "")
    found = mine.page(
        request=request, reader=_reader(request), done=done if done in DONE else "", at=request.now
    )
    return _stranger(request) if found is None else _private(found)


@serves(purpose.rights)
@require_POST
def my_file(request: Request) -> HttpResponse:
    """Hand everything over as a file that programs read."""
    found = mine.file(request=request, reader=_reader(request), at=request.now)
    if found is None:
        return _stranger(request, status=403)
    response = _private(found)
    response["Content-Type"] = "application/json; charset=utf-8"
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


@serves(purpose.rights)
@require_POST
def my_paper(request: Request) -> HttpResponse:
    """Show everything on one page made for paper."""
    found = mine.paper(request=request, reader=_reader(request), at=request.now)
    return _stranger(request, status=403) if found is None else _private(found)


@serves(purpose.rights)
@own
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: Request, number: str, position: int) -> HttpResponse:
    """Show what is held beside what it should be, and put it right."""
    order, who = _found(number, position)
    if not who.may_correct:
        mine.check(who, token=_token(request))
        return show(request, "mine/too_late.html", {"who": who}, status=409)
    forms = _forms(request, order, who)
    if request.method != "POST":
        return _correction(request, who, forms)
    if not all([form.is_valid() for form in forms]):  # each of them: all that is wrong is told
        return _correction(request, who, forms, status=422)
    present = None if who.position else forms[1].cleaned_data["email"]
    try:
        rights.correct(order=order, who=who, given=forms[0].given(), present=present, token=_token(request))
    except rights.NotTheSame:
        forms[1].add_error("email", _OTHER)
        return _correction(request, who, forms, status=422)
    except Refused as no:
        if no.why != "tries":
            raise
        forms[1].add_error("email", _TRIES)
        return _correction(request, who, forms, status=429)
    return _back("corrected")


def _forms(request: Request, order: Order, who: Person) -> list[Any]:
    data = request.POST if request.method == "POST" else None
    if who.position:
        country = order.shipments.get(position=who.position).country
        return [RecipientCorrection(data, number=who.position, country=country, store=current())]
    return [CustomerCorrection(data), PresentForm(data, needed=bool(data and data.get("email", "").strip()))]


def _correction(request: Request, who: Person, forms: list[Any], *, status: int = 200) -> HttpResponse:
    context = {"forms": forms}
    return _private(
        rights.correction_page(
            request=request, who=who, token=_token(request), context=context, status=status
        )
    )


@serves(purpose.rights)
@own
@require_POST
def restriction(request: Request, number: str, position: int) -> HttpResponse:
    """Set somebody's data at rest, or take it into use again."""
    _, who = _found(number, position)
    on = request.POST.get("on") == "1"
    rights.restrict(who=who, on=on, token=_token(request))
    return _back("resting" if on else "in-use")


@serves(purpose.rights)
@own
@require_POST
def objection(request: Request, number: str, position: int) -> HttpResponse:
    """Object to a purpose; where one cannot, say why and what one can do."""
    _, who = _found(number, position)
    wanted = held.objectable(request.POST.get("purpose", ""))
    if wanted is None:
        raise _Nobody
    try:
        rights.object_to(who=who, purpose=wanted, token=_token(request))
    except Refused as no:
        if no.why != "basis":
            raise
        return show(request, "mine/no_objection.html", {"who": who}, status=409)
    return _back("objected")


@serves(purpose.rights)
@own
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: Request, number: str, position: int | None = None) -> HttpResponse:
    """Say what an erasure would do (GET), and do it (POST): of one person of an order, or of all of them."""
    order, who = _found(number, position or 0)
    asked: dict[str, Any] = {
        "request": request,
        "order": order,
        "who": (who,) if position is not None else mine.people(order),
        "token": _token(request),
        "has_key": constant_time_compare(
            order.access_key, request.POST.get("key") or request.GET.get("key") or ""
        ),
    }
    if request.method == "POST":
        return _private(rights.erase(**asked, at=request.now))
    return _private(rights.erasure_page(**asked))


@serves(purpose.rights)
@require_safe
def proof(request: Request, index: int) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer the proof that an entry lies in the ledger (C2SP tlog-proof); nothing in it is personal (P42)."""
    found = rights.proof(index)
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return public(response, seconds=5)


# Who asks


def _reader(request: Request) -> Reader:
    return Reader(
        cookie=request.COOKIES.get(visitors.COOKIE),
        order_pass=_token(request),
        says_no=wants_none(request),
        signal=request.headers.get("Sec-GPC") == "1",
        staff=None,
    )


def _token(request: Request) -> str:
    token = request.COOKIES.get(PASS_COOKIE, "")
    return token if len(token) <= 100 else ""


def _found(number: str, position: int) -> tuple[Order, Person]:
    found = mine.person(number, position)
    if found is None:
        raise _Nobody
    return found


# Answering


def _private(page: Page) -> HttpResponse:
    response = page.response()
    response["Cache-Control"] = "no-store, private"  # also where nothing was opened: it is the reader's own
    response["X-Robots-Tag"] = "noindex"
    return response


def _stranger(request: Request, *, status: int = 200) -> HttpResponse:
    response = show(request, "mine/stranger.html", {"says_no": wants_none(request)}, status=status)
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    return response


def _back(done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('my-data')}?done={done}", status=303)
