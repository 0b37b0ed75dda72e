"""Passes and staff by themselves: who gets one, who does not, and what is left of it (P3, P35)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.vault.at_once import DAY, HOUR, AtOnce, refused

from microkitten.vault.ids import uuid7
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import passes, staff
from microkitten.vault.server.work import hashed

EMAIL = Told("A@Example.com", "proof.email")


def prove(one: AtOnce, person: UUID, given: Told = EMAIL, **other: Any) -> dict[str, Any] | None:
    """Compare what was typed with a customer's address."""
    asked = {"field": "customer.email", "covers": [person], **other}
    return passes.prove(one.work("web:orders"), person=person, given=given, **asked)


def test_a_batch_keeps_open_whom_it_brought_and_nobody_else(one: AtOnce) -> None:
    """Not nobody, and not one more who was there before."""
    before = one.customer()
    work = one.work("web:checkout")
    anna = one.customer(work=work)
    entered = one.entered
    token = passes.keep_open(work, persons=[anna])["token"]
    assert one.entered == entered + 1
    assert one.work("person", token).covered() == {anna}
    for persons in ([], [anna, before], [before]):
        with refused("same batch"):
            passes.keep_open(work, persons=persons)


def test_the_same_address_proves_the_person(one: AtOnce) -> None:
    """However its capitals are written; the pass covers whom the order covers, for twelve hours."""
    anna, bea, _ = one.sale()
    entered = one.entered
    minted = prove(one, anna, covers=[anna, bea])
    assert minted is not None
    assert one.entered == entered + 2
    assert minted["until"] == one.at + 12 * HOUR
    assert one.work("person", minted["token"]).covered() == {anna, bea}
    assert one.work("person", minted["token"]).roles() == frozenset()
    one.at += 12 * HOUR
    assert one.work("person", minted["token"]).covered() == set()


def test_another_address_proves_nobody_and_is_entered(one: AtOnce) -> None:
    """With its outcome, which the person may see."""
    anna = one.customer()
    entered = one.entered
    assert prove(one, anna, Told("b@example.com", "proof.email")) is None
    assert one.entered == entered + 1
    assert one.told(anna)["outcome"] == "differs"
    assert one.rows("pass") == 0


def test_what_is_not_there_equals_nothing(one: AtOnce) -> None:
    """Nobody of that id; a record without the value, against an empty word."""
    assert prove(one, uuid7()) is None
    anna = one.customer()
    box = one.vault.keyring.of(anna)
    assert box is not None
    one.vault.keyring.change(box, drop=("life",))
    assert prove(one, anna, Told("", "proof.email")) is None
    one.vault.database.run("DELETE FROM vault_record WHERE person = ?", anna.hex)
    assert prove(one, anna) is None
    assert one.rows("pass") == 0


@pytest.mark.parametrize(
    "given", [Told("a@example.com", "checkout.name"), Told(["a@example.com"], "proof.email")]
)
def test_only_the_input_for_it_is_compared(one: AtOnce, given: Told) -> None:
    """And only a text."""
    anna = one.customer()
    with refused("source", purpose="verify"):
        prove(one, anna, given)


def test_a_pass_covers_nobody_of_another_order(one: AtOnce) -> None:
    """Nor anybody who is not there."""
    anna, bea, _ = one.sale()
    other = one.customer(email="c@example.com")
    for stranger in (other, uuid7()):
        with refused("cover", purpose="verify"):
            prove(one, anna, covers=[anna, bea, stranger])


def test_the_sixth_try_of_a_day_is_a_no(one: AtOnce) -> None:
    """Even with the right address, also for who is not there, and not for others or on another day."""
    anna, nobody, cleo = one.customer(), uuid7(), one.customer()
    one.at -= one.at % DAY
    for _ in range(5):
        assert prove(one, anna, Told("b@example.com", "proof.email")) is None
        assert prove(one, nobody) is None
    for person in (anna, nobody):
        with refused("tries", purpose="verify"):
            prove(one, person)
    assert prove(one, cleo) is not None
    one.at += DAY
    assert prove(one, anna) is not None


def test_too_many_comparisons_are_a_no(one: AtOnce) -> None:
    """And others do not count."""
    anna = one.customer()
    one.spend("prove")
    with refused("rate", purpose="verify"):
        prove(one, anna)
    one.spend("find", "cookie", "visitor", "sign_in")
    assert prove(one, anna) is not None


# Staff


def sign_in(one: AtOnce, token: str) -> dict[str, Any]:
    """Turn a token into a pass."""
    return staff.sign_in(one.work("web:members"), token=token)


def test_a_token_is_good_once_and_for_an_hour(one: AtOnce) -> None:
    """The next one of the same person ends it too."""
    token = staff.token(one.work("operator"), name="")
    minted = sign_in(one, token)
    assert minted["roles"] == ["merchant", "shipping"]
    with refused("pass", purpose="operate"):
        sign_in(one, token)
    first, second = (staff.token(one.work("operator"), name="") for _ in range(2))
    with refused("pass", purpose="operate"):
        sign_in(one, first)
    one.at += HOUR
    with refused("pass", purpose="operate"):
        sign_in(one, second)
    assert sign_in(one, staff.token(one.work("operator"), name=""))["sign_in"] == minted["sign_in"]


def test_a_name_hires_and_no_name_is_for_who_is_there(one: AtOnce) -> None:
    """The first one ever needs none."""
    first = sign_in(one, staff.token(one.work("operator"), name=""))["sign_in"]
    assert one.rows("record") == 0
    assert one.vault.keyring.of(UUID(first)) is not None
    one.at += 1
    entered = one.entered
    token = staff.token(one.work("operator"), name="Ida")
    assert one.entered == entered + 2
    named = sign_in(one, token)["sign_in"]
    assert named != first
    assert one.rows("record", "person = ? AND group_name = 'staff'", named) == 1
    assert one.rows("staff") == 2
    assert sign_in(one, staff.token(one.work("operator"), name=""))["sign_in"] == first


def test_whoever_signed_in_is_staff_until_they_sign_out(one: AtOnce) -> None:
    """Or for twelve hours; an order's pass is no staff pass, and is not signed out."""
    ida, token = one.clerk()
    _, _, order = one.sale()
    assert one.told(ida)["how"] == "signed in"
    found = staff.check(one.work(""), token=token)
    assert found is not None
    assert (found["sign_in"], found["token"]) == (ida.hex, token)
    assert one.work("shipping", token).roles() == {"merchant", "shipping"}
    assert one.work("shipping", token).covered() == set()
    assert staff.check(one.work(""), token=order) is None
    staff.sign_out(one.work(""), token=order)
    assert one.rows("pass", "token_hash = ?", hashed(order)) == 1
    staff.sign_out(one.work(""), token=token)
    assert staff.check(one.work(""), token=token) is None
    assert one.work("shipping", token).roles() == frozenset()


def test_too_many_tries_to_sign_in_are_a_no(one: AtOnce) -> None:
    """Too many that are wrong: a flood of those does not keep out whoever has the right one."""
    token = staff.token(one.work("operator"), name="")
    one.spend("sign_in")
    with refused("rate", purpose="operate"):
        sign_in(one, "wrong")
    assert sign_in(one, token)["token"]
    one.spend("find", "cookie", "visitor", "prove")
    with refused("pass", purpose="operate"):
        sign_in(one, token)
