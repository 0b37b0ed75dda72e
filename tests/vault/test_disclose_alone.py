"""Disclose and erase by themselves: each no for its own reason, and nothing of somebody left behind (P22, P43)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoDbBlocker
from tests.vault.at_once import DAY, HOUR, AtOnce, make, opened, refused

from microkitten import policy
from microkitten.policy import purpose
from microkitten.vault.ids import uuid7
from microkitten.vault.server import index
from microkitten.vault.server.keys import LAW
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import disclose, erase, passes, staff
from microkitten.vault.server.work import hashed

FACTS: dict[str, int | str] = {
    "kind": "confirmation",
    "message_id": f"{uuid4()}.confirmation",
    "order_number": "AAAA-2222",
}


def ask(one: AtOnce, person: UUID, **other: Any) -> dict[str, Any]:
    """Hand a customer's name and address to the mail. Returns: what was signed."""
    asked = {
        "person": person, "fields": ["customer.name", "customer.email"], "to": "mail", "purpose": "confirm",
        "facts": FACTS, "once": "first", **other,
    }  # fmt: skip
    signed: dict[str, Any] = json.loads(disclose.disclose(one.work("job:confirm"), **asked)["signed"])
    return signed


def test_what_was_decided_is_signed_and_entered(one: AtOnce) -> None:
    """The fields and facts that were asked for, once."""
    anna = one.customer()
    before = one.entered
    signed = ask(one, anna)
    assert signed["fields"] == {"customer.name": "Anna", "customer.email": "a@example.com"}
    assert signed["facts"] == FACTS
    assert one.entered == before + 1
    assert one.told(anna)["rule"] == "confirm.mail"


@pytest.mark.parametrize(
    "facts", [{"shoe": 44}, {**FACTS, "reference": "r"}, {**FACTS, "order_number": "Anna"}]
)
def test_no_fact_goes_out_that_the_rule_does_not_name(one: AtOnce, facts: dict[str, Any]) -> None:
    """Nor one that could hold anything."""
    anna = one.customer()
    with refused("facts", purpose="confirm"):
        ask(one, anna, facts=facts)


def test_nothing_goes_to_whom_the_policy_does_not_name(one: AtOnce) -> None:
    """A party that is none of its parties."""
    anna = one.customer()
    with refused("party", purpose="confirm"):
        ask(one, anna, to="bank")


def test_nothing_goes_out_of_who_is_not_there(one: AtOnce) -> None:
    """Nobody of that id; somebody without the field."""
    with refused("erased", purpose="confirm"):
        ask(one, uuid7())
    with refused("absent", purpose="confirm"):
        ask(one, one.recipient())


def test_an_act_asked_for_twice_is_one_act_and_no_other_under_its_name(one: AtOnce) -> None:
    """The same id and entry; with anything else in it, a no."""
    anna = one.customer()
    first = ask(one, anna)
    entered = one.entered
    assert ask(one, anna) == first
    assert one.entered == entered
    with refused("once", purpose="confirm"):
        ask(one, anna, facts={**FACTS, "order_number": "BBBB-2222"})
    assert ask(one, anna, once="second")["id"] != first["id"]


# Erasing

TABLES = {
    "person": "id", "record": "person", "find": "person", "consent": "person", "worded": "person", "covered": "person",
    "try": "person", "act": "person", "detail": "person", "staff": "person", "stafftoken": "staff", "pass": "staff",
}  # fmt: skip


def everywhere(one: AtOnce, person: UUID) -> set[str]:
    """Return the tables that have something of somebody."""
    return {table for table, column in TABLES.items() if one.rows(table, f"{column} = ?", person.hex)}


def test_nothing_of_somebody_is_left_in_any_table(one: AtOnce) -> None:
    """Of a customer, a visitor and a clerk, who together are in every table there is."""
    (anna, _, _), (visitor, _), (ida, _) = one.sale(), one.visitor(asked=True), one.clerk()
    ask(one, anna)
    passes.prove(
        one.work("web:orders"),
        person=anna,
        field="customer.email",
        given=Told("x", "proof.email"),
        covers=[anna],
    )
    staff.token(one.work("operator"), name="")
    people = (anna, visitor, ida)
    assert set().union(*(everywhere(one, person) for person in people)) == set(TABLES)
    others = one.customer()
    for person in people:
        box = one.vault.keyring.of(person)
        assert box is not None
        erase.destroy(one.work("job:sweep"), box, purpose.rights, reason="asked")
        assert everywhere(one, person) == set()
        assert one.vault.keyring.of(person) is None
        assert index.erased(one.work("person"), person) is not None
    assert everywhere(one, others) == {"person", "record", "find", "detail"}


def test_a_second_time_gives_the_first_receipt(one: AtOnce) -> None:
    """And nobody at all gives a no."""
    anna = one.customer()
    first = erase.erase(one.work("job:sweep"), person=anna, reason="asked")
    assert first["entry"] == one.entered - 1
    entered = one.entered
    assert erase.erase(one.work("job:sweep"), person=anna, reason="asked") == first
    assert one.entered == entered
    with refused("absent", purpose="rights"):
        erase.erase(one.work("job:sweep"), person=uuid7(), reason="asked")


def test_the_purpose_of_an_erasure_is_that_of_its_rule(one: AtOnce) -> None:
    """Turned back, lapsed, or nothing left of the person but their kind."""
    anna, (visitor, _) = one.customer(claimed=False), one.visitor()
    box, cookie = one.vault.keyring.of(anna), one.vault.keyring.of(visitor)
    assert erase.decide(one.work("job:sweep"), box) is purpose.confirm
    assert erase.decide(one.work("job:sweep"), None) is purpose.rights
    assert erase.decide(one.work("web:visitors"), cookie) is purpose.rights
    with refused("the policy has no row for this"):
        erase.decide(one.work("web:visitors"), box)
    one.vault.database.run("DELETE FROM vault_record")
    assert erase.decide(one.work("web:visitors"), cookie) is purpose.rights
    with refused("the policy has no row for this"):
        erase.decide(one.work("web:visitors"), None)
    one.at += 2 * HOUR
    later = one.customer(claimed=False)
    one.at += 2 * HOUR
    assert erase.decide(one.work("job:sweep"), one.vault.keyring.of(later)) is purpose.rights


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """The folder of a vault whose policy keeps the card's record for the books, under the law key."""
    text = policy.packaged_text("classic", day=datetime.now(UTC).date())
    head, mark, rest = text.partition("[group.payment]")
    assert mark
    text = head + mark + rest.replace('key = "life"', f'key = "{LAW}"', 1)
    return make(tmp_path_factory.mktemp("lawful"), django_db_blocker, text=text)


def test_what_the_books_must_keep_stays_and_nothing_else(lawful: Path) -> None:
    """Under its own key alone, and only while its time lasts."""
    with opened(lawful) as one:
        anna = one.customer()
        one.pay(anna)
        box = one.vault.keyring.of(anna)
        assert box is not None
        law = box.keys[f"{LAW}:payment"]
        erase.destroy(one.work("job:sweep"), box, purpose.rights, reason="asked")
        left = one.vault.keyring.of(anna)
        assert left is not None
        assert left.keys == {f"{LAW}:payment": law}
        assert one.vault.database.rows("SELECT group_name FROM vault_record") == [("payment",)]
        assert everywhere(one, anna) == {"person", "record"}
        one.at += 400 * DAY
        erase.destroy(one.work("job:sweep"), left, purpose.rights, reason="its time was over")
        assert one.vault.keyring.of(anna) is None
        assert everywhere(one, anna) == set()


def test_a_pass_that_was_deleted_covers_nobody(one: AtOnce) -> None:
    """Whoever was erased is out of the pass; who came with them is not."""
    anna, bea, token = one.sale()
    erase.erase(one.work("job:sweep"), person=anna, reason="asked")
    assert one.work("person", token).covered() == {bea}
    assert one.rows("pass", "token_hash = ?", hashed(token)) == 1
