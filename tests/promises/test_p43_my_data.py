"""P43: see it, take it along, put it right, let it rest, have it erased; and nobody does it for somebody else."""

import json
import re

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured

from microkitten.ledger.note import Verifier
from microkitten.ledger.proof import Proof
from microkitten.web.routes import route
from tests.buying import Form, Shopper, form_to, text_of
from tests.promises.outsider import Bought, Outsider, buy, canary, open_by_link, recipient
from tests.running import wait_for

PAGES = ("", "/0/correction", "/1/correction", "/erasure", "/0/erasure", "/1/erasure")
ACTS = (
    "/0/restriction",
    "/1/restriction",
    "/0/objection",
    "/0/correction",
    "/1/correction",
    "/erasure",
    "/1/erasure",
)


@pytest.fixture(scope="module")
def mine(shop: Outsider) -> Bought:
    """An order of this file's own, since some of these tests erase."""
    return buy(shop)


def held(page: requests.Response, bought: Bought) -> list[str]:
    """Return which of an order's words a page shows."""
    return [word for word in bought.canaries if word in page.text]


def the_proof(shop: Outsider, page: requests.Response, visitor: Shopper) -> list[Proof]:
    """Take the proofs that a page offers, and check each by our verifier."""
    key = Verifier.parse((shop.folder / "vault/ledger.key.pub").read_text().strip())
    found = []
    for address in dict.fromkeys(re.findall(r"/ledger/entries/\d+\.tlog-proof", page.text)):
        proof = Proof.parse(visitor.get(address).text)
        proof.verify(key)
        found.append(proof)
    return found


# Features


@pytest.mark.shows("rights.own", "rights.own_card", "rights.own_parcels")
def test_all_that_is_held_is_shown_with_why_from_where_and_until_when(shop: Outsider, mine: Bought) -> None:
    """Feature: each value, sealed off from caches, with the seal, and what was done with it."""
    page = mine.shopper.get("/my-data")
    assert held(page, mine) == mine.canaries
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store, private", "noindex")
    text = text_of(page.text)
    for words in (
        "4242",
        "at checkout, by whoever ordered",
        "told by the card processor",
        "The mail service",
        "Encrypted",
    ):
        assert words in text, words
    assert "to get what was bought to the people it is for" in text
    assert text.count("at the latest") >= len(mine.recipients)
    assert len(the_proof(shop, page, mine.shopper)) > 5


def test_the_file_holds_it_all_for_programs(shop: Outsider, mine: Bought) -> None:
    """Feature: every value with its purposes, its input, its parties, its ends; every entry with what checks it."""
    page = mine.shopper.get("/my-data")
    answer = mine.shopper.send(form_to(page, "/my-data/file"))
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == (
        "no-store, private",
        "noindex",
    )
    told = json.loads(answer.text)
    assert told["orders"] == [mine.number]
    kinds = [one["person"]["kind"] for one in told["people"]]
    assert sorted(kinds)[:3] == ["customer", "recipient", "recipient"]
    assert {one["person"]["id"] for one in told["people"]} >= set(shop.behind(mine.number))
    for one in told["people"]:
        assert one["entries"], one["who"]
        for group in one["groups"]:
            assert {"collected_at", "in_use_until", "kept_until", "purposes", "parties", "fields"} <= set(
                group
            )
            for field in group["fields"]:
                assert field["typed_in"], field["field"]
                assert field["value"], field["field"]
    assert all(word in answer.text for word in mine.canaries)
    paper = mine.shopper.send(form_to(page, "/my-data/paper"))
    assert held(paper, mine) == mine.canaries
    assert "<details>" not in paper.text


@pytest.mark.shows("rights.correct")
def test_what_is_wrong_is_put_right_and_whoever_got_it_is_told(shop: Outsider) -> None:
    """Feature: a name, and a receiver's address while the parcel is open; never after it has left."""
    bought = buy(shop, recipients=1)
    shopper, name, street = bought.shopper, canary(), canary()
    form = form_to(shopper.get(f"/my-data/{bought.number}/0/correction"), "/0/correction")
    page = shopper.send(form, name=name)
    assert name in page.text
    assert bought.customer["name"] not in page.text
    form = form_to(shopper.get(f"/my-data/{bought.number}/1/correction"), "/1/correction")
    half = shopper.send(form, **{"r1-line1": street})
    assert half.status_code == 422
    new = recipient() | {"line1": street}
    page = shopper.send(form, **{f"r1-{part}": new[part] for part in ("line1", "city", "region", "postcode")})
    assert street in page.text
    assert bought.recipients[0]["line1"] not in page.text
    entry = max(
        one
        for (one,) in shop.vault(
            "SELECT entry FROM vault_notice WHERE kind = 'correction' AND party = 'mail'"
        )
    )
    assert shop.ledger()[entry]["k"] == "collection"
    clerk = shop.staff()
    order = clerk.get(f"/staff/orders/{bought.number}")
    assert street in clerk.send(form_to(order, "/parcels/1/opening")).text
    clerk.send(form_to(order, "/parcels/1/departure"))
    late = shopper.send(form, **{f"r1-{part}": canary() for part in ("name",)})
    assert late.status_code == 409
    assert "has left" in text_of(late.text)


@pytest.mark.shows("rights.object")
def test_what_rests_is_not_used_until_it_is_lifted(shop: Outsider) -> None:
    """Feature: staff open nothing meanwhile; the person sees all of it, and ends it by one press."""
    bought = buy(shop, recipients=1)
    shopper, clerk = bought.shopper, shop.staff()
    page = shopper.send(form_to(shopper.get("/my-data"), "/1/restriction"), on="1")
    assert "It rests" in text_of(page.text)
    assert held(page, bought) == bought.canaries
    order = clerk.get(f"/staff/orders/{bought.number}")
    refused = clerk.send(form_to(order, "/parcels/1/opening"))
    assert refused.status_code == 403
    assert held(refused, bought) == []
    page = shopper.send(form_to(page, "/1/restriction"), on="0")
    assert "In use again" in text_of(page.text)
    assert held(clerk.send(form_to(order, "/parcels/1/opening")), bought)
    form = form_to(page, "/1/restriction")
    form.action = form.action.replace("restriction", "objection")
    no = shopper.send(form, purpose="deliver")
    assert no.status_code == 409
    assert "rests on your order" in text_of(no.text)


@pytest.fixture(scope="module")
def gone(shop: Outsider) -> tuple[Bought, Form, requests.Response]:
    """An order whose people were all erased, the form that did it, and the page it gave."""
    bought = buy(shop)
    before = bought.shopper.get(f"/my-data/{bought.number}/erasure")
    text = text_of(before.text)
    for words in (
        "Goes now",
        "Stays until the parcel has come",
        "The mail service",
        "Nothing has been erased yet",
    ):
        assert words in text, words
    assert "Erase me and 2 receivers for good" in text
    form = form_to(before, "/erasure")
    return bought, form, bought.shopper.send(form)


@pytest.mark.shows("rights.erase")
def test_an_erasure_is_told_before_done_and_proven(
    shop: Outsider, gone: tuple[Bought, Form, requests.Response]
) -> None:
    """Feature: rows and mail are gone, what stays is named, and the receipt's proof is a good one."""
    bought, form, page = gone
    assert page.status_code == 200
    assert held(page, bought) == []
    assert "at the latest" in text_of(page.text)
    proofs = the_proof(shop, page, bought.shopper)
    assert len(proofs) == 3
    assert {json.loads(proof.leaf)["k"] for proof in proofs} == {"erasure"}
    again = bought.shopper.send(form)
    assert [str(one.index) for one in the_proof(shop, again, bought.shopper)] == [
        str(one.index) for one in proofs
    ]
    customer, *receivers = shop.behind(bought.number)
    assert shop.vault("SELECT 1 FROM vault_record WHERE person = ?", customer) == []
    assert all(shop.vault("SELECT 1 FROM vault_record WHERE person = ?", one) for one in receivers)


def test_afterwards_link_and_page_say_so_and_show_nothing(
    shop: Outsider, gone: tuple[Bought, Form, requests.Response]
) -> None:
    """Feature: whoever holds the link hears that it was erased; whoever has the number alone hears nothing."""
    bought, _, _ = gone
    for visitor, address in ((bought.shopper, f"/orders/{bought.number}"), (shop.visit(), bought.link)):
        page = visitor.get(address)
        assert page.status_code == 410
        assert "was erased" in text_of(page.text)
        assert held(page, bought) == []
    assert open_words(shop.visit().get(f"/orders/{bought.number}"), bought.number) == open_words(
        shop.visit().get("/orders/ZZZZ-ZZZZ"), "ZZZZ-ZZZZ"
    )


def open_words(page: requests.Response, number: str) -> str:
    """Return what a page says, its own number left out."""
    return text_of(page.text).replace(number, "NUMBER")


def test_the_parties_are_told_and_answer(
    shop: Outsider, gone: tuple[Bought, Form, requests.Response]
) -> None:
    """Evidence: processor and mail service by the reference each knows; the kept mail is deleted; staff see it."""
    bought, _, _ = gone
    reference = shop.store.shop(
        "SELECT p.reference, o.id FROM payments_payment p JOIN orders_order o ON o.id = p.order_id WHERE o.number = ?",
        bought.number,
    )
    ((payment, _),) = reference

    def answers() -> dict[str, str]:
        query = (
            "SELECT party, answer FROM vault_notice WHERE kind = 'erasure' AND acknowledged_at IS NOT NULL"
            " AND (reference = ? OR reference LIKE '%.confirmation')"
        )
        return dict(shop.vault(query, payment))

    wait_for("both answers", lambda: set(answers()) == {"card_processor", "mail"}, 90)
    assert answers()["card_processor"].startswith("done: notice_")
    assert answers()["mail"] == "done: the kept mail is deleted"
    assert not [path for path in shop.store.mails() if bought.customer["email"] in path.read_text()]
    page = shop.staff().get("/staff/notices")
    assert "acknowledged" in text_of(page.text)
    assert held(page, bought) == []
    done = shop.command("check", str(shop.folder))
    assert "parties" not in done.stdout


# Attacks


@pytest.mark.parametrize("path", PAGES)
def test_whoever_has_the_number_alone_sees_nothing(shop: Outsider, mine: Bought, path: str) -> None:
    """Attack: an order that there is and one that there is not look the same, to the word."""
    shown = []
    for number in (mine.number, "ZZZZ-ZZZZ"):
        page = shop.visit(**{"Sec-GPC": "1"}).get(f"/my-data/{number}{path}" if path else "/my-data")
        assert held(page, mine) == []
        shown.append((page.status_code, open_words(page, number)))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("path", ACTS)
def test_another_pass_does_nothing_for_this_order(shop: Outsider, mine: Bought, path: str) -> None:
    """Attack: somebody with an order of their own names this one's number in each act."""
    other = buy(shop, recipients=1)
    page = other.shopper.get("/my-data")
    form = form_to(page, "/0/restriction")
    form.action = f"{shop.address}/my-data/{mine.number}{path}"
    typed = {"name": canary(), "r1-name": canary(), "on": "1", "purpose": "deliver", "key": "x"}
    answer = other.shopper.send(form, **typed)
    assert answer.status_code in {403, 422}
    assert held(answer, mine) == []
    again = mine.shopper.get("/my-data")
    assert held(again, mine) == mine.canaries
    assert typed["name"] not in again.text
    assert "It rests" not in text_of(again.text)


def test_a_link_and_wrong_addresses_open_nothing_and_end_after_five(shop: Outsider) -> None:
    """Attack: the link in hand, the address guessed: five tries, then not even the right one opens it."""
    bought = buy(shop, recipients=1)
    stranger = shop.visit()
    for _ in range(5):
        assert open_by_link(stranger, bought.link, f"{canary()}@example.com").status_code == 422
    assert open_by_link(stranger, bought.link, bought.customer["email"]).status_code == 429
    assert held(stranger.get("/my-data"), bought) == []


def test_an_address_is_changed_by_whoever_knows_the_present_one_alone(shop: Outsider) -> None:
    """Attack: at somebody's open page, with five guesses; the link goes on opening with the old address."""
    bought = buy(shop, recipients=1)
    page = bought.shopper.get(f"/my-data/{bought.number}/0/correction")
    form, wanted = form_to(page, "/0/correction"), f"{canary()}@example.com"
    for guess in ("", "not an address", f"{canary()}@example.com"):
        answer = bought.shopper.send(form, **{"email": wanted, "proof-email": guess})
        assert answer.status_code == 422
    assert open_by_link(shop.visit(), bought.link, wanted).status_code == 422
    assert bought.customer["email"] in bought.shopper.get("/my-data").text
    for _ in range(3):
        answer = bought.shopper.send(form, **{"email": wanted, "proof-email": f"{canary()}@example.com"})
    answer = bought.shopper.send(form, **{"email": wanted, "proof-email": bought.customer["email"]})
    assert answer.status_code == 429


def test_changing_ones_address_to_another_s_gains_nobody_another_s_order(
    shop: Outsider, mine: Bought
) -> None:
    """Attack: afterwards each link opens its own order alone, and the page shows one's own people alone."""
    thief = buy(shop, recipients=1)
    form = form_to(thief.shopper.get(f"/my-data/{thief.number}/0/correction"), "/0/correction")
    page = thief.shopper.send(
        form, **{"email": mine.customer["email"], "proof-email": thief.customer["email"]}
    )
    assert "Put right" in text_of(page.text)
    assert held(page, mine) == [mine.customer["email"].partition("@")[0]]  # what the thief typed
    fresh = shop.visit()
    assert open_by_link(fresh, thief.link, mine.customer["email"]).status_code == 200
    page = fresh.get("/my-data")
    assert mine.number not in page.text
    assert held(page, mine) == [mine.customer["email"].partition("@")[0]]
    theirs = shop.visit()
    assert open_by_link(theirs, mine.link, mine.customer["email"]).status_code == 200
    page = theirs.get("/my-data")
    assert held(page, mine) == mine.canaries
    assert thief.number not in page.text


def test_another_site_and_a_form_without_its_protection_do_nothing(shop: Outsider) -> None:
    """Attack: the browser brings its pass along, the request comes from elsewhere or without the token."""
    bought = buy(shop, recipients=1)
    session = bought.shopper.session
    token = form_to(bought.shopper.get("/my-data"), "/my-data/file").values["csrfmiddlewaretoken"]
    typed = {
        "csrfmiddlewaretoken": token,
        "on": "1",
        "name": canary(),
        "r1-name": canary(),
        "purpose": "deliver",
    }
    for path in ("/file", "/paper", *(f"/{bought.number}{act}" for act in ACTS)):
        address = f"{shop.address}/my-data{path}"
        far = session.post(address, data=typed, headers={"Origin": "https://evil.example"}, timeout=30)
        unsigned = {**typed, "csrfmiddlewaretoken": "x"}
        bare = session.post(address, data=unsigned, headers={"Origin": shop.address}, timeout=30)
        for answer in (far, bare):
            assert answer.status_code == 403, path
            assert held(answer, bought) == []
    page = bought.shopper.get("/my-data")
    assert held(page, bought) == bought.canaries
    assert "It rests" not in text_of(page.text)


def test_erasing_needs_the_orders_key_besides_the_pass(shop: Outsider) -> None:
    """Attack: a form made up without the page that tells what would go."""
    mine = buy(shop, recipients=1)
    form = form_to(mine.shopper.get("/my-data"), "/0/restriction")
    form.action = f"{shop.address}/my-data/{mine.number}/erasure"
    for key in ("", "x" * 22):
        assert mine.shopper.send(form, key=key).status_code == 403
    assert held(mine.shopper.get("/my-data"), mine) == mine.canaries


def test_a_view_of_somebodys_data_without_a_purpose_has_no_address() -> None:
    """Lock: each view of these pages serves `rights`, by its mark."""
    from microkitten.shop.privacy.views import mine as views

    def nameless(request: object) -> None:
        """Serve nothing."""

    with pytest.raises(ImproperlyConfigured):
        route("my-data/nameless", nameless, name="nameless")  # type: ignore[arg-type] # no view on purpose
    marked = {
        name: str(view.purpose)
        for name, view in vars(views).items()
        if callable(view) and hasattr(view, "purpose")
    }
    assert set(marked.values()) == {"rights"}
    assert len(marked) == 8


def test_nothing_of_the_erased_is_left_in_any_file(
    shop: Outsider, gone: tuple[Bought, Form, requests.Response]
) -> None:
    """Attack: the customer's words in every file, log and queue of the store, in every shape."""
    bought, _, _ = gone
    wait_for("the mail's deletion", lambda: not [
        path for path in shop.store.mails() if bought.customer["email"] in path.read_text()
    ], 90)  # fmt: skip
    words = [bought.customer["name"], bought.customer["email"].partition("@")[0]]
    assert shop.traces(words) == []


def test_a_proof_of_no_entry_is_not_there(shop: Outsider) -> None:
    """Attack: numbers beyond the ledger, and none at all."""
    for index in ("999999999", "99999999999999999999999"):
        assert shop.visit().get(f"/ledger/entries/{index}.tlog-proof").status_code == 404


def test_staffs_pages_are_staffs_alone(shop: Outsider, mine: Bought) -> None:
    """Attack: notices and alarms as a stranger and as a customer; the mark in the navigation is empty for them."""
    for visitor in (shop.visit(), mine.shopper):
        for path in ("/staff/notices", "/staff/alarms"):
            assert "/staff/sign-in" in visitor.get(path).url
        assert visitor.get("/fragments/staff-alarms").text.strip() == ""
    clerk = shop.staff()
    assert "Alarms" in clerk.get("/staff/alarms").text
