"""P15: a placed order is confirmed by a page and one mail about that order alone, with a way back."""

import re

import pytest

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider, open_by_link, plain


def html_of(bought: Bought) -> str:
    """Return the mail's HTML."""
    part = bought.mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_page_and_mail_say_what_is_in_the_order(shop: Outsider, bought: Bought) -> None:
    """Feature: number, goods and total stand in the page, in the plain mail and in its HTML."""
    query = "SELECT l.title FROM orders_line l JOIN orders_order o ON o.id = l.order_id WHERE o.number = ?"
    titles = [str(title) for (title,) in shop.store.shop(query, bought.number)]
    total = re.search(r"Total (\$[\d.,]+)", text_of(bought.page))
    assert total
    assert len(titles) == 2
    for told in (text_of(bought.page), plain(bought.mail), text_of(html_of(bought))):
        assert bought.number in told
        assert total[1] in told
        assert all(title in told for title in titles)


@pytest.mark.shows("confirm.mail")
def test_there_is_one_mail_to_who_ordered(shop: Outsider, bought: Bought) -> None:
    """Evidence: exactly one, to the address that was typed, addressed by the name that was typed."""
    about = [path for path in shop.store.mails() if bought.number.encode() in path.read_bytes()]
    assert len(about) == 1
    assert [one.addr_spec for one in bought.mail["To"].addresses] == [bought.customer["email"]]
    assert bought.customer["name"] in plain(bought.mail)


def test_there_is_no_advertising_in_the_mail(shop: Outsider, bought: Bought) -> None:
    """Attack: every link leads to the order, the policy or the shop itself, and no product stands beside it."""
    found = set(re.findall(r'https?://[^\s"<>)]+', plain(bought.mail) + html_of(bought)))
    allowed = (f"{shop.address}/orders/{bought.number}", f"{shop.address}/privacy")
    assert [link for link in found if not link.startswith(allowed) and link.rstrip("/") != shop.address] == []
    assert not re.search(
        r"\b(sale!|on sale|offer|coupon|discount|newsletter|recommend)", plain(bought.mail), re.IGNORECASE
    )


@pytest.mark.shows("lock.order-link")
def test_the_way_back_opens_the_order(shop: Outsider, bought: Bought) -> None:
    """Feature: the link of the mail with the order's address, in a browser that has never been here."""
    page = open_by_link(shop.visit(), bought.link, bought.customer["email"])
    assert f'data-order-number="{bought.number}"' in page.text


def test_buying_makes_nobody_a_member(shop: Outsider, bought: Bought) -> None:
    """Attack: a sign-in comes to be only for staff, by their token."""
    assert bought.number
    assert shop.store.shop("SELECT COUNT(*) FROM members_signin WHERE kind <> 'staff'") == [(0,)]
