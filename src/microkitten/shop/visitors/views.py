"""The choice about the cookie, and taking it back; what hangs on it is shown by the room `privacy`."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from microkitten.policy import purpose
from microkitten.shop.visitors import actions
from microkitten.shop.visitors.middleware import drop, give, remember_choice
from microkitten.web.page import show
from microkitten.web.serves import Request, serves


@serves(purpose.operate)
@require_GET
def choice(request: Request) -> HttpResponse:
    """Show the plain, equal question (strict) or the plain notice (classic); nothing once it was answered, but for
    a yes to other words than the present ones (P42).
    """
    kept = (
        actions.CHOICE in request.COOKIES if actions.assigns_on_visit() else actions.answer(request.COOKIES)
    )
    if request.headers.get("Sec-GPC") == "1" or kept:
        return HttpResponse("")
    return show(request, "visitors/choice.html", {"asks": not actions.assigns_on_visit()})


@csrf_exempt  # stands on pages that are the same for all; web.security.same_origin covers it
@serves(purpose.customize)
@require_POST
def decide(request: Request) -> HttpResponse:
    """Take a yes or a no. A no destroys what there was; a yes makes an identifier if there is none."""
    signal = request.headers.get("Sec-GPC") == "1"  # the next page would take back what a yes gave now
    answer = "yes" if request.POST.get("answer") == "yes" and not signal else "no"
    response = HttpResponseRedirect(reverse("your-cookie"))
    cookie = request.COOKIES.get(actions.COOKIE)
    if answer == "no" and actions.looks_right(cookie):
        actions.forget(str(cookie))
    if answer == "no":
        drop(response)
    elif actions.assigns_on_visit() and not actions.looks_right(cookie) and (new := actions.assign()):
        give(response, new)
    elif not actions.assigns_on_visit() and not (
        actions.looks_right(cookie) and actions.seen(str(cookie)) is not None
    ):
        give(response, actions.consent())
    remember_choice(response, answer)
    return response


@serves(purpose.customize)
@require_POST
def forget(request: Request) -> HttpResponse:
    """Forget the browser now; it may be greeted as new at its next visit (P8)."""
    cookie = request.COOKIES.get(actions.COOKIE)
    if actions.looks_right(cookie):
        actions.forget(str(cookie))
    response = HttpResponseRedirect(reverse("your-cookie") + "?forgotten=1")
    drop(response)
    return response
