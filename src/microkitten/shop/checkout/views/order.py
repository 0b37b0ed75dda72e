"""The order's page for whoever ordered: behind the pass of their browser, or link and something known (P15)."""

from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET, require_POST

from microkitten.policy import purpose
from microkitten.shop.checkout.actions import cart as carts
from microkitten.shop.checkout.actions import people
from microkitten.shop.checkout.views.cart import CART_COOKIE
from microkitten.shop.orders import actions as orders
from microkitten.shop.orders.forms import ProofForm
from microkitten.shop.orders.models import Order, OrderState
from microkitten.shop.shipments import actions as shipments
from microkitten.vault.types import Actor, Receipt, Refused
from microkitten.web import cookies
from microkitten.web.page import show
from microkitten.web.serves import Request, serves

THANKS = timedelta(minutes=30)


def keep_pass(response: HttpResponse, token: str) -> None:
    """Keep the pass of an order in the browser that placed it or proved to be its customer's."""
    cookies.keep(response, orders.PASS_COOKIE, token)


@serves(purpose.deliver)
@require_GET
def order(request: Request, number: str) -> HttpResponse:
    """Show an order: whole to the browser that holds its pass, without people to the browser whose cart it was.

    To anybody else, the way to prove who they are; a number that does not exist looks like one that does.
    """
    found = orders.by_number(number)
    if found is None:
        return _locked(request, number, ProofForm())
    token = request.COOKIES.get(orders.PASS_COOKIE)
    if token and found.is_placed:
        try:
            return _whole(request, found, token)
        except Refused:
            pass  # the pass is another order's, or has ended
    is_theirs = carts.was(found.cart_id, request.COOKIES.get(CART_COOKIE))
    if (is_theirs or _has_key(request, found)) and (gone := _erased(request, found)):
        return gone
    if is_theirs:
        return _outline(request, found)
    return _locked(request, number, ProofForm())


def _has_key(request: Request, found: Order) -> bool:
    key = request.POST.get("key") or request.GET.get("key") or ""
    return constant_time_compare(found.access_key, key)


def _erased(request: Request, found: Order) -> HttpResponse | None:
    """Return the page that says that whoever ordered was erased, to whom the order's link or cart is; else None."""
    done = orders.erasure(found, at=request.now) if found.erased_at is not None else None
    return None if done is None else _gone(request, found, done)


def _gone(request: Request, found: Order, done: Receipt) -> HttpResponse:
    context = {"order": found, "receipt_entry": done.entry_index}
    return show(request, "orders/erased.html", context, status=410)


def _whole(request: Request, found: Order, token: str) -> HttpResponse:
    parcels = shipments.parcels(found)
    return shipments.page_for_customer(
        request=request,
        order=found,
        template="orders/order.html",
        context={
            **shipments.context(found, parcels),
            "shows_people": True,
            "just_placed": _is_new(found, request),
        },
        by=Actor("person", token),
    ).response()


def _is_new(found: Order, request: Request) -> bool:
    return found.placed_at is not None and request.now - found.placed_at < THANKS


def _outline(request: Request, found: Order) -> HttpResponse:
    if found.state == OrderState.DRAFT:
        return HttpResponseRedirect(reverse("payment", args=[found.payment.reference]))
    if found.placed_at is None:
        return show(request, "orders/ended.html", {})
    parcels = shipments.parcels(found)
    context = {
        **shipments.context(found, parcels), "shows_people": False, "just_placed": _is_new(found, request),
    }  # fmt: skip
    return show(request, "orders/order.html", context)


def _locked(request: Request, number: str, form: ProofForm, *, status: int = 200) -> HttpResponse:
    key = request.POST.get("key") or request.GET.get("key") or ""
    return show(request, "orders/locked.html", {"number": number, "key": key, "form": form}, status=status)


@serves(purpose.verify)
@require_POST
def access(request: Request, number: str) -> HttpResponse:
    """Open an order page to who holds the link and knows the order's e-mail address."""
    form = ProofForm(request.POST)
    found = orders.by_number(number)
    if not form.is_valid():
        return _locked(request, number, form, status=422)
    token = None
    if found is not None and _has_key(request, found):
        try:
            token = orders.prove(order=found, email=form.cleaned_data["email"], people=people.of(found))
        except Refused:
            form.add_error(
                "email", "There are five tries a day, and they are used up. Please come back tomorrow."
            )
            return _locked(request, number, form, status=429)
        if token is None and (done := orders.erasure(found, at=request.now)):
            return _gone(request, found, done)  # by whoever runs the server, or because its time was over
    if found is None or token is None:
        form.add_error(
            "email", "Link and e-mail address do not belong together. Both stand in the confirmation mail."
        )
        return _locked(request, number, form, status=422)
    response = HttpResponseRedirect(reverse("order", args=[found.number]))
    keep_pass(response, token)
    return response
