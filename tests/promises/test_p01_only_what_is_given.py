"""P1: the shop holds what people decide to give, and nothing of those who turn back."""

import re
from collections.abc import Iterator

import pytest
import requests

from tests.buying import Shopper, form_to, forms
from tests.promises.outsider import GOODS, Bought, Outsider, canary, customer, links, recipient
from tests.running import wait_for

PUBLIC = ["/", "/catalog/", f"/products/{GOODS[0]}", "/search?q=ball", "/privacy", "/security"]


@pytest.mark.shows("lock.public-pages")
def test_looking_searching_and_a_cart_need_nobody(shop: Outsider) -> None:
    """Feature: a browser that says it wants to be nobody gets a full cart, and the vault hears of no one."""
    before, size = shop.people(), len(shop.ledger())
    nobody = shop.visit(**{"Sec-GPC": "1"})
    for path in PUBLIC:
        assert nobody.get(path).status_code == 200
    nobody.add(GOODS[0], 2)
    assert f"/products/{GOODS[0]}" in nobody.get("/cart").text
    assert shop.people() == before
    assert len(shop.ledger()) == size
    assert set(nobody.session.cookies.keys()) <= {"__Host-cart", "__Host-csrf"}


@pytest.mark.shows("lock.own-host")
def test_pages_load_nothing_from_anybody_else(shop: Outsider) -> None:
    """Lock and evidence: over a crawl, no script, style, font or picture has a foreign address."""
    guest, seen, wait = shop.visit(), set[str](), ["/"]
    while wait and len(seen) < 60:
        path = wait.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = guest.get(path)
        if "html" not in answer.headers.get("Content-Type", ""):
            continue
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        loads = re.findall(
            r"<(?:link|script|img|source|iframe|video|audio|embed|object)\b[^>]*>", answer.text
        )
        addresses = [it for tag in loads for it in re.findall(r'(?:src|href|srcset|data)="([^"]*)"', tag)]
        assert addresses
        assert [it for it in addresses if not it.startswith(("/", shop.address))] == [], path
        wait += sorted(links(answer.text) - seen)
    assert len(seen) > 30


def test_what_no_input_asked_for_is_nowhere_kept(shop: Outsider) -> None:
    """Attack: canaries in surplus keys, queries, JSON, file names and headers; then every file is searched."""
    words = {
        name: canary() for name in ("agent", "referer", "forwarded", "query", "key", "json", "name", "path")
    }
    guest = shop.visit(
        **{
            "User-Agent": f"Mozilla/5.0 {words['agent']}", "Referer": f"https://elsewhere.example/{words['referer']}",
            "X-Forwarded-For": f"192.0.2.7, {words['forwarded']}", "X-Real-IP": words["forwarded"],
            "Forwarded": f"for={words['forwarded']}",
        }
    )  # fmt: skip
    for path in (*PUBLIC, "/cart", "/your-cookie", f"/missing/{words['path']}", f"/orders/{words['path']}"):
        guest.get(f"{path}{'&' if '?' in path else '?'}email={words['query']}&q={words['query']}")
    guest.add(GOODS[0])
    surplus = {words["key"]: words["key"], "customer.phone": words["key"], "r1-birthday": words["key"]}
    page = guest.get("/checkout")
    guest.send(form_to(page, "/checkout"), name="A", email="not an address", **surplus, place="1")
    guest.send(form_to(page, "/checkout"), refresh="1", **surplus)
    url = f"{shop.address}/checkout"
    origin = {"Origin": shop.address}
    guest.session.post(url, json={"customer.name": words["json"]}, headers=origin, timeout=20)
    upload = {"name": (f"{words['name']}.txt", b"x"), "file": (words["name"], b"x")}
    guest.session.post(f"{shop.address}/cart/lines", files=upload, headers=origin, timeout=20)
    assert shop.traces(words.values()) == []


def test_the_search_for_canaries_would_find_one(shop: Outsider) -> None:
    """The search itself is tried: a word planted in a file is found, in capitals and in base64 too."""
    word = canary()
    planted = shop.folder / "planted.txt"
    for shape in (word, word.upper(), f"x{word}y".encode().hex()):
        planted.write_text(shape)
        assert [name for _, _, name in shop.traces([word])] == ["planted.txt"], shape
    planted.unlink()


@pytest.mark.shows("lock.unclaimed")
def test_a_half_filled_checkout_leaves_nothing(shop: Outsider) -> None:
    """Attack: everything typed but the address; the page says what is missing, and nobody has come to be."""
    guest, before = shop.visit(**{"Sec-GPC": "1"}), shop.people()
    guest.add(GOODS[0])
    typed = {
        "name": canary(),
        "email": f"{canary()}@example.com",
        "r1-name": canary(),
        "r1-message": canary(),
    }
    answer = guest.send(form_to(guest.get("/checkout"), "/checkout"), place="1", **typed)
    assert answer.status_code == 422
    assert typed["name"] in answer.text
    assert shop.people() == before
    assert shop.traces([typed["name"], typed["r1-name"], typed["r1-message"]]) == []


@pytest.fixture
def short_sessions(shop: Outsider) -> Iterator[None]:
    """The processor lets a payment page end after two seconds."""
    shop.turn(session_seconds=2, webhook_delay_seconds=0)
    yield
    shop.turn(session_seconds=1800, webhook_delay_seconds=1.5)


def drafted(shop: Outsider, guest: Shopper) -> tuple[requests.Response, list[str]]:
    """Type everything, go to the processor's page and no further; returns that page and the draft's people."""
    known = set(shop.store.shop("SELECT number FROM orders_order"))
    page = guest.checkout(customer=customer(), recipients=[recipient(), recipient()])
    assert page.url.startswith(shop.processor), page.url
    ((number,),) = set(shop.store.shop("SELECT number FROM orders_order")) - known
    people = shop.behind(str(number))
    assert len(people) == 3
    assert set(people) <= shop.people()
    return page, people


@pytest.mark.shows("confirm.turn_back", "deliver.turn_back")
@pytest.mark.usefixtures("short_sessions")
def test_whoever_turns_back_before_paying_is_erased(shop: Outsider) -> None:
    """Feature: the payment page ends unpaid, and who ordered and who was to receive are gone from the vault."""
    guest = shop.visit(**{"Sec-GPC": "1"})
    for slug in GOODS:
        guest.add(slug)
    _, people = drafted(shop, guest)
    claimed = "SELECT COUNT(*) FROM vault_record WHERE person = ? AND claimed_at IS NOT NULL"
    wait_for(
        "the draft's claim",
        lambda: shop.vault(claimed, people[0]) == [(1,)] or not shop.people() & {people[0]},
    )
    wait_for("the erasure of all three", lambda: not shop.people() & set(people))
    assert not shop.vault("SELECT 1 FROM vault_record WHERE person IN (?, ?, ?)", *people)
    assert shop.ledger()[-1]["k"] == "erasure"


def test_a_second_try_at_the_checkout_erases_the_first(shop: Outsider) -> None:
    """Feature: who goes back and types anew leaves one set of people behind, not two."""
    guest = shop.visit(**{"Sec-GPC": "1"})
    for slug in GOODS:
        guest.add(slug)
    _, first = drafted(shop, guest)
    _, second = drafted(shop, guest)
    wait_for("the erasure of the first", lambda: not shop.people() & set(first))
    assert set(second) <= shop.people()


def test_nothing_that_was_typed_can_be_read_in_any_file(shop: Outsider, bought: Bought) -> None:
    """Evidence: every word of an order is searched for; the sample store's kept mails alone have name and address."""
    assert shop.traces(bought.canaries, "mail/") == []
    kept = {word for word, _, _ in shop.traces(bought.canaries)}
    assert kept == {bought.customer["name"], bought.customer["email"].partition("@")[0]}


@pytest.mark.shows("confirm.collect", "deliver.collect", "group.customer")
def test_each_question_of_the_checkout_says_why_it_is_asked_and_only_the_policy_s_are_asked(
    shop: Outsider,
) -> None:
    """Feature: the inputs are those of the file and no others; what may stay empty says so."""
    guest = shop.visit()
    guest.add(GOODS[0])
    page = guest.get("/checkout")
    (form,) = [one for one in forms(page.text) if "place" in one.buttons]
    about_people = {name.removeprefix("r1-") for name in form.values} - {
        "attempt", "recipients", "seen_total", "csrfmiddlewaretoken", "method",
    }  # fmt: skip
    address = {"line1", "line2", "city", "region", "postcode"}
    named = {field.partition(".")[2] for field in _typed(shop)}
    assert about_people == (named - {"address"}) | address
    for words in (
        "The confirmation goes here",
        "As it should stand on the parcel",
        "in case the parcel cannot be",
    ):
        assert words in page.text


def _typed(shop: Outsider) -> list[str]:
    fields = [
        (f"{group}.{name}", it) for group, some in shop.policy["field"].items() for name, it in some.items()
    ]
    return [
        name for name, it in fields if any(one.startswith(("checkout.", "recipient.")) for one in it["forms"])
    ]
