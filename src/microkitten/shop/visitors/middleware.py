"""Gives, renews and takes back the visitor's cookie at the edge; pages themselves never see it (P8)."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, parse_cookie

from microkitten.shop.visitors import actions
from microkitten.vault.types import VaultAway
from microkitten.web.cookies import drop as drop_cookie
from microkitten.web.cookies import keep
from microkitten.web.security import is_robot
from microkitten.web.serves import Request

Respond = Callable[[HttpRequest], HttpResponseBase]
NOT_PAGES = (
    "/fragments/",
    "/media/",
    "/static/",
    "/staff/",
    "/ledger/",
    "/payments/",
    "/.well-known/",
    "/healthz",
    "/robots.txt",
    "/privacy.asp",
)


def visitor(respond: Respond) -> Respond:
    """Keep the cookie as the policy's profile and the browser's signals say."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        if _is_page(request) and response.status_code < 400 and actions.COOKIE not in response.cookies:
            ours = cast(Request, request)
            _keep(
                response,
                request.COOKIES.get(actions.COOKIE),
                says_no=wants_none(request),
                says_yes=_says_yes(request.COOKIES),
                said_yes=actions.CHOICE in request.COOKIES,
                is_robot=ours.is_robot,
            )
        return response

    return middleware


def set_cookies(environ: Mapping[str, Any]) -> list[str]:
    """Return the Set-Cookie values due to a browser on a page that is answered before Django is woken.

    Params: `environ`, the request as the server hands it over (PEP 3333).
    """
    if environ["REQUEST_METHOD"] != "GET":
        return []
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    carrier = HttpResponse()
    _keep(
        carrier,
        cookies.get(actions.COOKIE),
        says_no=_says_no(environ.get("HTTP_SEC_GPC"), cookies),
        says_yes=_says_yes(cookies),
        said_yes=actions.CHOICE in cookies,
        is_robot=is_robot(environ.get("HTTP_USER_AGENT", "")),
    )
    return [morsel.OutputString() for morsel in carrier.cookies.values()]


def _is_page(request: HttpRequest) -> bool:
    return request.method == "GET" and not request.path.startswith(NOT_PAGES)


def _keep(
    response: HttpResponseBase,
    cookie: str | None,
    *,
    says_no: bool,
    says_yes: bool,
    said_yes: bool,
    is_robot: bool,
) -> None:
    """Give, renew or take back, on any page's answer: the one place that decides it (P8)."""
    with suppress(VaultAway):  # a page without the cookie is a whole page
        if says_no:
            if cookie is not None:
                if actions.looks_right(cookie):
                    actions.forget(cookie)
                drop(response)
        elif actions.looks_right(cookie) and (says_yes or actions.assigns_on_visit()):
            give(response, str(cookie))  # "lasting" means renewed at each visit; in strict, after a yes alone
        elif cookie is not None and said_yes and not actions.assigns_on_visit():
            drop(response)  # its yes was said to other words: who says it again gets a new one (P42)
        elif actions.assigns_on_visit() and not is_robot and (new := actions.assign()):
            give(response, new)


def wants_none(request: HttpRequest) -> bool:
    """Return whether the browser said no: by the opt-out signal (Global Privacy Control) or by an earlier choice."""
    return _says_no(request.headers.get("Sec-GPC"), request.COOKIES)


def _says_no(signal: str | None, cookies: Mapping[str, str]) -> bool:
    return signal == "1" or actions.answer(cookies) == "no"


def _says_yes(cookies: Mapping[str, str]) -> bool:
    return actions.answer(cookies) == "yes"


def give(response: HttpResponseBase, cookie: str) -> None:
    """Set the identifying cookie: 128 random bits and nothing else, out of reach of scripts."""
    keep(response, actions.COOKIE, cookie)


def drop(response: HttpResponseBase) -> None:
    """Take the identifying cookie back."""
    drop_cookie(response, actions.COOKIE)


def remember_choice(response: HttpResponseBase, choice: str) -> None:
    """Remember a yes or a no without an identifier, so that nobody is asked twice (P8)."""
    keep(response, actions.CHOICE, actions.told(choice))
