"""What is sent as a number and is none, or one of five thousand digits, is no reason to fail."""

import pytest
from django.http import QueryDict

from microkitten.shop.checkout.forms import CheckoutPage
from microkitten.web.store import current


@pytest.mark.parametrize("which", ["9" * 5000, "-1", "2", "x", "1e3", "²"])
def test_a_recipient_who_is_not_there_is_not_removed(which: str) -> None:
    """Python refuses to read more than 4300 digits, by an error."""
    data = QueryDict(mutable=True)
    data.update({"recipients": "2", "r1-name": "Anna", "r2-name": "Ben", "remove": which})
    page = CheckoutPage(data, items=[], store=current())
    assert page.rebuild()
    assert (page.count, page.data["r2-name"]) == (2, "Ben")
