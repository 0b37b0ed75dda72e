"""Clearing away by itself: what is over goes, what is not stays, and all that hangs on it goes along (P1, P7)."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.vault.at_once import DAY, HOUR, AtOnce

from microkitten.vault.ids import uuid7
from microkitten.vault.server import index
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import look, passes, staff, sweep


def swept(one: AtOnce) -> int:
    """Clear away once."""
    return sweep.sweep(one.work("job:sweep"))


def kinds(one: AtOnce, person: UUID) -> set[str]:
    """Return the groups that are left of somebody."""
    return {
        group
        for (group,) in one.vault.database.rows(
            "SELECT group_name FROM vault_record WHERE person = ?", person.hex
        )
    }


def test_what_nobody_claimed_goes_and_what_was_claimed_stays(one: AtOnce) -> None:
    """To the second."""
    draft, placed = one.customer(claimed=False), one.customer()
    one.at += HOUR - 1
    assert swept(one) == 0
    assert kinds(one, draft) == {"customer"}
    one.at += 1
    assert swept(one) == 1
    assert kinds(one, draft) == set()
    assert one.vault.keyring.of(draft) is None
    assert index.erased(one.work("person"), draft) is not None
    assert kinds(one, placed) == {"customer"}
    assert one.vault.erased


def test_of_somebody_only_what_is_over_goes(one: AtOnce) -> None:
    """The card's record was never claimed; who bought stays, and is found again."""
    anna = one.customer()
    one.pay(anna)
    one.at += HOUR
    entered = one.entered
    assert swept(one) == 1
    assert one.entered == entered + 1
    assert one.told(anna)["reason"] == "its time was over"
    assert one.told(anna)["fields"] == ["payment.brand", "payment.expiry", "payment.last4"]
    assert kinds(one, anna) == {"customer"}
    assert one.vault.erased
    orders = one.work("web:orders")
    assert look.find(orders, field="customer.email", value="a@example.com") == anna.hex


def test_whoever_is_no_longer_kept_is_no_longer_found(one: AtOnce) -> None:
    """The index goes with the record, though the person stays for their payment."""
    anna = one.customer(claimed=False)
    one.at += HOUR // 2
    one.pay(anna)
    assert one.rows("find", "person = ?", anna.hex) == 1
    one.at += HOUR // 2
    assert swept(one) == 1
    assert kinds(one, anna) == {"payment"}
    assert one.rows("find", "person = ?", anna.hex) == 0


def test_a_clerk_stays_when_their_name_goes(one: AtOnce) -> None:
    """They can sign in as before."""
    ida, _ = one.clerk()
    one.at += 400 * DAY
    assert swept(one) == 1
    assert kinds(one, ida) == set()
    assert one.vault.keyring.of(ida) is not None
    assert one.rows("staff", "person = ?", ida.hex) == 1


def test_records_without_a_person_go_at_once(one: AtOnce) -> None:
    """Their keys are gone; nobody can be asked about them."""
    anna, bea = one.customer(claimed=False), one.customer(claimed=False)
    one.vault.database.run("DELETE FROM vault_person WHERE id = ?", anna.hex)
    one.vault.keyring.forget(anna)
    one.at += HOUR
    entered = one.entered
    assert swept(one) == 2
    assert kinds(one, anna) == kinds(one, bea) == set()
    assert one.entered == entered + 1


def test_what_was_consented_to_under_other_words_goes(one: AtOnce) -> None:
    """What was consented to under the present ones stays; so does, for a box that is gone or has the present words,
    nothing but the note of the old ones.
    """
    (old, _), (kept, _), (renewed, _), gone = one.visitor(), one.visitor(), one.visitor(), uuid7()
    other = "ab" * 32
    box = one.vault.keyring.of(old)
    assert box is not None
    one.vault.keyring.change(box, put={"wording:customize": bytes.fromhex(other)})
    for person in (old, renewed):
        one.vault.database.run("UPDATE vault_worded SET wording = ? WHERE person = ?", other, person.hex)
    one.vault.database.run(
        "INSERT INTO vault_worded (person, purpose, wording) VALUES (?, 'customize', ?)", gone.hex, other
    )
    assert swept(one) == 3
    assert one.vault.keyring.of(old) is None
    assert one.rows("worded") == 1
    assert one.rows("worded", "person = ?", kept.hex) == 1
    for person in (kept, renewed):
        assert kinds(one, person) == {"visitor"}


@pytest.mark.parametrize(("later", "left"), [(12 * HOUR - 1, 1), (12 * HOUR, 0)])
def test_passes_end_with_all_that_they_cover(one: AtOnce, later: int, left: int) -> None:
    """An order's and a clerk's."""
    one.sale()
    one.clerk()
    one.at += later
    swept(one)
    assert one.rows("pass") == 2 * left
    assert one.rows("covered") == 2 * left


def test_tokens_and_counted_tries_end_too(one: AtOnce) -> None:
    """An hour, and the day after."""
    anna = one.customer()
    given = Told("b@example.com", "proof.email")
    one.at += DAY - one.at % DAY
    work = one.work("web:orders")
    passes.prove(work, person=anna, field="customer.email", given=given, covers=[anna])
    staff.token(one.work("operator"), name="")
    one.at += HOUR - 1
    swept(one)
    assert (one.rows("stafftoken"), one.rows("try")) == (1, 1)
    one.at += 1
    swept(one)
    assert (one.rows("stafftoken"), one.rows("try")) == (0, 1)
    one.at += DAY
    swept(one)
    assert one.rows("try") == 1
    one.at += DAY
    swept(one)
    assert one.rows("try") == 0


def test_a_log_that_could_not_be_emptied_is_tried_again(one: AtOnce) -> None:
    """With the next sweep, whatever that finds."""
    one.vault.unclean = True
    assert swept(one) == 0
    assert one.vault.erased
    assert not one.vault.unclean
