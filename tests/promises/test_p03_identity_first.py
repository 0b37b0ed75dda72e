"""P3: an order page opens to its link together with the order's e-mail address, and to nobody else."""

import re

import pytest

from tests.buying import form_to, text_of
from tests.promises.outsider import Bought, Outsider, buy, open_by_link


@pytest.mark.shows("verify.compare", "lock.order-link")
def test_link_and_address_together_open_the_order(shop: Outsider, bought: Bought) -> None:
    """Feature: another browser, the mail's link, the address with other capitals and blanks; then all is there."""
    stranger = shop.visit()
    page = open_by_link(stranger, bought.link, f" {bought.customer['email'].upper()} ")
    assert bought.recipients[0]["line1"] in page.text
    assert "What we hold about you" in page.text


@pytest.mark.shows("lock.order-link")
def test_the_link_alone_shows_nobody(shop: Outsider, bought: Bought) -> None:
    """Attack: somebody found the mail's link; the page names no one, not even a part of a name."""
    page = shop.visit().get(bought.link).text
    assert "is it you" in page
    assert [word for word in bought.canaries if word.lower() in page.lower()] == []


def test_the_number_and_the_address_without_the_link_open_nothing(shop: Outsider, bought: Bought) -> None:
    """Attack: a parcel shows the number, and the address is known; without the link's key it is no."""
    stranger = shop.visit()
    form = form_to(stranger.get(bought.link), "/access")
    for key in ("", "x", bought.number, bought.link.partition("key=")[2][:-1]):
        answer = stranger.send(form, key=key, email=bought.customer["email"])
        assert answer.status_code == 422
        assert bought.recipients[0]["name"] not in answer.text


def test_an_order_that_does_not_exist_looks_like_one_that_does(shop: Outsider, bought: Bought) -> None:
    """Attack: walking through numbers tells nobody which of them are orders."""

    def locked(number: str) -> str:
        page = shop.visit().get(f"/orders/{number}")
        assert page.status_code == 200
        text = page.text.replace(number, "NUMBER")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)

    assert locked("AAAA-BBBB") == locked(bought.number)


def test_another_order_s_pass_opens_nothing_of_this_one(shop: Outsider, bought: Bought) -> None:
    """Attack: a customer with a pass of their own looks at somebody else's order."""
    other = buy(shop, recipients=1)
    page = other.shopper.get(f"/orders/{bought.number}").text
    assert [word for word in bought.canaries if word in page] == []
    assert "is it you" in page


@pytest.mark.shows("lock.tries")
def test_after_five_tries_there_is_a_pause_even_for_the_right_address(shop: Outsider) -> None:
    """Lock: guessing ends; from another browser as well, since the tries are counted in the vault."""
    order = buy(shop, recipients=1)
    for number in range(5):
        assert open_by_link(shop.visit(), order.link, f"guess{number}@example.com").status_code == 422
    answer = open_by_link(shop.visit(), order.link, order.customer["email"])
    assert answer.status_code == 429
    assert "tomorrow" in text_of(answer.text)
    assert order.recipients[0]["name"] not in answer.text


def test_a_wrong_guess_is_compared_and_forgotten(shop: Outsider) -> None:
    """Evidence: what a stranger typed as a proof lies in no file."""
    order, guess = buy(shop, recipients=1), "Qzxwvtkjhgfdsbn"
    size = len(shop.ledger())
    assert open_by_link(shop.visit(), order.link, f"{guess}@example.com").status_code == 422
    assert shop.traces([guess]) == []
    assert len(shop.ledger()) > size  # that somebody tried is written down


def test_this_browser_without_its_pass_sees_goods_and_no_names(shop: Outsider) -> None:
    """The sentence's other half: with nothing but its cart, the browser sees what was bought, and of nobody."""
    order = buy(shop, recipients=1)
    shopper = order.shopper
    shopper.session.cookies.set("__Host-orders", None)  # type: ignore[arg-type] # None takes it away
    page = shopper.get(f"/orders/{order.number}").text
    assert "What it cost" in page
    assert [word for word in order.canaries if word in page] == []
    shopper.session.cookies.clear()
    assert "What it cost" not in shopper.get(f"/orders/{order.number}").text


def test_five_tries_stand_in_the_sentence(shop: Outsider) -> None:
    """The page says the number that the vault counts to, and how long the browser's pass lasts."""
    said = shop.sentence("P3")
    assert "after five tries" in said
    assert "12 hours" in said
