"""Gives, renews and takes back the visitor's cookie at the edge; pages themselves never see it (P8)."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, parse_cookie

from microkitten.shop.visitors import actions
from microkitten.vault.types import VaultAway
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
)


class Duty(Enum):
    """What is to be done about the cookie of a browser that asks for a page."""

    NOTHING = "nothing"
    RENEW = "renew"  # "lasting" means renewed at each visit
    ASSIGN = "assign"
    FORGET = "forget"


def duty(cookie: str | None, *, says_no: bool, is_robot: bool) -> Duty:
    """Say what the policy's profile and the browser's signals ask for (P8); the one place that decides it."""
    if says_no:
        return Duty.NOTHING if cookie is None else Duty.FORGET
    if actions.looks_right(cookie):
        return Duty.RENEW
    return Duty.ASSIGN if actions.assigns_on_visit() and not is_robot else Duty.NOTHING


def visitor(respond: Respond) -> Respond:
    """Keep the cookie as the policy's profile and the browser's signals say."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        if _is_page(request) and response.status_code < 400 and actions.COOKIE not in response.cookies:
            with suppress(VaultAway):  # a page without the cookie is a whole page
                _keep(cast(Request, request), response)
        return response

    return middleware


def _is_page(request: HttpRequest) -> bool:
    return request.method == "GET" and not request.path.startswith(NOT_PAGES)


def _keep(request: Request, response: HttpResponseBase) -> None:
    cookie = request.COOKIES.get(actions.COOKIE)
    match duty(cookie, says_no=wants_none(request), is_robot=request.is_robot):
        case Duty.FORGET:
            if actions.looks_right(cookie):
                actions.forget(str(cookie))
            drop(response)
        case Duty.RENEW:
            give(response, str(cookie))
        case Duty.ASSIGN if new := actions.assign():
            give(response, new)


def set_cookies(environ: Mapping[str, Any]) -> list[str] | None:
    """Return the Set-Cookie values due to a browser on a page that is kept, or None if the vault must be asked.

    Params: `environ`, the request as the server hands it over (PEP 3333), for the address of a page.
    """
    if environ["REQUEST_METHOD"] != "GET":
        return []
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    cookie = cookies.get(actions.COOKIE)
    says_no = _says_no(environ.get("HTTP_SEC_GPC"), cookies)
    match duty(cookie, says_no=says_no, is_robot=is_robot(environ.get("HTTP_USER_AGENT", ""))):
        case Duty.NOTHING:
            return []
        case Duty.RENEW:
            answer = HttpResponse()
            give(answer, str(cookie))
            return [morsel.OutputString() for morsel in answer.cookies.values()]
        case _:
            return None


def wants_none(request: HttpRequest) -> bool:
    """Return whether the browser said no: by the opt-out signal (Global Privacy Control) or by an earlier choice."""
    return _says_no(request.headers.get("Sec-GPC"), request.COOKIES)


def _says_no(signal: str | None, cookies: Mapping[str, str]) -> bool:
    return signal == "1" or cookies.get(actions.CHOICE) == "no"


def give(response: HttpResponseBase, cookie: str) -> None:
    """Set the identifying cookie: 128 random bits and nothing else, out of reach of scripts."""
    response.set_cookie(
        actions.COOKIE,
        cookie,
        max_age=actions.COOKIE_DAYS * 86_400,
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def drop(response: HttpResponseBase) -> None:
    """Take the identifying cookie back."""
    response.set_cookie(actions.COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax")


def remember_choice(response: HttpResponseBase, choice: str) -> None:
    """Remember a yes or a no without an identifier, so that nobody is asked twice (P8)."""
    response.set_cookie(
        actions.CHOICE,
        choice,
        max_age=actions.COOKIE_DAYS * 86_400,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
