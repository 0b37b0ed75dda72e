"""P11: the page names each way data is used, and the program knows no other."""

import re

import pytest

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider


def test_page_file_and_ledger_name_the_same_purposes(either: Outsider) -> None:
    """Evidence, three ways: the page's table is the file's list, and the ledger has seen no purpose beside it."""
    either.visit().buy("cork-ball")
    table = re.search(r"<caption>Each use of your data</caption>(.*?)</table>", either.privacy(), re.DOTALL)
    assert table
    named = set(re.findall(r"<td>([^:<]+): ", table[1]))
    assert named == {entry["title"] for entry in either.policy["purpose"].values()}
    seen = {leaf["p"] for leaf in either.ledger() if leaf["k"] != "deployment"}
    assert seen <= set(either.policy["purpose"])
    assert len(seen) >= 2


def test_every_row_of_the_page_s_table_is_a_rule_and_the_reverse(either: Outsider) -> None:
    """Lock: each datum stands in the row of each purpose that a rule uses it for, and in no other row."""
    page = text_of(either.privacy())
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td>', either.privacy())
    told = {
        (field.strip(), text_of(why).partition(":")[0])
        for fields, why in rows
        for field in text_of(fields).split(", ")
        if ": " in text_of(why)
    }
    titles = {
        f"{g}.{n}": one["title"] for g, some in either.policy["field"].items() for n, one in some.items()
    }
    ruled = {
        (titles[field], either.policy["purpose"][name.partition(".")[0]]["title"])
        for name, rule in either.rules.items()
        for field in rule["fields"]
    }
    assert ruled <= told
    assert {(field, why) for field, why in told if field in titles.values()} == ruled
    assert "refused by the program" in page


@pytest.mark.shows("lock.closed-list")
@pytest.mark.parametrize(
    "words",
    [
        ("person", "recipient.address", "confirm"),
        ("web:checkout", "customer.email", "customize"),
        ("job:confirm", "customer.email", "deliver"),
        ("shipping", "customer.email", "deliver"),
        ("operator", "customer.name", "deliver"),
    ],
)
def test_a_use_that_is_not_in_the_table_is_a_no_that_quotes_it(
    shop: Outsider, words: tuple[str, str, str]
) -> None:
    """Attack: neighbors of allowed uses, with every condition granted."""
    everything = [word for one in ("claimed", "staff", "proven", "consent") for word in ("--condition", one)]
    answer = shop.explain(*words, *everything)
    assert (answer["verdict"], answer["rule"], answer["statement"]) == ("no", "", "P11")


@pytest.mark.parametrize("purpose", ["marketing", "offers", "improve", "Deliver", "deliver "])
def test_a_purpose_that_the_file_lacks_does_not_exist(shop: Outsider, purpose: str) -> None:
    """Attack: a purpose from a text; it is not refused but unknown."""
    done = shop.command("policy", "explain", "shipping", "recipient.name", purpose)
    assert done.returncode == 2
    assert "unknown purpose" in done.stderr


@pytest.mark.shows("lock.closed-list")
def test_a_refusal_is_written_down(shop: Outsider, bought: Bought) -> None:
    """Evidence: a browser shows a pass that is none; the page stays locked, and the ledger has grown."""
    size = len(shop.ledger())
    guest = shop.visit(**{"Sec-GPC": "1"})
    guest.session.cookies.set("__Host-orders", "A" * 43)
    assert "is it you" in guest.get(f"/orders/{bought.number}").text
    assert len(shop.ledger()) > size


def test_a_leaf_of_the_ledger_names_nobody(shop: Outsider, bought: Bought) -> None:
    """Lock: kinds, purposes and pseudonyms; no word that was typed, and no id of a person."""
    people = shop.behind(bought.number)
    for leaf in shop.ledger():
        assert leaf.keys() == {"v", "t", "k", "p", "policy", "act", "sub", "c"}
        told = str(leaf)
        assert not any(person in told.replace("-", "") for person in people)
