"""What machines ask for, and what the server knows of a connection: health, signals, the ledger's checkpoint (P40)."""

import json
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from microkitten.policy import purpose
from microkitten.shop.privacy import actions
from microkitten.web.page import show
from microkitten.web.security import public
from microkitten.web.serves import Request, serves
from microkitten.web.store import current


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
    context = {
        "connection": known,
        "policy": settings.POLICY,
        "checkpoint": actions.latest_checkpoint(),
        "restores": actions.restores(),
    }
    return show(request, "privacy/security.html", context)


@serves(purpose.operate)
@require_safe
def checkpoint(request: Request) -> HttpResponse:  # noqa: ARG001 # the same for everybody
    """Answer the ledger's signed checkpoint (C2SP tlog-checkpoint)."""
    response = HttpResponse(actions.checkpoint(), content_type="text/plain; charset=utf-8")
    return public(response, seconds=5)


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
    own = [
        "/cart",
        "/checkout",
        "/orders/",
        "/payments/",
        "/staff/",
        "/your-cookie",
        "/my-data",
        "/privacy/yours",
        "/fragments/",
    ]
    own += [f"/privacy/{one.language}/yours" for one in actions.languages()[1:]]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in own)]
    return public(HttpResponse("\n".join(lines) + "\n", content_type="text/plain"), seconds=3600)
