"""Collect and claim by themselves: each no for its own reason, and each yes with what hangs on it (P1, P4)."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.vault.at_once import DAY, HOUR, AtOnce, refused

from microkitten.vault.ids import uuid7
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, erase, look, passes
from microkitten.vault.server.verbs.use import open_fields
from microkitten.vault.server.work import Work

EMAIL = {"customer.email": Told("b@example.com", "checkout.email")}


def ask(
    work: Work, person: UUID, given: dict[str, Told], *, kind: str = "customer", why: str = "confirm"
) -> str:
    """Collect."""
    return collect.collect(work, person=person, kind=kind, purpose=why, given=given)


def values(one: AtOnce, person: UUID, *fields: str) -> dict[str, object]:
    """Open fields past all questions."""
    box, work = one.vault.keyring.of(person), one.work("person")
    assert box is not None
    return open_fields(work, box, work.records([person], lapsed=True)[person], list(fields))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"customer.shoe": Told("44", "checkout.name")}, "fields"),
        ({**EMAIL, "recipient.name": Told("Bea", "recipient.name")}, "fields"),
        ({"customer.email": Told("b@example.com", "checkout.name")}, "source"),
        ({"customer.email": Told("b@example.com", "proof.email")}, "source"),
        ({"customer.name": Told("4111 1111 1111 1111", "checkout.name")}, "value:card"),
        ({"customer.name": Told("", "checkout.name")}, "value:empty"),
    ],
)
def test_what_is_not_of_the_form_is_refused(one: AtOnce, given: dict[str, Told], why: str) -> None:
    """An unknown field, two groups at once, another input than the field's, a value that cannot be."""
    with refused(why):
        ask(one.work("web:checkout"), uuid7(), given)


def test_what_the_vault_mints_nobody_brings_along(one: AtOnce) -> None:
    """Neither a cookie nor a staff token, whoever asks."""
    person, _ = one.visitor()
    with refused("source"):
        ask(
            one.work("web:visitors"), person, {"visitor.cookie": Told("a" * 22, "visit.cookie")},
            kind="visitor", why="customize",
        )  # fmt: skip


def test_nobody_becomes_another_kind_of_person(one: AtOnce) -> None:
    """Not by the group, and not by the id."""
    anna = one.customer()
    with refused("kind", purpose=""):
        ask(one.work("web:checkout"), uuid7(), EMAIL, kind="recipient")
    given = {"recipient.name": Told("Bea", "recipient.name")}
    with refused("kind", purpose="deliver"):
        ask(one.work("web:checkout"), anna, given, kind="recipient", why="deliver")


def test_a_draft_is_corrected_in_its_batch_and_from_no_other(one: AtOnce) -> None:
    """To know an id is not enough; what was not typed again stays; a placed order is not corrected by a page."""
    work = one.work("web:checkout")
    anna = one.customer(claimed=False, work=work)
    row = ask(work, anna, EMAIL)
    assert one.rows("record", "id = ? AND version = 2", row) == one.rows("record") == 1
    assert values(one, anna, "customer.name", "customer.email") == {
        "customer.name": "Anna",
        "customer.email": "b@example.com",
    }
    assert passes.keep_open(work, persons=[anna])["token"]
    # The same batch may span two messages: whoever came to be in it is still of it.
    again = one.work("web:checkout", together=work.together)
    ask(again, anna, EMAIL)
    assert passes.keep_open(again, persons=[anna])["token"]
    with refused("same batch", purpose="confirm"):
        ask(one.work("web:checkout"), anna, EMAIL)
    collect.claim(one.work("job:pay"), persons=[anna])
    with refused("claimed", purpose="confirm"):
        ask(one.work("web:checkout"), anna, EMAIL)


def test_what_is_collected_is_entered_with_its_rule_and_found_again(one: AtOnce) -> None:
    """By its newest value."""
    before = one.entered
    work = one.work("web:checkout")
    anna = one.customer(claimed=False, work=work)
    assert one.entered == before + 1
    assert one.told(anna)["rule"] == "confirm.collect"
    assert one.told(anna)["sources"] == {"customer.name": "checkout.name", "customer.email": "checkout.email"}
    ask(work, anna, EMAIL)
    orders = one.work("web:orders")
    assert look.find(orders, field="customer.email", value="b@example.com") == anna.hex
    assert look.find(orders, field="customer.email", value="a@example.com") is None


def test_what_had_its_time_is_not_mixed_with_what_is_new(one: AtOnce) -> None:
    """The card's record was never claimed and is over; the next payment begins a new one."""
    anna = one.customer()
    one.pay(anna)
    one.at += 2 * HOUR
    ask(one.work("job:pay"), anna, {"payment.brand": Told("amex", "processor.brand")}, why="bill")
    fields = ("payment.brand", "payment.last4")
    assert values(one, anna, *fields) == {"payment.brand": "amex"}


def ends(one: AtOnce, person: UUID, group: str) -> tuple[int | None, int]:
    """Return a record's claim and end, as seconds from now."""
    claimed, until = one.vault.database.row(
        "SELECT claimed_at, until_at FROM vault_record WHERE person = ? AND group_name = ?", person.hex, group
    )
    return claimed if claimed is None else claimed - one.at, until - one.at


def test_an_orders_record_waits_for_its_claim(one: AtOnce) -> None:
    """An hour, and from the claim on its group's life; a later claim or a correction adds nothing to that."""
    anna, (visitor, _) = one.customer(claimed=False), one.visitor()
    one.pay(anna)
    assert ends(one, anna, "payment") == ends(one, anna, "customer") == (None, HOUR)
    assert ends(one, visitor, "visitor") == (0, 400 * DAY)
    collect.claim(one.work("web:checkout"), persons=[anna])
    claimed, until = ends(one, anna, "payment")
    assert claimed == 0
    assert until > 390 * DAY
    one.at += DAY
    collect.claim(one.work("job:pay"), persons=[anna])
    one.pay(anna)
    assert ends(one, anna, "payment") == (-DAY, until - DAY)


def test_only_checkout_and_jobs_claim_and_only_who_is_there(one: AtOnce) -> None:
    """One who is gone spoils the claim of all."""
    anna = one.customer(claimed=False)
    with refused("actor"):
        collect.claim(one.work("web:orders"), persons=[anna])
    with refused("erased"):
        collect.claim(one.work("web:checkout"), persons=[anna, uuid7()])


def test_who_was_erased_does_not_come_back(one: AtOnce) -> None:
    """Neither whole, nor with a box that has lost the key."""
    anna = one.customer()
    erase.erase(one.work("job:sweep"), person=anna, reason="asked")
    with refused("erased"):
        ask(one.work("web:checkout"), anna, EMAIL)
    bea = one.customer()
    box = one.vault.keyring.of(bea)
    assert box is not None
    one.vault.keyring.change(box, drop=("life:customer",))
    one.vault.database.run("DELETE FROM vault_record WHERE person = ?", bea.hex)
    ask(one.work("web:checkout"), bea, EMAIL)
    renewed = one.vault.keyring.of(bea)
    assert renewed is not None
    assert renewed.keys["life:customer"] != box.keys["life:customer"]
