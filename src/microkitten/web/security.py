"""What every answer carries and every request is checked for: headers, cookies, origin, the clock, the edge."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden

from microkitten.web.serves import Request

Respond = Callable[[HttpRequest], HttpResponseBase]

ROBOT = re.compile(
    r"bot|crawl|spider|slurp|archiver|preview|fetch|monitor|headless-check|python-|curl|wget", re.I
)

# What an answer says that carries a cookie: the page may be kept by its browser, and asked for anew each time.
NOT_SHARED = "private, no-cache"

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}

CSP = {
    "default-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "frame-src": "'none'",
    "upgrade-insecure-requests": "",
}


def content_security_policy(processor: str) -> str:
    """Return the policy of all pages; a form may lead to ourselves and to the card processor's origin (P4)."""
    rules = CSP | {"form-action": f"'self' {processor}".strip()}
    return "; ".join(f"{name} {value}".strip() for name, value in rules.items())


def is_robot(agent: str) -> bool:
    """Return whether a browser string is a program's that nobody looks at, or there is none."""
    return not agent or bool(ROBOT.search(agent))


def edge(respond: Respond) -> Respond:
    """Read the clock once, and drop what tells who is asking before anything else sees it (P1)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        ours = cast(Request, request)
        ours.now = datetime.now(UTC)
        agent = request.META.pop("HTTP_USER_AGENT", "")
        ours.is_robot = is_robot(agent)
        for name in (
            "REMOTE_ADDR",
            "REMOTE_HOST",
            "HTTP_X_FORWARDED_FOR",
            "HTTP_FORWARDED",
            "HTTP_X_REAL_IP",
        ):
            request.META.pop(name, None)
        return respond(request)

    return middleware


def headers(respond: Respond) -> Respond:
    """Put the security headers on every answer; what is not said to be public is not stored (P38)."""
    csp = content_security_policy(settings.STORE.cards.address)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        response.headers.setdefault("Content-Security-Policy", csp)
        response.headers.setdefault("Cache-Control", "no-store, private")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def cookies(respond: Respond) -> Respond:
    """Strip every cookie from an answer that the policy does not name (P8)."""
    allowed = frozenset(settings.POLICY.cookies)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        for name in [name for name in response.cookies if name not in allowed]:
            del response.cookies[name]
        if response.cookies and "public" in response.headers.get("Cache-Control", ""):
            # The page is everybody's, the cookie is not: no cache on the way may hand it to the next one.
            response.headers["Cache-Control"] = NOT_SHARED
        return response

    return middleware


def same_origin(respond: Respond) -> Respond:
    """Refuse a change that another site's page asked for; covers forms on pages that are the same for all."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not _comes_from_us(request):
            return HttpResponseForbidden(
                "This request came from another site, so nothing was done.\n", "text/plain"
            )
        return respond(request)

    return middleware


def _comes_from_us(request: HttpRequest) -> bool:
    # A browser says where a form stands; SameSite cookies cover what says nothing.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


class Personal(Exception):
    """Somebody's page was to be marked as everybody's (P38)."""


def public(response: HttpResponse, *, seconds: int = 60) -> HttpResponse:
    """Mark an answer as the same for everybody, to be kept `seconds` by whoever carries it.

    Raises `Personal` if the vault opened anything for it: such a page is nobody else's (P38).
    """
    if "no-store" in response.headers.get("Cache-Control", ""):
        raise Personal("a page with somebody's data is not public")
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response
