"""P5: what is kept of a card serves to show it to whoever paid, and nothing else."""

import pytest

from tests.buying import text_of
from tests.promises.outsider import Bought, Outsider, plain


def test_the_policy_uses_a_card_to_bill_and_to_show_it_and_for_nothing_else(either: Outsider) -> None:
    """Lock: every rule that names something of a payment, with its act and who may."""
    rules = {
        name: (rule["act"], rule["actors"])
        for name, rule in either.rules.items()
        if any(field.startswith("payment.") for field in rule["fields"])
    }
    assert rules == {
        "bill.collect": ("collect", ["job:pay"]),
        "bill.turn_back": ("erase", ["job:sweep"]),
        "rights.own_card": ("use", ["person"]),
        "rights.show_for": ("use", ["operator"]),
        "rights.object": ("restrict", ["person"]),
        "rights.restrict_for": ("restrict", ["operator"]),
        "rights.erase": ("erase", ["person"]),
        "rights.erase_for": ("erase", ["operator"]),
        "rights.lapse": ("erase", ["job:sweep"]),
    }
    assert {name.partition(".")[0] for name in rules} <= {"bill", "books", "legal", "rights"}


@pytest.mark.parametrize(
    ("actor", "purpose"),
    [
        ("shipping", "deliver"),
        ("merchant", "bill"),
        ("web:visitors", "customize"),
        ("job:pay", "bill"),
        ("operator", "books"),
        ("operator", "legal"),
        ("person", "bill"),
        ("web:orders", "verify"),
    ],
)
def test_nobody_else_may_open_the_last_four_digits(shop: Outsider, actor: str, purpose: str) -> None:
    """Attack: staff, the merchant, the cookie's pages, even the payment program: no rule lets them."""
    every = ("claimed", "staff", "proven", "consent", "granted", "law")
    everything = [word for one in every for word in ("--condition", one)]
    answer = shop.explain(actor, "payment.last4", purpose, *everything)
    assert answer["verdict"] == "no"
    assert answer["statement"] == "P11"


def test_neither_staff_nor_the_mail_see_how_it_was_paid(shop: Outsider, bought: Bought) -> None:
    """Attack: the staff's pages of the order and its mail are searched for the card that the order page shows."""
    assert "visa" in bought.page
    clerk = shop.staff()
    pages = [
        clerk.get("/staff/orders").text,
        clerk.get(f"/staff/orders/{bought.number}").text,
        plain(bought.mail),
    ]
    for page in pages:
        assert bought.number in page
        assert "visa" not in text_of(page).lower()
        assert "2034" not in text_of(page)


@pytest.mark.shows("rights.show_for")
def test_whoever_runs_the_server_sees_it_for_the_person_alone_and_under_a_grant(shop: Outsider) -> None:
    """Lock: without a grant there is no answer, and with one none but the person's own."""
    asked = ("operator", "payment.last4", "rights")
    assert shop.explain(*asked)["missing"] == ["granted"]
    assert shop.explain(*asked, "--condition", "granted")["verdict"] == "yes"
    assert shop.explain(*asked, "--condition", "granted", "--condition", "lapsed")["verdict"] == "no"


@pytest.mark.shows("lock.lives", "group.payment")
def test_it_ends_when_the_sentence_says(shop: Outsider, bought: Bought) -> None:
    """Evidence: the vault's own end of the record is the sentence's number of months after the order."""
    assert "13 months after the order" in shop.sentence("P5")
    query = "SELECT until_at - claimed_at FROM vault_record WHERE group_name = 'payment' AND person = ?"
    ((seconds,),) = shop.vault(query, shop.behind(bought.number)[0])
    assert 394 <= seconds / 86_400 <= 398
