"""What a stranger can do to a shop: visit it, read its mails and files, and ask its operator's command."""

import base64
import email
import email.policy
import hashlib
import html
import json
import re
import secrets
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property
from typing import Any

import requests

from tests.buying import APPROVED, Shopper, form_to, number_of, text_of
from tests.running import RunningStore, wait_for

GOODS = ("felt-mouse", "cork-ball")
COOKIE, CHOICE = "__Host-visitor", "__Host-choice"


def canary() -> str:
    """Return a word that is nowhere else, in letters that no encoding changes."""
    return "Q" + "".join(secrets.choice("bcdfghjkmnpqrstvwxz") for _ in range(13))


def masks(word: str) -> dict[str, bytes]:
    """Return the shapes in which a word could lie hidden in a file."""
    plain = word.encode()
    shapes = {"plain": plain, "small": plain.lower(), "capital": plain.upper(), "reversed": plain[::-1]}
    shapes |= {"utf-16": word.encode("utf-16-le"), "hex": plain.hex().encode()}
    for shift in range(3):  # wherever in a longer text it begins, its middle is one of three
        shapes[f"base64 {shift}"] = base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4]
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, plain.lower()).digest()
        shapes |= {name: digest, f"{name} hex": digest.hex().encode()}
    return shapes


class Outsider:
    """A running store, seen from outside."""

    def __init__(self, store: RunningStore, profile: str) -> None:
        self.store, self.profile = store, profile
        self.folder, self.address = store.folder, store.address

    # Visiting

    def visit(self, **headers: str) -> Shopper:
        """Return a fresh browser that sends these headers."""
        session = self.store.session()
        session.headers.update(headers)
        return Shopper(session, self.address)

    def staff(self) -> Shopper:
        """Return a browser whose user has signed in with a fresh one-time token."""
        clerk = self.visit()
        page = clerk.send(form_to(clerk.get("/staff/sign-in"), "sign-in"), token=self.store.staff_token())
        assert page.url.endswith("/staff/orders"), page.url
        return clerk

    @property
    def processor(self) -> str:
        """The card processor's address."""
        return f"https://127.0.0.1:{self.store.port + 1}"

    def turn(self, **knobs: object) -> None:
        """Turn a knob of the sandbox processor."""
        key = (self.folder / "sandbox/api.key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        url = f"{self.processor}/_knobs"
        answer = requests.post(url, json=knobs, headers=headers, verify=str(self.store.authority), timeout=10)
        assert answer.ok, answer.text

    # Reading the page

    def privacy(self) -> str:
        """Return the privacy page."""
        return self.visit().get("/privacy").text

    def sentence(self, number: str) -> str:
        """Return what the page says under one statement: its text and what it means."""
        found = re.search(rf'<h[23] id="{number}"[^>]*>(.*?)</div>', self.privacy(), re.DOTALL)
        assert found, f"no {number} on the page"
        return text_of("<p " + found[1])

    # Reading files

    @cached_property
    def policy(self) -> dict[str, Any]:
        """The policy file, as a reader of TOML takes it, with the active profile's words."""
        told = tomllib.loads((self.folder / "policy.toml").read_text())
        assert told["policy"]["profile"] == self.profile
        return _chosen(told, self.profile)  # type: ignore[no-any-return] # a table stays one

    @property
    def rules(self) -> dict[str, dict[str, Any]]:
        """All rules by id."""
        return {
            f"{why}.{name}": rule for why, some in self.policy["rule"].items() for name, rule in some.items()
        }

    def vault(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the vault's database: ids, times and what is sealed."""
        return self.store.vault(query, *values)

    def ledger(self) -> list[dict[str, Any]]:
        """Return the ledger's public leaves, oldest first."""
        return [json.loads(leaf) for (leaf,) in self.vault("SELECT leaf FROM vault_entry ORDER BY number")]

    def people(self) -> set[str]:
        """Return the ids of everybody whom the vault has anything of."""
        return {person for (person,) in self.vault("SELECT id FROM vault_person")}

    def behind(self, number: str) -> list[str]:
        """Return the ids of an order's people: who ordered, then each recipient."""
        query = "SELECT id, customer FROM orders_order WHERE number = ?"
        ((order, customer),) = self.store.shop(query, number)
        query = "SELECT recipient FROM shipments_shipment WHERE order_id = ? ORDER BY position"
        return [str(customer), *(str(one) for (one,) in self.store.shop(query, order))]

    def files(self, *but: str) -> Iterator[tuple[str, bytes]]:
        """Yield every file of the store, and what its processes printed; `but` are folders to leave out."""
        yield "(output)", self.store.output.encode()
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            if path.is_file() and not name.startswith(but or ("\0",)):
                yield name, path.read_bytes()

    def traces(self, words: Iterable[str], *but: str) -> list[tuple[str, str, str]]:
        """Return where in the store's files any of the words lies, in whatever shape."""
        looked_for = {word: masks(word) for word in words}
        return [
            (word, shape, name)
            for name, content in self.files(*but)
            for word, shapes in looked_for.items()
            for shape, needle in shapes.items()
            if needle in content
        ]

    def mail(self, number: str) -> EmailMessage:
        """Wait for an order's confirmation and return it."""
        wait_for(f"a mail about {number}", lambda: self._mails(number))
        (found,) = self._mails(number)
        return found

    def _mails(self, number: str) -> list[EmailMessage]:
        parsed = [
            email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in self.store.mails()
        ]
        return [mail for mail in parsed if number in str(mail["Subject"])]

    # Asking the operator's command

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command of the shop's program."""
        return subprocess.run(
            [sys.executable, "-m", "microkitten", *words], capture_output=True, text=True, timeout=60,
            env={**self.store.environ, "MICROKITTEN_STORE": str(self.folder)}, cwd=self.folder,
        )  # fmt: skip

    def explain(self, *words: str) -> dict[str, Any]:
        """Ask `policy explain` and return its answer."""
        done = self.command("policy", "explain", *words, "--json")
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)  # type: ignore[no-any-return] # an object


def _chosen(told: Any, profile: str) -> Any:
    if isinstance(told, dict):
        if told.keys() == {"classic", "strict"}:
            return told[profile]
        return {name: _chosen(value, profile) for name, value in told.items()}
    return [_chosen(one, profile) for one in told] if isinstance(told, list) else told


def plain(mail: EmailMessage) -> str:
    """Return a mail's plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@dataclass
class Bought:
    """An order and everything that was typed for it."""

    number: str
    link: str
    shopper: Shopper
    customer: dict[str, str]
    recipients: list[dict[str, str]]
    mail: EmailMessage
    page: str = field(repr=False, default="")

    @property
    def canaries(self) -> list[str]:
        """Every unique word that was typed."""
        values = [self.customer["name"], self.customer["email"].partition("@")[0]]
        for recipient in self.recipients:
            values += [recipient[name] for name in ("name", "line1", "line2", "city", "message")]
        return values


def customer() -> dict[str, str]:
    """Return somebody who orders, all canaries."""
    return {"name": canary(), "email": f"{canary()}@example.com"}


def recipient() -> dict[str, str]:
    """Return somebody who gets a parcel, all canaries where words are free."""
    return {
        "name": canary(), "line1": canary(), "line2": canary(), "city": canary(), "region": "IL",
        "postcode": "62701", "phone": "+1 217 555 0142", "message": canary(),
    }  # fmt: skip


def buy(shop: Outsider, *, recipients: int = 2, shopper: Shopper | None = None) -> Bought:
    """Buy two things for so many people, each word a canary, to the mail."""
    buyer, who, to = shopper or shop.visit(), customer(), [recipient() for _ in range(recipients)]
    for slug in GOODS[:recipients]:
        buyer.add(slug)
    page = buyer.pay(buyer.checkout(customer=who, recipients=to), APPROVED)
    number = number_of(page)
    mail = shop.mail(number)
    link = re.search(r"https://\S+/orders/\S+key=\S+", plain(mail))
    assert link
    return Bought(number, link[0], buyer, who, to, mail, buyer.get(f"/orders/{number}").text)


def open_by_link(visitor: Shopper, link: str, address: str) -> requests.Response:
    """Follow a mail's link and type an e-mail address."""
    return visitor.send(form_to(visitor.get(link), "/access"), email=address)


def cookies_of(response: requests.Response) -> dict[str, Mapping[str, str]]:
    """Return the cookies that an answer sets (redirects before it included), each with its attributes."""
    found: dict[str, Mapping[str, str]] = {}
    for one in (*response.history, response):
        for line in one.raw.headers.getlist("Set-Cookie"):
            first, *rest = [part.strip() for part in line.split(";")]
            name, _, value = first.partition("=")
            marks = {part.partition("=")[0].lower(): part.partition("=")[2] for part in rest}
            found[name] = {"value": value, **marks}
    return found


def links(page: str) -> set[str]:
    """Return where a page's links lead within the shop."""
    found = re.findall(r'<a\b[^>]*\bhref="([^"#]+)', page)
    return {html.unescape(link).split("?")[0] for link in found if link.startswith("/")}
