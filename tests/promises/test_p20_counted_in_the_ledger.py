"""P20, P22, P11: the pages that count agree with the ledger's own leaves, and with each other."""

import re
from collections import Counter
from typing import Any

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider
from tests.running import wait_for

SECONDS = 40  # the pages are kept for half a minute


def told(shop: Outsider) -> dict[str, Any]:
    """Return the figures for machines, past what any cache keeps."""
    answer = shop.visit(**{"Sec-GPC": "1"}).get("/privacy/never-sold.json")
    assert "public" in answer.headers["Cache-Control"]
    return answer.json()  # type: ignore[no-any-return] # an object


def leaves(shop: Outsider) -> Counter[tuple[str, str]]:
    """Count the ledger's disclosures by month and purpose, from the leaves as they lie in the file."""
    return Counter((leaf["t"][:7], leaf["p"]) for leaf in shop.ledger() if leaf["k"] == "disclosure")


def test_the_figures_are_the_ledger_s(shop: Outsider, bought: Bought) -> None:
    """Evidence: counted here from the leaves, by month and purpose; nothing was given for any of them."""
    assert bought.number

    def agree() -> bool:
        rows = told(shop)["disclosures"]
        return {(row["month"], row["purpose"]): row["entries"] for row in rows} == dict(leaves(shop))

    wait_for("figures and leaves that agree", agree, SECONDS)
    found = told(shop)
    assert found["sold"] == 0
    assert {row["consideration"] for row in found["disclosures"]} == {"none"}
    assert found["never"] == ["sell", "rent"]
    assert found["total"] == sum(row["entries"] for row in found["disclosures"])
    assert found["checkpoint"].splitlines()[0].startswith("localhost:")


def test_the_page_shows_the_same_figures_and_a_drawing(shop: Outsider, bought: Bought) -> None:
    """Feature: sums, a bar for each row, a table below; and what selling would be, in one sentence."""
    assert bought.number
    wait_for("a page as new as the figures", lambda: _rows(shop) == _figures(shop), SECONDS)
    page = shop.visit(**{"Sec-GPC": "1"}).get("/privacy/never-sold").text
    assert page.count("<rect") == len(_figures(shop))
    assert "To sell is to give somebody your data and get money" in text_of(page)
    assert "Global Privacy Control" in text_of(page)


def _figures(shop: Outsider) -> list[int]:
    return [row["entries"] for row in told(shop)["disclosures"]]


def _rows(shop: Outsider) -> list[int]:
    page = shop.visit(**{"Sec-GPC": "1"}).get("/privacy/never-sold").text
    table = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert table
    return [int(one) for one in re.findall(r'data-label="How often">(\d+)<', table[1])]


def test_each_allowed_hand_over_stands_on_the_list_of_parties(either: Outsider) -> None:
    """Evidence: (party, purpose, group) of the file and of the page are the same; what was never done is marked."""
    page = either.visit(**{"Sec-GPC": "1"}).get("/privacy/parties").text
    table = re.search(r"<caption>Allowed, and really done</caption>(.*?)</table>", page, re.DOTALL)
    assert table
    shown = set(re.findall(r'scope="row">(.*?)</th>.*?>(\w+)</td>.*?<strong>(.*?)</strong>', table[1]))
    groups, fact = either.policy["group"], "About the purchase, and about nobody"
    allowed = set()
    for name, rule in either.rules.items():
        if rule["act"] == "disclose":
            party = either.policy["party"][rule["to"]]["title"]
            why = either.policy["purpose"][name.partition(".")[0]]["title"]
            titles = {groups[field.partition(".")[0]]["title"] for field in rule["fields"]}
            allowed |= {(party, why, title) for title in titles | ({fact} if rule.get("facts") else set())}
    assert shown == allowed
    assert (
        table[1].count("never used") + len(re.findall(r'Handed over">\d', table[1]))
        == table[1].count("<tr") - 1
    )


def test_page_table_and_ledger_name_the_same_uses(shop: Outsider, bought: Bought) -> None:
    """Evidence, three ways: what the page lists are the file's purposes, and the ledger has seen none beside (P11)."""
    assert bought.number
    page = shop.visit(**{"Sec-GPC": "1"}).get("/privacy/uses").text
    shown = re.findall(r'href="/privacy#for-(\w+)">', page)
    assert shown == list(shop.policy["purpose"])
    seen = {leaf["p"] for leaf in shop.ledger() if leaf["p"]}
    assert seen <= set(shown)
    assert re.search(r"seen, and on no page</dt><dd>0<", page)
    assert f"named on the page</dt><dd>{len(shown)}<" in page
