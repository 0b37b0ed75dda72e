"""The browser's own cookie: what hangs on it, and the fragment that shows what was lately seen (P8, P9)."""

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from microkitten.policy import purpose
from microkitten.shop.privacy import actions
from microkitten.shop.visitors import actions as visitors
from microkitten.shop.visitors.middleware import give, wants_none
from microkitten.web.page import render
from microkitten.web.serves import Request, serves


@serves(purpose.customize)
@require_safe
def your_cookie(request: Request) -> HttpResponse:
    """Show the browser's own cookie, all that hangs on it, and the buttons that end it (P8)."""
    cookie = request.COOKIES.get(visitors.COOKIE)
    found = actions.hangs_on(cookie, at=request.now)
    context = {
        "cookie": cookie if found else None,
        "tiles": found.tiles if found else [],
        "choice": visitors.answer(request.COOKIES),
        "asks": not visitors.assigns_on_visit(),
        "cookies": actions.policy_page().cookies,
        "gpc": request.headers.get("Sec-GPC") == "1",
        "forgotten": "forgotten" in request.GET,
    }
    opened = found.opened if found else ()
    return render(request, "visitors/your_cookie.html", context, opened=opened).response()


@csrf_exempt  # asked for by pages that are the same for all; web.security.same_origin covers it
@serves(purpose.customize)
@require_http_methods(["GET", "POST"])
def seen(request: Request) -> HttpResponse:
    """Show what this browser lately saw, and note the product it sees now (POST); nothing without the cookie."""
    cookie = request.COOKIES.get(visitors.COOKIE)
    if wants_none(request):
        return HttpResponse("")
    if request.method == "POST":
        found = actions.see(cookie, request.POST.get("product", "")[:120], at=request.now)
    else:
        found = actions.lately(cookie, at=request.now)
    if found is None or not found.tiles:
        nothing = HttpResponse("")
        if found is None and request.method == "GET" and (new := visitors.anew(cookie)):
            give(nothing, new)
        return nothing
    return render(request, "visitors/seen.html", {"tiles": found.tiles}, opened=found.opened).response()
