"""The edge of every answer: what nobody keeps, which cookies leave, what is dropped of who asks (P1, P8, P38)."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from microkitten.policy import Purpose, purpose
from microkitten.vault.opened import MAKER, Opened
from microkitten.web import forms, page
from microkitten.web.logs import Plain
from microkitten.web.page import NotEncrypted, Openings, Page, render
from microkitten.web.security import (
    HEADERS,
    NOT_SHARED,
    Personal,
    cookies,
    edge,
    headers,
    public,
    same_origin,
)

KNOWN = "__Host-cart"
PERSON = uuid4()
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHO = ("REMOTE_ADDR", "REMOTE_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def asked(method: str = "get", **told: Any) -> HttpRequest:
    """Return a request over TLS."""
    return getattr(RequestFactory(), method)("/", secure=True, **told)  # type: ignore[no-any-return] # a request


@pytest.mark.parametrize("name", WHO)
def test_each_trace_of_who_asks_is_dropped(name: str) -> None:
    """One by one: any of them alone would tell (P1)."""
    request = asked(**{name: "203.0.113.7"}, HTTP_USER_AGENT="Mozilla/5.0 (a browser)")
    edge(lambda _: HttpResponse())(request)
    told: Any = request
    assert name not in request.META
    assert "HTTP_USER_AGENT" not in request.META
    assert told.now.tzinfo is not None
    assert told.is_robot is False


def test_what_is_not_said_to_be_public_is_stored_by_nobody() -> None:
    """And every answer has its headers (P38)."""
    answer = headers(lambda _: HttpResponse())(asked())
    assert answer["Cache-Control"] == "no-store, private"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert {name: answer[name] for name in HEADERS} == HEADERS
    kept = headers(lambda _: public(HttpResponse(), seconds=5))(asked())
    assert kept["Cache-Control"] == "public, max-age=5"


def test_a_cookie_that_the_policy_does_not_list_is_taken_off() -> None:
    """The one beside it stays (P8)."""

    def respond(_: HttpRequest) -> HttpResponse:
        answer = HttpResponse()
        answer.set_cookie(KNOWN, "1")
        answer.set_cookie("tracker", "1")
        return answer

    assert KNOWN in settings.POLICY.cookies
    answer = cookies(respond)(asked())
    assert set(answer.cookies) == {KNOWN}
    assert "Cache-Control" not in answer


@pytest.mark.parametrize(
    ("cookie", "control"), [("", "public, max-age=60"), (KNOWN, NOT_SHARED), ("odd", "public, max-age=60")]
)
def test_a_public_page_with_a_cookie_is_shared_by_no_cache(cookie: str, control: str) -> None:
    """The page is everybody's, the cookie is not; one that was taken off does not count."""

    def respond(_: HttpRequest) -> HttpResponse:
        answer = public(HttpResponse())
        if cookie:
            answer.set_cookie(cookie, "1")
        return answer

    assert cookies(respond)(asked())["Cache-Control"] == control


def test_a_page_with_somebodys_data_is_never_marked_public() -> None:
    """Whoever tries gets an error and no page (P38)."""
    personal = Page("text", is_personal=True).response()
    assert personal["Cache-Control"] == "no-store, private"
    assert personal["X-Robots-Tag"] == "noindex"
    with pytest.raises(Personal):
        public(personal)
    plain = Page("text", is_personal=False).response()
    assert not plain.has_header("Cache-Control")
    assert public(plain)["Cache-Control"] == "public, max-age=60"


def test_a_page_that_opened_something_is_not_made_without_encryption() -> None:
    """Before a word of it is rendered (P38)."""
    opened: Any = [object()]
    with pytest.raises(NotEncrypted):
        render(RequestFactory().get("/"), "no-such-template.html", opened=opened)


def test_what_no_opening_was_asked_for_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """And no empty place on a page (P38); the log names the field, which is nobody's."""
    with pytest.raises(LookupError):
        Openings([]).reveal("nobody", "customer.name")  # type: ignore[arg-type] # there is no opening to ask
    (said,) = caplog.records
    assert Plain().format(said).endswith(" error microkitten.web: customer.name was not opened for this page")


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_is_free_from_anywhere(method: str) -> None:
    """A link from another site leads here."""
    far = asked(method, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"})
    assert same_origin(lambda _: HttpResponse())(far).status_code == 200


@pytest.mark.parametrize(
    ("site", "status"),
    [("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403), (None, 200)],
)
def test_a_change_without_an_origin_goes_by_what_the_browser_says(site: str | None, status: int) -> None:
    """What says nothing at all is left to the cookies' own protection."""
    near = asked("post", headers={"Sec-Fetch-Site": site} if site else {})
    assert same_origin(lambda _: HttpResponse())(near).status_code == status


def opening(why: Purpose, field: str, *, entry: int | None, until: datetime | None) -> Opened:
    """Return what the vault's door hands out for one field of one person."""
    entries = {} if entry is None else {PERSON: entry}
    return Opened(
        MAKER,
        purpose=why,
        asked=[(PERSON, field)],
        values={(PERSON, field): field},
        entries=entries,
        until=until,
    )


def test_each_value_comes_from_the_opening_that_holds_it() -> None:
    """And from no other, in whichever order they were made (P38)."""
    made = [
        opening(purpose.rights, "customer.name", entry=None, until=None),
        opening(purpose.deliver, "recipient.name", entry=9, until=NOON + timedelta(days=1)),
    ]
    openings = Openings(made)
    with made[0], made[1]:
        for field in ("customer.name", "recipient.name"):
            assert openings.reveal(PERSON, field) == field
        with pytest.raises(LookupError):
            openings.reveal(PERSON, "customer.email")


def test_a_page_tells_of_all_that_was_opened_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first end and the first entry; only for purposes it serves; and it is then nobody else's (P38)."""
    made = [
        opening(purpose.rights, "customer.name", entry=None, until=None),
        opening(purpose.deliver, "recipient.name", entry=12, until=NOON + timedelta(days=1)),
        opening(purpose.rights, "customer.email", entry=9, until=NOON + timedelta(days=2)),
    ]
    served: list[tuple[Purpose, ...]] = []
    template = SimpleNamespace(template="its source", render=lambda values, _: repr(values["receipt"]))
    monkeypatch.setattr(page, "get_template", lambda _name, using: template)
    monkeypatch.setattr(page, "must_serve", lambda _source, purposes: served.append(purposes))
    slip = Openings(made).slip()
    assert (slip.groups, slip.purpose) == (("customer", "recipient"), "rights and deliver")
    assert (slip.until, slip.entry) == (NOON + timedelta(days=1), 9)
    shown = render(asked(), "any.html", opened=made)
    assert (shown.text, shown.is_personal) == (repr(slip), True)
    assert served == [(purpose.rights, purpose.deliver)]
    empty = render(RequestFactory().get("/"), "any.html")
    assert (empty.text, empty.is_personal) == ("None", False)
    assert len(served) == 1
    assert Openings(made[:1]).slip().until is None


class Half(forms.PersonalForm):
    """Says of one input what it is, and not of the other."""

    form_name, personal = "checkout", {"email": "customer.email"}
    email = forms.PlainText(length_max=100_000, required=False)
    other = forms.PlainText(length_max=80, required=False)


class Whole(Half):
    """Says it of both."""

    personal = {"email": "customer.email", "other": "customer.name"}


def test_a_form_says_of_each_input_what_it_is() -> None:
    """One that does not cannot be used at all (P1)."""
    with pytest.raises(RuntimeError, match="does not say what other is"):
        Half({"email": "anna@example.com"}).is_valid()


def test_what_the_vault_would_refuse_is_told_beside_its_input() -> None:
    """With nothing lost of the rest; what was left empty is given to nobody (P1)."""
    good = Whole({"email": "anna@example.com", "other": ""})
    assert good.is_valid()
    assert {field: (one.value, one.source) for field, one in good.given().items()} == {
        "customer.email": ("anna@example.com", "checkout.email")
    }
    bad = Whole({"email": "x" * 90_000, "other": "Anna"})
    assert not bad.is_valid()
    assert set(bad.errors) == {"email"}


def test_a_card_number_is_refused_beside_its_input() -> None:
    """However it is spaced (P4)."""
    with pytest.raises(ValidationError):
        forms.no_card_number("4242 4242-4242 4242")
    forms.no_card_number("12 Sample Street")
