"""P9: the lasting cookie shows a browser what it lately looked at, and does nothing else."""

import pytest

from tests.buying import Shopper, text_of
from tests.promises.outsider import COOKIE, GOODS, Outsider, buy
from tests.promises.test_p08_a_lasting_cookie import answered


def look(shopper: Shopper, slug: str) -> str:
    """Look at a product as a browser with scripts does; returns what the page is told of earlier ones."""
    shopper.get(f"/products/{slug}")
    return noted(shopper, slug)


def noted(shopper: Shopper, slug: str) -> str:
    """Ask the fragment alone, with whatever cookie the browser has."""
    url = f"{shopper.address}/fragments/seen"
    answer = shopper.session.post(
        url, data={"product": slug}, headers={"Origin": shopper.address}, timeout=20
    )
    assert answer.status_code == 200
    return answer.text


@pytest.mark.shows("customize.remember", "customize.find", "customize.show")
def test_a_browser_that_comes_back_sees_what_it_looked_at(either: Outsider) -> None:
    """Feature: two products looked at, the first shown beside the second, both on the first page and on its own."""
    guest = answered(either, "yes")
    assert look(guest, GOODS[0]) == ""
    assert f"/products/{GOODS[0]}" in look(guest, GOODS[1])
    for path in ("/fragments/seen", "/your-cookie"):
        page = guest.get(path).text
        assert all(f"/products/{slug}" in page for slug in GOODS), path


@pytest.mark.shows("group.visitor")
def test_what_hangs_on_it_is_sealed(either: Outsider) -> None:
    """Lock: neither the cookie's value nor what it saw can be read in any file."""
    guest = answered(either, "yes")
    look(guest, GOODS[0])
    look(guest, GOODS[1])
    assert either.traces([guest.session.cookies[COOKIE]]) == []
    sealed = either.vault("SELECT sealed FROM vault_record WHERE group_name = 'visitor'")
    assert sealed
    assert all(GOODS[0].encode() not in one for (one,) in sealed)


def test_without_a_cookie_or_with_the_signal_nothing_is_noted(either: Outsider) -> None:
    """Attack: the fragment is asked for by nobody, by a wrong cookie, and by a browser that says no."""
    known = answered(either, "yes")
    look(known, GOODS[0])
    size = len(either.ledger())
    nobody, wrong = either.visit(**{"Sec-GPC": "1"}), either.visit()
    wrong.session.cookies.set(COOKIE, "not of our shape")
    known.session.headers["Sec-GPC"] = "1"
    for guest in (nobody, wrong, known):
        assert noted(guest, GOODS[1]) == ""
    assert [leaf for leaf in either.ledger()[size:] if leaf["k"] in {"use", "collection"}] == []


def test_a_purchase_is_not_joined_to_it(shop: Outsider) -> None:
    """Attack: the same browser looks around and buys; no row of the shop leads from the order to the cookie."""
    guest = answered(shop, "yes")
    look(guest, GOODS[0])
    visitors = {one for (one,) in shop.vault("SELECT id FROM vault_person WHERE kind = 'visitor'")}
    order = buy(shop, recipients=1, shopper=guest)
    assert not set(shop.behind(order.number)) & visitors
    for table in shop.store.tables():
        rows = shop.store.shop(f'SELECT * FROM "{table}"')
        assert not [row for row in rows if visitors & {str(value) for value in row}], table


@pytest.mark.parametrize("purpose", ["confirm", "deliver", "bill", "verify", "operate"])
def test_no_other_purpose_may_have_it(shop: Outsider, purpose: str) -> None:
    """Lock: what was looked at is refused for every other purpose, whatever else holds."""
    answer = shop.explain("web:visitors", "visitor.seen", purpose, "--condition", "consent")
    assert answer["verdict"] == "no"


def test_the_rules_about_it_are_these(either: Outsider) -> None:
    """Lock: by the file, one room alone looks after it, and the clearing program in its time."""
    rules = {
        name: rule["actors"]
        for name, rule in either.rules.items()
        if any(field.startswith("visitor.") for field in rule["fields"])
    }
    ours = {f"customize.{name}" for name in ("cookie", "remember", "find", "show")}
    ours |= {"rights.forget", "rights.own_cookie", "rights.rest_cookie"}
    assert {name for name, actors in rules.items() if actors == ["web:visitors"]} == ours
    assert set(rules) - ours == {"rights.lapse"}


def test_the_page_says_what_was_opened(either: Outsider) -> None:
    """Evidence: "your cookie" tells at its foot that the cookie was opened, and for what."""
    guest = answered(either, "yes")
    look(guest, GOODS[0])
    page = text_of(guest.get("/your-cookie").text)
    assert "Opened for this page" in page
    assert "What your cookie For knowing this browser again" in page
