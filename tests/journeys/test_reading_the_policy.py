"""Somebody who has ordered reads the policy: with scripts and without, by keyboard, and in print (P42, P43)."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.buying import APPROVED
from tests.journeys.steps import fill_customer, fill_recipient, pay, place, put_into_cart, thanks
from tests.journeys.test_every_page import faults

Visit = Callable[..., Page]
Keep = Callable[[Page, str], None]
PHONE = {"width": 390, "height": 844}


def ordered(page: Page) -> str:
    """Buy one thing and return the order's number."""
    put_into_cart(page, "ball", "The quiet ball")
    page.get_by_role("link", name="Checkout").click()
    fill_customer(page)
    fill_recipient(page, 1, "Anna Carter")
    place(page)
    pay(page, APPROVED)
    return thanks(page)


def test_the_notes_come_beside_their_statements(visit: Visit, keep: Keep) -> None:
    """On the page that is everybody's, each note stands where it belongs, and nothing is wrong with that page."""
    page = visit(viewport=PHONE)
    number = ordered(page)
    page.goto("/privacy")
    expect(page.locator("#now-P1")).to_contain_text(number)
    expect(page.locator("#now-P7")).to_contain_text("may be opened to ship until")
    expect(page.get_by_role("heading", name="You, right now")).to_be_visible()
    assert page.locator("[data-beside]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults(page) == []
    keep(page, "privacy-with-notes")
    for title in ("versions/1", "never-sold", "parties", "uses"):
        page.goto(f"/privacy/{title}")
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), title
        keep(page, title.replace("/", "-"))


def test_without_scripts_a_link_leads_to_the_same(visit: Visit, keep: Keep) -> None:
    """The public page stays as it is, and the reader's own page is one press away."""
    page = visit(java_script_enabled=False, viewport=PHONE)
    page.goto("/privacy")
    assert page.locator(".note").count() == 0
    page.get_by_role("link", name="Show what this means for me now").click()
    expect(page).to_have_url(re.compile("/privacy/yours$"))
    expect(page.locator("#now-P8 .note")).to_be_visible()
    keep(page, "yours-without-scripts")


def test_a_browser_that_asks_not_to_be_sold_reads_that_it_was_heard(visit: Visit) -> None:
    """The acknowledgment is in the reader's own part."""
    page = visit(extra_http_headers={"Sec-GPC": "1"})
    page.goto("/privacy")
    expect(page.get_by_text("asks not to be sold (Global Privacy Control): received")).to_be_visible()
    expect(page.locator("#now-P20")).to_contain_text("nothing to opt out of")


def test_a_statement_has_an_address_and_folds_open_by_keyboard(visit: Visit) -> None:
    """Its number is a link to itself; what makes it true opens without a mouse."""
    page = visit()
    page.goto("/privacy#P12")
    expect(page.locator("#P12")).to_be_in_viewport()
    fold = page.locator("section[aria-labelledby=P12] summary")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("section[aria-labelledby=P12] details li").first).to_be_visible()


def test_in_print_all_folds_are_open_and_the_way_about_is_left_out(visit: Visit, keep: Keep) -> None:
    """Paper has nothing to press."""
    page = visit(viewport={"width": 720, "height": 1000})
    page.goto("/privacy")
    page.emulate_media(media="print")
    expect(page.locator(".contents-list")).to_be_hidden()
    expect(page.locator("header.top")).to_be_hidden()
    height = page.locator("section[aria-labelledby=P12] details").bounding_box()
    assert height is not None
    assert height["height"] > 60
    keep(page, "print")
