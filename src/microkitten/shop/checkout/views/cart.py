"""The cart's pages: read the request, call one action, answer."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from microkitten.policy import purpose
from microkitten.shop.catalog.models import Money
from microkitten.shop.checkout.actions import cart as carts
from microkitten.shop.checkout.models import QUANTITY_MAX
from microkitten.web import cookies
from microkitten.web.page import show
from microkitten.web.serves import Request, serves
from microkitten.web.store import current

CART_COOKIE = "__Host-cart"


def _keep_cart(response: HttpResponse, token: str) -> HttpResponse:
    cookies.keep(response, CART_COOKIE, token)
    return response


def _number(text: str | None, most: int) -> int | None:
    return min(int(text), most) if text and text.isascii() and text.isdecimal() and len(text) < 12 else None


@csrf_exempt  # stands on pages that are the same for all; web.security.same_origin covers it
@serves(purpose.operate)
@require_POST
def add(request: Request) -> HttpResponse:
    """Put a variant into the cart."""
    variant = _number(request.POST.get("variant"), 2**62)
    quantity = _number(request.POST.get("quantity", "1"), QUANTITY_MAX)
    if not variant or not quantity:
        return show(request, "error.html", {"kind": "bad", "statement": None}, status=400)
    try:
        token = carts.add(
            token=request.COOKIES.get(CART_COOKIE), variant_id=variant, quantity=quantity, at=request.now
        )
    except carts.NotForSale:
        return show(request, "error.html", {"kind": "missing", "statement": None}, status=404)
    except carts.CartFull:
        return cart_page(request, problem="The cart is full: please order what is in it first.", status=409)
    return _keep_cart(HttpResponseRedirect(reverse("cart")), token)


@serves(purpose.operate)
@require_GET
def cart(request: Request) -> HttpResponse:
    """Show the cart."""
    return cart_page(request)


def cart_page(request: Request, *, problem: str | None = None, status: int = 200) -> HttpResponse:
    """Show the cart, with what is wrong with it if anything is."""
    found = carts.find(request.COOKIES.get(CART_COOKIE))
    lines = carts.items(found, at=request.now) if found else []
    subtotal = Money.total((line.total for line in lines), current().currency)
    methods = [
        {"title": method.title, "amount": Money(method.amount_minor, current().currency)}
        for method in current().shipping
    ]
    context = {"lines": lines, "subtotal": subtotal, "methods": methods, "problem": problem}
    return show(request, "checkout/cart.html", context, status=status)


@serves(purpose.operate)
@require_POST
def change(request: Request, line: int) -> HttpResponse:
    """Set how many of a line are wanted."""
    found = carts.find(request.COOKIES.get(CART_COOKIE))
    quantity = 0 if "remove" in request.POST else _number(request.POST.get("quantity"), QUANTITY_MAX)
    if quantity is None:
        return cart_page(
            request, problem="Please write how many as a number, such as 2; nothing was changed.", status=422
        )
    if found is not None:
        carts.change(cart=found, line_id=line, quantity=quantity, at=request.now)
    return HttpResponseRedirect(reverse("cart"))


@serves(purpose.operate)
@require_GET
def cart_count(request: Request) -> HttpResponse:
    """Show how many things lie in the cart, as a fragment for pages that are the same for all."""
    return show(request, "checkout/cart_count.html", {"count": carts.count(request.COOKIES.get(CART_COOKIE))})
