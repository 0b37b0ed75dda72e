"""The sandbox's page in a real browser: its own policy must let the payer through, on the narrowest screen too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.outside import ASKS, BAD
from tests.providers.conftest import Pair

from microkitten.providers.cards import Status

pytestmark = pytest.mark.journey
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as play:
        yield play.chromium.launch(executable_path=program, chromium_sandbox=False, args=QUIET)


def fill(page: Page, number: str) -> None:
    """Type a card and press Pay."""
    page.get_by_label("Name on card").fill("Anna")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expires").fill("08/31")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay", exact=True).click()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_browser_pays_and_comes_back(pair: Pair, browser: Browser, has_scripts: bool) -> None:
    """Declined, then asked, then back in the shop; nothing scrolls sideways, nothing is barred by the policy."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, ignore_https_errors=True, java_script_enabled=has_scripts
    )
    page, barred = context.new_page(), []
    page.on("console", lambda told: barred.append(told.text) if "Content Security" in told.text else None)
    session = pair.open()
    page.goto(session.url)
    page.get_by_role("button", name="Pay", exact=True).click()
    assert page.get_by_label("Name on card").get_attribute("aria-invalid") == "true"
    fill(page, BAD)
    assert "declined" in page.get_by_role("alert").inner_text()
    if has_scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    fill(page, ASKS)
    page.get_by_role("button", name="Approve").click()
    assert page.title() == "Back in the shop"
    assert page.url.startswith(pair.shop.origin)
    assert pair.client.look_up(session.id).status is Status.AUTHORIZED
    assert barred == []
    context.close()
