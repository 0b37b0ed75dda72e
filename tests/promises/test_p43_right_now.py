"""P43: beside each sentence stands what it means for whoever reads it now, looked up for their browser alone."""

import re

import pytest

from tests.buying import Shopper, text_of
from tests.promises.outsider import COOKIE, GOODS, Bought, Outsider, canary
from tests.promises.test_p08_a_lasting_cookie import answered
from tests.promises.test_p09_what_the_cookie_is_for import look


def notes(reader: Shopper) -> dict[str, str]:
    """Return the reader's notes by statement, from the page that needs no script."""
    answer = reader.get("/privacy/yours")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store, private"
    found = re.findall(r'id="now-(\w+)">(.*?)</div>', answer.text, re.DOTALL)
    assert len(found) > 20
    return {name: text_of(said) for name, said in found if text_of(said)}


def slip(page: str) -> str:
    """Return what the foot of a page says was used for it."""
    found = re.search(r'<section class="slip".*?</section>', page, re.DOTALL)
    assert found
    return text_of(found[0])


@pytest.mark.shows("rights.own", "rights.own_parcels")
def test_whoever_ordered_reads_what_is_held_and_until_when(shop: Outsider, bought: Bought) -> None:
    """Feature: dates of this very order, with no name or address among them."""
    told = notes(bought.shopper)
    for name in ("P1", "P4", "P6"):
        assert bought.number in told[name], name
        assert any(year in told[name] for year in ("2027", "2028", "2033", "2034"))
    assert "2 receivers" in told["P6"]
    assert "may be opened to ship until" in told["P7"]
    assert "entries about you" in told["P43"]
    page = bought.shopper.get("/privacy/yours").text
    assert [word for word in bought.canaries if word in page] == []


@pytest.mark.shows("rights.own_cookie")
def test_a_browser_with_the_cookie_reads_since_when_and_how_much(either: Outsider) -> None:
    """Feature: the two products are counted, and not named."""
    guest = answered(either, "yes")
    look(guest, GOODS[0])
    look(guest, GOODS[1])
    told = notes(guest)
    assert "lasting cookie since" in told["P8"]
    assert "2 products hang on it" in told["P9"]
    assert not any(slug in guest.get("/privacy/yours").text for slug in GOODS)
    guest.session.cookies.clear()
    guest.session.headers["Sec-GPC"] = "1"
    assert "P9" not in notes(guest)


def test_the_fragment_says_the_same_as_the_page(shop: Outsider, bought: Bought) -> None:
    """Feature: with scripts the notes come by themselves, without them by a link; both say the same."""
    answer = bought.shopper.get("/fragments/privacy-notes")
    assert answer.headers["Cache-Control"] == "no-store, private"
    found = re.findall(r'data-beside="now-(\w+)">(.*?)</div>', answer.text, re.DOTALL)
    told = notes(bought.shopper)
    assert {name for name, _ in found} == set(told)
    assert {name: text_of(said) for name, said in found if name != "P43"} == {
        name: said for name, said in told.items() if name != "P43"
    }
    public = shop.visit().get("/privacy").text
    assert 'data-notes="/fragments/privacy-notes"' in public
    assert 'href="/privacy/yours"' in public


def test_another_browser_sees_nothing_of_it(shop: Outsider, bought: Bought) -> None:
    """Attack: a stranger, a wrong pass, a wrong cookie, an endless one: nothing, and a friendly word."""
    for name, value in (
        ("__Host-orders", ""), ("__Host-orders", canary() * 3), ("__Host-orders", "x" * 5000),
        ("__Host-orders", "' OR 1=1 --"), (COOKIE, "x" * 22), (COOKIE, "../../etc"),
    ):  # fmt: skip
        stranger = shop.visit(**{"Sec-GPC": "1"} if name == "__Host-orders" else {})
        if value:
            stranger.session.headers["Cookie"] = f"{name}={value}"
        for path in ("/privacy/yours", "/fragments/privacy-notes"):
            answer = stranger.get(path)
            if answer.status_code == 400 or answer.status_code == 431:
                continue  # the edge turned it away
            assert answer.status_code == 200
            assert "We hold nothing about you that this browser could show" in answer.text
            assert bought.number not in answer.text
            assert "no-store" in answer.headers["Cache-Control"]


def test_the_public_page_is_the_same_bytes_for_all_of_them(shop: Outsider, bought: Bought) -> None:
    """Lock: whatever is the reader's own is not on it; with the signal, the pass, the cookie, or none of them."""
    readers = [
        bought.shopper,
        shop.visit(),
        shop.visit(**{"Sec-GPC": "1"}),
        answered(shop, "yes"),
        shop.staff(),
    ]
    for path in ("/privacy", "/privacy/versions", "/privacy/versions/1"):
        assert len({reader.get(path).content for reader in readers}) == 1, path
    assert "public" in shop.visit(**{"Sec-GPC": "1"}).get("/privacy").headers["Cache-Control"]


def test_the_signal_is_received_and_said_to_be(either: Outsider) -> None:
    """Feature: a browser that asks not to be sold reads that it was heard, and nothing is looked up for it."""
    size = len(either.ledger())
    guest = either.visit(**{"Sec-GPC": "1"})
    page = guest.get("/privacy/yours").text
    assert "asks not to be sold" in text_of(page)
    assert "received" in notes(guest)["P20"]
    assert "received" in notes(guest)["P8"]
    assert len(either.ledger()) == size
    assert "received" not in notes(answered(either, "yes"))["P20"]


def test_staff_read_until_when_they_are_signed_in(shop: Outsider) -> None:
    """Feature: and they hold no more rights on this page than anybody."""
    told = notes(shop.staff())
    assert "signed in as staff" in told["P35"]
    assert "P35" not in notes(shop.visit())


def test_each_look_is_entered_and_told_at_the_foot(shop: Outsider, bought: Bought) -> None:
    """Evidence: one entry a person, for the purpose of one's rights; the foot says so (P38)."""
    size = len(shop.ledger())
    said = slip(bought.shopper.get("/privacy/yours").text)
    made = [(leaf["k"], leaf["p"]) for leaf in shop.ledger()[size:]]
    assert made.count(("use", "rights")) >= len(shop.behind(bought.number))
    assert "Looked up for this page, not opened" in said
    assert "showing you your own" in said
    assert "who gets the parcel" in said
    nothing = slip(shop.visit(**{"Sec-GPC": "1"}).get("/privacy/yours").text)
    assert "Nothing was looked up for this page" in nothing


def test_crawlers_are_told_to_stay_away(shop: Outsider) -> None:
    """Evidence: the page that is the reader's own is in no index."""
    assert "/privacy/yours" in shop.visit().get("/robots.txt").text
    assert shop.visit().get("/privacy/yours").headers["X-Robots-Tag"] == "noindex"
