"""One drive through the whole shop in which every personal value is a token: bought, failed, opened, refused."""

from __future__ import annotations

import email
import email.policy
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, urljoin

import requests

from tests.buying import APPROVED, Form, Shopper, form_to, forms, number_of
from tests.running import RunningStore, wait_for
from tests.security.tokens import card_number, digits, word

# Together they have every part that an address can have: apartment, state, ZIP code; CEDEX; region; suburb.
COUNTRIES = ("US", "CI", "KZ", "NZ")
POSTCODES = {"KZ": 6, "NZ": 4}
ALLOWED_IN_MAIL = ("customer name", "customer e-mail", "customer e-mail before its sign")


class Drive:
    """What was typed, by name, and the steps in which it was typed; every value is a token."""

    def __init__(self, store: RunningStore) -> None:
        self.store, self.tokens = store, {}  # type: ignore[var-annotated] # names to tokens
        self.shopper = Shopper(store.session(), store.address)
        self.number = ""

    def new(self, name: str, token: str | None = None) -> str:
        """Make a token under a name, or keep one that the shop itself has made."""
        assert name not in self.tokens
        self.tokens[name] = token or word()
        return str(self.tokens[name])

    # What is typed

    def customer(self, who: str = "customer") -> dict[str, str]:
        """Return a customer of tokens."""
        return {
            "name": f"{self.new(f'{who} name')} Carter",
            "email": self._email(f"{who} e-mail"),
            "phone": self._phone(f"{who} phone"),
        }

    def _email(self, name: str) -> str:
        # As a whole, since its digest is what trackers know, and without its end.
        return self.new(name, f"{self.new(f'{name} before its sign')}@mail.example.com")

    def _phone(self, name: str) -> str:
        return self.new(name, f"+1 (21{digits(1)}) {digits(3)}-{digits(4)}")

    def recipient(self, number: int, country: str) -> dict[str, str]:
        """Return a recipient of tokens, with every part of an address that the country has."""
        who = f"recipient {number}"
        typed = {part: self.new(f"{who} {part}") for part in ("name", "line1", "line2", "city", "message")}
        typed |= {"phone": self._phone(f"{who} phone"), "country": country}
        if country == "US":
            typed |= {"region": "IL", "postcode": self.new(f"{who} postcode", f"{digits(5)}-{digits(4)}")}
        elif count := POSTCODES.get(country):
            typed["postcode"] = digits(count)  # too short to be a token: six digits are everywhere
        part = {"CI": "sorting", "KZ": "region", "NZ": "area"}.get(country)
        return typed | ({part: self.new(f"{who} {part}")} if part else {})

    # Steps

    def everything(self) -> None:
        """Take every step, from the first look around to staff's opening of each parcel."""
        self.browse()
        self.surplus()
        self.refused()
        self.broken()
        self.buy()
        self.come_back()
        self.staff()

    def browse(self) -> None:
        """Look around with tokens in everything that a browser sends and nobody asked for."""
        get, new = self.shopper.session.get, self.new
        headers = {
            name: f"Mozilla/5.0 {new(f'header {name}')}"
            for name in (
                "User-Agent",
                "Referer",
                "Accept-Language",
                "X-Forwarded-For",
                "X-Real-IP",
                "From",
                "X-Any",
            )
        }
        at = self.store.address
        get(at + "/", headers=headers, timeout=20)
        for name, address in {
            "searched words": "/search?q=",
            "query of home": "/?utm_source=",
            "query of shelf": "/catalog/?sort=",
            "variant": "/products/cork-ball?variant=",
            "missing page": "/nowhere/",
            "missing product": "/products/",
            "missing picture": "/media/",
            "missing static file": "/static/",
            "order number": "/orders/",
            "payment reference": "/payments/",
            "staff's next": "/staff/sign-in?next=/staff/",
        }.items():
            get(at + address + quote(new(name)), timeout=20)
        get(
            at + "/",
            cookies={"__Host-cart": new("cart cookie"), "__Host-orders": new("order cookie")},
            timeout=20,
        )
        self.shopper.session.cookies.clear()
        for number in range(2):  # the second page is the one on which the product is remembered
            get(f"{at}/products/cork-ball?n={number}", timeout=20)
        visitor = self.shopper.session.cookies.get("__Host-visitor")
        assert visitor, "the sample store's profile gives a cookie"
        new("visitor cookie", visitor)

    def surplus(self) -> None:
        """Send what no form has: other keys, JSON, files, a bad method, a form of another site."""
        at, new, post = self.store.address, self.new, self.shopper.session.post
        ours = {"Origin": at}
        post(
            f"{at}/cart/lines",
            data={"variant": new("bad variant"), "email": new("surplus key")},
            headers=ours,
            timeout=20,
        )
        post(f"{at}/cart/lines", json={"variant": new("JSON value")}, headers=ours, timeout=20)
        post(
            f"{at}/cart/lines", files={"f": (new("file name"), new("file content"))}, headers=ours, timeout=20
        )
        post(f"{at}/checkout", data={"name": new("form without its protection")}, headers=ours, timeout=20)
        post(
            f"{at}/cart/lines",
            data={"name": new("form of another site")},
            headers={"Origin": "https://evil.example"},
            timeout=20,
        )
        post(f"{at}/", data={"name": new("wrong method")}, headers=ours, timeout=20)
        post(f"{at}/payments/notices", data=new("false notice"), headers=ours, timeout=20)
        post(f"{at}/staff/sign-in", data={"token": new("wrong staff token")}, headers=ours, timeout=20)

    def refused(self) -> requests.Response:
        """Send a checkout that cannot be: an e-mail address without its sign, a number without digits."""
        self.shopper.add("cork-ball", 4)
        form = form_to(self.shopper.get("/checkout"), "/checkout")
        typed = {"name": self.new("refused name"), "email": self.new("refused e-mail")}
        typed |= {
            f"r1-{part}": self.new(f"refused recipient {part}")
            for part in ("name", "line1", "city", "postcode", "phone", "message")
        }
        answer = self.shopper.send(form, place="1", **typed)
        assert answer.status_code == 422
        assert typed["email"] in answer.text
        return answer

    def broken(self) -> requests.Response:
        """Send a whole checkout while a table is gone: an error nobody foresaw, with people in every frame."""
        form = form_to(self.shopper.get("/checkout"), "/checkout")
        typed = self.customer("broken")
        typed |= {f"r1-{name}": value for name, value in self.recipient(9, "US").items()}
        with _without_table(self.store.folder / "shop.sqlite3", "orders_order"):
            answer = self.shopper.send(form, place="1", **typed)
        assert answer.status_code == 500
        return answer

    def buy(self) -> None:
        """Order for all recipients; the card is mistyped, declined, and approved; the mail is waited for."""
        self._customer = self.customer()
        recipients = [self.recipient(number, country) for number, country in enumerate(COUNTRIES, 1)]
        page = self.checkout(recipients)
        names = iter(("mistyped", "declined", "approved"))
        page = self._pay(page, next(names), card_number(), self.new("security code, mistyped"))
        assert "security code" in page.text
        page = self._pay(page, next(names), card_number())
        page = self.shopper.get(urljoin(self.store.address, page.url)) if "/pay/" not in page.url else page
        if "/pay/" not in page.url:
            page = self.shopper.send(form_to(page, "/payments/"))
        assert "/pay/" in page.url, page.url
        page = self._pay(page, next(names), APPROVED)
        self.number = number_of(page)
        wait_for("the mail", self.store.mails)

    def checkout(self, recipients: list[dict[str, str]]) -> requests.Response:
        """Fill the page as a person does: recipients first, then their countries, then the rest."""
        shopper = self.shopper
        page = shopper.get("/checkout")
        for _ in recipients[1:]:
            page = shopper.send(form_to(page, "/checkout"), add="1")
        countries = {f"r{n}-country": who["country"] for n, who in enumerate(recipients, 1)}
        form = form_to(shopper.send(form_to(page, "/checkout"), refresh="1", **countries), "/checkout")
        values = {name: value for name, value in self._customer.items() if name in form.values}
        for number, who in enumerate(recipients, 1):
            for part, value in who.items():
                assert f"r{number}-{part}" in form.values, (number, part)
                values[f"r{number}-{part}"] = value
        values |= {name: "1" for name in form.values if "-share-" in name}
        form = form_to(shopper.send(form, refresh="1", **values), "/checkout")
        page = shopper.send(form, place="1", **values)
        assert "/pay/" in page.url, page.text
        return page

    def _pay(self, page: requests.Response, name: str, card: str, code: str = "4711") -> requests.Response:
        form: Form = next(form for form in forms(page.text) if "cc-number" in form.values)
        form.action = urljoin(page.url, form.action)
        if card != APPROVED:
            self.new(f"card number, {name}", card)
        holder = self.new(f"cardholder, {name}")
        return self.shopper.send(
            form, **{"cc-name": holder, "cc-number": card, "cc-exp": "12 / 34", "cc-csc": code}
        )

    def come_back(self) -> None:
        """Open the order by the mail's link from another browser: a wrong address, then the right one."""
        stranger = Shopper(self.store.session(), self.store.address)
        link = re.search(r"https://\S+/orders/\S+?key=[\w-]+", text_of_mail(self.store.mails()[0]))
        assert link
        form = form_to(stranger.get(link[0]), "/access")
        wrong = stranger.send(form, email=self._email("wrong e-mail"))
        assert wrong.status_code == 422
        right = stranger.send(form, email=self.tokens["customer e-mail"].upper())
        assert right.status_code == 200
        assert self.tokens["recipient 2 line1"] in right.text, "the right address opens the order"
        self.new("order pass", stranger.session.cookies["__Host-orders"])

    def staff(self) -> None:
        """Open every recipient as staff do, and the notices of the mails in the sample store."""
        token = self.new("staff token", self.store.staff_token())
        clerk = Shopper(self.store.session(), self.store.address)
        clerk.send(_only(clerk.get("/staff/sign-in")), token=token)
        page = clerk.get(f"/staff/orders/{self.number}")
        for position in range(1, len(COUNTRIES) + 1):
            opened = clerk.send(form_to(page, f"/parcels/{position}/opening"))
            assert self.tokens[f"recipient {position} line1"] in opened.text
        self.new("staff session", clerk.session.cookies["__Host-session"].strip('"'))


def _only(page: requests.Response) -> Form:
    form = next(form for form in forms(page.text) if "token" in form.values)
    form.action = urljoin(page.url, form.action)
    return form


@contextmanager
def _without_table(database: Path, table: str) -> Iterator[None]:
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
        connection.commit()
        try:
            yield
        finally:
            with suppress(sqlite3.OperationalError):
                connection.rollback()
            connection.execute(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')
            connection.commit()


def text_of_mail(path: Path) -> str:
    """Return head and all readable parts of a mail, decoded."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    head = "\n".join(f"{name}: {value}" for name, value in message.items())
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([head, *map(str, parts)])
