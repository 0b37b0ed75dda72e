"""P42: what was in force stays readable, each with its own hash and its entry in the ledger."""

import json
import re

from tests.buying import text_of
from tests.promises.outsider import Outsider


def test_the_version_in_force_is_listed_with_its_entry(either: Outsider) -> None:
    """Evidence: version, hash and first entry on the list are those of page and ledger."""
    page = either.visit(**{"Sec-GPC": "1"}).get("/privacy/versions").text
    (hashed,) = set(re.findall(r"\b[0-9a-f]{64}\b", page))
    assert hashed in either.privacy()
    first = next(n for n, leaf in enumerate(either.ledger()) if leaf["k"] == "deployment")
    assert either.ledger()[first]["policy"] == hashed
    assert f"Entry in the ledger {first}, " in text_of(page)


def test_it_is_shown_as_the_page_shows_it(either: Outsider) -> None:
    """Evidence: the same sentences, by number."""
    page = either.visit(**{"Sec-GPC": "1"}).get("/privacy/versions/1").text
    sentences = re.compile(r'<h3 id="(P\w+)"[^>]*>.*?</h3>\s*<p>(.*?)</p>', re.DOTALL)
    assert sentences.findall(page) == sentences.findall(either.privacy())
    assert len(sentences.findall(page)) > 20


def test_the_file_on_the_page_is_the_file(either: Outsider) -> None:
    """Evidence: byte for byte what governs."""
    answer = either.visit(**{"Sec-GPC": "1"}).get("/privacy/policy.toml")
    assert answer.content == (either.folder / "policies/0001.toml").read_bytes()


def test_machines_get_the_same_policy(either: Outsider) -> None:
    """Feature: JSON-LD that names the version's own purposes."""
    answer = either.visit(**{"Sec-GPC": "1"}).get("/privacy/policy.json")
    assert answer.headers["Content-Type"] == "application/ld+json"
    told = json.dumps(answer.json())
    assert [name for name in either.policy["purpose"] if name not in told] == []


def test_each_statement_and_purpose_has_an_address_of_its_own(either: Outsider) -> None:
    """Feature: every link within the page leads to something on it, and no two things have one address."""
    page = either.privacy()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert {said["id"] for said in either.policy["statement"]} <= set(ids)
    assert {f"for-{name}" for name in either.policy["purpose"]} <= set(ids)
