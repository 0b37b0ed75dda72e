"""P6: each receiver is a person of their own, though they never came by."""

import pytest

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider, buy, plain


@pytest.mark.shows("deliver.collect", "group.recipient")
def test_one_order_goes_to_several_people_each_with_what_the_policy_names(
    shop: Outsider, bought: Bought
) -> None:
    """Feature: name, address, telephone number and message of each stand on the buyer's page."""
    shown = text_of(bought.page)
    for one in bought.recipients:
        for name in ("name", "line1", "line2", "city", "postcode", "phone", "message"):
            assert one[name] in shown, name
    assert set(shop.policy["field"]["recipient"]) == {"name", "address", "phone", "message"}


def test_each_receiver_has_keys_of_their_own(shop: Outsider, bought: Bought) -> None:
    """Lock: as many people in the vault as are in the order, none of them twice, each of their own kind."""
    people = shop.behind(bought.number)
    assert len(set(people)) == 3
    kinds = [shop.vault("SELECT kind FROM vault_person WHERE id = ?", one) for one in people]
    assert kinds == [[("customer",)], [("recipient",)], [("recipient",)]]
    groups = [shop.vault("SELECT group_name FROM vault_record WHERE person = ?", one) for one in people[1:]]
    assert groups == [[("recipient",)], [("recipient",)]]


def test_no_row_of_the_shop_is_without_its_person(shop: Outsider, bought: Bought) -> None:
    """Lock: the columns that lead to people take no null, whatever writes them."""
    assert bought.number
    for table, column in (("orders_order", "customer"), ("shipments_shipment", "recipient")):
        assert shop.store.columns(table)[column], f"{table}.{column} may be null"


def test_receivers_get_no_mail_and_stand_in_nobody_s(shop: Outsider, bought: Bought) -> None:
    """Attack: the mail about the order goes to who ordered, and names no receiver and no address."""
    assert bought.mail["To"].addresses[0].addr_spec == bought.customer["email"]
    assert len(bought.mail["To"].addresses) == 1
    for one in bought.recipients:
        for name in ("name", "line1", "line2", "city", "message"):
            assert one[name] not in bought.mail.as_string()
            assert one[name] not in plain(bought.mail)


def test_receivers_serve_no_other_purpose(either: Outsider) -> None:
    """Lock: no rule uses a receiver but to deliver, for books, law and their rights; none hands one to anybody."""
    for name, rule in either.rules.items():
        if any(field.startswith("recipient.") for field in rule["fields"]):
            assert name.partition(".")[0] in {"deliver", "books", "legal", "rights"}
            assert "to" not in rule


def test_the_same_receiver_in_two_orders_is_two_people(shop: Outsider, bought: Bought) -> None:
    """Attack: nothing joins two gifts to one receiver, so nobody learns who else sends there."""
    other = buy(shop, recipients=1, shopper=shop.visit())
    again = shop.visit()
    again.add("felt-mouse")
    same = bought.recipients[0]
    page = again.checkout(customer=other.customer, recipients=[same])
    assert page.url.startswith(shop.processor)
    rows = shop.store.shop("SELECT recipient FROM shipments_shipment")
    assert len(rows) == len(set(rows))
