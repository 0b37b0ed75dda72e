"""Erasing with a look before: what goes, what the books or a parcel keep, until when; and that the act does just what
the preview said (P7, P43)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from tests.vault.at_once import DAY, AtOnce, refused

from microkitten.vault.server import index
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, disclose, erase, rights, sweep, tell, use

ALL_DISCLOSED = {
    "kind": "confirmation",
    "message_id": f"{UUID(int=7)}.confirmation",
    "order_number": "AAAA-BBBB",
}


def placed(one: AtOnce) -> tuple[UUID, UUID, str]:
    """Make a sale whose order stands."""
    anna, bea, token = one.sale()
    tell.tell(one.work("web:checkout"), persons=[anna, bea], fact="placed")
    return anna, bea, token


def preview(one: AtOnce, person: UUID, token: str) -> dict[str, Any]:
    """Look before, as the person."""
    return rights.preview_erasure(one.work("person", token), person=person)


def erased(one: AtOnce, person: UUID, token: str) -> dict[str, Any]:
    """Erase, as the person."""
    return erase.erase(one.work("person", token), person=person, reason="asked")


def mailed(one: AtOnce, person: UUID, *, once: str = "1") -> None:
    """Hand name and address to the mail service, as the confirmation does."""
    disclose.disclose(
        one.work("job:confirm"), person=person, fields=["customer.name", "customer.email"], to="mail",
        purpose="confirm", facts=dict(ALL_DISCLOSED), once=once,
    )  # fmt: skip


def arrive(one: AtOnce, person: UUID) -> None:
    """Let a parcel have come."""
    one.vault.database.run("UPDATE vault_record SET arrived_at = ? WHERE person = ?", one.at, person.hex)


def left(one: AtOnce, person: UUID) -> list[str]:
    """Return the groups that are left of somebody."""
    rows = one.vault.database.rows("SELECT group_name FROM vault_record WHERE person = ?", person.hex)
    return sorted(group for (group,) in rows)


def test_a_customer_goes_at_once_and_whole(one: AtOnce) -> None:
    """Keys, rows, index, details: no table knows the person any more."""
    anna, _, token = one.sale()
    one.pay(anna)
    collect.claim(one.work("web:checkout"), persons=[anna])
    mailed(one, anna)
    told = preview(one, anna, token)
    assert {group["group"]: group["goes_now"] for group in told["groups"]} == {
        "customer": True,
        "payment": True,
    }
    assert {group["why"] for group in told["groups"]} == {"erased"}
    assert {group["statement"] for group in told["groups"]} == {"P43"}
    assert told["parties"] == ["mail"]
    assert told["done"] is None
    receipt = erased(one, anna, token)
    assert receipt["stays"] == []
    assert receipt["notices"] == 1
    assert one.vault.keyring.of(anna) is None
    for table, column in (
        ("record", "person"), ("find", "person"), ("detail", "person"), ("act", "person"), ("covered", "person"),
        ("try", "person"), ("consent", "person"), ("worded", "person"), ("person", "id"), ("grant", "person"),
    ):  # fmt: skip
        assert one.rows(table, f"{column} = ?", anna.hex) == 0, table


def test_a_receiver_whose_parcel_is_on_its_way_stays_for_it_and_goes_by_itself(one: AtOnce) -> None:
    """The life key stays until the ceiling at the latest; everything else of theirs is gone at once."""
    _, bea, token = placed(one)
    (told,) = preview(one, bea, token)["groups"]
    assert (told["why"], told["goes_now"], told["statement"]) == ("parcel", False, "P7")
    (lapse, until) = one.vault.database.row(
        "SELECT lapse_at, until_at FROM vault_record WHERE person = ?", bea.hex
    )
    assert (told["until"], told["then_until"]) == (lapse, until)
    (stays,) = erased(one, bea, token)["stays"]
    assert {**stays, "parties": []} == {**told, "parties": []}
    box = one.vault.keyring.of(bea)
    assert box is not None
    assert set(box.keys) == {"life:recipient"}
    assert left(one, bea) == ["recipient"]
    _, clerk = one.clerk()
    found = use.use(
        one.work("shipping", clerk), purpose="deliver", persons={bea: ["recipient.address"]}, facts={}
    )
    assert found["values"][bea.hex]["recipient.address"]["city"] == "Troy"
    one.at = lapse
    with refused("rule deliver.open opens nothing that has lapsed"):
        use.use(
            one.work("shipping", clerk), purpose="deliver", persons={bea: ["recipient.address"]}, facts={}
        )
    sweep.sweep(one.work("job:sweep"))
    box = one.vault.keyring.of(bea)
    assert box is not None
    assert set(box.keys) == {"law:recipient"}


def test_a_receiver_who_has_the_parcel_passes_to_the_books_at_once(one: AtOnce) -> None:
    """With name and address alone; nobody opens them for daily use any more, the person themselves still may."""
    _, bea, token = placed(one)
    arrive(one, bea)
    (told,) = preview(one, bea, token)["groups"]
    assert (told["why"], told["kept"]) == ("law", ["recipient.name", "recipient.address"])
    assert told["statement"] == "P7b"
    (stays,) = erased(one, bea, token)["stays"]
    assert stays["until"] == told["until"]
    box = one.vault.keyring.of(bea)
    assert box is not None
    assert set(box.keys) == {"law:recipient"}
    found = rights.export(one.work("person", token), person=bea, purpose="rights", start=0)
    assert found["values"].keys() == {"recipient.name", "recipient.address"}
    assert found["entries"] == []
    one.at = told["until"]
    sweep.sweep(one.work("job:sweep"))
    assert left(one, bea) == []
    assert one.vault.keyring.of(bea) is None


def test_telling_that_the_parcel_has_come_ends_the_wait(one: AtOnce) -> None:
    """Of whom was erased meanwhile, daily use ends with the arrival and not a month later."""
    _, bea, token = placed(one)
    erased(one, bea, token)
    tell.tell(one.work("job:sweep"), persons=[bea], fact="arrived")
    sweep.sweep(one.work("job:sweep"))
    box = one.vault.keyring.of(bea)
    assert box is not None
    assert set(box.keys) == {"law:recipient"}


def test_twice_is_once(one: AtOnce) -> None:
    """For whoever may erase: the same receipt, also when nothing is left that a pass could cover."""
    anna, bea, token = placed(one)
    for person in (anna, bea):
        first, entered = erased(one, person, token), one.entered
        again = erased(one, person, token)
        assert {**again, "stays": []} == {**first, "stays": []}
        assert one.entered == entered
        assert preview(one, person, token)["done"]["entry"] == first["entry"]


def test_erasing_one_of_an_order_leaves_the_others(one: AtOnce) -> None:
    """Customer then receiver, and the reverse: what is left is right each time (P6)."""
    for first in (0, 1):
        anna, bea, token = placed(one)
        people = (anna, bea)
        erased(one, people[first], token)
        other = people[1 - first]
        box = one.vault.keyring.of(other)
        assert box is not None
        assert "log" in box.keys
        assert rights.export(one.work("person", token), person=other, purpose="rights", start=0)["values"]
        erased(one, other, token)
        assert index.erased(one.work("person"), other) is not None


def test_the_same_address_in_two_orders_is_two_persons(one: AtOnce) -> None:
    """One is erased and the other is found, opened and erased by itself."""
    (anna, _, token), (again, _, token_again) = one.sale(), one.sale()
    erased(one, anna, token)
    assert index.look_up(one.work("operator"), "customer.email", "a@example.com") == again
    found = rights.export(one.work("person", token_again), person=again, purpose="rights", start=0)
    assert found["values"]["customer.email"] == "a@example.com"


def test_an_erased_person_is_written_to_by_nobody(one: AtOnce) -> None:
    """Not the card that comes late, not a correction, though something of them is still there."""
    anna, bea, token = placed(one)
    erased(one, anna, token)
    erased(one, bea, token)
    with refused("erased"):
        one.pay(anna)
    given = {"recipient.name": Told("Bea", "recipient.name")}
    with refused("erased"):
        collect.collect(
            one.work("web:checkout", token), person=bea, kind="recipient", purpose="deliver", given=given
        )


@pytest.mark.parametrize(
    "actor", ["person", "web:orders", "web:checkout", "job:confirm", "operator", "merchant"]
)
def test_an_impostor_gets_neither_preview_nor_erasure(one: AtOnce, actor: str) -> None:
    """Without pass or grant, with another order's pass, by any other actor."""
    anna, bea, _ = one.sale()
    _, _, other = one.sale()
    for token in ("", other, "x" * 43):
        for person in (anna, bea):
            for act in (
                lambda person=person, token=token: rights.preview_erasure(
                    one.work(actor, token), person=person
                ),
                lambda person=person, token=token: erase.erase(
                    one.work(actor, token), person=person, reason="x"
                ),
            ):
                with pytest.raises(Exception, match="needs|no row|draft|lapsed"):
                    act()
    assert one.vault.keyring.of(anna) is not None


def test_the_entry_of_an_erasure_keeps_no_detail(one: AtOnce) -> None:
    """The leaf stays and leads to nobody; kinds and purposes are in the public part."""
    anna, _, token = one.sale()
    receipt = erased(one, anna, token)
    assert one.rows("detail", "entry = ?", receipt["entry"]) == 0
    assert one.rows("entry", "number = ?", receipt["entry"]) == 1
    (leaf,) = one.vault.database.row("SELECT leaf FROM vault_entry WHERE number = ?", receipt["entry"])
    public = json.loads(leaf)
    assert (public["k"], public["p"]) == ("erasure", "rights")
    assert anna.hex not in str(public)


def test_what_a_parcel_took_after_the_erasure_is_told_to_its_party_in_the_end(one: AtOnce) -> None:
    """Acts of the wait are kept under the person until it is over, and then become notices."""
    _, bea, token = placed(one)
    erased(one, bea, token)
    assert one.rows("notice") == 0
    assert one.rows("covered", "person = ?", bea.hex) == 1
    one.at += 8 * 366 * DAY
    sweep.sweep(one.work("job:sweep"))
    sweep.sweep(one.work("job:sweep"))
    assert one.rows("record", "person = ?", bea.hex) == 0
    assert one.rows("covered", "person = ?", bea.hex) == 0
