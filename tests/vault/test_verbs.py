"""The verbs against a real vault: what is allowed happens, and whatever is not is refused and entered (P1,
P3, P11, P22)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from tests.vault.conftest import (
    CHECKOUT,
    ORDERS,
    a_sale,
    staff_pass,
    token,
)
from tests.vault_process import RunningVault

from microkitten.policy import purpose
from microkitten.vault import door, wire
from microkitten.vault.ids import uuid7
from microkitten.vault.types import Actor, Given, Refused

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("called")]


def test_the_shopper_sees_what_they_typed_and_a_stranger_does_not() -> None:
    """Anna's pass opens Anna and her recipients; Cleo's opens Cleo (P3)."""
    anna, cleo = a_sale(recipients=2), a_sale()
    wanted = {anna.customer: ["customer.name", "customer.email"]}
    with door.use(purpose.rights, wanted, by=anna.me) as opened:
        for name in wanted[anna.customer]:
            assert opened.reveal(anna.customer, name) == anna.values[anna.customer, name]
        assert opened.entry is not None
        assert opened.until is not None
    with door.use(
        purpose.deliver, {one: ["recipient.address"] for one in anna.recipients}, by=anna.me
    ) as opened:
        assert [opened.reveal(one, "recipient.address") for one in anna.recipients] == [
            anna.values[one, "recipient.address"] for one in anna.recipients
        ]
        assert len(opened.entries) == 2
    for actor in (cleo.me, Actor("person"), Actor("person", token())):
        with pytest.raises(Refused) as no:
            door.use(purpose.rights, wanted, by=actor)
        assert no.value.rule


def test_an_optional_field_left_empty_is_none_and_a_stranger_id_opens_nothing() -> None:
    """Nothing there is no error, and no entry."""
    anna = a_sale()
    recipient = anna.recipients[0]
    with door.use(purpose.deliver, {recipient: ["recipient.message"]}, by=anna.me) as opened:
        assert opened.reveal(recipient, "recipient.message") is None
    shipping = staff_pass()
    nobody = uuid4()
    with door.use(purpose.deliver, {nobody: ["recipient.name"]}, by=shipping) as opened:
        assert opened.reveal(nobody, "recipient.name") is None
        assert opened.entry is None


def test_shipping_opens_a_claimed_recipient_with_a_pass_and_not_before() -> None:
    """No clerk can be invented by code in the web process, and no draft is anybody's business (P12)."""
    draft, placed, shipping = a_sale(claimed=False), a_sale(), staff_pass()
    wanted = {placed.recipients[0]: ["recipient.name", "recipient.address"]}
    with door.use(purpose.deliver, wanted, by=shipping) as opened:
        assert (
            opened.reveal(placed.recipients[0], "recipient.name")
            == placed.values[placed.recipients[0], "recipient.name"]
        )
    for actor, persons in [
        (Actor("shipping"), wanted),
        (Actor("shipping", placed.order_pass.token), wanted),
        (shipping, {draft.recipients[0]: ["recipient.name"]}),
        (Actor("merchant", shipping.token), wanted),
        (shipping, {placed.customer: ["customer.email"]}),
    ]:
        with pytest.raises(Refused):
            door.use(purpose.deliver, persons, by=actor)


@pytest.mark.parametrize("actor", ["job:pay", "operator", "nobody", "", "web:shop", "statistician"])
def test_the_web_socket_speaks_for_no_other_role(actor: str) -> None:
    """Whoever holds the web process holds the web's purposes and no more (P35)."""
    anna = a_sale()
    with pytest.raises(Refused):
        door.use(purpose.rights, {anna.customer: ["customer.name"]}, by=Actor(actor))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"customer.name": Given("x", "import.name")}, "source"),
        ({"customer.name": Given("x", "checkout.email")}, "source"),
        ({"customer.nickname": Given("x", "checkout.name")}, "fields"),
        (
            {"customer.name": Given("x", "checkout.name"), "recipient.name": Given("y", "recipient.name")},
            "fields",
        ),
        ({"customer.name": Given("4242 4242 4242 4242", "checkout.name")}, "value:card"),
        ({"customer.name": Given("a\x00", "checkout.name")}, "value:control"),
        ({"customer.name": Given("x" * 1001, "checkout.name")}, "value:long"),
        ({"customer.name": Given("", "checkout.name")}, "value:empty"),
        ({"customer.name": Given(["x"], "checkout.name")}, "value:shape"),
        ({"recipient.name": Given("x", "recipient.name")}, "kind"),
        ({"visitor.cookie": Given("x" * 22, "visit.cookie")}, "source"),
        ({"staff.token": Given("x" * 22, "operator.token")}, "source"),
    ],
)
def test_what_no_form_of_the_policy_typed_is_not_sealed(given: dict[str, Given], why: str) -> None:
    """Imports, query strings and plugins have no way to write; card numbers have none at all (P1, P4)."""
    with pytest.raises(Refused) as no:
        door.collect(door.new_person(), "customer", given, purpose=purpose.confirm, by=CHECKOUT)
    assert no.value.why == why


def test_a_purpose_outside_the_rule_is_refused_with_rule_and_statement() -> None:
    """The page can quote the very sentence that forbids it (P11)."""
    anna = a_sale()
    with pytest.raises(Refused) as no:
        door.use(purpose.bill, {anna.customer: ["customer.email"]}, by=anna.me)
    assert re.fullmatch(r"P\d+", no.value.statement)
    for value in anna.values.values():
        assert str(value) not in f"{no.value!r} {no.value.why}"


def test_a_page_that_knows_an_id_can_neither_rewrite_nor_unlock_a_placed_order() -> None:
    """Ids stand in the shop's database: to know one is nothing."""
    anna = a_sale()
    given = {"customer.name": Given(token(), "checkout.name")}
    with pytest.raises(Refused) as no:
        door.collect(anna.customer, "customer", given, purpose=purpose.confirm, by=CHECKOUT)
    assert no.value.why == "claimed"
    draft = a_sale(claimed=False)
    batch = door.batch(by=CHECKOUT)
    batch.collect(draft.customer, "customer", given, purpose=purpose.confirm)
    batch.keep_open([draft.customer])
    with pytest.raises(Refused) as no:
        batch.send()
    assert no.value.why == "same batch"
    with pytest.raises(Refused):
        door.keep_open([anna.customer], by=CHECKOUT)


def test_a_draft_is_rewritten_by_nobody_who_merely_knows_its_ids() -> None:
    """Else a page could put its own e-mail address into a stranger's draft, and prove itself to be its customer."""
    draft = a_sale(claimed=False)
    mine = {"customer.email": Given("mine@example.com", "checkout.email")}
    with pytest.raises(Refused) as no:
        door.collect(draft.customer, "customer", mine, purpose=purpose.confirm, by=CHECKOUT)
    assert no.value.why == "same batch"
    proof = Given("mine@example.com", "proof.email")
    assert door.prove(draft.customer, "customer.email", proof, covers=draft.people, by=ORDERS) is None


def test_the_shopper_may_correct_with_their_pass() -> None:
    """A second collection replaces what was given and keeps the rest."""
    anna, name = a_sale(), token()
    by = Actor("web:checkout", anna.order_pass.token)
    door.collect(
        anna.customer,
        "customer",
        {"customer.name": Given(name, "checkout.name")},
        purpose=purpose.confirm,
        by=by,
    )
    with door.use(purpose.rights, {anna.customer: ["customer.name", "customer.email"]}, by=anna.me) as opened:
        assert opened.reveal(anna.customer, "customer.name") == name
        assert opened.reveal(anna.customer, "customer.email") == anna.values[anna.customer, "customer.email"]


def test_prove_compares_blind_and_pauses_after_five_tries() -> None:
    """A guesser gets five words a day, whoever they pretend to be (P3)."""
    anna = a_sale(recipients=1)
    email = str(anna.values[anna.customer, "customer.email"])
    right = Given(f"  {email.upper()} ", "proof.email")
    minted = door.prove(anna.customer, "customer.email", right, covers=anna.people, by=ORDERS)
    assert minted is not None
    with door.use(
        purpose.rights, {anna.customer: ["customer.email"]}, by=Actor("person", minted.token)
    ) as opened:
        assert opened.reveal(anna.customer, "customer.email") == email
    for guess in range(4):
        wrong = Given(f"{guess}@example.com", "proof.email")
        assert door.prove(anna.customer, "customer.email", wrong, covers=[], by=ORDERS) is None
    with pytest.raises(Refused) as no:
        door.prove(anna.customer, "customer.email", right, covers=[], by=ORDERS)
    assert no.value.why == "tries"


def test_a_proof_covers_nobody_from_elsewhere() -> None:
    """Whom an order belongs with is the vault's knowledge, not the page's claim."""
    anna, cleo = a_sale(), a_sale()
    right = Given(str(anna.values[anna.customer, "customer.email"]), "proof.email")
    with pytest.raises(Refused) as no:
        door.prove(anna.customer, "customer.email", right, covers=[anna.customer, cleo.customer], by=ORDERS)
    assert no.value.why == "cover"
    for field, given in [
        ("customer.name", Given("x", "proof.email")),
        ("customer.email", Given("x", "search.q")),
    ]:
        with pytest.raises(Refused):
            door.prove(anna.customer, field, given, covers=[], by=ORDERS)
    assert door.prove(uuid4(), "customer.email", right, covers=[], by=ORDERS) is None


def test_an_order_number_leads_to_its_person_and_an_email_to_nobody_who_may_not_ask() -> None:
    """`find` is an exact look-up through a keyed index, under a rule like everything else."""
    number, customer = f"MK-{token()}", door.new_person()
    given = {
        "customer.name": Given(token(), "checkout.name"),
        "customer.email": Given("a@example.com", "checkout.email"),
    }
    with door.batch(by=CHECKOUT) as batch:
        batch.collect(customer, "customer", given, purpose=purpose.confirm)
        batch.index_order(customer, number)
    assert door.find_order(number.lower(), by=ORDERS) == customer
    assert door.find_order("MK-0", by=ORDERS) is None
    with pytest.raises(Refused):
        door.index_order(customer, "MK-1", by=CHECKOUT)
    for field in ("customer.email", "customer.name", "recipient.phone"):
        with pytest.raises(Refused):
            door.find(field, "a@example.com", by=CHECKOUT)


def test_a_batch_sent_anew_is_the_same_batch(called: RunningVault) -> None:
    """When the vault dies between doing and answering, the shopper still gets their pass."""
    person = door.new_person()
    collect = {
        "do": "collect", "person": person.hex, "kind": "customer", "purpose": "confirm",
        "given": {"customer.name": [token(), "checkout.name"]},
    }  # fmt: skip
    keep = {"do": "keep_open", "persons": [person.hex]}
    message = {"by": {"name": "web:checkout", "token": ""}, "asks": [collect, keep], "id": uuid7().hex}
    for _ in range(2):
        line = door.line._line().socket
        wire.send(line, message)
        assert "answers" in wire.receive(line, wait_seconds=5)
        called.kill()
        called.start()
    line = door.line._line().socket
    wire.send(line, {**message, "id": uuid7().hex})
    assert wire.receive(line, wait_seconds=5)["refused"]["why"] == "same batch"


def test_nobody_becomes_another_kind_of_person() -> None:
    """A customer's id takes no receiver's address: each datum has one owner (P6)."""
    anna = a_sale()
    with pytest.raises(Refused) as no:
        door.collect(
            anna.customer,
            "recipient",
            {"recipient.name": Given(token(), "recipient.name")},
            purpose=purpose.deliver,
            by=CHECKOUT,
        )
    assert no.value.why == "kind"
