"""One suite for every card processor: what the shop relies on holds of fake and sandbox alike (P14, P30)."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.fakes.conftest import Bank
from tests.outside import ASKS, BAD, GOOD, bill, disclose

from microkitten.providers.cards import BadSignature, Status
from microkitten.providers.errors import ProviderError
from microkitten.vault.types import Disclosure


def _now() -> datetime:
    return datetime.now(UTC)


def test_one_disclosure_opens_one_session(bank: Bank) -> None:
    """A worker that crashed asks again: the customer must not end up with two pages, both payable."""
    once = uuid4()
    first = bank.open(bill(reference="REF-ONE", id=once))
    again = bank.open(bill(reference="REF-ONE", id=once))
    other = bank.open(bill(reference="REF-ONE"))
    assert first == again
    assert other.id != first.id


def test_one_disclosure_is_not_used_for_two_bills(bank: Bank) -> None:
    """The same key with another amount is a mistake that no retry mends."""
    once = uuid4()
    bank.open(bill(4250, "REF-ONE", once))
    for other in (
        bill(4251, "REF-ONE", once),
        bill(4250, "REF-TWO", once),
        bill(4250, "REF-ONE", once, "EUR"),
    ):
        with pytest.raises(ProviderError) as refused:
            bank.open(other)
        assert refused.value.permanent


def test_an_approved_card_is_authorized(bank: Bank) -> None:
    """Brand, last four digits, expiry and token come back, and nothing that could be a card number."""
    session = bank.open(bill(4250, "REF-GOOD"))
    assert bank.processor.look_up(session.id).status is Status.OPEN
    assert bank.processor.look_up(session.id).card is None
    bank.pay(session.id, GOOD)
    state = bank.processor.look_up(session.id)
    assert (state.status, state.amount_minor, state.currency, state.reference) == (
        Status.AUTHORIZED, 4250, "USD", "REF-GOOD",
    )  # fmt: skip
    assert state.card is not None
    assert (state.card.brand, state.card.last4, state.card.expiry) == ("visa", "4242", "2031-08")
    assert re.fullmatch(r"card_[a-z]{24}", state.card.token)
    assert "4242" not in repr(state)
    assert bank.charges("REF-GOOD") == 1


def test_paying_twice_charges_once(bank: Bank) -> None:
    """A double click, or the back button and another card."""
    session = bank.open(bill(reference="REF-TWICE"))
    for number in (GOOD, GOOD, BAD, ASKS):
        bank.pay(session.id, number)
    assert bank.processor.look_up(session.id).status is Status.AUTHORIZED
    assert bank.charges("REF-TWICE") == 1


def test_a_declined_card_leaves_the_page_payable(bank: Bank) -> None:
    """The customer tries another card without typing anything of the order again."""
    session = bank.open(bill(reference="REF-AGAIN"))
    bank.pay(session.id, BAD)
    state = bank.processor.look_up(session.id)
    assert (state.status, state.card) == (Status.DECLINED, None)
    assert bank.charges("REF-AGAIN") == 0
    bank.pay(session.id, GOOD)
    assert bank.processor.look_up(session.id).status is Status.AUTHORIZED


def test_any_other_number_is_declined(bank: Bank) -> None:
    """Somebody may type a real card: it is not for us."""
    session = bank.open(bill())
    bank.pay(session.id, "5555 5555 5555 4444")
    assert bank.processor.look_up(session.id).status is Status.DECLINED


@pytest.mark.parametrize(("approved", "status"), [(True, Status.AUTHORIZED), (False, Status.DECLINED)])
def test_a_bank_may_ask_the_payer(bank: Bank, approved: bool, status: Status) -> None:
    """Nothing is charged before the payer has answered, and only a yes charges."""
    session = bank.open(bill(reference="REF-ASKS"))
    bank.pay(session.id, ASKS)
    state = bank.processor.look_up(session.id)
    assert (state.status, state.card) == (Status.OPEN, None)
    bank.answer(session.id, approved)
    assert bank.processor.look_up(session.id).status is status
    assert bank.charges("REF-ASKS") == int(approved)


def test_nobody_approves_what_no_bank_asked(bank: Bank) -> None:
    """The second page's form, sent without the first."""
    session = bank.open(bill(reference="REF-SKIP"))
    bank.answer(session.id, True)
    assert bank.processor.look_up(session.id).status is Status.OPEN
    assert bank.charges("REF-SKIP") == 0


def test_money_moves_once_under_each_name(bank: Bank) -> None:
    """A capture is repeated after a crash; captures in parts add up and never exceed what was authorized."""
    session = bank.open(bill(1000))
    with pytest.raises(ProviderError) as early:
        bank.processor.capture(session.id, 1000, once="c-1")
    assert early.value.permanent
    bank.pay(session.id, GOOD)
    for _ in range(3):
        state = bank.processor.capture(session.id, 600, once="c-1")
        assert (state.status, state.captured_minor) == (Status.CAPTURED, 600)
    for amount, once in ((601, "c-1"), (401, "c-2"), (0, "c-2"), (-5, "c-2")):
        with pytest.raises(ProviderError) as refused:
            bank.processor.capture(session.id, amount, once=once)
        assert refused.value.permanent
    assert bank.processor.capture(session.id, 400, once="c-2").captured_minor == 1000
    assert bank.processor.look_up(session.id).card is not None


def test_a_voided_session_cannot_be_paid(bank: Bank) -> None:
    """The order was given up: a forgotten tab must not charge for it."""
    session = bank.open(bill(reference="REF-VOID"))
    for _ in range(2):
        assert bank.processor.void(session.id).status is Status.VOIDED
    bank.pay(session.id, GOOD)
    assert bank.processor.look_up(session.id).status is Status.VOIDED
    assert bank.charges("REF-VOID") == 0


def test_a_void_lets_go_of_an_authorized_card(bank: Bank) -> None:
    """After it nothing can be captured."""
    session = bank.open(bill(reference="REF-LET-GO"))
    bank.pay(session.id, GOOD)
    state = bank.processor.void(session.id)
    assert (state.status, state.card) == (Status.VOIDED, None)
    with pytest.raises(ProviderError) as refused:
        bank.processor.capture(session.id, 1, once="late")
    assert refused.value.permanent
    assert bank.charges("REF-LET-GO") == 0


def test_what_is_captured_is_not_voided(bank: Bank) -> None:
    """Money that moved comes back by refund only."""
    session = bank.open(bill(500))
    bank.pay(session.id, GOOD)
    bank.processor.capture(session.id, 500, once="all")
    with pytest.raises(ProviderError) as refused:
        bank.processor.void(session.id)
    assert refused.value.permanent


@pytest.mark.bank(session_seconds=0.3)
def test_a_session_ends_by_itself(bank: Bank) -> None:
    """What was reserved for it goes back on sale, so it must not be paid any more."""
    session = bank.open(bill(reference="REF-LATE"))
    until = time.monotonic() + 5
    while bank.processor.look_up(session.id).status is Status.OPEN and time.monotonic() < until:
        time.sleep(0.02)
    bank.pay(session.id, GOOD)
    assert bank.processor.look_up(session.id).status is Status.EXPIRED
    assert bank.charges("REF-LATE") == 0
    assert bank.processor.void(session.id).status is Status.EXPIRED


def test_each_change_is_told_and_signed(bank: Bank) -> None:
    """Declined, authorized, captured: each notice leads to the session and has an id of its own."""
    session = bank.open(bill(500))
    bank.pay(session.id, BAD)
    bank.pay(session.id, GOOD)
    bank.processor.capture(session.id, 500, once="all")
    read = [bank.processor.verify_webhook(headers, body, at=_now()) for headers, body in bank.notices(3)]
    assert {it.kind for it in read} == {"payment.declined", "payment.authorized", "payment.captured"}
    assert {it.object_id for it in read} == {session.id}
    assert len({it.event_id for it in read}) == 3


def test_a_webhook_that_is_forged_altered_or_old_is_refused(bank: Bank) -> None:
    """Everybody can post to that address."""
    session = bank.open(bill())
    bank.pay(session.id, GOOD)
    headers, body = bank.notices(1)[0]
    check = bank.processor.verify_webhook
    assert check({name.title(): it for name, it in headers.items()}, body, at=_now()).object_id == session.id
    rotated = {**headers, "webhook-signature": "v1,AAAA v2,xyz " + headers["webhook-signature"]}
    assert check(rotated, body, at=_now()).object_id == session.id
    bad_headers = [
        {**headers, "webhook-signature": "v1," + "A" * 43 + "="},
        {**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,")},
        {**headers, "webhook-signature": "v1,ü"},
        {**headers, "webhook-signature": ""},
        {**headers, "webhook-id": "event_other"},
        {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)},
        {**headers, "webhook-timestamp": "9" * 40},
        {**headers, "webhook-timestamp": "-5"},
        {},
    ]
    tries = [(it, body, _now()) for it in bad_headers]
    tries += [(headers, body + b" ", _now()), (headers, body.replace(b"authorized", b"captured"), _now())]
    tries += [
        (headers, body, _now() + timedelta(seconds=360)),
        (headers, body, _now() - timedelta(seconds=360)),
    ]
    tries += [(headers, b"x" * 20_000, _now())]
    for some_headers, some_body, at in tries:
        with pytest.raises(BadSignature):
            check(some_headers, some_body, at=at)


def test_only_a_bill_of_the_vault_is_taken(bank: Bank) -> None:
    """Another party's or purpose's, a name in it, a fact too many, forged, late: none goes out (P22)."""
    facts: dict[str, int | str] = {"amount_minor": 100, "currency": "USD", "reference": "REF-ODD"}
    name = {"customer.name": "Anna Canary"}
    wrong: list[object] = [
        disclose("mail", "bill", facts=facts),
        disclose("card_processor", "confirm", facts=facts),
        disclose("card_processor", "bill", facts=facts, fields=name),
        disclose("card_processor", "bill", facts={**facts, "description": "felt mouse"}),
        disclose("card_processor", "bill", facts={"amount_minor": 100, "currency": "USD"}),
        disclose("card_processor", "bill", facts={**facts, "amount_minor": 0}),
        disclose("card_processor", "bill", facts={**facts, "amount_minor": "100"}),
        disclose("card_processor", "bill", facts={**facts, "currency": "usd"}),
        disclose("card_processor", "bill", facts={**facts, "reference": "Anna Canary"}),
        disclose("card_processor", "bill", facts=facts, key=Ed25519PrivateKey.generate()),
        {"party": "card_processor", "purpose": "bill", "facts": facts},
    ]
    for it in wrong:
        with pytest.raises(ProviderError) as refused:
            bank.open(it)  # type: ignore[arg-type]  # what a careless caller might pass
        assert refused.value.permanent
        assert "Anna" not in str(refused.value)
    with pytest.raises(ProviderError) as late:
        bank.open(disclose("card_processor", "bill", facts=facts, seconds=-1))
    assert not late.value.permanent, "the queue asks the vault anew"
    assert bank.charges("REF-ODD") == 0


def test_an_unknown_session_is_a_permanent_error(bank: Bank) -> None:
    """Ids that are none, one of them a path into another part of the API."""
    for session_id in ("session_" + "x" * 24, "../../_state", "", "4242424242424242"):
        with pytest.raises(ProviderError) as refused:
            bank.processor.look_up(session_id)
        assert refused.value.permanent


def test_the_type_is_the_vaults_own(bank: Bank) -> None:
    """A look-alike class is not enough."""

    class LookAlike:
        def __getattr__(self, name: str) -> object:
            return getattr(bill(), name)

    assert not isinstance(LookAlike(), Disclosure)
    with pytest.raises(ProviderError):
        bank.open(LookAlike())  # type: ignore[arg-type]  # that is the point
