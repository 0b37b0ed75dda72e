"""What the reader's own page costs: at most three questions to the vault and one to the shop's database (P43)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest

from microkitten.policy import purpose
from microkitten.shop.orders.models import Order, OrderState
from microkitten.shop.privacy.actions import standing
from microkitten.shop.privacy.actions.standing import Reader
from microkitten.vault import door
from microkitten.vault.opened import MAKER, Opened
from microkitten.vault.types import Actor, Held, Refused, Standing, Standings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOBODY = Reader(cookie=None, order_pass=None, says_no=False, signal=False, staff=None)
COOKIE = "x" * 22


def held(group: str, *, claimed: bool = True, count: int | None = None, **uses: datetime) -> Held:
    """Return a group that is kept for a hundred days."""
    end = NOW + timedelta(days=100)
    return Held(group, NOW, end, claimed, count, MappingProxyType(uses))


def told(*people: tuple[UUID, str, tuple[Held, ...]]) -> Standings:
    """Return an answer of the vault about these people."""
    looked = Opened(
        MAKER, purpose=purpose.rights, asked=[(people[0][0], "customer.")] if people else [], values={},
        entries={people[0][0]: 7} if people else {}, until=None,
    )  # fmt: skip
    return Standings(tuple(Standing(who, kind, groups, 4) for who, kind, groups in people), looked)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], dict[str, Any]]:
    """A vault that notes what it is asked and answers what it is given."""
    asked: list[str] = []
    answers: dict[str, Any] = {"person": Refused(rule="", statement="", why=""), "web:visitors": told()}

    def find(field: str, _value: str, *, by: Actor) -> UUID | None:
        asked.append(f"find {field} {by.name}")
        found: UUID | None = answers.get("find")
        return found

    def standing_(persons: tuple[UUID, ...] = (), *, by: Actor) -> Standings:
        asked.append(f"standing {len(persons)} {by.name}")
        answer = answers[by.name]
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Standings)
        return answer

    monkeypatch.setattr(door, "find", find)
    monkeypatch.setattr(door, "standing", standing_)
    return asked, answers


def an_order(customer: UUID, number: str) -> Order:
    """Return a placed order's row."""
    return Order.objects.create(
        number=number, access_key="k", cart_id=uuid4(), attempt="a", state=OrderState.PLACED, customer=customer,
        currency="USD", goods_minor=1, shipping_minor=0, tax_minor=0, total_minor=1, drafted_at=NOW, placed_at=NOW,
    )  # fmt: skip


def test_nobody_in_particular_costs_nothing(
    vault: tuple[list[str], dict[str, Any]], django_assert_num_queries: Callable[[int], Any], db: None
) -> None:
    """No cookie, no pass: no question at all, and a friendly word."""
    with django_assert_num_queries(0):
        found = standing.yours(NOBODY)
    assert (vault[0], found.held, found.opened) == ([], False, ())
    assert set(found.notes) == {"P8", "P20"}


def test_cookie_and_pass_cost_three_questions_and_one_query(
    vault: tuple[list[str], dict[str, Any]], django_assert_num_queries: Callable[[int], Any], db: None
) -> None:
    """However many people the order is for."""
    asked, answers = vault
    browser, customer = uuid4(), uuid4()
    an_order(customer, "ABCD-EFGH")
    answers["find"] = browser
    answers["web:visitors"] = told((browser, "visitor", (held("visitor", count=3),)))
    parcels = [
        (uuid4(), "recipient", (held("recipient", deliver=NOW + timedelta(days=60)),)) for _ in range(20)
    ]
    answers["person"] = told((customer, "customer", (held("customer"), held("payment"))), *parcels)
    reader = Reader(cookie=COOKIE, order_pass="t" * 43, says_no=False, signal=False, staff=None)
    with django_assert_num_queries(1):
        found = standing.yours(reader)
    assert asked == ["find visitor.cookie web:visitors", "standing 1 web:visitors", "standing 0 person"]
    assert found.orders == ("ABCD-EFGH",)
    assert len(found.opened) == 2
    said = {name: " ".join(note.text for note in notes) for name, notes in found.notes.items()}
    assert "20 receivers" in said["P6"]
    assert "until January 21, 2027" in said["P7"]
    assert "3 products" in said["P9"]
    assert "84 entries" in said["P43"]


def test_after_a_no_the_cookie_is_not_even_looked_up(
    vault: tuple[list[str], dict[str, Any]], db: None
) -> None:
    """The signal and the choice alike."""
    for signal in (True, False):
        found = standing.yours(
            Reader(cookie=COOKIE, order_pass=None, says_no=True, signal=signal, staff=None)
        )
        assert vault[0] == []
        assert found.signal is signal


@pytest.mark.parametrize("token", ["x" * 101, "", "wrong"])
def test_a_pass_that_is_none_counts_as_none(
    vault: tuple[list[str], dict[str, Any]], token: str, db: None
) -> None:
    """A page of one's own does not fail for an old cookie."""
    found = standing.yours(Reader(cookie="odd", order_pass=token, says_no=False, signal=False, staff=None))
    assert (found.held, found.opened) == (False, ())
    assert len(vault[0]) == (token == "wrong")


def test_what_no_order_claimed_and_what_is_over_are_said_as_they_are(
    vault: tuple[list[str], dict[str, Any]], db: None
) -> None:
    """Typed and not paid; and a right to ship that has ended."""
    draft, done = uuid4(), uuid4()
    vault[1]["person"] = told(
        (draft, "customer", (held("customer", claimed=False),)), (done, "recipient", (held("recipient"),))
    )
    found = standing.yours(Reader(cookie=None, order_pass="t" * 43, says_no=False, signal=False, staff=None))
    assert "no order has claimed it yet" in found.notes["P1"][0].text
    assert "Nobody here can open" in found.notes["P7"][0].text
