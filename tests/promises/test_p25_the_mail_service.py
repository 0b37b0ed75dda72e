"""P25: a mail carries a name and an address, and neither a list nor a lookout."""

import re

import pytest

from tests.buying import form_to
from tests.promises.outsider import GOODS, Bought, Outsider, plain, recipient


def test_the_envelope_has_one_address_and_no_list(bought: Bought) -> None:
    """Feature: one recipient; no copy, no hidden copy, no list header, nothing of the program that sent it."""
    assert len(bought.mail["To"].addresses) == 1
    names = {name.lower() for name, _ in bought.mail.items()}
    assert not {
        name for name in names if name.startswith(("list-", "cc", "bcc", "x-", "received", "return-receipt"))
    }
    assert not names & {"disposition-notification-to", "precedence", "feedback-id", "user-agent", "x-mailer"}


@pytest.mark.shows("lock.plain-mail")
def test_nothing_in_it_is_loaded_from_anywhere(bought: Bought) -> None:
    """Lock: no picture, style, font or script from a server, so opening it tells nobody."""
    part = bought.mail.get_body(("html",))
    assert part is not None
    page = str(part.get_content())
    assert not re.search(r"<(img|script|iframe|link|object|embed|video|audio|form)\b", page, re.IGNORECASE)
    assert not re.search(r"url\(|@import|background=|srcset=", page, re.IGNORECASE)


@pytest.mark.shows("lock.plain-mail")
def test_its_links_are_the_shop_s_own_and_count_nothing(shop: Outsider, bought: Bought) -> None:
    """Lock: no link goes round by another host or carries more than the order's own key."""
    part = bought.mail.get_body(("html",))
    assert part is not None
    found = re.findall(r'href="([^"]+)"', str(part.get_content())) + re.findall(
        r"https?://\S+", plain(bought.mail)
    )
    assert found
    for link in found:
        assert link.startswith((shop.address, "mailto:hello@microkitten.example")), link
        assert set(re.findall(r"[?&](?:amp;)?(\w+)=", link)) <= {"key"}, link
        assert bought.customer["email"] not in link


@pytest.mark.shows("party.mail", "confirm.mail")
def test_of_all_that_was_typed_it_has_name_and_address_alone(bought: Bought) -> None:
    """Evidence: every canary of the order is looked for in the whole mail, decoded."""
    whole = bought.mail.as_string() + "".join(
        str(part.get_content()) for part in bought.mail.walk() if not part.is_multipart()
    )
    local = bought.customer["email"].partition("@")[0]
    assert {word for word in bought.canaries if word in whole} == {bought.customer["name"], local}


def test_a_name_cannot_bring_a_header_along(shop: Outsider) -> None:
    """Attack: a line break in name or address, by which a second receiver might be smuggled in."""
    guest, orders = shop.visit(), len(shop.store.shop("SELECT id FROM orders_order"))
    guest.add(GOODS[0])
    form = form_to(guest.get("/checkout"), "/checkout")
    to = {f"r1-{name}": value for name, value in recipient().items()}
    for address in (
        "a@example.com\nBcc: b@example.com",
        "a@example.com,b@example.com",
        "a@example.com b@example.com",
    ):
        answer = guest.send(form, place="1", name="A", email=address, **to)
        assert answer.status_code == 422, address
    assert len(shop.store.shop("SELECT id FROM orders_order")) == orders
