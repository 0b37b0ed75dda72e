"""P38: a page with somebody's data is kept by no cache and says what it opened; any other says that too."""

import pytest
import requests

from tests.buying import Shopper, form_to, text_of
from tests.promises.outsider import GOODS, Bought, Outsider, links
from tests.promises.test_p08_a_lasting_cookie import answered
from tests.promises.test_p09_what_the_cookie_is_for import look

NOTHING = "This page used nothing about you."


def crawl(guest: Shopper, *starts: str) -> list[requests.Response]:
    """Return every page that this browser reaches by links."""
    seen, wait, pages = set[str](), list(starts), []
    while wait and len(seen) < 60:
        path = wait.pop(0)
        if path in seen or "sign-out" in path:
            continue
        seen.add(path)
        answer = guest.get(path)
        if "html" in answer.headers.get("Content-Type", ""):
            pages.append(answer)
            wait += sorted(links(answer.text) - seen)
    return pages


@pytest.mark.shows("lock.marked-pages")
def test_every_page_with_a_canary_is_kept_by_no_cache_and_has_the_receipt(
    shop: Outsider, bought: Bought
) -> None:
    """Evidence: a crawl with the order's pass; data, mark and headers stand together or not at all."""
    pages = crawl(bought.shopper, f"/orders/{bought.number}", "/", "/cart", "/your-cookie")
    marked = [page for page in pages if any(word in page.text for word in bought.canaries)]
    assert sorted(page.url for page in marked) == [
        f"{shop.address}/my-data",
        f"{shop.address}/orders/{bought.number}",
    ]
    for page in marked:
        assert page.headers["Cache-Control"] == "no-store, private"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert "Opened for this page" in text_of(page.text)
    others = [page for page in pages if page not in marked and "/your-cookie" not in page.url]
    assert len(others) > 25
    assert [page.url for page in others if "Opened for this page" in page.text] == []


def test_the_receipt_says_what_for_what_and_which_entry(shop: Outsider, bought: Bought) -> None:
    """Feature: groups, purposes, an end and the entry in the ledger, which is there and is of that purpose."""
    page = text_of(bought.shopper.get(f"/orders/{bought.number}").text)
    assert "What what you gave at checkout, what we keep of your card, who gets the parcel" in page
    assert "For showing you your own" in page
    entry = int(page.partition(" Entry ")[2].split()[0])
    leaf = shop.ledger()[entry]
    assert (leaf["k"], leaf["p"]) == ("use", "rights")


def test_what_staff_open_is_marked_too(shop: Outsider, bought: Bought) -> None:
    """Feature: the one page of staff that shows a receiver, and none of the others."""
    clerk = shop.staff()
    page = clerk.send(form_to(clerk.get(f"/staff/orders/{bought.number}"), "/parcels/1/opening"))
    assert bought.recipients[0]["name"] in page.text
    assert page.headers["Cache-Control"] == "no-store, private"
    assert "Opened for this page" in text_of(page.text)
    for path in ("/staff/orders", f"/staff/orders/{bought.number}"):
        assert "Opened for this page" not in clerk.get(path).text


@pytest.mark.parametrize("path", ["/", "/catalog/", f"/products/{GOODS[0]}", "/search?q=ball", "/privacy"])
def test_a_page_for_everybody_says_that_it_used_nothing(either: Outsider, path: str) -> None:
    """Feature: public pages say so at their foot, and only they may be kept by a cache on the way."""
    page = either.visit(**{"Sec-GPC": "1"}).get(path)
    assert NOTHING in text_of(page.text)
    assert "public" in page.headers["Cache-Control"]


def test_an_answer_that_sets_a_cookie_is_not_for_shared_caches(classic: Outsider) -> None:
    """Attack: a cache on the way could hand one browser's cookie to the next."""
    answer = classic.visit().get("/")
    assert "Set-Cookie" in answer.headers
    assert "public" not in answer.headers["Cache-Control"]


def test_the_cookie_s_pages_are_marked(either: Outsider) -> None:
    """Feature: "your cookie" and the fragment that shows what was seen say what was opened."""
    guest = answered(either, "yes")
    for slug in GOODS:
        look(guest, slug)
    page, fragment = guest.get("/your-cookie"), guest.get("/fragments/seen")
    assert "Opened for this page" in text_of(page.text)
    assert "Opened for this" in text_of(fragment.text)
    for answer in (page, fragment):
        assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("tail", ["/x.css", "/logo.png", ";a.js", "%2fx.css", "?x=.css", "/"])
def test_no_trick_of_the_address_makes_it_cacheable(shop: Outsider, bought: Bought, tail: str) -> None:
    """Attack: an order's address dressed up as a file that caches keep."""
    answer = bought.shopper.get(f"/orders/{bought.number}{tail}")
    if tail != "?x=.css":  # that one is the order's own address
        assert [word for word in bought.canaries if word in answer.text] == []
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_what_was_typed_and_not_sent_on_is_kept_by_no_cache(shop: Outsider) -> None:
    """Feature: a checkout with mistakes shows what was typed; that page is for this browser alone."""
    guest = shop.visit()
    guest.add(GOODS[0])
    page = guest.send(form_to(guest.get("/checkout"), "/checkout"), place="1", name="Dorothea Quill")
    assert "Dorothea Quill" in page.text
    assert page.headers["Cache-Control"] == "no-store, private"


def test_pages_with_data_cannot_be_framed(shop: Outsider, bought: Bought) -> None:
    """Lock: another site cannot lay them under its own."""
    answer = bought.shopper.get(f"/orders/{bought.number}")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
