"""One drive through the whole shop in which every personal value is a token: bought, failed, opened, refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, urljoin

import requests

from tests.buying import APPROVED, Form, Shopper, form_to, forms, number_of
from tests.canaries.client import Recorder
from tests.canaries.law import Law, Who
from tests.canaries.letters import text_of_mail
from tests.canaries.pages import wrong_inputs
from tests.canaries.people import BUYER, COUNTRIES, Typing
from tests.canaries.ruins import without_table
from tests.canaries.tokens import Mint, card_number
from tests.running import RunningStore, wait_for

ODD_HEADERS = (
    "User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "X-Real-IP", "Forwarded", "From", "X-Any",
)  # fmt: skip


class Drive(Typing):
    """What was typed, by name, and the steps in which it was typed; every value is a token."""

    def __init__(
        self, store: RunningStore, recorder: Recorder | None = None, mint: Mint | None = None
    ) -> None:
        super().__init__(mint or Mint())
        self.store = store
        self.recorder = recorder or Recorder(store, None)
        self.shopper = self.recorder.shopper()
        self.clerk: Shopper | None = None
        self.number = ""
        self.law: Law | None = None
        self.sent: list[bytes] = []
        self.bought: set[str] = set()
        self.as_customer = Who("the customer", frozenset({"proven"}), BUYER | {"crawl as the customer"})
        self.as_clerk = Who("the clerk", frozenset({"staff"}), self.bought)

    @property
    def tokens(self) -> dict[str, str]:
        """The tokens by name."""
        return {token.name: token.text for token in self.mint}

    # Steps

    def everything(self) -> None:
        """Take every step, from the first look around to staff's opening of each parcel."""
        for step in self.steps():
            step()

    def steps(self) -> list[Callable[[], object]]:
        """Return the steps in their order."""
        return [
            self.browse, self.surplus, self.refused, self.broken, self.buy, self.turn_back, self.come_back, self.staff,
        ]  # fmt: skip

    def browse(self) -> None:
        """Look around with tokens in everything that a browser sends and nobody asked for."""
        get, new = self.shopper.session.get, self.mint.word
        headers = {name: new(f"header {name}", "Mozilla/5.0 {}") for name in ODD_HEADERS}
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
        odd = {"__Host-cart": new("cart cookie"), "__Host-orders": new("order cookie")}
        get(at + "/", cookies=odd, timeout=20)
        self.shopper.session.cookies.clear()
        for number in range(2):  # the second page is the one on which the product is remembered
            get(f"{at}/products/cork-ball?n={number}", timeout=20)
        self.shopper.session.post(
            f"{at}/fragments/seen", data={"product": "cork-ball"}, headers={"Origin": at}, timeout=20
        )
        self._cookies()
        if self.is_classic:
            assert "visitor cookie" in self.mint.tokens, "the profile gives a cookie at the first visit"

    @property
    def is_classic(self) -> bool:
        """Whether the store gives the lasting cookie unasked."""
        return 'profile = "classic"' in (self.store.folder / "policy.toml").read_text()

    def _cookies(self) -> None:
        """Take the lasting cookie that the shop has given as a token of its field."""
        if visitor := self.shopper.session.cookies.get("__Host-visitor"):
            self.mint.made(
                "visitor cookie", visitor, field="visitor.cookie", person="visitor", cookie="__Host-visitor"
            )

    def surplus(self) -> None:
        """Send what no form has: other keys, JSON, files, a bad method, a form of another site."""
        at, new, post = self.store.address, self.mint.word, self.shopper.session.post
        ours, lines = {"Origin": at}, f"{at}/cart/lines"
        for path, more in (
            (lines, {"data": {"variant": new("bad variant"), "email": new("surplus value")}}),
            (lines, {"data": {"variant": "0", new("surplus key"): "1"}}),
            (lines, {"json": {"variant": new("JSON value"), new("JSON key"): 1}}),
            (lines, {"files": {"f": (new("file name"), new("file content"))}}),
            (f"{at}/checkout", {"data": {"name": new("form without its protection")}}),
            (f"{at}/", {"data": {"name": new("wrong method")}}),
            (f"{at}/payments/notices", {"data": new("false notice")}),
            (f"{at}/payments/webhook", {"data": new("false notice at the right place")}),
            (f"{at}/staff/sign-in", {"data": {"token": new("wrong staff token")}}),
        ):
            post(path, headers=ours, timeout=20, **more)
        evil = {"Origin": "https://evil.example"}
        post(lines, data={"name": new("form of another site")}, headers=evil, timeout=20)

    def refused(self) -> requests.Response:
        """Send a checkout that cannot be: an e-mail address without its sign, a number without digits."""
        self.shopper.add("cork-ball", 4)
        form = form_to(self.shopper.get("/checkout"), "/checkout")
        new = self.mint.word
        typed = {
            name: new(f"refused {name}", field=f"customer.{name}", person="refused")
            for name in ("name", "email")
        }
        for part, field in {
            "name": "name", "line1": "address", "city": "address", "postcode": "address", "phone": "phone",
            "message": "message",
        }.items():  # fmt: skip
            typed[f"r1-{part}"] = new(
                f"refused recipient {part}", field=f"recipient.{field}", person="refused recipient"
            )
        answer = self.shopper.send(form, place="1", **typed)
        assert answer.status_code == 422
        assert typed["email"] in answer.text
        return answer

    def broken(self) -> requests.Response:
        """Send a whole checkout while a table is gone: an error nobody foresaw, with people in every frame."""
        form = form_to(self.shopper.get("/checkout"), "/checkout")
        typed = self.customer("broken")
        typed |= {f"r1-{name}": value for name, value in self.recipient(9, "US").items()}
        with without_table(self.store.folder / "shop.sqlite3", "orders_order"):
            answer = self.shopper.send(form, place="1", **typed)
        assert answer.status_code == 500
        return answer

    def buy(self) -> None:
        """Order for all recipients; the card is mistyped, declined, and approved; the mail is waited for."""
        self._customer = self.customer()
        recipients = [self.recipient(number, country) for number, country in enumerate(COUNTRIES, 1)]
        page = self.checkout(recipients)
        names = iter(("mistyped", "declined", "approved"))
        page = self._pay(page, next(names), card_number(), self.mint.word("security code, mistyped"))
        assert "security code" in page.text
        page = self._pay(page, next(names), card_number())
        page = self.shopper.get(urljoin(self.store.address, page.url)) if "/pay/" not in page.url else page
        if "/pay/" not in page.url:
            page = self.shopper.send(form_to(page, "/payments/"))
        assert "/pay/" in page.url, page.url
        self.shopper.session.who = self.as_customer  # type: ignore[attr-defined] # proven from the first page after the card
        page = self._pay(page, next(names), APPROVED)
        self.number = number_of(page)
        self.bought |= BUYER
        self.mint.made("order pass", self.shopper.session.cookies["__Host-orders"], cookie="__Host-orders")
        wait_for("the mail", self.is_told)

    def is_told(self) -> bool:
        """Whether the confirmation has left."""
        return bool(self.store.shop("SELECT 1 FROM orders_mail WHERE sent_at IS NOT NULL"))

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
        values |= self._unknown(form, values)
        form = form_to(shopper.send(form, refresh="1", **values), "/checkout")
        page = shopper.send(form, place="1", **values)
        assert "/pay/" in page.url, f"the checkout did not take {wrong_inputs(page.text)}"
        return page

    def _unknown(self, form: Form, known: dict[str, str]) -> dict[str, str]:
        """Return tokens for the inputs that the policy names and this file does not know: a new field's."""
        found = {}
        for name, value in form.values.items():
            fields = (
                sorted(self.law.fields_of_input(name)) if self.law and not value and name not in known else []
            )
            if fields and not name.endswith("-country"):
                person = f"recipient {name[1:].partition('-')[0]}" if name.startswith("r") else "customer"
                found[name] = self.mint.word(
                    self.mint.free(f"{person}'s {name}"), field=fields[0], person=person
                )
        return found

    def attempt(self, who: str, shopper: Shopper | None = None) -> tuple[Shopper, requests.Response]:
        """Fill and send a checkout for one parcel, in a browser of its own unless one is given."""
        shopper = shopper or self.recorder.shopper()
        if not shopper.session.cookies.get("__Host-cart"):
            shopper.add("cork-ball")
        typed = self.customer(f"{who}, customer") | {"r1-country": "US"}
        form = form_to(
            shopper.send(form_to(shopper.get("/checkout"), "/checkout"), refresh="1", **typed), "/checkout"
        )
        typed |= {f"r1-{name}": value for name, value in self.recipient(who, "US").items()}
        return shopper, shopper.send(form, place="1", **typed)

    def buy_again(self, who: str) -> None:
        """Buy one more thing, as somebody else."""
        shopper, page = self.attempt(who)
        self.bought |= {f"{who}, customer", f"recipient {who}"}
        persons = frozenset({f"{who}, customer", f"recipient {who}"})
        shopper.session.who = Who(who, frozenset({"proven"}), persons)  # type: ignore[attr-defined] # as after any card
        number_of(self._pay(page, f"approved, {who}", APPROVED, by=shopper))

    def turn_back(self) -> None:
        """Go back from the processor's page and type all anew: the first people are erased."""
        shopper, page = self.attempt("turned back")
        assert "/pay/" in page.url, f"the checkout did not take {wrong_inputs(page.text)}"
        self.attempt("turned back again", shopper)
        erased = "SELECT 1 FROM queue_job WHERE name IN ('erase', 'void-payment')"
        wait_for("the erasure of who turned back", lambda: not self.store.shop(erased))

    def _pay(
        self, page: requests.Response, name: str, card: str, code: str = "4711", by: Shopper | None = None
    ) -> requests.Response:
        form: Form = next(form for form in forms(page.text) if "cc-number" in form.values)
        form.action = urljoin(page.url, form.action)
        if card != APPROVED:
            self.mint.number(f"card number, {name}", card)
        holder = self.mint.word(f"cardholder, {name}")
        return (by or self.shopper).send(
            form, **{"cc-name": holder, "cc-number": card, "cc-exp": "12 / 34", "cc-csc": code}
        )

    def come_back(self) -> None:
        """Open the order by the mail's link from another browser: a wrong address, then the right one."""
        stranger = self.recorder.shopper()
        form = form_to(stranger.get(self.link()), "/access")
        wrong = stranger.send(form, email=self._email("wrong e-mail", person="stranger"))
        assert wrong.status_code == 422
        stranger.session.who = self.as_customer  # type: ignore[attr-defined] # link and address prove it
        right = stranger.send(form, email=self.tokens["customer e-mail"].upper() + "@mail.example.com")
        assert right.status_code == 200
        assert self.tokens["recipient 2 line1"] in right.text, "the right address opens the order"
        self.mint.made("second order pass", stranger.session.cookies["__Host-orders"], cookie="__Host-orders")

    def link(self) -> str:
        """Return the address in the confirmation mail."""
        link = re.search(r"https://\S+/orders/\S+?key=[\w-]+", text_of_mail(self.letter()))
        assert link
        return link[0]

    def letter(self) -> bytes:
        """Return the first confirmation as it left."""
        return self.sent[0] if self.sent else self.store.mails()[0].read_bytes()

    def staff(self) -> None:
        """Open every recipient as staff do, send the last parcel off, and hear that it has come."""
        clerk = self.clerk = self.sign_in()
        page = clerk.get(f"/staff/orders/{self.number}")
        for position in range(1, len(COUNTRIES) + 1):
            opened = clerk.send(form_to(page, f"/parcels/{position}/opening"))
            assert self.tokens[f"recipient {position} line1"] in opened.text
        left = clerk.send(form_to(opened, f"/parcels/{position}/departure"))
        come = clerk.send(form_to(left, f"/parcels/{position}/arrival"))
        assert come.status_code == 200

    def sign_in(self) -> Shopper:
        """Return a browser of staff, signed in with a fresh token."""
        token = self.mint.made("staff token", self.store.staff_token(), field="staff.token", person="staff")
        clerk = self.recorder.shopper()
        page = clerk.get("/staff/sign-in")
        clerk.session.who = self.as_clerk  # type: ignore[attr-defined] # the token proves it
        clerk.send(_only(page), token=token)
        session = clerk.session.cookies["__Host-session"].strip('"')
        self.mint.made("staff session", session, cookie="__Host-session")
        return clerk


def _only(page: requests.Response) -> Form:
    form = next(form for form in forms(page.text) if "token" in form.values)
    form.action = urljoin(page.url, form.action)
    return form
