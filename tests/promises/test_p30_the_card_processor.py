"""P30: the card processor gets an amount, a currency and a random reference from us, and nobody's name."""

import re
import sqlite3
from contextlib import closing

import pytest

from tests.promises.outsider import Bought, Outsider


def told(shop: Outsider, number: str) -> dict[str, object]:
    """Return what the sandbox processor has in its own book about an order's payment."""
    query = "SELECT p.session_id FROM payments_payment p JOIN orders_order o ON o.id = p.order_id WHERE o.number = ?"
    ((session,),) = shop.store.shop(query, number)
    for path in (shop.folder / "sandbox").iterdir():
        if path.read_bytes()[:15] == b"SQLite format 3":
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as book:
                book.row_factory = sqlite3.Row
                (row,) = book.execute("SELECT * FROM session WHERE id = ?", (session,)).fetchall()
                return dict(row)
    raise AssertionError("the sandbox has no book")


@pytest.mark.shows("bill.processor", "party.card_processor")
def test_the_processor_s_own_book_has_amount_currency_and_a_reference(shop: Outsider, bought: Bought) -> None:
    """Feature and evidence: looked up on the other side, in the processor's database."""
    row = told(shop, bought.number)
    query = "SELECT total_minor, currency FROM orders_order WHERE number = ?"
    assert [(row["amount_minor"], row["currency"])] == shop.store.shop(query, bought.number)
    assert bought.number not in str(row.values())
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,64}", str(row["reference"]))


def test_nothing_that_was_typed_here_is_anywhere_on_its_side(shop: Outsider, bought: Bought) -> None:
    """Attack: every canary, the order number and the goods are looked for in all files of the processor."""
    query = (
        "SELECT l.title, l.sku FROM orders_line l JOIN orders_order o ON o.id = l.order_id WHERE o.number = ?"
    )
    words = [str(word) for row in shop.store.shop(query, bought.number) for word in row]
    assert len(words) == 4
    for path in (shop.folder / "sandbox").iterdir():
        content = path.read_bytes()
        for word in (*words, *bought.canaries, bought.number):
            assert word.encode() not in content, (path.name, word)


def test_the_reference_leads_to_nobody(shop: Outsider, bought: Bought) -> None:
    """Lock: it is neither the order's number, nor its id, nor a person's id, and it opens no page of the order."""
    reference = str(told(shop, bought.number)["reference"])
    ((order,),) = shop.store.shop("SELECT id FROM orders_order WHERE number = ?", bought.number)
    assert reference not in {str(order), *shop.behind(bought.number), bought.number}
    page = shop.visit().get(f"/payments/{reference}").text
    assert [word for word in bought.canaries if word in page] == []
    assert "is it you" in page


def test_the_rule_gives_it_no_field_at_all(either: Outsider) -> None:
    """Lock: the one rule for the processor names three facts and no datum about a person."""
    (rule,) = [rule for rule in either.rules.values() if rule.get("to") == "card_processor"]
    assert rule["fields"] == []
    assert set(rule["facts"]) == {"amount_minor", "currency", "reference"}
