"""The pages of the promise: the policy, the ledger, the connection, your cookie; and what machines ask for."""

import json
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from microkitten.policy import purpose
from microkitten.providers.mail import read as mailbox
from microkitten.shop.members.middleware import staff_only
from microkitten.shop.privacy import actions
from microkitten.shop.visitors import actions as visitors
from microkitten.shop.visitors.middleware import wants_none
from microkitten.web.page import render, show
from microkitten.web.security import public
from microkitten.web.serves import Request, serves
from microkitten.web.store import current


@serves(purpose.rights)
@require_safe
def privacy(request: Request) -> HttpResponse:  # noqa: ARG001 # built without a person
    """Show the policy in force: the page is made from the file that decides (P0)."""
    page = actions.policy_page()
    context = {
        "policy": settings.POLICY,
        "statements": page.statements,
        "purposes": page.purposes,
        "cookies": page.cookies,
        "parties": page.parties,
    }
    return public(show(None, "privacy/privacy.html", context))


@serves(purpose.rights)
@require_safe
def old_privacy(request: Request) -> HttpResponse:  # noqa: ARG001 # Django's signature
    """Lead the old-style address to the page for ever (P42)."""
    return HttpResponsePermanentRedirect(reverse("privacy"))


@serves(purpose.operate)
@require_safe
def security(request: Request) -> HttpResponse:
    """Tell how pages are protected; what is not known is said to be unknown (P40)."""
    known = [
        ("Encrypted", "yes" if request.is_secure() else "no"),
        ("At least", "TLS 1.2"),
        ("Protocol and cipher in use", None),
        ("Answered by", request.get_host()),
    ]
    context = {"connection": known, "policy": settings.POLICY, "checkpoint": actions.latest_checkpoint()}
    return show(request, "privacy/security.html", context)


@serves(purpose.operate)
@require_safe
def checkpoint(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer the ledger's signed checkpoint (C2SP tlog-checkpoint)."""
    response = HttpResponse(actions.checkpoint(), content_type="text/plain; charset=utf-8")
    return public(response, seconds=5)


@serves(purpose.customize)
@require_safe
def your_cookie(request: Request) -> HttpResponse:
    """Show the browser's own cookie, all that hangs on it, and the buttons that end it (P8)."""
    cookie = request.COOKIES.get(visitors.COOKIE)
    found = actions.hangs_on(cookie, at=request.now)
    context = {
        "cookie": cookie if found else None,
        "tiles": found.tiles if found else [],
        "choice": request.COOKIES.get(visitors.CHOICE),
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
        return HttpResponse("")
    return render(request, "visitors/seen.html", {"tiles": found.tiles}, opened=found.opened).response()


@serves(purpose.operate)
@require_safe
def health(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer 200 if the shop's database and the vault answer, else 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    ok = actions.proof_of_life()
    return HttpResponse(
        "ok\n" if ok else "the vault does not answer\n", "text/plain", status=200 if ok else 503
    )


@serves(purpose.rights)
@require_safe
def gpc(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Say to machines that the opt-out signal is honored (Global Privacy Control, /.well-known/gpc.json)."""
    body = json.dumps({"gpc": True, "lastUpdate": settings.POLICY.date.isoformat()})
    return public(HttpResponse(body, content_type="application/json"), seconds=3600)


@serves(purpose.operate)
@require_safe
def security_txt(request: Request) -> HttpResponse:
    """Say whom to tell of a weakness (RFC 9116)."""
    store = current()
    ends = (request.now + timedelta(days=180)).replace(microsecond=0, second=0, minute=0, hour=0)
    lines = [
        f"Contact: mailto:{store.email}",
        f"Expires: {ends.isoformat().replace('+00:00', 'Z')}",
        f"Canonical: {store.address}/.well-known/security.txt",
        f"Policy: {store.address}/security",
        "Preferred-Languages: en",
    ]
    return public(
        HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"), seconds=3600
    )


@serves(purpose.operate)
@require_safe
def robots(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Tell crawlers which pages are nobody's but a person's own."""
    own = ["/cart", "/checkout", "/orders/", "/payments/", "/staff/", "/your-cookie", "/fragments/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in own)]
    return public(HttpResponse("\n".join(lines) + "\n", content_type="text/plain"), seconds=3600)


@serves(purpose.confirm)
@staff_only
@require_safe
def mails(request: Request) -> HttpResponse:
    """List the mails that the sample store keeps instead of sending them."""
    folder = _sample_mailbox()
    return show(request, "orders/staff_mailbox.html", {"mails": mailbox.letters(folder)})


@serves(purpose.confirm)
@staff_only
@require_safe
def mail(request: Request, name: str) -> HttpResponse:
    """Show one of those mails."""
    folder = _sample_mailbox()
    try:
        letter = mailbox.letter(folder, name)
    except mailbox.NoSuchLetter as missing:
        raise Http404 from missing
    return show(request, "orders/staff_mail.html", {"mail": letter})


def _sample_mailbox() -> Path:
    store = current()
    if not store.sample or store.mail.kind != "folder":
        raise Http404
    return store.folder / "mail"
