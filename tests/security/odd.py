"""A shopper who types odd things, and how to read from a page what became of them."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import requests

from tests.buying import Form, Shopper, form_to

# Together: free-text region, suburb, CEDEX. A state's list and its ZIP code take no free text.
COUNTRIES = ("KZ", "NZ", "MW")
PARTS = ("name", "line1", "line2", "city", "area", "region", "postcode", "sorting", "phone", "message")


class Marks(HTMLParser):
    """Which elements with which attributes a page consists of: what was typed must add none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[tuple[str, tuple[str, ...]]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element's kind and the names of its attributes; those of a state may come and go."""
        passing = {
            "value",
            "checked",
            "selected",
            "aria-invalid",
            "aria-describedby",
            "class",
            "data-focus",
            "hidden",
        }
        self.found.add((tag, tuple(sorted({name for name, _ in attrs} - passing))))


def trimmed(text: str) -> str:
    """Return a text as the shop's inputs take it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def complaints(page: str) -> set[str]:
    """Return the names of the inputs beside which something is said to be wrong."""
    return {html.unescape(name) for name in re.findall(r'id="id_([^"]+?)_error"', page)}


def page_of_three(shopper: Shopper) -> Form:
    """Return the checkout's form with three recipients in the three countries."""
    page = shopper.get("/checkout")
    for _ in COUNTRIES[1:]:
        page = shopper.send(form_to(page, "/checkout"), add="1")
    chosen = {f"r{number}-country": country for number, country in enumerate(COUNTRIES, 1)}
    return form_to(shopper.send(form_to(page, "/checkout"), refresh="1", **chosen), "/checkout")


def typed_everywhere(form: Form, text: str) -> dict[str, str]:
    """Return the text for each text input of the form."""
    return {
        name: text
        for name in form.values
        if name in {"name", "email", "phone"} or ("-" in name and name.split("-", 1)[1] in PARTS)
    }


def shown(page: requests.Response, action: str) -> dict[str, str]:
    """Return what the inputs of a page's form hold."""
    return form_to(page, action).values
