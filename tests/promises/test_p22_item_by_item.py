"""P22: each of those on the list gets what its work takes, item by item, and not one more."""

import pytest

from tests.buying import text_of
from tests.promises.outsider import Outsider


@pytest.mark.shows("confirm.mail", "bill.processor")
def test_each_item_that_goes_out_is_named_on_the_page(either: Outsider) -> None:
    """Evidence: the mail service's and the processor's rows, word for word."""
    page = text_of(either.privacy())
    assert "your name, your e-mail address, which mail it is, the mail's own number, the order number" in page
    assert "the amount, the currency, a random reference" in page


@pytest.mark.shows("lock.one-way-out")
@pytest.mark.parametrize(
    ("party", "field", "purpose", "actor"),
    [
        ("mail", "recipient.name", "confirm", "job:confirm"),
        ("mail", "payment.last4", "confirm", "job:confirm"),
        ("mail", "customer.email", "customize", "job:confirm"),
        ("mail", "customer.email", "confirm", "shipping"),
        ("card_processor", "customer.name", "bill", "job:pay"),
        ("card_processor", "recipient.address", "bill", "job:pay"),
    ],
)
def test_one_item_more_or_one_purpose_more_and_the_gate_stays_shut(
    shop: Outsider, party: str, field: str, purpose: str, actor: str
) -> None:
    """Attack: neighbors of what is allowed to go out."""
    answer = shop.explain(actor, field, purpose, "--party", party, "--condition", "claimed")
    assert answer["verdict"] == "no"
