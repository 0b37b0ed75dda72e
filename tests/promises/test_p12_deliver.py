"""P12: who packs opens one receiver at a time, signed in, and each opening is written down first."""

import pytest

from tests.buying import form_to, text_of
from tests.promises.outsider import Bought, Outsider


def words(bought: Bought, number: int) -> list[str]:
    """Return the canaries of one receiver."""
    return [bought.recipients[number][name] for name in ("name", "line1", "line2", "city", "message")]


def test_staff_s_pages_name_nobody_until_a_parcel_is_opened(shop: Outsider, bought: Bought) -> None:
    """Feature: the list and the order show numbers, goods and countries."""
    clerk = shop.staff()
    for path in ("/staff/orders", f"/staff/orders/{bought.number}"):
        page = clerk.get(path).text
        assert bought.number in page
        assert [word for word in bought.canaries if word in page] == []


@pytest.mark.shows("deliver.open", "lock.ledger")
def test_an_opening_shows_one_receiver_and_stands_in_the_ledger(shop: Outsider, bought: Bought) -> None:
    """Feature and evidence: that receiver, not the other, not who ordered; the page names its entry."""
    clerk = shop.staff()
    size = len(shop.ledger())
    page = clerk.send(form_to(clerk.get(f"/staff/orders/{bought.number}"), "/parcels/2/opening"))
    assert all(word in page.text for word in words(bought, 1))
    assert bought.recipients[1]["phone"] in page.text
    others = [*words(bought, 0), bought.customer["name"], bought.customer["email"]]
    assert [word for word in others if word in page.text] == []
    used = [leaf for leaf in shop.ledger()[size:] if (leaf["k"], leaf["p"]) == ("use", "deliver")]
    assert len(used) == 1
    entry = shop.ledger().index(used[0])
    assert f"Entry {entry} " in text_of(page.text)


@pytest.mark.parametrize("way", ["nobody", "customer", "old pass", "other site"])
def test_who_is_not_signed_in_opens_nothing(shop: Outsider, bought: Bought, way: str) -> None:
    """Attack: a stranger, the customer, a clerk who signed out, another site's form."""
    clerk = shop.staff()
    form = form_to(clerk.get(f"/staff/orders/{bought.number}"), "/parcels/1/opening")
    guest, headers = (
        {"nobody": shop.visit(), "customer": bought.shopper}.get(way, clerk),
        {"Origin": shop.address},
    )
    if way == "old pass":
        kept = dict(clerk.session.cookies)
        clerk.send(form_to(clerk.get("/staff/orders"), "sign-out"))
        clerk.session.cookies.update(kept)
    if way == "other site":
        headers = {"Origin": "https://elsewhere.example"}
    size = len(shop.ledger())
    answer = guest.session.post(form.action, data=form.values, headers=headers, timeout=20)
    assert answer.status_code == 403 or "/staff/sign-in" in answer.url
    assert [word for word in bought.canaries if word in answer.text] == []
    assert not [leaf for leaf in shop.ledger()[size:] if (leaf["k"], leaf["p"]) == ("use", "deliver")]


@pytest.mark.shows("operate.sign_in")
def test_a_sign_in_token_works_once(shop: Outsider) -> None:
    """Attack: a token read over somebody's shoulder."""
    token, first, second = shop.store.staff_token(), shop.visit(), shop.visit()
    page = first.send(form_to(first.get("/staff/sign-in"), "sign-in"), token=token)
    assert page.url.endswith("/staff/orders")
    page = second.send(form_to(second.get("/staff/sign-in"), "sign-in"), token=token)
    assert "not valid any more" in page.text
    assert "/staff/sign-in" in second.get("/staff/orders").url


@pytest.mark.shows("deliver.own")
def test_the_buyer_sees_where_it_goes_and_when_it_has_left(shop: Outsider, bought: Bought) -> None:
    """Feature: the parcel has left by the clerk's word; the buyer's page says so and still names the receiver."""
    clerk = shop.staff()
    clerk.send(form_to(clerk.get(f"/staff/orders/{bought.number}"), "/parcels/1/departure"))
    page = bought.shopper.get(f"/orders/{bought.number}").text
    assert "On its way" in text_of(page)
    assert bought.recipients[0]["line1"] in page
