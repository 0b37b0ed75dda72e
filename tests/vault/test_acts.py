"""Disclosures, batches, entries and erasures against a real vault (P22, P42, P43)."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from tests.vault.conftest import (
    CHECKOUT,
    CONFIRM,
    OPERATOR,
    ORDERS,
    PAY,
    SWEEP,
    a_sale,
    bytes_of,
    role,
    token,
)
from tests.vault_database import ENGINE, vault_bytes, vault_line
from tests.vault_process import RunningVault

from microkitten.ledger.leaf import commitment
from microkitten.ledger.note import Checkpoint, Verifier
from microkitten.ledger.tree import leaf_hash, verify_consistency, verify_inclusion
from microkitten.policy import purpose
from microkitten.providers.cards import Card, SessionState, Status
from microkitten.shop.payments.actions import keep_card
from microkitten.vault import door
from microkitten.vault.types import Actor, BadDisclosure, Given, Refused

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("called")]


def test_a_disclosure_is_signed_done_once_and_limited_to_its_rule() -> None:
    """The mail service gets two fields of one person, and a retry is the same act (P22, P25)."""
    anna = a_sale()
    told: dict[str, Any] = {"to": "mail", "purpose": purpose.confirm, "by": CONFIRM}
    fields = ["customer.name", "customer.email"]
    with role("worker"):
        once = token()
        made = door.disclose(anna.customer, fields, once=once, facts={"kind": "confirmation"}, **told)
        made.verify()
        assert {name: anna.values[anna.customer, name] for name in fields} == dict(made.fields)
        assert (made.party, made.purpose, dict(made.facts)) == (
            "mail",
            purpose.confirm,
            {"kind": "confirmation"},
        )
        again = door.disclose(anna.customer, fields, once=once, facts={"kind": "confirmation"}, **told)
        assert (again.id, again.entry) == (made.id, made.entry)
        with pytest.raises(BadDisclosure):
            made.verify(at=made.until.replace(year=made.until.year + 1))
        for fields_, options in [
            (fields, {**told, "once": once, "facts": {}}),
            (fields, {**told, "once": token(), "facts": {"color": "red"}}),
            ([*fields, "customer.phone"], {**told, "once": token()}),
            (fields, {**told, "once": token(), "to": "carrier"}),
            (fields, {**told, "once": token(), "purpose": purpose.deliver}),
            (fields, {**told, "once": token(), "by": PAY}),
        ]:
            with pytest.raises(Refused):
                door.disclose(anna.customer, fields_, **options)


def test_the_card_processor_gets_facts_and_nobody() -> None:
    """Whoever takes the money does not learn what it was for, or from whom (P30)."""
    anna = a_sale(claimed=False)
    facts: dict[str, int | str] = {"amount_minor": 1200, "currency": "USD", "reference": token()}
    told: dict[str, Any] = {"to": "card_processor", "purpose": purpose.bill, "by": PAY, "facts": facts}
    with role("worker"):
        made = door.disclose(anna.customer, [], once=token(), **told)
        made.verify()
        assert (dict(made.fields), dict(made.facts)) == ({}, facts)
        assert anna.customer.hex not in made._signed.decode()
        with pytest.raises(Refused):
            door.disclose(anna.customer, ["customer.name"], once=token(), **told)


def test_a_tampered_disclosure_does_not_verify() -> None:
    """One byte is enough."""
    anna = a_sale()
    with role("worker"):
        made = door.disclose(
            anna.customer, ["customer.email"], to="mail", purpose=purpose.confirm, by=CONFIRM, once=token()
        )
    object.__setattr__(made, "_signed", made._signed.replace(b'"mail"', b'"wail"'))
    with pytest.raises(BadDisclosure):
        made.verify()


def test_a_card_is_kept_for_its_time_from_the_moment_it_is_known() -> None:
    """The thank-you page says when it goes, and never "within the hour" (P4, P7)."""
    anna = a_sale()
    with door.use(purpose.rights, {anna.customer: ["customer.name"]}, by=anna.me) as opened:
        order_ends = opened.until
    card = Card("visa", "4242", "2030-12", "token_a")
    state = SessionState(Status.AUTHORIZED, 100, "USD", "ref", card=card)
    with role("worker"):
        keep_card(customer=anna.customer, state=state)
    with door.use(purpose.rights, {anna.customer: ["payment.brand", "customer.name"]}, by=anna.me) as opened:
        assert opened.reveal(anna.customer, "payment.brand") == "visa"
        assert opened.until is not None
        assert opened.until == order_ends


def test_a_payment_is_collected_claimed_and_shown() -> None:
    """What comes back from the processor is sealed like anything else, shown to whoever paid, and its token
    has no place (P4, P5).
    """
    anna, last4 = a_sale(), "4242"
    given = {
        "payment.brand": Given("visa", "processor.brand"),
        "payment.last4": Given(last4, "processor.last4"),
        "payment.expiry": Given("2031-08", "processor.expiry"),
    }
    surplus = {"payment.token": Given(token(), "processor.token")}
    with role("worker"):
        with pytest.raises(Refused):
            door.collect(anna.customer, "customer", given | surplus, purpose=purpose.bill, by=PAY)
        door.collect(anna.customer, "customer", given, purpose=purpose.bill, by=PAY)
        door.claim([anna.customer], by=Actor("job:sweep"))
    wanted = {anna.customer: ["payment.brand", "payment.last4"]}
    with pytest.raises(Refused):
        door.use(purpose.bill, wanted, by=anna.me)
    with door.use(purpose.rights, wanted, by=anna.me) as opened:
        assert opened.reveal(anna.customer, "payment.last4") == last4


def test_a_batch_is_in_whole_or_not_at_all(called: RunningVault) -> None:
    """One refused ask undoes the nine before it, entries and keys included."""
    person, name = door.new_person(), token()
    given = {"customer.name": Given(name, "checkout.name")}
    batch = door.batch(by=CHECKOUT)
    batch.collect(person, "customer", given, purpose=purpose.confirm)
    batch.use(purpose.deliver, {person: ["customer.name"]})
    with pytest.raises(Refused):
        batch.send()
    with vault_line(called.folder) as line:
        assert line.execute("SELECT COUNT(*) FROM vault_person WHERE id = ?", (person.hex,)).fetchone() == (
            0,
        )
        assert line.execute(
            "SELECT COUNT(*) FROM vault_record WHERE person = ?", (person.hex,)
        ).fetchone() == (0,)
    door.collect(
        person,
        "customer",
        {"customer.name": Given(name, "checkout.name")},
        purpose=purpose.confirm,
        by=CHECKOUT,
    )


def test_a_promise_is_empty_before_its_batch_and_an_error_sends_nothing() -> None:
    """A block that fails half-way has asked for nothing."""
    promises = []

    def fail_half_way() -> None:
        with door.batch(by=CHECKOUT) as batch:
            promises.append(batch.claim([door.new_person()]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with pytest.raises(LookupError):
        _ = promises[0].value


def test_claiming_twice_is_claiming_once_and_the_gone_are_named() -> None:
    """The outbox repeats a claim until it is acknowledged."""
    anna = a_sale()
    door.claim(anna.people, by=CHECKOUT)
    with pytest.raises(Refused) as no:
        door.claim([anna.customer, uuid4()], by=CHECKOUT)
    assert no.value.why == "erased"
    with pytest.raises(Refused):
        door.claim(anna.people, by=ORDERS)


def test_every_act_has_an_entry_that_its_person_can_prove() -> None:
    """Who opened what, when and why: for the person in words, for a stranger as a proof (P42)."""
    anna = a_sale()
    with door.use(purpose.rights, {anna.customer: ["customer.name"]}, by=anna.me):
        pass
    entries = door.entries_of(anna.customer, by=anna.me)
    assert [(one.kind, one.actor) for one in entries] == [
        ("collection", "web:checkout"),
        ("grant", "web:checkout"),
        ("use", "person"),
        ("use", "person"),
    ]
    checkpoint = Checkpoint.opened(door.checkpoint(), Verifier.parse(door.ledger_key()))
    for one in entries:
        size, proof = door.inclusion(one.index)
        assert size == checkpoint.size
        verify_inclusion(
            index=one.index, size=size, leaf=leaf_hash(one.leaf), root=checkpoint.root, proof=proof
        )
        leaf = json.loads(one.leaf)
        assert leaf.keys() == {"v", "t", "k", "p", "policy", "act", "sub", "c"}
        assert leaf["policy"] == door.policy_hash()
        assert base64.b64decode(leaf["c"]) == commitment(one.salt, one.detail)
    assert len({json.loads(one.leaf)["sub"] for one in entries}) == len(entries)
    with pytest.raises(Refused):
        door.entries_of(anna.customer, by=a_sale().me)


def test_the_log_only_grows() -> None:
    """Two checkpoints of one day agree."""
    verifier = Verifier.parse(door.ledger_key())
    old = Checkpoint.opened(door.checkpoint(), verifier)
    a_sale()
    new = Checkpoint.opened(door.checkpoint(), verifier)
    proof = door.consistency(old.size, new.size)
    verify_consistency(old=old.size, new=new.size, old_root=old.root, new_root=new.root, proof=proof)
    for sizes in [(0, 1), (5, 4), (1, 10**9)]:
        with pytest.raises(Refused):
            door.consistency(*sizes)


def test_refusals_are_entered_and_a_flood_of_them_is_one_entry(called: RunningVault) -> None:
    """An intruder's tries are seen, and cannot fill the ledger."""
    anna = a_sale()
    before = size_now()
    for _ in range(40):
        with pytest.raises(Refused):
            door.use(purpose.bill, {anna.customer: ["payment.last4"]}, by=Actor("web:orders"))
    assert 1 <= size_now() - before <= 3


def size_now() -> int:
    """Return how many entries there are."""
    return Checkpoint.opened(door.checkpoint(), Verifier.parse(door.ledger_key())).size


def test_a_draft_that_is_given_up_is_erased_though_it_has_claimed_its_people(called: RunningVault) -> None:
    """Collected, claimed with the draft, erased by the job when nobody pays (P1)."""
    anna = a_sale(recipients=2)
    with role("worker"):
        for person in anna.people:
            door.erase(person, by=SWEEP, reason="abandoned")
    with vault_line(called.folder) as line:
        for table, column in (("vault_person", "id"), ("vault_record", "person")):
            for person in anna.people:
                count = f"SELECT COUNT(*) FROM {table} WHERE {column} = ?"
                assert line.execute(count, (person.hex,)).fetchone() == (0,)
    with pytest.raises(Refused):
        door.use(purpose.rights, {anna.customer: ["customer.name"]}, by=anna.me)


def test_erasing_is_done_once_and_leaves_nothing_to_open(called: RunningVault) -> None:
    """After the receipt there is neither key nor row nor token, in no file of the vault (P43)."""
    anna, ben = a_sale(recipients=1), a_sale()
    with pytest.raises(Refused):
        door.erase(anna.customer, by=CHECKOUT, reason="no")
    with role("operator"), pytest.raises(Refused):
        door.erase(anna.customer, by=OPERATOR, reason="no rule says so")
    with role("worker"):
        receipts = [door.erase(one, by=SWEEP, reason="asked") for one in anna.people]
        if ENGINE == "sqlite":
            assert (called.folder / "vault" / "vault.sqlite3-wal").stat().st_size == 0
        assert door.erase(anna.customer, by=SWEEP, reason="again") == receipts[0]
        with pytest.raises(Refused):
            door.erase(uuid4(), by=SWEEP, reason="nobody")
    size, proof = door.inclusion(receipts[0].entry_index)
    root = Checkpoint.opened(door.checkpoint(), Verifier.parse(door.ledger_key())).root
    verify_inclusion(
        index=receipts[0].entry_index,
        size=size,
        leaf=bytes.fromhex(receipts[0].leaf_hash),
        root=root,
        proof=proof,
    )
    given = {"customer.name": Given(token(), "checkout.name")}
    with pytest.raises(Refused) as no:
        door.collect(anna.customer, "customer", given, purpose=purpose.confirm, by=CHECKOUT)
    assert no.value.why == "erased"
    held = vault_bytes(called.folder)
    for person in anna.people:
        assert person.hex.encode() not in held
    assert ben.customer.hex.encode() in held


def test_no_value_lies_in_the_clear_in_any_file(called: RunningVault) -> None:
    """Every value is a token; none of them is found, though the search does find one that is planted
    (P35).
    """
    anna = a_sale(recipients=3)
    planted = called.folder / "vault" / "planted"
    planted.write_text(str(anna.values[anna.customer, "customer.name"]))
    held = bytes_of(called.folder)
    assert str(anna.values[anna.customer, "customer.name"]).encode() in held
    planted.unlink()
    held = bytes_of(called.folder)
    for (_, name), value in anna.values.items():
        for text in value.values() if isinstance(value, dict) else [value]:
            if name != "recipient.phone" and text != "US":
                assert str(text).encode() not in held
                assert str(text).upper().encode() not in held
