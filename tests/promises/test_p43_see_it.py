"""P43: the order page shows what is held, and each of it has an end that comes by itself."""

import pytest

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider, open_by_link


@pytest.mark.shows("rights.own")
def test_the_order_page_shows_all_that_is_held(shop: Outsider, bought: Bought) -> None:
    """Feature: every field of the file about a buyer or a receiver, with the value that was typed or told."""
    shown = text_of(bought.page)
    values = {
        "customer": {"name": bought.customer["name"], "email": bought.customer["email"]},
        "payment": {"brand": "visa", "last4": "4242", "expiry": "2034-12"},
        "recipient": {
            "name": bought.recipients[1]["name"], "address": bought.recipients[1]["line2"],
            "phone": bought.recipients[1]["phone"], "message": bought.recipients[1]["message"],
        },
    }  # fmt: skip
    for group, fields in values.items():
        assert fields.keys() == shop.policy["field"][group].keys()
        assert all(value in shown for value in fields.values()), group


@pytest.mark.shows(
    "rights.correct", "rights.object", "rights.erase", "rights.show_for", "rights.show_parcels_for",
    "rights.restrict_for", "rights.erase_for", "rights.correct_for", "rights.find_for", "rights.rest_cookie",
)  # fmt: skip
def test_each_right_that_is_told_has_its_rule_for_the_person_and_for_whoever_answers(
    either: Outsider,
) -> None:
    """Lock: the person with the vault's pass, whoever runs the server with a grant; nobody else, and not without."""
    assert "take it along as a file, put it right, object" in either.sentence("P43")
    assert "13 months after the order" in either.sentence("P43b")
    wanted = {
        "correct": ("collect", ["person"], ["proven"]),
        "object": ("restrict", ["person"], ["proven"]),
        "erase": ("erase", ["person"], ["proven"]),
        "show_for": ("use", ["operator"], ["granted"]),
        "show_parcels_for": ("use", ["operator"], ["granted", "law"]),
        "restrict_for": ("restrict", ["operator"], ["granted"]),
        "erase_for": ("erase", ["operator"], ["granted"]),
        "correct_for": ("collect", ["operator"], ["granted"]),
        "find_for": ("compare", ["operator"], []),
        "rest_cookie": ("restrict", ["web:visitors"], ["consent"]),
    }
    for name, told in wanted.items():
        rule = either.rules[f"rights.{name}"]
        assert (rule["act"], rule["actors"], rule["when"]) == told, name
    erasing = {name for name, rule in either.rules.items() if rule["act"] == "erase" and not rule["when"]}
    assert erasing == {"rights.forget"}  # of one's own cookie; every other erasing has a condition


def test_the_order_page_sends_nobody_to_ask_for_what_is_not_there(bought: Bought) -> None:
    """The same on the order page itself: it leads to the sentence."""
    assert 'href="/privacy#P43"' in bought.page
    assert "have it erased" not in bought.page


@pytest.mark.shows("lock.lives")
def test_every_record_has_its_end_in_the_vault(shop: Outsider, bought: Bought) -> None:
    """Evidence: claimed by the order, and for as long as the file says, group by group."""
    months = {"customer": (394, 398), "payment": (394, 398), "recipient": (7 * 365, 7 * 366)}
    seen = set()
    for person in shop.behind(bought.number):
        rows = shop.vault(
            "SELECT group_name, claimed_at, until_at FROM vault_record WHERE person = ?", person
        )
        for group, claimed, until in rows:
            least, most = months[group]
            assert claimed is not None
            assert least <= (until - claimed) / 86_400 <= most, group
            seen.add(group)
    assert seen == set(months)


def test_the_receipt_names_the_first_end(bought: Bought) -> None:
    """Feature: the foot of the order page says until when what it shows is kept."""
    assert "Kept until" in text_of(bought.page)


def test_an_impostor_sees_nothing(shop: Outsider, bought: Bought) -> None:
    """Attack: with the link and a near address; with the address and no link."""
    near = bought.customer["email"].replace("@", "x@")
    page = open_by_link(shop.visit(), bought.link, near)
    assert page.status_code == 422
    assert [word for word in bought.canaries if word in page.text.replace(near, "")] == []


def test_what_stays_in_the_books_has_no_name(shop: Outsider, bought: Bought) -> None:
    """Lock: the order's own rows are numbers, goods and ids; no value of a person is among them."""
    ((order,),) = shop.store.shop("SELECT id FROM orders_order WHERE number = ?", bought.number)
    rows = [
        *shop.store.shop("SELECT * FROM orders_order WHERE id = ?", order),
        *shop.store.shop("SELECT * FROM orders_line WHERE order_id = ?", order),
        *shop.store.shop("SELECT * FROM shipments_shipment WHERE order_id = ?", order),
        *shop.store.shop("SELECT * FROM payments_payment WHERE order_id = ?", order),
    ]
    assert len(rows) >= 6
    told = str(rows)
    assert bought.number in told
    for word in [*bought.canaries, "visa", "62701", "217 555", "2034"]:
        assert word not in told, word
