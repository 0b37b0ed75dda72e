"""Waiting for the card: to the processor's page, back from it, and again after a declined card."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from microkitten.policy import purpose
from microkitten.shop.checkout.actions import pay
from microkitten.shop.orders.models import OrderState
from microkitten.shop.payments.models import Payment, PaymentState
from microkitten.web.page import show
from microkitten.web.serves import Request, serves


def onward(payment: Payment) -> HttpResponse:
    """Lead on from where a payment stands: to the order, to the processor's page, or to a page that waits."""
    if payment.order.state != OrderState.DRAFT:
        return HttpResponseRedirect(reverse("order", args=[payment.order.number]))
    if payment.state == PaymentState.PENDING and not payment.was_declined:
        return HttpResponseRedirect(payment.redirect_url)
    return HttpResponseRedirect(reverse("payment", args=[payment.reference]))


@serves(purpose.bill)
@require_http_methods(["GET", "POST"])
def payment(request: Request, reference: str) -> HttpResponse:
    """Wait for the processor's page or its answer; after a declined card, offer the page again."""
    found = pay.find(reference)
    if found is None:
        return show(request, "error.html", {"kind": "missing", "statement": None}, status=404)
    if found.order.state != OrderState.DRAFT:
        return HttpResponseRedirect(reverse("order", args=[found.order.number]))
    if request.method == "POST" and found.redirect_url:
        return HttpResponseRedirect(found.redirect_url)
    if found.was_declined:
        return show(request, "payments/failed.html", {"payment": found, "order": found.order})
    if request.GET.get("asked") and found.state == PaymentState.PENDING:
        found = pay.ask(payment=found)
        if found.order.state != OrderState.DRAFT or found.was_declined:
            return HttpResponseRedirect(reverse("payment", args=[reference]))
        return show(request, "checkout/waiting.html", {"payment": found, "order": found.order, "asked": True})
    if found.state == PaymentState.PENDING:
        return HttpResponseRedirect(found.redirect_url)
    return show(request, "checkout/waiting.html", {"payment": found, "order": found.order, "asked": False})


@serves(purpose.bill)
@require_GET
def payment_return(request: Request, reference: str) -> HttpResponse:
    """Take the browser back from the processor: what it says is looked up, not believed."""
    found = pay.find(reference)
    if found is None:
        return show(request, "error.html", {"kind": "missing", "statement": None}, status=404)
    found = pay.ask(payment=found)
    if found.order.state != OrderState.DRAFT:
        return HttpResponseRedirect(reverse("order", args=[found.order.number]))
    return HttpResponseRedirect(
        reverse("payment", args=[reference]) + ("" if found.was_declined else "?asked=1")
    )
