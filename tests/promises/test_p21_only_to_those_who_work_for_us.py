"""P21: data goes to those on the list and to nobody else; what goes stands in the ledger."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.promises.outsider import Bought, Outsider, buy
from tests.running import wait_for


@pytest.mark.shows("party.card_processor", "party.mail")
def test_the_list_on_the_page_is_the_list_of_the_program(either: Outsider) -> None:
    """Evidence: the page's table of parties is the file's, and there are two."""
    table = re.search(r"<caption>Who else gets something</caption>(.*?)</table>", either.privacy(), re.DOTALL)
    assert table
    named = re.findall(r'<th scope="row">(.*?)</th>', table[1])
    assert named == [party["title"] for party in either.policy["party"].values()]
    assert len(named) == 2
    assert {rule["to"] for rule in either.rules.values() if rule["act"] == "disclose"} == set(
        either.policy["party"]
    )


@pytest.mark.parametrize("party", ["carrier", "analytics", "facebook", ""])
def test_there_is_no_third_party(shop: Outsider, party: str) -> None:
    """Attack: a party that the file does not name does not exist."""
    done = shop.command("policy", "explain", "job:confirm", "customer.email", "confirm", "--party", party)
    assert done.returncode == 2
    assert "unknown party" in done.stderr


@pytest.mark.parametrize(
    ("actor", "field", "purpose", "party"), [("job:confirm", "customer.email", "confirm", "mail")]
)
def test_once_a_contract_is_over_the_gate_stays_shut(
    either: Outsider, actor: str, field: str, purpose: str, party: str
) -> None:
    """Lock: every hand-over of the file asks for a contract, and without one the answer quotes this sentence."""
    for rule in either.rules.values():
        assert ("contract" in rule["when"]) is (rule["act"] == "disclose")
    asked = (actor, field, purpose, "--party", party, "--condition", "claimed")
    assert either.explain(*asked, "--condition", "contract")["verdict"] == "yes"
    over = either.explain(*asked, "--contract-ended")
    assert (over["verdict"] != "yes", over["statement"]) == (True, "P21")


def test_each_contract_has_an_end_a_review_and_begins_when_the_store_does(either: Outsider) -> None:
    """Evidence: the days stand in the file that the page is made from, and both contracts run today."""
    today = datetime.now(UTC).date()
    contracts = [party["contract"] for party in either.policy["party"].values()]
    assert len({contract["id"] for contract in contracts}) == 2
    for contract in contracts:
        assert contract["from"] <= today < contract["review"] <= contract["until"]


@pytest.mark.shows("confirm.mail", "bill.processor", "lock.ledger")
def test_every_mail_and_every_payment_page_stands_in_the_ledger(shop: Outsider) -> None:
    """Evidence: one more order is one more disclosure to each of the two, and no third."""
    before = len(shop.ledger())
    order = buy(shop, recipients=1)
    assert order.number
    told = [leaf["p"] for leaf in shop.ledger()[before:] if leaf["k"] == "disclosure"]
    assert sorted(told) == ["bill", "confirm"]


def test_as_many_disclosures_as_mails_and_payment_pages(shop: Outsider, bought: Bought) -> None:
    """Evidence: counted over the whole life of the store, nothing went out that is not in the ledger."""
    assert bought.number
    pages = "SELECT COUNT(*) FROM payments_payment WHERE session_id IS NOT NULL"
    # A mail whose person was erased since is deleted by the party that kept it, and acknowledged (P43).
    deleted = (
        "SELECT COUNT(DISTINCT reference) FROM vault_notice"
        " WHERE party = 'mail' AND kind = 'erasure' AND acknowledged_at IS NOT NULL"
    )

    def agree() -> bool:
        told = Counter(leaf["p"] for leaf in shop.ledger() if leaf["k"] == "disclosure")
        mails = len(shop.store.mails()) + shop.vault(deleted)[0][0]
        sent = {"confirm": mails, "bill": shop.store.shop(pages)[0][0]}
        return dict(told) == sent

    wait_for("ledger, mails and payment pages that agree", agree, 10)
