"""P4: a card's number and code are typed on the processor's page; nothing here can hold one."""

import base64
import csv
import hashlib
import hmac
import json
import re
import time
from pathlib import Path

import pytest
import requests

from tests.buying import Shopper, form_to, forms, text_of
from tests.promises.outsider import GOODS, Bought, Outsider, canary, customer

CARD_INPUT = re.compile(r'autocomplete="[^"]*cc-|name="[^"]*(?:card|cvc|cvv|csc|pan\b)', re.IGNORECASE)


def luhn(digits: str) -> bool:
    """Tell whether a number has a card number's check digit (written anew here, as a second opinion)."""
    total = 0
    for place, digit in enumerate(reversed([int(one) for one in digits])):
        total += digit if place % 2 == 0 else sum(divmod(digit * 2, 10))
    return total % 10 == 0


@pytest.fixture(scope="session")
def numbers(shared: Path) -> list[str]:
    """Public test card numbers, as they are written there; those with 13 to 19 digits and a right check digit."""
    folder, found = shared / "data/test-pans", list[str]()
    for name, column in (("card-numbers.csv", "pan"), ("brands.csv", "prefix_or_pan")):
        with (folder / name).open(newline="") as file:
            found += [row[column] for row in csv.DictReader(file)]
    plain = {number: re.sub(r"\D", "", number) for number in found}
    kept = [number for number, digits in plain.items() if 13 <= len(digits) <= 19 and luhn(digits)]
    assert len(kept) > 25
    return kept


def traces(shop: Outsider, numbers: list[str]) -> list[tuple[str, str]]:
    """Return which of the numbers lie in which file, as written or as bare digits."""
    needles = {number.encode() for number in numbers} | {
        re.sub(r"\D", "", number).encode() for number in numbers
    }
    return [
        (needle.decode(), name) for name, content in shop.files() for needle in needles if needle in content
    ]


@pytest.mark.shows("lock.payment-page")
def test_the_card_is_typed_on_the_processor_s_own_address(shop: Outsider) -> None:
    """Feature: no page of the shop has an input for a card, and the page that has one is not the shop's."""
    guest = shop.visit()
    guest.add(GOODS[0])
    for path in ("/", "/cart", "/checkout", f"/products/{GOODS[0]}"):
        assert not CARD_INPUT.search(guest.get(path).text), path
    page = guest.checkout()
    assert page.url.startswith(shop.processor)
    assert CARD_INPUT.search(page.text)
    policy = guest.get("/checkout").headers["Content-Security-Policy"]
    assert f"form-action 'self' {shop.processor}" in policy
    assert "frame-src 'none'" in policy


@pytest.mark.shows("bill.collect", "group.payment", "rights.own_card")
def test_the_order_page_shows_what_is_kept_of_the_card_and_the_policy_names_no_more(
    shop: Outsider, bought: Bought
) -> None:
    """Feature: brand, last four digits, expiry; there is no field for a number or a code to lie in."""
    shown = text_of(bought.page)
    for part in ("Your card's brand visa", "Its last four digits 4242", "Its expiry 2034-12"):
        assert part in shown
    assert set(shop.policy["field"]["payment"]) == {"brand", "last4", "expiry"}
    assert "brand, the last four digits and the expiry" in shop.sentence("P4")


def test_no_input_of_the_checkout_takes_a_card_number(shop: Outsider, numbers: list[str]) -> None:
    """Attack: each public test number in every text input at once; each is refused at each input."""
    guest = shop.visit()
    guest.add(GOODS[0])
    form = form_to(guest.get("/checkout"), "/checkout")
    inputs = [
        "name",
        "email",
        *(f"r1-{name}" for name in ("name", "line1", "line2", "city", "phone", "message")),
    ]
    for number in numbers:
        answer = guest.send(form, place="1", **dict.fromkeys(inputs, number))
        assert answer.status_code == 422, number
        wrong = set(re.findall(r'<a href="#id_([\w-]+)">', answer.text))
        assert wrong >= set(inputs), (number, set(inputs) - wrong)
    assert traces(shop, numbers) == []


@pytest.mark.shows("lock.no-card-number")
def test_no_endpoint_keeps_a_card_number(shop: Outsider, bought: Bought, numbers: list[str]) -> None:
    """Attack: search, cart, proof, sign-in, choice, notice, missing pages, headers; then every file is searched."""
    guest = shop.visit()
    proof = form_to(guest.get(bought.link), "/access")
    sign_in = form_to(guest.get("/staff/sign-in"), "sign-in")
    origin = {"Origin": shop.address}
    for number in numbers:
        guest.session.headers.update(
            {"User-Agent": f"Mozilla {number}", "Referer": f"https://a.example/{number}"}
        )
        for path in ("/search", "/missing", "/catalog/", "/orders", "/privacy"):
            guest.session.get(f"{shop.address}{path}/{number}", timeout=20)
            guest.session.get(f"{shop.address}{path}", params={"q": number, number: number}, timeout=20)
        assert guest.send(proof, email=number).status_code == 422
        assert guest.send(sign_in, token=number).status_code == 200
        for path, values in (
            ("/cart/lines", {"variant": number, "quantity": number}),
            ("/your-cookie/choice", {"answer": number}),
            ("/fragments/seen", {"product": number}),
            ("/payments/webhook", {"object": number}),
        ):
            guest.session.post(
                shop.address + path, data=values, headers=origin, timeout=20, allow_redirects=False
            )
    assert traces(shop, numbers) == []


def test_a_processor_s_notice_with_a_whole_number_leaves_none_of_it(shop: Outsider) -> None:
    """Attack: rightly signed, and with a card number wherever a notice has room."""
    number = "5555555555554444"
    secret = (shop.folder / "sandbox/webhook.key").read_text().strip()
    body = json.dumps(
        {"type": "payment.authorized", "data": {"id": number, "session": number, "card": number}}
    )
    stamp, name = str(int(time.time())), f"evt_{canary()}"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.digest(key, f"{name}.{stamp}.{body}".encode(), hashlib.sha256)).decode()
    headers = {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,{mac}"}
    url = f"{shop.address}/payments/webhook"
    requests.post(url, data=body, headers=headers, verify=str(shop.store.authority), timeout=10)
    assert traces(shop, [number]) == []


@pytest.mark.parametrize(
    "typed",
    ["4242 4242 4242 4242", "４２４２４２４２４２４２４２４２", "4242-4242-4242-4242", "4242.4242.4242.4242"],
)
def test_blanks_dashes_and_wide_digits_hide_no_card_number(shop: Outsider, typed: str) -> None:
    """Attack: a gift message with a number written otherwise."""
    guest = shop.visit()
    guest.add(GOODS[0])
    answer = _with(guest, **{"r1-message": f"My card is {typed}, buy something"})
    assert answer.status_code == 422
    assert "looks like a card number" in answer.text


def test_a_card_number_over_two_lines_of_an_address_is_refused_in_words(shop: Outsider) -> None:
    """Attack: half of the number in each of two inputs; it is told as a mistake, and nothing of it is kept."""
    guest, size = shop.visit(), len(shop.store.shop("SELECT id FROM orders_order"))
    guest.add(GOODS[0])
    answer = _with(guest, **{"r1-line1": "4242 4242", "r1-line2": "4242 4242"})
    assert answer.status_code == 422
    assert "looks like a card number" in answer.text
    assert len(shop.store.shop("SELECT id FROM orders_order")) == size


def _with(guest: Shopper, **values: str) -> requests.Response:
    form = form_to(guest.get("/checkout"), "/checkout")
    address = {
        "r1-name": "A",
        "r1-line1": "1 Way",
        "r1-city": "Springfield",
        "r1-region": "IL",
        "r1-postcode": "62701",
    }
    return guest.send(form, place="1", follow=False, **{**customer(), **address, **values})


def test_the_number_that_was_paid_with_is_nowhere_not_even_at_the_sandbox(
    shop: Outsider, bought: Bought
) -> None:
    """Evidence: an order was paid, and its card number is in no file of the store."""
    assert bought.number
    assert traces(shop, ["4242 4242 4242 4242"]) == []
    assert [form for form in forms(bought.page) if any("cc" in name for name in form.values)] == []
