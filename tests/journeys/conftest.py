"""A real browser and one running sample store for all journeys; pictures of every page are kept as artifacts."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.running import RunningStore, running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
ARTIFACTS = Path(os.environ.get("MICROKITTEN_ARTIFACTS", Path(__file__).resolve().parents[2] / "artifacts"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys need Chromium; without it they are skipped, and say so."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (apt install chromium)"))


@pytest.fixture(scope="session")
def shop() -> Iterator[RunningStore]:
    """The sample store as its own program."""
    with running(
        {"MICROKITTEN_SAMPLES_PICTURES": "first"}
    ) as store:  # the others are drawn while shoppers shop
        yield store


@pytest.fixture(
    scope="module"
)  # its event loop must not outlive the journeys: Django would refuse its database
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, chromium_sandbox=False, args=ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, shop: RunningStore) -> Iterator[Callable[..., Page]]:
    """Open a fresh browser window as a stranger would; complaints of the page fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(**options: object) -> Page:
        context = browser.new_context(ignore_https_errors=True, base_url=shop.address, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: _stays_here(request.url, shop, complaints))
        return page

    yield opened
    for context in contexts:
        context.close()
    # A status the test asked for (a declined card, a missing page) is no complaint, nor that the browser showed a
    # page at once because it was too late to fade it in.
    no_faults = ("status of 4", "Transition was aborted")
    assert [text for text in complaints if not any(known in text for known in no_faults)] == []


def _stays_here(url: str, shop: RunningStore, complaints: list[str]) -> None:
    own = (shop.address, f"https://127.0.0.1:{shop.port + 1}", "data:", "blob:")
    if not url.startswith(own):
        complaints.append(f"a request to another host: {url}")


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture of the page as it is, for people to look at."""
    folder = ARTIFACTS / "screenshots" / request.node.name
    folder.mkdir(parents=True, exist_ok=True)

    def picture(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{len(list(folder.glob('*.png'))):02}-{name}.png", full_page=True)

    return picture
