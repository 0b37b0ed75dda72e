"""Every page and state of the shop, looked at by axe-core in light and dark, on a phone and on a desk (WCAG 2.2 AA)."""

import importlib.resources
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.buying import APPROVED, DECLINED
from tests.journeys.steps import fill_customer, fill_recipient, pay, place, put_into_cart, thanks
from tests.running import RunningStore

Visit = Callable[..., Page]
Keep = Callable[[Page, str], None]
AXE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "home": "/", "catalog": "/catalog/", "category": "/catalog/play/", "product": "/products/cork-ball",
    "search": "/search?q=ball", "nothing-found": "/search?q=zxqv", "empty-cart": "/cart", "privacy": "/privacy",
    "privacy-de": "/privacy/de", "privacy-es": "/privacy/es",
    "security": "/security", "your-cookie": "/your-cookie", "missing": "/nothing-here", "staff": "/staff/sign-in",
    "locked": "/orders/ABCD-EFGH", "privacy-yours": "/privacy/yours", "versions": "/privacy/versions",
    "never-sold": "/privacy/never-sold", "parties": "/privacy/parties", "uses": "/privacy/uses",
}  # fmt: skip
WINDOWS = [
    ("phone-light", {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}),
    ("desk-dark", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
]


def faults(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it stands, one line a rule."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE)  # as a debugger does: the page's own policy lets no foreign script in
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{page.url} {fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes']][:3]}"
        for fault in found["violations"]
    ]


@pytest.mark.parametrize(("name", "window"), WINDOWS, ids=[name for name, _ in WINDOWS])
def test_pages_have_no_fault_that_axe_knows(
    visit: Visit, keep: Keep, name: str, window: dict[str, object]
) -> None:
    """A page that a screen reader stumbles over is a page that is not done; nor may one scroll sideways."""
    page = visit(**window)
    found: list[str] = []
    for title, path in PAGES.items():
        page.goto(path)
        found += faults(page)
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            found.append(f"{path} scrolls sideways")
        _show_all(page)
        keep(page, f"{name}-{title}")
    assert found == []


@pytest.mark.parametrize(("name", "window"), WINDOWS, ids=[name for name, _ in WINDOWS])
def test_the_way_of_a_purchase_has_no_fault_either(
    visit: Visit, keep: Keep, name: str, window: dict[str, object], shop: RunningStore
) -> None:
    """Cart, checkout with and without mistakes, the declined card, thanks, and staff's pages."""
    page = visit(**window)
    put_into_cart(page, "ball", "The quiet ball")
    found = faults(page)
    page.get_by_role("link", name="Checkout").click()
    page.get_by_role("button", name="Add another recipient").click()
    found += faults(page)
    page.locator("form.order-form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name=re.compile("^Place order")).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    found += faults(page)
    keep(page, f"{name}-mistakes")
    page.get_by_role("button", name=re.compile("^Remove this recipient")).last.click()
    fill_customer(page)
    fill_recipient(page, 1, "Anna Carter")
    place(page)
    found += faults(page)
    pay(page, DECLINED)
    found += faults(page)
    pay(page, APPROVED)
    number = thanks(page)
    found += faults(page)
    keep(page, f"{name}-thanks")
    page.goto("/staff/")
    page.get_by_label("One-time token").fill(shop.staff_token())
    page.get_by_role("button", name="Sign in").click()
    found += faults(page)
    page.get_by_role("link", name=number).click()
    found += faults(page)
    page.get_by_role("button", name="Open recipient to ship").click()
    found += faults(page)
    page.goto("/staff/mailbox")
    found += faults(page)
    keep(page, f"{name}-mailbox")
    page.get_by_role("link", name=re.compile(number)).click()
    found += faults(page)
    assert found == []


def _show_all(page: Page) -> None:
    """Scroll through the page, so that pictures which load late are there in the screenshot."""
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 600) {"
        " window.scrollTo(0, y); await new Promise(done => setTimeout(done, 60)); } window.scrollTo(0, 0); }"
    )
    page.wait_for_load_state("networkidle")
