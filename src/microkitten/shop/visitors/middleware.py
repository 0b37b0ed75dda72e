"""Gives, renews and takes back the visitor's cookie at the edge; pages themselves never see it (P8)."""

from collections.abc import Callable
from contextlib import suppress
from typing import cast

from django.http import HttpRequest, HttpResponseBase

from microkitten.shop.visitors import actions
from microkitten.vault.types import VaultAway
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
    if wants_none(request):
        if cookie is not None:
            if actions.looks_right(cookie):
                actions.forget(cookie)
            drop(response)
        return
    if actions.looks_right(cookie):
        give(response, cast(str, cookie))  # "lasting" means renewed at each visit
    elif actions.assigns_on_visit() and not request.is_robot and (new := actions.assign()):
        give(response, new)


def wants_none(request: HttpRequest) -> bool:
    """Return whether the browser said no: by the opt-out signal (Global Privacy Control) or by an earlier choice."""
    return request.headers.get("Sec-GPC") == "1" or request.COOKIES.get(actions.CHOICE) == "no"


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
