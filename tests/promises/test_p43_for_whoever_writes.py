"""P43: whoever asks by letter is answered by the operator's command: for one person, for a reason, and entered."""

import json
import stat
import subprocess
import sys
from typing import Any

import pytest
import requests

from tests.buying import form_to, text_of
from tests.promises.outsider import Bought, Outsider, buy, canary
from tests.running import wait_for

REASON = ("--reason", "letter of 3 May")


def person(shop: Outsider, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `microkitten person`."""
    return subprocess.run(
        [sys.executable, "-m", "microkitten", "person", *words], capture_output=True, text=True, timeout=90,
        env={**shop.store.environ, "MICROKITTEN_STORE": str(shop.folder)}, cwd=shop.folder, input=typed, check=False,
    )  # fmt: skip


def told(shop: Outsider, *words: str, typed: str = "") -> Any:
    """Run it for a program; return what it answers."""
    done = person(shop, *words, *REASON, "--json", typed=typed)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def packed(shop: Outsider, sold: Bought) -> requests.Response:
    """Open the parcel as whoever packs it."""
    clerk = shop.staff()
    return clerk.send(form_to(clerk.get(f"/staff/orders/{sold.number}"), "/parcels/1/opening"))


@pytest.fixture(scope="module")
def sold(shop: Outsider) -> Bought:
    """An order of this test's own, to one receiver."""
    return buy(shop, recipients=1)


@pytest.fixture(scope="module")
def people(shop: Outsider, sold: Bought) -> tuple[str, str]:
    """The ids of who ordered and who gets it."""
    customer, recipient = shop.behind(sold.number)
    return customer, recipient


@pytest.mark.shows("rights.find_for")
def test_somebody_is_found_by_address_or_order_and_nothing_of_them_is_shown(
    shop: Outsider, sold: Bought, people: tuple[str, str]
) -> None:
    """Feature: ids and kinds; each look is entered; without a reason there is none."""
    before = len(shop.ledger())
    found = told(shop, "find", sold.customer["email"])
    assert found == [{"person": people[0], "kind": "customer"}]
    assert {one["person"]: one["kind"] for one in told(shop, "find", sold.number)} == {
        people[0]: "customer", people[1]: "recipient",
    }  # fmt: skip
    assert len(shop.ledger()) > before + 1
    assert person(shop, "find", sold.customer["email"]).returncode == 2
    nobody = person(shop, "find", "nobody@example.com", *REASON)
    assert (nobody.returncode, "knows nobody" in nobody.stderr) == (1, True)
    shown = person(shop, "show", people[0], *REASON)
    assert shown.returncode == 0, shown.stderr
    assert [word for word in sold.canaries if word in shown.stdout] == []


@pytest.mark.shows("rights.show_for", "rights.show_parcels_for")
def test_an_export_has_all_of_theirs_and_nothing_of_the_others(
    shop: Outsider, sold: Bought, people: tuple[str, str]
) -> None:
    """Evidence: each field of the file with value, source, purposes, parties, ends; for its owner's eyes alone."""
    out = shop.folder / "copy.json"
    done = person(shop, "export", people[0], *REASON, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = out.read_text("utf-8")
    assert person(shop, "export", people[0], *REASON, "--out", str(out)).returncode == 1
    out.unlink()
    made = json.loads(text)
    values = {field["field"]: field["value"] for group in made["groups"] for field in group["fields"]}
    assert values["customer.name"] == sold.customer["name"]
    assert values["customer.email"] == sold.customer["email"]
    assert values.keys() == {f"{g}.{f}" for g in ("customer", "payment") for f in shop.policy["field"][g]}
    assert [word for word in sold.recipients[0].values() if len(word) == 14 and word in text] == []
    (customer,) = [group for group in made["groups"] if group["group"] == "customer"]
    assert {party["party"] for party in customer["parties"]} == {"mail"}
    assert {one["party"] for one in made["handed_over"]} == {"mail", "card_processor"}
    assert all(group["kept_until"] and group["purposes"] for group in made["groups"])
    theirs = told(shop, "export", people[1])
    shown = {field["field"]: field["value"] for group in theirs["groups"] for field in group["fields"]}
    assert shown["recipient.name"] == sold.recipients[0]["name"]
    books = told(shop, "export", people[1], "--purpose", "books")
    kept = {field["field"] for group in books["groups"] for field in group["fields"]}
    assert kept == {"recipient.name", "recipient.address"}
    assert books["entries"] == []


@pytest.mark.shows("rights.correct_for")
def test_a_value_is_mended_from_the_standard_input(
    shop: Outsider, sold: Bought, people: tuple[str, str]
) -> None:
    """Feature: the new name is on the order page; the mail service, which had the old one, is due a notice."""
    name = canary()
    done = told(shop, "correct", people[0], "customer.name", typed=f"{name}\n")
    assert done["notices"] == 1
    page = text_of(sold.shopper.get(f"/orders/{sold.number}").text)
    assert name in page
    assert sold.customer["name"] not in page
    sold.customer["name"] = name
    no = person(shop, "correct", people[0], "payment.last4", *REASON, typed="1234\n")
    assert (no.returncode, "refused" in no.stderr) == (1, True)
    wrong = person(shop, "correct", people[0], "customer.name", *REASON, typed="4242 4242 4242 4242\n")
    assert (wrong.returncode, "value:card" in wrong.stderr) == (1, True)


@pytest.mark.shows("rights.restrict_for")
def test_what_rests_is_not_packed(shop: Outsider, sold: Bought, people: tuple[str, str]) -> None:
    """Lock: staff sees no address until the rest is ended; the person goes on seeing their own."""
    word = sold.recipients[0]["line1"]
    assert word in packed(shop, sold).text
    done = person(shop, "restrict", people[1], *REASON)
    assert done.returncode == 0, done.stderr
    refused = packed(shop, sold)
    assert refused.status_code == 403
    assert word not in refused.text
    assert word in sold.shopper.get(f"/orders/{sold.number}").text
    assert person(shop, "restrict", people[1], "--off", *REASON).returncode == 0
    assert word in packed(shop, sold).text


@pytest.mark.shows("rights.erase_for")
def test_what_the_preview_says_is_what_happens(shop: Outsider, sold: Bought, people: tuple[str, str]) -> None:
    """Feature and evidence: who ordered goes at once; the parcel's data waits for it; the receipt is in the ledger,
    and no file of the store has a word of whom was erased.
    """
    told_before = told(shop, "erase", people[1], "--preview")
    (parcel,) = told_before["groups"]
    assert (parcel["why"], parcel["goes_now"]) == ("parcel", False)
    preview = person(shop, "erase", people[0], "--preview", *REASON)
    assert preview.returncode == 0, preview.stderr
    assert "goes now" in preview.stderr
    assert "mail" in preview.stderr
    refused = person(shop, "erase", people[0], *REASON, typed="n\n")
    assert refused.returncode == 1
    assert sold.customer["name"] in sold.shopper.get(f"/orders/{sold.number}").text
    receipt = told(shop, "erase", people[0], "--yes")
    assert receipt["stays"] == []
    assert receipt["confirmed"] is True
    assert receipt["notices"] == 2
    leaf = shop.ledger()[receipt["entry"]]
    assert (leaf["k"], leaf["p"]) == ("erasure", "rights")
    again = person(shop, "erase", people[0], "--yes", *REASON)
    assert again.returncode == 1
    assert f"entry {receipt['entry']}" in again.stdout
    words = [sold.customer["name"], sold.customer["email"].partition("@")[0]]
    wait_for("no trace is left", lambda: shop.traces(words, "mail") == [])
    assert [word for word in words if word in sold.shopper.get(f"/orders/{sold.number}").text] == []
    assert sold.recipients[0]["line1"] in packed(shop, sold).text
    (stays,) = told(shop, "erase", people[1], "--yes")["stays"]
    assert stays["why"] == "parcel"
    assert sold.recipients[0]["line1"] in packed(shop, sold).text


def test_whoever_names_nobody_is_told_so(shop: Outsider) -> None:
    """Feature: wrong ids, unknown people, foreign purposes and missing reasons end with a plain word, not a trace."""
    for words, said in (
        (("show", "nonsense", *REASON), "is no id of a person"),
        (("show", "0" * 32, *REASON), "no such person"),
        (("erase", "0" * 32, "--yes", *REASON), "no such person"),
        (("show", "0" * 32, *REASON, "--purpose", "curiosity"), "unknown purpose"),
        (("show", "0" * 32), "--reason"),
    ):
        done = person(shop, *words)
        assert done.returncode in (1, 2), words
        assert said in done.stderr, (words, done.stderr)
        assert "Traceback" not in done.stderr
