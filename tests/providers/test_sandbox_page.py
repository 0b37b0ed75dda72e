"""The sandbox's payment page: usable by people, browsers and programs, and closed to everything else (P4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
import requests
from tests.outside import ASKS, BAD, GOOD, Certificates, Sandbox, bill, shop
from tests.providers.conftest import Pair

from microkitten.providers.cards import Status


@pytest.fixture(scope="module")
def pair(files: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One sandbox for all the pages: none of these tests stops it."""
    with shop(files) as listener:
        sandbox = Sandbox(tmp_path_factory.mktemp("pages"), files, listener.origin).start()
        yield Pair(sandbox, listener)
        assert sandbox.stop() == 0


Tags = list[tuple[str, dict[str, str | None]]]


def tags(page: str) -> Tags:
    """Return the start tags of a page."""
    found: Tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(page)
    return found


def get(pair: Pair, path: str, **options: object) -> requests.Response:
    """Open a page."""
    return requests.get(pair.sandbox.origin + path, verify=str(pair.sandbox.files.authority), timeout=10)


def test_autofill_finds_its_way(pair: Pair) -> None:
    """Four inputs with the standard tokens, a label each; and no input that nobody can see."""
    session = pair.open(bill(123456))
    page = get(pair, f"/pay/{session.id}")
    inputs = [about for tag, about in tags(page.text) if tag == "input"]
    assert [about["autocomplete"] for about in inputs] == ["cc-name", "cc-number", "cc-exp", "cc-csc"]
    labels = {about["for"] for tag, about in tags(page.text) if tag == "label"}
    assert labels == {about["id"] for about in inputs}
    assert re.search(r"<button[^>]*>Pay</button>", page.text)
    assert "USD 1,234.56" in page.text
    assert "A &lt;small&gt; shop" in page.text
    assert not [tag for tag, _ in tags(page.text) if tag in ("script", "iframe", "style")]


@pytest.mark.parametrize(
    ("currency", "shown"), [("JPY", "JPY 4,250"), ("KWD", "KWD 4.250"), ("EUR", "EUR 42.50")]
)
def test_the_amount_has_its_currencys_decimals(pair: Pair, currency: str, shown: str) -> None:
    """A yen has no cents, a dinar has thousandths."""
    session = pair.open(bill(4250, currency=currency))
    assert shown in get(pair, f"/pay/{session.id}").text


def test_every_answer_is_guarded(pair: Pair) -> None:
    """No script, no frame, no foreign form target but the shop; nothing is cached, errors included."""
    session = pair.open()
    for path in (f"/pay/{session.id}", "/pay/nothing", "/sandbox.css", "/v1/sessions", "/healthz"):
        headers = get(pair, path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "Set-Cookie" not in headers
        assert "Python" not in headers["Server"]
    policy = get(pair, f"/pay/{session.id}").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {pair.shop.origin};" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"cc_number": ""}, "cc-number"),
        ({"cc_number": "4242 4242 4242 4243"}, "cc-number"),
        ({"cc_number": "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢"}, "cc-number"),
        ({"cc_number": "<b>4242</b>"}, "cc-number"),
        ({"cc_exp": ""}, "cc-exp"),
        ({"cc_exp": "13/31"}, "cc-exp"),
        ({"cc_exp": "00/31"}, "cc-exp"),
        ({"cc_exp": "08/19"}, "cc-exp"),
        ({"cc_exp": "08/99"}, "cc-exp"),
        ({"cc_exp": "soon"}, "cc-exp"),
        ({"cc_csc": ""}, "cc-csc"),
        ({"cc_csc": "12"}, "cc-csc"),
        ({"cc_csc": "12x"}, "cc-csc"),
        ({"cc_name": "  "}, "cc-name"),
        ({"cc_name": "x" * 201}, "cc-name"),
    ],
)
def test_a_mistake_is_shown_where_it_was_made(pair: Pair, form: dict[str, str], field: str) -> None:
    """Each field says what is wrong with it; number and code never come back in the page."""
    session = pair.open()
    number = form.pop("cc_number", GOOD)
    page = pair.sandbox.pay(session.id, number, **form)
    assert page.status_code == 422
    marked = [about["name"] for tag, about in tags(page.text) if tag == "input" and "aria-invalid" in about]
    assert marked == [field]
    assert f'id="{field}-error"' in page.text
    values = {about["name"]: about.get("value") for tag, about in tags(page.text) if tag == "input"}
    assert values["cc-number"] is None
    assert values["cc-csc"] is None
    assert values["cc-name"] == form.get("cc_name", "Anna Canary").strip(" ") or field == "cc-name"
    assert pair.client.look_up(session.id).status is Status.OPEN


@pytest.mark.parametrize(
    "expiry", ["08/31", "8/31", "08 / 2031", "0831", "082031", "2031-08", "08-31", "8.31"]
)
def test_a_date_may_be_written_in_many_ways(pair: Pair, expiry: str) -> None:
    """Browsers fill in whatever they hold."""
    session = pair.open()
    assert pair.sandbox.pay(session.id, "4242-4242\u00a04242 4242", cc_exp=expiry).status_code == 303
    card = pair.client.look_up(session.id).card
    assert card is not None
    assert card.expiry == "2031-08"


def test_success_and_cancel_lead_back_to_the_shop(pair: Pair) -> None:
    """By 303, to the very address the shop gave; a paid page has nothing else to show."""
    back = pair.shop.origin + "/back?order=1"
    session = pair.open()
    cancel = pair.sandbox.send(f"/pay/{session.id}/cancel", {})
    assert (cancel.status_code, cancel.headers["Location"]) == (303, back)
    assert pair.client.look_up(session.id).status is Status.OPEN, "whoever goes back may still come again"
    for _ in range(2):
        paid = pair.sandbox.pay(session.id, GOOD)
        assert (paid.status_code, paid.headers["Location"]) == (303, back)


def test_a_declined_card_may_be_followed_by_another(pair: Pair) -> None:
    """The page stays and says that nothing was charged; another number gets a hint at those that work."""
    session = pair.open()
    declined = pair.sandbox.pay(session.id, BAD)
    assert declined.status_code == 402
    assert "declined" in declined.text
    assert "declined" in get(pair, f"/pay/{session.id}").text
    other = pair.sandbox.pay(session.id, "5555555555554444")
    assert "Only test cards" in other.text
    assert "4242 4242 4242 4242" in other.text
    assert "5555" not in other.text


def test_a_decline_may_lead_back_instead(pair_with: Callable[..., Pair]) -> None:
    """Some processors send the browser back: the shop must bear both."""
    pair = pair_with(after_decline="return")
    session = pair.open()
    assert pair.sandbox.pay(session.id, BAD).status_code == 303
    assert pair.client.look_up(session.id).status is Status.DECLINED


def test_the_bank_asks_on_a_page_of_its_own(pair: Pair) -> None:
    """Two buttons with names that programs find, too."""
    session = pair.open()
    asked = pair.sandbox.pay(session.id, ASKS)
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/pay/{session.id}")
    page = get(pair, f"/pay/{session.id}").text
    assert re.findall(r"<button[^>]*>([^<]+)</button>", page)[:2] == ["Approve", "Fail"]
    assert "3184" in page
    assert pair.sandbox.send(f"/pay/{session.id}/authentication", {"outcome": "approve"}).status_code == 303


def test_an_ended_session_says_so(pair: Pair) -> None:
    """Nothing was charged, and there is a way back."""
    session = pair.open()
    pair.client.void(session.id)
    for page in (get(pair, f"/pay/{session.id}"), pair.sandbox.pay(session.id, GOOD)):
        assert page.status_code == 410
        assert "Nothing was charged" in page.text
        assert pair.shop.origin in page.text


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_another_sites_form_is_refused(pair: Pair, headers: dict[str, str]) -> None:
    """Nobody pays, or cancels, by visiting another page."""
    session = pair.open()
    form = {"cc-name": "x", "cc-number": GOOD, "cc-exp": "08/31", "cc-csc": "123"}
    assert pair.sandbox.send(f"/pay/{session.id}", form, headers=headers).status_code == 403
    assert pair.client.look_up(session.id).status is Status.OPEN


def test_odd_requests_are_refused_and_harm_nothing(pair: Pair) -> None:
    """Too long, without a length, with a length that lies, with a verb nobody knows."""
    session = pair.open()
    path = f"/pay/{session.id}"
    assert pair.sandbox.send(path, {"x": "y" * 70_000}).status_code == 413
    assert pair.sandbox.send(path, {}, headers={"Content-Length": "-5"}).status_code in (400, 411)
    assert pair.sandbox.send(path, {f"a{n}": "" for n in range(50)}).status_code == 422
    where = pair.sandbox.origin + path
    assert (
        requests.request("DELETE", where, verify=str(pair.sandbox.files.authority), timeout=5).status_code
        == 501
    )
    assert get(pair, "/healthz").text == "ok\n"
