"""Staff's orders: lists without names, one parcel opened at a time, each opening written down first (P12)."""

from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from microkitten.policy import purpose
from microkitten.shop.members import actions as members
from microkitten.shop.members.middleware import pass_of, staff_only
from microkitten.shop.orders import actions as orders
from microkitten.shop.orders.models import Order
from microkitten.shop.shipments import actions
from microkitten.shop.shipments.models import Shipment
from microkitten.shop.stock.actions import NotOnHand
from microkitten.web.page import show
from microkitten.web.serves import Request, serves

STAFF_PAGE = 50


@serves(purpose.operate)
@staff_only
@require_GET
def staff_orders(request: Request) -> HttpResponse:
    """List the latest orders: numbers, sums and states, no names."""
    latest = Order.objects.placed().annotate(parcels=Count("shipments")).order_by("-placed_at")[:STAFF_PAGE]
    return show(request, "orders/staff_list.html", {"orders": latest})


def _staff_order(number: str) -> Order:
    found = orders.by_number(number)
    if found is None or not found.is_placed:
        raise Http404
    return found


@serves(purpose.deliver)
@staff_only
@require_GET
def staff_order(request: Request, number: str) -> HttpResponse:
    """Show one order to staff, nobody opened."""
    return _order_page(request, _staff_order(number))


def _order_page(
    request: Request, order: Order, *, problem: str | None = None, status: int = 200
) -> HttpResponse:
    context = {**actions.context(order, actions.parcels(order)), "problem": problem}
    return show(request, "orders/staff_order.html", context, status=status)


@serves(purpose.deliver)
@staff_only
@require_POST
def opening(request: Request, number: str, position: int) -> HttpResponse:
    """Open one parcel's recipient in order to ship it; the opening stands in the ledger before it is shown."""
    found = _staff_order(number)
    parcels = actions.parcels(found, opened=position)
    chosen: list[Shipment] = [p["shipment"] for p in parcels if p["shipment"].position == position]
    if not chosen:
        raise Http404
    return actions.page_for_staff(
        request=request,
        shipment=chosen[0],
        template="orders/staff_order.html",
        context={**actions.context(found, parcels), "problem": None},
        by=members.actor(pass_of(request)),
    ).response()


@serves(purpose.deliver)
@staff_only
@require_POST
def departure(request: Request, number: str, position: int) -> HttpResponse:
    """Record that a parcel left."""
    found = _staff_order(number)
    try:
        actions.depart(order=found, position=position, at=request.now)
    except Shipment.DoesNotExist as missing:
        raise Http404 from missing
    except NotOnHand as missing:
        problem = f"Nothing was changed: {missing.sku} has not come in yet, so the parcel cannot have left."
        return _order_page(request, found, problem=problem, status=409)
    return HttpResponseRedirect(reverse("staff-order", args=[found.number]))


@serves(purpose.deliver)
@staff_only
@require_POST
def arrival(request: Request, number: str, position: int) -> HttpResponse:
    """Record that a parcel has come."""
    found = _staff_order(number)
    try:
        actions.arrive(order=found, position=position, at=request.now)
    except Shipment.DoesNotExist as missing:
        raise Http404 from missing
    return HttpResponseRedirect(reverse("staff-order", args=[found.number]))
