"""Which of the policy's conditions hold, by what the vault itself knows: each alone, none by what is said (P11)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from microkitten import policy
from microkitten.policy import purpose
from microkitten.vault.server.keys import LIFE, Person
from microkitten.vault.server.work import ORDER, STAFF, Record, Refusal, Work, hashed
from microkitten.vault.wire import Role

RULES = policy.packaged("classic")
ANNA = uuid4()
NOW, LATER = 1_000_000, 2_000_000
WORDS = bytes.fromhex(RULES.wordings["customize"])


def work(actor: str = "person", *, kind: str = "", covers: tuple[UUID, ...] = (), roles: str = "") -> Work:
    """Return a batch by an actor, with a pass of some kind."""
    clock = SimpleNamespace(now=lambda: NOW)
    vault: Any = SimpleNamespace(policy=RULES, clock=clock)
    made = Work(vault, Role.WEB, actor, "token", NOW, uuid4())
    made._pass, made._covered = (kind, None, frozenset(roles.split())), set(covers)
    return made


def box(**keys: bytes) -> Person:
    """Return Anna's box with keys besides the one of her life."""
    named = {name.replace("_", ":"): key for name, key in keys.items()}
    return Person(ANNA, "customer", ANNA, 1, {LIFE: bytes(32), **named})


def record(
    *,
    claimed: int | None,
    until: int = LATER,
    lapse: int | None = None,
    placed: int | None = None,
    group: str = "customer",
) -> Record:
    """Return a record of a group; its daily use ends with its life unless said otherwise."""
    lapse = until if lapse is None else lapse
    return Record(uuid4(), group, 1, b"", claimed, until, lapse, None, placed)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (None, {"claimed", "unclaimed", "draft", "law"}),
        (record(claimed=None), {"unclaimed", "draft"}),
        (record(claimed=NOW), {"claimed", "draft"}),
        (record(claimed=NOW, placed=NOW), {"claimed"}),
        (record(claimed=NOW, until=NOW), {"claimed", "draft", "lapsed"}),
        (record(claimed=None, until=NOW - 1), {"unclaimed", "draft", "lapsed"}),
        (record(claimed=NOW, until=NOW + 1), {"claimed", "draft"}),
        (record(claimed=NOW, placed=NOW, group="recipient"), {"claimed", "law"}),
        (record(claimed=NOW, placed=NOW, group="recipient", lapse=NOW), {"claimed", "law", "lapsed"}),
        (record(claimed=NOW, placed=NOW, group="recipient", lapse=NOW + 1), {"claimed", "law"}),
        (record(claimed=NOW, placed=NOW, group="recipient", until=NOW), {"claimed", "lapsed"}),
        (record(claimed=NOW, placed=NOW, group="nothing"), {"claimed"}),
    ],
)
def test_a_record_is_claimed_or_not_and_lapsed_or_not(held: Record | None, wanted: set[str]) -> None:
    """By its own times and the vault's clock."""
    assert work().conditions(box(), held, purpose.rights) == wanted
    assert work().conditions(None, held, purpose.rights) == wanted


def test_a_consent_holds_for_its_purpose_and_its_words() -> None:
    """A key without the words, other words, another purpose: no consent."""
    both = box(consent_customize=bytes(32), wording_customize=WORDS)
    assert "consent" in work().conditions(both, None, purpose.customize)
    assert "consent" not in work().conditions(both, None, purpose.rights)
    assert "consent" not in work().conditions(both, None, None)
    assert "consent" not in work().conditions(None, None, purpose.customize)
    for less in (
        box(consent_customize=bytes(32)),
        box(wording_customize=WORDS),
        box(consent_customize=bytes(32), wording_customize=bytes(32)),
    ):
        assert "consent" not in work().conditions(less, None, purpose.customize)
        assert "lapsed" in work().conditions(less, record(claimed=NOW, group="visitor"), purpose.rights)
        assert "lapsed" not in work().conditions(less, record(claimed=NOW), purpose.rights)
    assert "lapsed" not in work().conditions(both, record(claimed=NOW, group="visitor"), purpose.rights)
    assert "lapsed" not in work().conditions(None, record(claimed=NOW, group="visitor"), purpose.rights)


def test_an_order_pass_proves_whom_it_covers() -> None:
    """And nobody else (P3)."""
    assert "proven" in work(kind=ORDER, covers=(ANNA,)).conditions(box(), None, None)
    assert "proven" not in work(kind=ORDER, covers=(uuid4(),)).conditions(box(), None, None)
    assert "proven" not in work(kind=ORDER, covers=(ANNA,)).conditions(None, None, None)


def test_a_staff_pass_counts_for_its_own_roles() -> None:
    """Whoever packs is not the merchant, and an order's pass is no staff pass."""
    assert "staff" in work("shipping", kind=STAFF, roles="shipping").conditions(box(), None, None)
    assert "staff" not in work("merchant", kind=STAFF, roles="shipping").conditions(box(), None, None)
    assert "staff" not in work("shipping", kind=ORDER, roles="shipping").conditions(box(), None, None)
    assert "staff" not in work("shipping").conditions(box(), None, None)


class Granted:
    """A database with one grant in it."""

    def __init__(self, *, actor: str = "operator", purpose: str = "books", groups: str = "recipient") -> None:
        self._row = (actor, purpose, ANNA.hex, groups, 7)
        self.asked: list[object] = []

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Return the grant of this token, if it is asked for one that is live."""
        assert "until_at > ?" in statement
        self.asked += values
        return [self._row]


@pytest.mark.parametrize(
    ("asks", "grant", "holds"),
    [
        ({}, {}, True),
        ({"actor": "merchant"}, {"actor": "merchant"}, False),
        ({}, {"actor": "merchant"}, False),
        ({}, {"purpose": "legal"}, False),
        ({}, {"groups": "customer payment"}, False),
        ({}, {"groups": "customer recipient"}, True),
        ({"whom": uuid4()}, {}, False),
        ({"purpose": None}, {}, False),
        ({"token": ""}, {}, False),
        ({"record": None}, {}, True),
        ({"record": None}, {"purpose": "rights"}, False),
    ],
)
def test_a_grant_counts_for_its_actor_purpose_person_and_group(
    asks: dict[str, Any], grant: dict[str, str], holds: bool
) -> None:
    """One word off is no grant (P3)."""
    made = work(asks.get("actor", "operator"))
    made.token = asks.get("token", "token")
    made.vault.database = found = Granted(**grant)  # type: ignore[assignment] # stands in
    person = Person(asks.get("whom", ANNA), "recipient", ANNA, 1, {})
    held = asks.get("record", record(claimed=NOW, group="recipient"))
    why = asks.get("purpose", purpose.books)
    assert ("granted" in made.conditions(person, held, why)) is holds
    assert "granted" not in made.conditions(None, held, why)
    assert all(value in (hashed("token"), NOW) for value in found.asked)


def test_what_is_restricted_or_objected_to_is_refused_but_for_rights_books_law_and_erasing() -> None:
    """By the marks in the person's own box (P43)."""
    held = work("person").conditions(box(restricted=b"", objected_deliver=b""), None, purpose.deliver)
    assert {"restricted", "objected:deliver"} <= held
    asked = ("use", "recipient.name", purpose.deliver)
    for marks, why in (({"restricted"}, "restricted"), ({"objected:deliver"}, "objected")):
        with pytest.raises(Refusal) as no:
            work("person").decide(*asked, frozenset({"proven", *marks}))
        assert (no.value.why, no.value.purpose) == (why, "deliver")
    assert work("person").decide(*asked, frozenset({"proven", "objected:confirm"})).allowed
    every = frozenset(
        {"proven", "granted", "law", "draft", "restricted", "objected:rights", "objected:books"}
    )
    assert work("person").decide("use", "recipient.name", purpose.rights, every).allowed
    assert work("operator").decide("use", "recipient.name", purpose.books, every).allowed
    assert work("operator").decide("use", "recipient.name", purpose.legal, every).allowed
    assert work("job:sweep").decide_any("erase", "recipient.name", every)[1].allowed
    assert work("web:orders").decide("compare", "customer.email", purpose.verify, every).allowed
    with pytest.raises(Refusal) as no:
        work("web:checkout").decide_any("collect", "customer.name", every)
    assert no.value.why == "restricted"


def test_a_no_quotes_the_rule_that_comes_nearest() -> None:
    """With its purpose, where there is one for this actor; with neither where there is none."""
    with pytest.raises(Refusal) as near:
        work("job:sweep").decide_any("erase", "visitor.seen", frozenset({"claimed"}))
    assert (near.value.rule, near.value.purpose) == ("rights.lapse", "rights")
    with pytest.raises(Refusal) as far:
        work("merchant").decide_any("erase", "visitor.seen", frozenset({"claimed"}))
    assert (far.value.rule, far.value.purpose) == ("", "")


def test_a_no_says_when_it_is_the_contract_alone() -> None:
    """A job then waits; any other no is final (P21)."""
    made = work("job:confirm")
    made.at = 0  # long before any contract
    made.vault.clock = SimpleNamespace(now=lambda: 0)  # type: ignore[assignment] # a clock
    with pytest.raises(Refusal) as no:
        made.decide("disclose", "customer.name", purpose.confirm, frozenset({"claimed"}), party="mail")
    assert (no.value.why, no.value.rule) == ("contract", "confirm.mail")
    with pytest.raises(Refusal) as other:
        made.decide("disclose", "customer.name", purpose.confirm, frozenset(), party="mail")
    assert other.value.why != "contract"
    with pytest.raises(Refusal) as use:
        work("shipping").decide("use", "recipient.name", purpose.deliver, frozenset({"claimed"}))
    assert use.value.why != "contract"
    assert not made.contract_runs("nobody")
    running = work("job:confirm")
    moment = int(datetime.combine(RULES.date, time(), UTC).timestamp()) + 86_400 * 2
    running.at, running.vault.clock = moment, SimpleNamespace(now=lambda: moment)  # type: ignore[assignment] # a clock
    with pytest.raises(Refusal) as early:
        running.decide("disclose", "customer.name", purpose.confirm, frozenset(), party="mail")
    assert early.value.why != "contract"
    assert running.decide(
        "disclose", "customer.name", purpose.confirm, frozenset({"claimed"}), party="mail"
    ).allowed
