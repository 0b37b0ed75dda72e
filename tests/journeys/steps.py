"""What a person does in the shop, step by step, found by the names that a person reads."""

import re

from playwright.sync_api import Page, expect

PAY_ORIGIN = re.compile(r"https://127\.0\.0\.1:\d+/pay/")


def put_into_cart(page: Page, words: str, title: str) -> None:
    """Search for words, open the product, add it to the cart."""
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("main").get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.get_by_role("button", name="Add to cart").click()
    expect(page).to_have_url(re.compile("/cart$"))


def fill_customer(page: Page, name: str = "Anna Carter", email: str = "anna@example.com") -> None:
    """Say who orders."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail", exact=False).first.fill(email)


def fill_recipient(page: Page, number: int, name: str, street: str = "12 Maple Street") -> None:
    """Type one recipient's address, by the autofill tokens that a browser would use."""

    def field(token: str) -> str:
        return f'[autocomplete="section-r{number} shipping {token}"]'

    page.locator(field("name")).fill(name)
    page.locator(field("address-line1")).fill(street)
    page.locator(field("address-level2")).fill("Springfield")
    page.locator(field("address-level1")).select_option("IL")
    page.locator(field("postal-code")).fill("62701")


def place(page: Page) -> None:
    """Press the one main button; the processor's own page follows."""
    page.get_by_role("button", name=re.compile("^Place order")).click()
    page.wait_for_url(PAY_ORIGIN)


def pay(page: Page, card: str) -> None:
    """Type a card on the processor's page, by the standard tokens."""
    page.locator('[autocomplete="cc-name"]').fill("A CARTER")
    page.locator('[autocomplete="cc-number"]').fill(card)
    page.locator('[autocomplete="cc-exp"]').fill("12 / 34")
    page.locator('[autocomplete="cc-csc"]').fill("123")
    page.get_by_role("button", name="Pay").click()


def thanks(page: Page) -> str:
    """Wait for the confirmation and return the order's number."""
    plate = page.locator("[data-order-number]")
    expect(plate).to_be_visible(timeout=20_000)
    return str(plate.get_attribute("data-order-number"))
