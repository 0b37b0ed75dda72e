"""A shopper's whole trip in a real browser: several recipients, no script, a refused card, a phone; and staff's."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy

from playwright.sync_api import Page, expect

from tests.buying import APPROVED, ASKS, DECLINED
from tests.journeys.steps import fill_customer, fill_recipient, pay, place, put_into_cart, thanks
from tests.running import RunningStore, wait_for

Visit = Callable[..., Page]
Keep = Callable[[Page, str], None]


def confirmation(shop: RunningStore, number: str) -> str:
    """Return the text of the one mail about an order."""

    def about() -> list[bytes]:
        return [found for path in shop.mails() if number.encode() in (found := path.read_bytes())]

    wait_for(f"the mail about {number}", about)
    assert len(about()) == 1
    body = message_from_bytes(about()[0], policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_one_order_for_two_recipients(visit: Visit, keep: Keep, shop: RunningStore) -> None:
    """Search, product, cart, one page of questions, card, thanks, mail; two parcels with their own recipients."""
    page = visit(viewport={"width": 1280, "height": 900})
    page.goto("/")
    keep(page, "home")
    put_into_cart(page, "ball", "The quiet ball")
    page.get_by_label("Quantity of The quiet ball").fill("2")
    page.get_by_label("Quantity of The quiet ball").press("Enter")
    expect(page.get_by_label("Quantity of The quiet ball")).to_have_value("2")
    keep(page, "cart")
    page.get_by_role("link", name="Checkout").click()
    fill_customer(page)
    page.get_by_role("button", name="Add another recipient").click()
    expect(page.get_by_label("Your name")).to_have_value("Anna Carter")
    fill_recipient(page, 1, "Anna Carter")
    fill_recipient(page, 2, "Ben Foster", "5 Oak Lane")
    for share in page.get_by_label(re.compile(r"The quiet ball.*\(of 2\)")).all():
        share.fill("1")
    page.get_by_label("Gift message").nth(1).fill("Happy birthday, Ben!\nYours, Anna")
    keep(page, "checkout")
    place(page)
    keep(page, "processor")
    pay(page, APPROVED)
    number = thanks(page)
    keep(page, "thanks")
    expect(page.get_by_text("Ben Foster")).to_be_visible()
    expect(page.get_by_text("5 Oak Lane")).to_be_visible()
    expect(page.get_by_text("Happy birthday, Ben!")).to_be_visible()
    text = confirmation(shop, number)
    assert "Hello Anna Carter" in text
    assert "Parcel 2 of 2" in text
    assert "Oak Lane" not in text, "a recipient's address has no place in the customer's mail"
    page.goto("/cart")
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()


def test_without_script(visit: Visit, keep: Keep, shop: RunningStore) -> None:
    """Everything works with scripts off, and the way back leads through link and e-mail address."""
    page = visit(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    put_into_cart(page, "ball", "The quiet ball")
    page.get_by_role("link", name="Checkout").click()
    fill_customer(page)
    fill_recipient(page, 1, "Anna Carter")
    place(page)
    pay(page, APPROVED)
    number = thanks(page)
    link = re.search(r"https://\S+/orders/\S+key=\S+", confirmation(shop, number))
    assert link
    stranger = visit(java_script_enabled=False)
    stranger.goto(link[0])
    expect(stranger.get_by_text("Anna Carter")).to_have_count(0)
    keep(stranger, "locked")
    stranger.get_by_label("E-mail address of the order").fill("cleo@example.com")
    stranger.get_by_role("button", name="Open the order").click()
    expect(stranger.get_by_text("do not belong together").first).to_be_visible()
    stranger.get_by_label("E-mail address of the order").fill("ANNA@example.com ")
    stranger.get_by_role("button", name="Open the order").click()
    assert thanks(stranger) == number
    expect(stranger.get_by_text("12 Maple Street")).to_be_visible()


def test_a_declined_card_then_an_approved_one(visit: Visit, keep: Keep, shop: RunningStore) -> None:
    """A refused card loses nothing: no question is asked twice, and one order comes of it."""
    page = visit(viewport={"width": 1280, "height": 900})
    put_into_cart(page, "ball", "The quiet ball")
    page.get_by_role("link", name="Checkout").click()
    fill_customer(page)
    fill_recipient(page, 1, "Anna Carter")
    place(page)
    pay(page, DECLINED)
    expect(page.get_by_text(re.compile("declined", re.I)).first).to_be_visible()
    keep(page, "declined")
    pay(page, APPROVED)
    number = thanks(page)
    assert "Total" in confirmation(shop, number)
    assert shop.shop("SELECT count(*) FROM orders_order WHERE number = ? AND state = 'placed'", number) == [
        (1,)
    ]


def test_a_card_that_asks_for_more_on_a_phone(visit: Visit, keep: Keep) -> None:
    """On a screen of 390 pixels, in the dark, with a card whose bank wants to be asked."""
    page = visit(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True, is_mobile=True)
    page.goto("/")
    keep(page, "home")
    put_into_cart(page, "ball", "The quiet ball")
    keep(page, "cart")
    page.get_by_role("link", name="Checkout").click()
    fill_customer(page)
    fill_recipient(page, 1, "Anna Carter")
    keep(page, "checkout")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "the page scrolls sideways"
    )
    place(page)
    pay(page, ASKS)
    keep(page, "bank-asks")
    page.get_by_role("button", name="Approve").click()
    thanks(page)
    keep(page, "thanks")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "the page scrolls sideways"
    )


def test_mistakes_are_told_beside_their_questions(visit: Visit, keep: Keep) -> None:
    """What is missing is listed, linked and said in words; what was typed stays."""
    page = visit(viewport={"width": 1280, "height": 900})
    put_into_cart(page, "ball", "The quiet ball")
    page.get_by_role("link", name="Checkout").click()
    page.locator("form.order-form").evaluate("form => form.noValidate = true")
    page.get_by_label("Your name").fill("Anna Carter")
    page.locator('[autocomplete="section-r1 shipping postal-code"]').fill("not a code")
    page.get_by_role("button", name=re.compile("^Place order")).click()
    expect(page.get_by_role("alert").first).to_contain_text("Something is missing")
    expect(page.get_by_label("Your name")).to_have_value("Anna Carter")
    expect(page.locator('[autocomplete="section-r1 shipping postal-code"]')).to_have_value("not a code")
    keep(page, "mistakes")


def test_staff_ship_an_order(visit: Visit, keep: Keep, shop: RunningStore) -> None:
    """A one-time token lets staff in; a list without names; one parcel opened, written down, sent."""
    shopper = visit()
    put_into_cart(shopper, "ball", "The quiet ball")
    shopper.get_by_role("link", name="Checkout").click()
    fill_customer(shopper)
    fill_recipient(shopper, 1, "Dorothea Quill")
    place(shopper)
    pay(shopper, APPROVED)
    number = thanks(shopper)

    page = visit(viewport={"width": 1280, "height": 900})
    page.goto("/staff/")
    page.get_by_label("One-time token").fill(shop.staff_token())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name=number)).to_be_visible()
    expect(page.get_by_text("Dorothea Quill")).to_have_count(0)
    keep(page, "orders")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("Dorothea Quill")).to_have_count(0)
    page.get_by_role("button", name="Open recipient to ship").click()
    expect(page.get_by_text("Dorothea Quill")).to_be_visible()
    expect(page.get_by_text(re.compile("Opened for this page")).first).to_be_visible()
    keep(page, "opened")
    page.get_by_role("button", name="The parcel has left").click()
    expect(page.get_by_text("On its way")).to_be_visible()
    paid = (
        "SELECT p.state FROM payments_payment p JOIN orders_order o ON o.id = p.order_id WHERE o.number = ?"
    )
    wait_for("the payment captured", lambda: shop.shop(paid, number) == [("captured",)])
