"""The back office has no way in, out or around of its own: a pass is the vault's to mint and to end (P35)."""

from typing import Any

import pytest
from django.contrib import admin
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve, reverse

from microkitten.shop.members import actions


def test_signing_out_of_the_back_office_ends_the_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own button flushed the session alone: a copied cookie went on for the rest of the twelve hours."""
    ended = []
    monkeypatch.setattr(actions, "sign_out_staff", lambda *, token: ended.append(token))
    request: Any = RequestFactory().post(reverse("admin:logout"))

    class Session(dict[str, str]):
        """A session as far as this needs one."""

        def flush(self) -> None:
            """End."""
            self.clear()

    request.session = Session({"pass": "live"})
    view: Any = resolve(reverse("admin:logout")).func
    assert view(request).status_code == 302
    assert (ended, request.session) == (["live"], {})


def test_there_is_no_password_to_change() -> None:
    """A sign-in is an id; the page for it would only fail."""
    view: Any = resolve(reverse("admin:password_change")).func
    with pytest.raises(Http404):
        view(RequestFactory().post("/"))


def test_staff_reach_goods_and_stock_there_and_nothing_else() -> None:
    """No table of people, orders, sign-ins, groups or of the log of who did what."""
    rooms = {model._meta.app_label for model in admin.site._registry}
    assert rooms == {"catalog", "stock"}
