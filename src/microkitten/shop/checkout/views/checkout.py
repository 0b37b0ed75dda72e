"""The checkout's page: everything an order takes, asked once."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from microkitten.policy import purpose
from microkitten.shop.catalog.models import Money
from microkitten.shop.checkout.actions import cart as carts
from microkitten.shop.checkout.actions import pay
from microkitten.shop.checkout.actions.place import (
    CartChanged,
    CartEmpty,
    NotOrderable,
    Placement,
    place,
    standing,
    wanted,
)
from microkitten.shop.checkout.actions.quote import quote
from microkitten.shop.checkout.forms import CheckoutPage
from microkitten.shop.checkout.views.cart import CART_COOKIE, cart_page
from microkitten.shop.checkout.views.order import keep_pass
from microkitten.shop.checkout.views.payment import onward
from microkitten.shop.stock.actions import SoldOut
from microkitten.web.page import show
from microkitten.web.serves import Request, serves
from microkitten.web.store import current


@serves(purpose.confirm)
@require_http_methods(["GET", "POST"])
def checkout(request: Request) -> HttpResponse:
    """Ask for all that an order takes on one page, and place it."""
    found = carts.find(request.COOKIES.get(CART_COOKIE))
    lines = carts.items(found, at=request.now) if found else []
    if found is None or not lines:
        return _no_cart(request)
    page = CheckoutPage(request.POST if request.method == "POST" else None, items=lines, store=current())
    if request.method == "GET" or page.rebuild():
        return _checkout_page(request, page)
    if not page.is_valid():
        return _checkout_page(request, page, status=422)
    try:
        placement = place(
            cart=found,
            items=lines,
            attempt=page.attempt,
            customer=page.form.given(),
            parcels=page.parcels(),
            seen_total=page.seen_total,
            at=request.now,
        )
    except CartEmpty:
        return HttpResponseRedirect(reverse("cart"))
    except CartChanged:
        return _checkout_page(request, page, changed="price", status=409)
    except (NotOrderable, SoldOut):
        return cart_page(
            request, problem="Something in the cart has just sold out; nothing was ordered.", status=409
        )
    return _to_payment(placement)


def _no_cart(request: Request) -> HttpResponse:
    """Lead whoever presses again after the order stands to that order, others to their cart."""
    if request.method == "POST" and (order := standing(request.COOKIES.get(CART_COOKIE))):
        return HttpResponseRedirect(reverse("order", args=[order.number]))
    return HttpResponseRedirect(reverse("cart"))


def _checkout_page(
    request: Request, page: CheckoutPage, *, changed: str | None = None, status: int = 200
) -> HttpResponse:
    lines = wanted(items=page.items, parcels=page.split())
    if sum(line.quantity for line in lines) != sum(item.quantity for item in page.items):
        lines = wanted(items=page.items, parcels=[{item.id: item.quantity for item in page.items}])
    summary = quote(wanted=lines, methods=page.methods(), store=current())
    context = {
        "page": page, "form": page.form, "recipients": page.recipients, "forms": page.forms, "lines": page.items,
        "summary": summary, "seen_total": summary.total.minor, "attempt": page.attempt, "count": page.count,
        "countries": current().countries, "changed": changed,
        "rates": {method.id: Money(method.amount_minor, current().currency) for method in current().shipping},
    }  # fmt: skip
    return show(request, "checkout/checkout.html", context, status=status)


def _to_payment(placement: Placement) -> HttpResponse:
    response = onward(pay.await_page(payment_id=placement.order.payment.pk))
    if placement.token is not None:
        keep_pass(response, placement.token)
    return response
