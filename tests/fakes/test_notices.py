"""One suite for every party: told that a person used a right, it does its part once and says so (P43)."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from tests.fakes.conftest import Bank
from tests.fakes.test_mail import SENDER, Post, message, post, to
from tests.outside import GOOD, bill

from microkitten.providers.cards import Status
from microkitten.providers.errors import ProviderError
from microkitten.providers.mail.fake import FakeMailer
from microkitten.providers.notices import KINDS, PartyNotice

__all__ = ["post"]  # the fixture


def notice(kind: str = "erasure", reference: str = "REF-GONE", once: str = "") -> PartyNotice:
    """Return a notice under a name of its own."""
    return PartyNotice(kind, reference, once or str(uuid4()))


def test_an_erasure_makes_the_processor_forget_the_card_and_keep_the_payment(bank: Bank) -> None:
    """Of two payments the one whose reference is told; the money stays in the books, and may still be moved."""
    sessions = {reference: bank.open(bill(900, reference)) for reference in ("REF-GONE", "REF-STAYS")}
    for session in sessions.values():
        bank.pay(session.id, GOOD)
    told = bank.processor.heed(notice())
    assert told.is_done
    assert told.words.startswith("done: notice_")
    gone, stays = (bank.processor.look_up(session.id) for session in sessions.values())
    assert (gone.status, gone.amount_minor, gone.card) == (Status.AUTHORIZED, 900, None)
    assert stays.card is not None
    assert bank.processor.capture(sessions["REF-GONE"].id, 900, once="c-1").captured_minor == 900


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"erasure"}))
def test_other_notices_are_heard_and_change_no_payment(bank: Bank, kind: str) -> None:
    """The processor uses the card for nothing but this payment, and has no name of ours to correct."""
    session = bank.open(bill(reference="REF-RESTS"))
    bank.pay(session.id, GOOD)
    assert bank.processor.heed(notice(kind, "REF-RESTS")).is_done
    assert bank.processor.look_up(session.id).card is not None


def test_told_twice_it_is_one_notice(bank: Bank) -> None:
    """A worker that crashed tells again; the same name with something else in it is a mistake of ours."""
    once = str(uuid4())
    first = bank.processor.heed(notice(once=once))
    assert bank.processor.heed(notice(once=once)) == first
    assert bank.processor.heed(notice()).words != first.words
    with pytest.raises(ProviderError) as refused:
        bank.processor.heed(notice(reference="REF-OTHER", once=once))
    assert refused.value.permanent


@pytest.mark.bank(notice_seconds=0.4)
def test_heard_is_not_done(bank: Bank) -> None:
    """Some processors take their time: the shop asks again under the same name until it is done."""
    told = notice()
    answer = bank.processor.heed(told)
    assert not answer.is_done
    until = time.monotonic() + 5
    while not (again := bank.processor.heed(told)).is_done and time.monotonic() < until:
        time.sleep(0.05)
    assert again.is_done
    assert again.words.partition(": ")[2] == answer.words.partition(": ")[2]


def test_what_it_does_not_know_is_done(bank: Bank) -> None:
    """A reference that is gone there, or was never used: nothing is left to forget."""
    assert bank.processor.heed(notice(reference="REF-NEVER")).is_done


def test_kept_mail_is_deleted_and_carried_mail_is_told_by_contract(post: Post) -> None:
    """Folder and fake keep what they were given and delete it; a mail server is not asked, and that is said."""
    for name in ("gone.confirmation", "stays.confirmation"):
        sent = message(message_id=name)
        post.mailer.send(to(sent), sent)
    before = len(post.received())
    told = post.mailer.heed(notice(reference="gone.confirmation"))
    again = post.mailer.heed(notice(reference="gone.confirmation"))
    assert told == again
    assert told.is_done
    if told.words.startswith("by contract"):
        assert len(post.received()) == before
    else:
        assert len(post.received()) == before - 1
        for kind in ("correction", "restriction"):
            assert post.mailer.heed(notice(kind, "stays.confirmation")).is_done
        assert len(post.received()) == before - 1


@pytest.mark.parametrize(
    ("kind", "reference", "once"),
    [
        ("sale", "REF-GONE", ""), ("erasure", "", ""), ("erasure", "../../store", ""), ("erasure", ".hidden", ""),
        ("erasure", "anna@example.com", ""), ("erasure", "a\nb", ""), ("erasure", "x" * 129, ""),
        ("erasure", "REF-GONE", "Anna Carter"),
    ],
)  # fmt: skip
def test_nothing_but_a_reference_goes_along(kind: str, reference: str, once: str) -> None:
    """An address, a path or a name is no reference: such a notice is not even made."""
    with pytest.raises(ProviderError) as refused:
        notice(kind, reference, once)
    assert refused.value.permanent


def test_a_mailbox_that_fails_is_asked_again() -> None:
    """The fault passes; nothing was said to be done meanwhile."""
    mailer = FakeMailer(SENDER)
    mailer.failures.append(ProviderError("mail folder: OSError 28", permanent=False))
    with pytest.raises(ProviderError):
        mailer.heed(notice())
    assert mailer.heed(notice()).is_done
