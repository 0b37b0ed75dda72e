"""P19: the list of what a browser looked at is all that differs; page, prices and stock are everybody's."""

import re

import pytest

from tests.buying import Shopper, text_of
from tests.promises.outsider import GOODS, Outsider
from tests.promises.test_p08_a_lasting_cookie import answered
from tests.promises.test_p09_what_the_cookie_is_for import look, noted

PAGES = (
    "/",
    "/catalog/",
    f"/products/{GOODS[0]}",
    f"/products/{GOODS[1]}",
    "/search?q=ball",
    "/search?q=nothing",
)


def page_of(guest: Shopper, path: str) -> str:
    """Return a page but for the words that are new in every answer."""
    return re.sub(r'(nonce|value)="[^"]*"', "", guest.get(path).text)


@pytest.mark.shows("customize.show")
def test_the_one_thing_that_differs_is_the_list(either: Outsider) -> None:
    """Feature: the list is put in afterwards, with what this browser looked at and with nothing for another."""
    one, other = answered(either, "yes"), answered(either, "yes")
    look(one, GOODS[0])
    assert f"/products/{GOODS[0]}" in look(one, GOODS[1])
    assert noted(other, GOODS[1]) == ""


@pytest.mark.shows("lock.public-pages")
def test_two_browsers_of_different_history_get_the_same_pages(either: Outsider) -> None:
    """Lock: with a history, with another, and with a no, each page is the same to the letter, prices included."""
    first, second, none = answered(either, "yes"), answered(either, "yes"), either.visit(**{"Sec-GPC": "1"})
    for _ in range(3):
        look(first, GOODS[0])
    look(second, GOODS[1])
    for path in PAGES:
        pages = {page_of(guest, path) for guest in (first, second, none)}
        assert len(pages) == 1, path


def test_no_price_and_no_stock_is_in_what_is_put_in_for_one_browser(either: Outsider) -> None:
    """Attack: the list shows goods at the price that everybody sees, whatever was looked at how often."""
    guest = answered(either, "yes")
    for _ in range(4):
        look(guest, GOODS[0])
    listed = look(guest, GOODS[1])
    prices = re.findall(r"\$\d+\.\d\d", text_of(listed))
    everybody = text_of(either.visit(**{"Sec-GPC": "1"}).get(f"/products/{GOODS[0]}").text)
    assert [price for price in prices if price not in everybody] == []


def test_forgetting_the_cookie_ends_the_list(either: Outsider) -> None:
    """Feature: after "forget" the same browser is shown nothing of before."""
    guest = answered(either, "yes")
    look(guest, GOODS[0])
    assert f"/products/{GOODS[0]}" in noted(guest, GOODS[1])
    answered(either, "no", guest)
    assert noted(guest, GOODS[1]) == ""


def test_the_page_says_so(either: Outsider) -> None:
    """Evidence: the sentence on the page is about the list and about prices."""
    assert "prices, its stock and its order are the same for everybody" in either.sentence("P19")
