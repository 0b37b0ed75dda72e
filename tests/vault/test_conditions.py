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
from microkitten.vault.server.work import ORDER, STAFF, Record, Refusal, Work
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


def record(*, claimed: int | None, until: int = LATER, group: str = "customer") -> Record:
    """Return a record of a group."""
    return Record(uuid4(), group, 1, b"", claimed, until)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (None, {"claimed", "unclaimed"}),
        (record(claimed=None), {"unclaimed"}),
        (record(claimed=NOW), {"claimed"}),
        (record(claimed=NOW, until=NOW), {"claimed", "lapsed"}),
        (record(claimed=None, until=NOW - 1), {"unclaimed", "lapsed"}),
        (record(claimed=NOW, until=NOW + 1), {"claimed"}),
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
