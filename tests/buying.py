"""A shopper without a browser: reads forms as a browser does, fills and posts them."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

APPROVED, DECLINED, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0027 6000 3184"
ANNA = {"name": "Anna Carter", "email": "anna@example.com", "phone": ""}
BEN = {
    "name": "Ben Foster", "line1": "12 Maple Street", "line2": "", "city": "Springfield", "region": "IL",
    "postcode": "62701", "phone": "", "message": "",
}  # fmt: skip


@dataclass
class Form:
    """A form of a page: where it goes, and what its inputs hold."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self._open)
        form = self._open
        if form is None:
            return
        if tag == "input" and "name" in a and "disabled" not in a:
            kind = a.get("type", "text")
            if kind not in {"radio", "checkbox"} or "checked" in a:
                form.values[a["name"]] = a.get("value", "on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = a.get("name", "")
        elif tag == "option" and self._select and ("selected" in a or self._select not in form.values):
            form.values[self._select] = a.get("value", "")
        elif tag == "textarea":
            self._textarea = a.get("name", "")
            form.values[self._textarea] = ""
        elif tag == "button" and "name" in a:
            form.buttons[a["name"]] = a.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._textarea and self._open is not None:
            self._open.values[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            if self._open is not None and self._textarea:
                value = self._open.values[self._textarea]
                self._open.values[self._textarea] = value.removeprefix("\n")
            self._textarea = ""


def forms(page: str) -> list[Form]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms


def form_to(response: requests.Response, part: str) -> Form:
    """Return the page's first form whose address contains `part`, its address made absolute."""
    for form in forms(response.text):
        action = urljoin(response.url, form.action)
        if part in action and form.method == "post":
            form.action = action
            return form
    raise AssertionError(
        f"no form to {part} on {response.url} ({response.status_code}): {response.text[:300]}"
    )


class Shopper:
    """One person's browser, without the browser."""

    def __init__(self, session: requests.Session, address: str) -> None:
        self.session, self.address = session, address

    def get(self, path: str) -> requests.Response:
        """Read a page."""
        return self.session.get(urljoin(self.address, path), timeout=30)

    def send(self, form: Form, *, follow: bool = True, **values: str) -> requests.Response:
        """Post a form with these values put in, as a browser on that page would."""
        return self.session.post(
            form.action, data={**form.values, **values}, timeout=60, allow_redirects=follow,
            headers={"Origin": "/".join(form.action.split("/")[:3]), "Referer": form.action},
        )  # fmt: skip

    def add(self, slug: str, quantity: int = 1) -> requests.Response:
        """Put a product's chosen variant into the cart from its page."""
        return self.send(form_to(self.get(f"/products/{slug}"), "/cart/lines"), quantity=str(quantity))

    def checkout(
        self, customer: dict[str, str] | None = None, recipients: list[dict[str, str]] | None = None,
        *, follow: bool = True,
    ) -> requests.Response:  # fmt: skip
        """Fill the checkout page and place the order; leads to the processor's page."""
        page = self.get("/checkout")
        for _ in (recipients or [BEN])[1:]:
            page = self.send(form_to(page, "/checkout"), add="1")
        form = form_to(page, "/checkout")
        values = dict(customer or ANNA)
        for number, recipient in enumerate(recipients or [BEN], 1):
            values |= {f"r{number}-{name}": value for name, value in recipient.items()}
        if len(recipients or []) > 1:
            values |= _in_turn(
                {n: v for n, v in form.values.items() if "-share-" in n}, len(recipients or [])
            )
        return self.send(form, follow=follow, place="1", **values)

    def pay(self, page: requests.Response, card: str = APPROVED, *, follow: bool = True) -> requests.Response:
        """Type a card on the processor's page and press Pay."""
        form = next(form for form in forms(page.text) if any("number" in name for name in form.values))
        form.action = urljoin(page.url, form.action)
        values = {}
        for name in form.values:
            lowered = name.lower()
            if "number" in lowered:
                values[name] = card
            elif "exp" in lowered:
                values[name] = "12 / 34"
            elif "csc" in lowered or "cvc" in lowered or "code" in lowered:
                values[name] = "123"
            elif "name" in lowered:
                values[name] = "A CARTER"
        return self.send(form, follow=follow, **values)

    def buy(self, slug: str, quantity: int = 1, **options: list[dict[str, str]]) -> str:
        """Buy a product from its page to the thanks; returns the order's number."""
        self.add(slug, quantity)
        done = self.pay(self.checkout(**options))  # type: ignore[arg-type] # options are checkout's own
        return number_of(done)


def _in_turn(shares: dict[str, str], people: int) -> dict[str, str]:
    """Give the things of each line out in turn, beginning with the first recipient."""
    wanted = {
        name.split("-share-")[1]: int(value or 0) for name, value in shares.items() if name.startswith("r1-")
    }
    turn = 0
    given = dict.fromkeys(shares, 0)
    for line, quantity in wanted.items():
        for _ in range(quantity):
            given[f"r{turn % people + 1}-share-{line}"] += 1
            turn += 1
    return {name: str(count) for name, count in given.items()}


def number_of(page: requests.Response) -> str:
    """Return the order number on a page."""
    found = re.search(r'data-order-number="([^"]+)"', page.text)
    assert found, f"no order number on {page.url} ({page.status_code}): {text_of(page.text)[:500]}"
    return html.unescape(found[1])


def text_of(page: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()
