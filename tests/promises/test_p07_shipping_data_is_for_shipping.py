"""P7: a receiver's data is opened to ship and to show the buyer where it goes; its end is set by the vault."""

import json
import re
import time

import pytest

from microkitten import policy
from microkitten.shop.shipments.actions import ARRIVES_WITHIN
from tests.buying import form_to, text_of
from tests.promises.outsider import Bought, Outsider, buy


@pytest.mark.shows("group.recipient", "lock.lives")
def test_the_end_of_an_address_is_the_sentence_s(either: Outsider) -> None:
    """Feature: the times on the page are the file's, and both are the vault's."""
    kept = either.policy["group"]["recipient"]
    assert (kept["arrival"], kept["life"], kept["law"]) == ("P30D", "P6M", "P7Y")
    assert either.rules["deliver.open"]["within"] == "P60D"
    sentence = either.sentence("P7")
    assert (
        "until 30 days after the parcel has come, and in no case later than 60 days after the order"
        in sentence
    )
    assert "by the vault's own clock" in sentence
    books = either.sentence("P7b")
    assert "When shipping is over, at the latest 6 months after the order" in books
    assert "until 7 years after the order" in books


@pytest.mark.shows("deliver.open")
@pytest.mark.parametrize(
    ("age", "verdict"), [("P1D", "yes"), ("P60D", "yes"), ("P61D", "no"), ("P400D", "no")]
)
def test_shipping_is_over_after_the_sentence_s_days(shop: Outsider, age: str, verdict: str) -> None:
    """Lock: on the 61st day whoever ships opens no address, though it is still kept."""
    holding = ("--condition", "staff", "--condition", "claimed", "--age", age)
    answer = shop.explain("shipping", "recipient.address", "deliver", *holding)
    assert (answer["verdict"], answer["rule"], answer["statement"]) == (verdict, "deliver.open", "P7")


def test_every_receiver_has_an_end_in_the_vault_s_clock(shop: Outsider, bought: Bought) -> None:
    """Evidence: the vault has noted both ends itself, reckoned from when the order claimed the record."""
    for person in shop.behind(bought.number)[1:]:
        query = "SELECT lapse_at - claimed_at, until_at - claimed_at FROM vault_record WHERE person = ?"
        ((lapse, until),) = shop.vault(query, person)
        assert 180 <= lapse / 86_400 <= 185
        assert 7 * 365 <= until / 86_400 <= 7 * 366


def test_the_shop_s_own_database_has_no_address_and_no_end_to_move(shop: Outsider, bought: Bought) -> None:
    """Lock: the shop could not lengthen a life if it wanted to; it has country and id, and nothing besides."""
    assert bought.number
    columns = set(shop.store.columns("shipments_shipment"))
    assert not columns & {"name", "address", "phone", "message", "until_at", "line1", "postcode", "city"}
    assert {"recipient", "country"} <= columns


@pytest.mark.shows("deliver.open", "deliver.own")
@pytest.mark.parametrize(
    "actor", ["merchant", "job:confirm", "job:pay", "web:checkout", "web:orders", "operator"]
)
def test_nobody_but_who_ships_and_who_ordered_opens_an_address(shop: Outsider, actor: str) -> None:
    """Attack: everybody else asks, with every condition that can be met but a grant."""
    everything = [
        word for one in ("claimed", "staff", "proven", "consent", "law") for word in ("--condition", one)
    ]
    for purpose in ("deliver", "rights", "books", "legal"):
        assert shop.explain(actor, "recipient.address", purpose, *everything)["verdict"] in ("no", "yes, if")
    assert (
        shop.explain(actor, "recipient.address", "deliver", *everything, "--condition", "granted")["verdict"]
        == "no"
    )


@pytest.mark.shows("books.open", "legal.open", "rights.own_parcels")
def test_what_has_lapsed_opens_for_books_law_and_oneself_alone(shop: Outsider) -> None:
    """Lock: after the lapse whoever ships gets a no whatever holds; the books want a grant; one's own stays to see."""
    kept = ("--state", "kept-by-law", "--state", "order-placed")
    ships = shop.explain(
        "shipping", "recipient.address", "deliver", *kept, "--condition", "staff", "--age", "P1D"
    )
    assert (ships["verdict"], ships["rule"]) == ("no", "deliver.open")
    for purpose in ("books", "legal"):
        asked = ("operator", "recipient.address", purpose, *kept)
        assert shop.explain(*asked)["missing"] == ["granted"]
        assert shop.explain(*asked, "--state", "granted")["verdict"] == "yes"
        without = shop.explain("operator", "recipient.message", purpose, *kept, "--state", "granted")
        assert without["verdict"] == "no"
    own = shop.explain("person", "recipient.address", "rights", *kept, "--state", "signed-in")
    assert own["verdict"] == "yes"


def test_an_address_that_no_order_has_claimed_opens_for_no_parcel(shop: Outsider) -> None:
    """Attack: what was typed and not ordered is no parcel."""
    answer = shop.explain("shipping", "recipient.address", "deliver", "--condition", "staff")
    assert (answer["verdict"], answer["missing"]) == ("yes, if", ["claimed", "within"])


def test_staff_say_that_it_came_and_the_vault_begins_the_last_thirty_days(shop: Outsider) -> None:
    """Feature: the button on staff's page; a minute later the vault has its own time of it, and a nearer end."""
    sold = buy(shop, recipients=1)
    clerk, person = shop.staff(), shop.behind(sold.number)[1]
    page = f"/staff/orders/{sold.number}"
    assert "It arrived" not in clerk.get(page).text
    clerk.send(form_to(clerk.get(page), "/parcels/1/departure"))
    clerk.send(form_to(clerk.get(page), "/parcels/1/arrival"))
    assert "Arrived" in text_of(clerk.get(page).text)
    query = "SELECT arrived_at, lapse_at, until_at - claimed_at FROM vault_record WHERE person = ?"
    end = time.monotonic() + 60
    while (found := shop.vault(query, person)[0])[0] is None:
        assert time.monotonic() < end, "the vault was not told"
        time.sleep(0.2)
    came, lapse, kept = found
    assert abs(came - time.time()) < 120
    assert lapse - came == 30 * 86_400
    assert kept > 7 * 364 * 86_400
    shown = text_of(sold.shopper.get(f"/orders/{sold.number}").text)
    assert "Address usable until" in shown
    assert "name and address kept for the books until" in shown


def test_the_fortnight_of_the_sentence_is_the_program_s() -> None:
    """Lock: what the page calls a fortnight, in words since no row of the file has it, is what the shop waits."""
    said = {one.id: one.text for one in policy.packaged("classic").statements}["P7"]
    assert "a fortnight after it left" in said
    assert ARRIVES_WITHIN.days == 14


def test_the_merchant_sees_how_old_the_usable_addresses_are_and_what_ends_when(
    shop: Outsider, bought: Bought
) -> None:
    """Evidence: a drawn histogram and a table of months; no name, no address, no order."""
    page = shop.staff().get("/staff/calendar")
    assert page.status_code == 200
    shown = text_of(page.text)
    assert re.search(r"\d+ addresses can be opened to ship", shown)
    assert "<svg" in page.text
    assert "Whoever gets the parcel" in shown
    assert [word for word in bought.canaries if word in page.text] == []
    assert bought.number not in page.text
    assert "/staff/sign-in" in shop.visit().get("/staff/calendar").url
    told = json.loads(shop.command("calendar", "--json").stdout)
    assert told["groups"]["recipient"]["held"] >= 2
    assert sum(told["ages"]) >= 2
