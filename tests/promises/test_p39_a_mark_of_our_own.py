"""P39: the mark stands in the receipt of what was opened, and on no other page."""

import re

import pytest

from tests.promises.outsider import Bought, Outsider
from tests.promises.test_p38_marked_pages import crawl

MARK = re.compile(
    r'<a\b[^>]*class="[^"]*\bseal\b[^"]*"[^>]*href="/security"[^>]*>(?:<svg.*?</svg>)?\s*Encrypted</a>',
    re.DOTALL,
)


@pytest.mark.shows("lock.seal")
def test_the_mark_stands_just_where_something_was_opened(shop: Outsider, bought: Bought) -> None:
    """Feature: a crawl with an order's pass; receipt and mark come together or not at all."""
    pages = crawl(bought.shopper, f"/orders/{bought.number}", "/", "/cart", "/your-cookie", "/security")
    marked = {page.url for page in pages if MARK.search(page.text)}
    opened = {page.url for page in pages if "Opened for this page" in page.text}
    assert f"{shop.address}/orders/{bought.number}" in marked
    assert marked == opened
    assert len(pages) > len(marked) + 20


def test_the_mark_is_on_no_page_of_a_stranger(either: Outsider) -> None:
    """Attack: a browser that is nobody crawls the whole shop and finds no mark."""
    pages = crawl(either.visit(**{"Sec-GPC": "1"}), "/", "/privacy", "/security", "/cart", "/checkout")
    assert len(pages) > 20
    assert [page.url for page in pages if MARK.search(page.text)] == []


def test_the_mark_is_a_word_and_comes_over_tls_without_foreign_parts(shop: Outsider, bought: Bought) -> None:
    """Lock: it can be read aloud, and nothing on its page is loaded in the clear or from elsewhere."""
    page = bought.shopper.get(f"/orders/{bought.number}")
    assert page.url.startswith("https://")
    assert MARK.search(page.text)
    loaded = re.findall(r'<(?:img|script|iframe|link|source)\b[^>]*(?:src|href)="([^"]+)"', page.text)
    assert [one for one in loaded if not one.startswith(("/", shop.address))] == []
