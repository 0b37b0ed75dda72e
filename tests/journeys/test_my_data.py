"""A person's whole trip with their own data: buys, sees, takes along, corrects, erases, keeps the receipt."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from microkitten.ledger.note import Verifier
from microkitten.ledger.proof import Proof
from tests.buying import APPROVED
from tests.journeys.steps import fill_customer, fill_recipient, pay, place, put_into_cart, thanks
from tests.journeys.test_every_page import WINDOWS, faults
from tests.running import RunningStore

Visit = Callable[..., Page]
Keep = Callable[[Page, str], None]


def bought(page: Page) -> str:
    """Buy something for a friend; return the order's number."""
    put_into_cart(page, "ball", "The quiet ball")
    page.get_by_role("link", name="Checkout").click()
    fill_customer(page)
    fill_recipient(page, 1, "Ben Foster")
    place(page)
    pay(page, APPROVED)
    return thanks(page)


def to_my_data(page: Page) -> None:
    """Go there by the link of the page's foot."""
    page.get_by_role("contentinfo").get_by_role("link", name="What we hold about you").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def taken(page: Page, act: Callable[[], None], folder: Path) -> Path:
    """Return the file that an act downloads."""
    with page.expect_download() as waiting:
        act()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_from_the_purchase_to_the_receipt(
    visit: Visit, shop: RunningStore, tmp_path: Path, script: bool
) -> None:
    """Every step by names that a person reads; the proof is checked by a program that never asks the shop."""
    page = visit(java_script_enabled=script, accept_downloads=True)
    number = bought(page)
    page.get_by_role("link", name=re.compile("^See all of it")).click()
    main = page.get_by_role("main")
    for words in ("Anna Carter", "anna@example.com", "12 Maple Street", "It goes by itself on"):
        expect(main).to_contain_text(words)
    own = taken(page, lambda: page.get_by_role("button", name="Take it along").click(), tmp_path)
    told = json.loads(own.read_text())
    assert [one["who"] for one in told["people"]][:2] == ["You", "Whoever gets the parcel"]
    # Put right: a name, then the receiver's street.
    page.get_by_role("link", name="Put it right (You)").click()
    page.get_by_label("New name").fill("Anna Carter-Quinn")
    page.get_by_role("button", name="Put it right").click()
    expect(page.get_by_role("heading", name="Put right")).to_be_visible()
    expect(main).to_contain_text("Anna Carter-Quinn")
    page.get_by_role("link", name="Put it right (Whoever gets the parcel)").click()
    fill_recipient(page, 1, "Ben Foster", street="77 Elm Street")
    page.get_by_role("button", name="Put it right").click()
    expect(main).to_contain_text("77 Elm Street")
    expect(main).not_to_contain_text("12 Maple Street")
    # Let it rest, and use it again.
    page.get_by_role("button", name="Let it rest (Whoever gets the parcel)").click()
    expect(main).to_contain_text("It rests: nothing of it is used")
    page.get_by_role("button", name="Use it again (Whoever gets the parcel)").click()
    expect(main).not_to_contain_text("It rests: nothing of it is used")
    # Erase: first what would go, then the receipt, twice the same.
    page.get_by_role("link", name=re.compile("^Erase it")).click()
    expect(page.get_by_role("heading", name="Before anything goes")).to_be_visible()
    expect(main).to_contain_text("Stays until the parcel has come")
    page.get_by_role("button", name="Erase me and the receiver for good").click()
    expect(page.get_by_role("heading", name="Erased", exact=True)).to_be_visible()
    first = page.get_by_role("link", name=re.compile("^Take the proof")).first
    proof = Proof.parse(taken(page, first.click, tmp_path).read_text())
    proof.verify(Verifier.parse(page.get_by_label("The ledger's key").inner_text().strip()))
    assert json.loads(proof.leaf)["k"] == "erasure"
    page.goto(f"/orders/{number}")
    expect(main).to_contain_text(f"erased by entry {proof.index} of the ledger")
    for words in ("Anna", "anna@example.com", "Ben Foster", "Elm Street"):
        expect(page.locator("body")).not_to_contain_text(words)
    assert len(shop.mails()) == len([path for path in shop.mails() if "Carter-Quinn" not in path.read_text()])


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    """From the top of the page to an erasure's preview and back, by Tab and Enter; what has the focus is seen."""
    page = visit()
    bought(page)
    page.goto("/my-data")
    for name in (
        "Take it along",
        "On paper",
        re.compile("^Erase it"),
        "Put it right (You)",
        "Let it rest (You)",
    ):
        found = (
            page.get_by_role("main")
            .get_by_role("button", name=name)
            .or_(page.get_by_role("main").get_by_role("link", name=name))
        )
        for _ in range(40):
            if found.evaluate("node => node === document.activeElement"):
                break
            page.keyboard.press("Tab")
        expect(found).to_be_focused()
        assert found.evaluate("node => getComputedStyle(node).outlineStyle") != "none", name
    page.get_by_role("link", name=re.compile("^Erase it")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Before anything goes")).to_be_visible()
    page.get_by_role("link", name="Keep everything as it is").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What we hold about you")).to_be_visible()


@pytest.mark.parametrize(("name", "window"), WINDOWS, ids=[name for name, _ in WINDOWS])
def test_the_pages_have_no_fault_that_axe_knows(
    visit: Visit, keep: Keep, name: str, window: dict[str, object], shop: RunningStore
) -> None:
    """Each state of them, the folded parts open, and staff's two pages; none scrolls sideways."""
    page = visit(**window)
    found: list[str] = []

    def look(title: str) -> None:
        found.extend(faults(page))
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            found.append(f"{title} scrolls sideways")
        keep(page, f"{name}-{title}")

    page.goto("/my-data")
    look("stranger")
    number = bought(page)
    to_my_data(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    look("all-that-is-held")
    page.get_by_role("button", name="On paper").click()
    look("on-paper")
    for position in (0, 1):
        page.goto(f"/my-data/{number}/{position}/correction")
        look(f"correction-{position}")
        page.get_by_role("button", name="Put it right").click()
        expect(page.get_by_role("alert")).to_be_visible()
        look(f"nothing-corrected-{position}")
    page.goto("/my-data")
    page.get_by_role("button", name="Let it rest (You)").click()
    look("resting")
    page.get_by_role("link", name=re.compile("^Erase it")).click()
    look("before-erasure")
    page.get_by_role("button", name=re.compile("^Erase me")).click()
    look("erased")
    page.goto(f"/orders/{number}")
    look("order-erased")
    page.goto("/my-data")
    look("what-stays")
    page.goto("/staff/")
    page.get_by_label("One-time token").fill(shop.staff_token())
    page.get_by_role("button", name="Sign in").click()
    for title in ("Notices", "Alarms"):
        page.get_by_role("navigation", name="Staff").get_by_role("link", name=title).click()
        look(title.lower())
    assert found == []
