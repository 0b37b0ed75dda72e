"""A no is a no wherever it is said: by the signal of the browser, or by the choice that was made (P8)."""

from typing import Any

import pytest
from django.test import RequestFactory

from microkitten.shop.privacy.views import cookie as privacy
from microkitten.shop.visitors import actions, views
from microkitten.vault import door

COOKIE = "x" * 22


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which verbs of the vault are asked for; none that makes or opens anything may be."""
    verbs: list[str] = []
    for verb in ("assign_visitor", "consent_visitor", "find", "use", "collect", "forget_visitor"):
        monkeypatch.setattr(door, verb, lambda *_told, verb=verb, **_more: verbs.append(verb))
    return verbs


@pytest.mark.parametrize("cookie", ["", COOKIE])
def test_a_yes_under_the_opt_out_signal_makes_no_cookie(cookie: str, asked: list[str]) -> None:
    """The next page would take it back: the ledger would tell of a consent that never held."""
    request: Any = RequestFactory().post("/your-cookie/choice", {"answer": "yes"}, headers={"Sec-GPC": "1"})
    request.COOKIES = {actions.COOKIE: cookie} if cookie else {}
    answer = views.decide(request)
    assert answer.cookies[actions.COOKIE].value == ""
    assert answer.cookies[actions.CHOICE].value == "no"
    assert asked == (["forget_visitor"] if cookie else [])


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("no", ["signal", "choice"])
def test_after_a_no_nothing_is_noted_or_shown(method: str, no: str, asked: list[str]) -> None:
    """Not even by a page that was open before the cookie went."""
    make = getattr(RequestFactory(), method)
    request: Any = make(
        "/fragments/seen", {"product": "ball"}, headers={"Sec-GPC": "1"} if no == "signal" else {}
    )
    request.COOKIES = {actions.COOKIE: COOKIE} | ({actions.CHOICE: "no"} if no == "choice" else {})
    answer = privacy.seen(request)
    assert (answer.status_code, answer.content, asked) == (200, b"", [])
