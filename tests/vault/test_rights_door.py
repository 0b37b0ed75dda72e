"""The rights through the door of a running vault: one round trip each, and nothing that leaks on the way (P43)."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from dataclasses import replace
from uuid import UUID

import pytest
from django.conf import settings
from tests.vault.conftest import CHECKOUT, CONFIRM, OPERATOR, VISITORS, a_sale, role, token
from tests.vault_database import vault_bytes, vault_line
from tests.vault_process import RunningVault

from microkitten.ledger.note import BadNote, Verifier
from microkitten.ledger.proof import Proof
from microkitten.ledger.tree import BadProof
from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, Receipt, Refused, SealedError

FIELDS = ("customer.name", "customer.email")
NOTIFY = Actor("job:notify")


def mail(person: UUID, number: int) -> None:
    """Hand somebody's address to the mail service."""
    facts = {
        "kind": "confirmation",
        "message_id": f"{UUID(int=number)}.confirmation",
        "order_number": "AAAA-BBBB",
    }
    with role("worker"):
        door.disclose(
            person, FIELDS, to="mail", purpose=purpose.confirm, by=CONFIRM, facts=facts, once=person.hex
        )


def test_preview_erasure_receipt_and_proof(called: RunningVault) -> None:
    """What was told before is what happens; the receipt's entry is proven to anybody who has the ledger's key."""
    sale = a_sale()
    door.tell(sale.people, "placed", by=CHECKOUT)
    mail(sale.customer, 1)
    told = door.preview_erasure(sale.customer, by=sale.me)
    assert [(group.group, group.goes_now) for group in told.groups] == [("customer", True)]
    assert told.parties == ("mail",)
    assert told.done is None
    assert told.looked.entry is not None
    receipt = door.erase(sale.customer, by=sale.me, reason="asked")
    assert (receipt.stays, receipt.confirmed, receipt.notices) == ((), True, 1)
    assert door.erase(sale.customer, by=sale.me, reason="asked") == receipt
    assert door.preview_erasure(sale.customer, by=sale.me).done == receipt
    made = door.receipt(receipt.entry_index)
    proof, text = Proof.parse(str(made)), str(made)
    assert (proof.index, proof.leaf, proof.hashes) == (made.index, made.leaf, made.hashes)
    verifier = Verifier.parse(door.ledger_key())
    checkpoint = proof.verify(verifier)
    assert checkpoint.size > receipt.entry_index
    assert json.loads(proof.leaf)["k"] == "erasure"
    for wrong in (
        replace(proof, leaf=proof.leaf + b" "),
        replace(proof, index=proof.index - 1),
        replace(proof, hashes=(*proof.hashes, bytes(32))),
        replace(proof, hashes=proof.hashes[1:]),
        replace(
            proof, checkpoint=proof.checkpoint.replace(str(checkpoint.size), str(checkpoint.size + 1), 1)
        ),
    ):
        with pytest.raises((BadProof, BadNote)):
            wrong.verify(verifier)
    spoils = [
        ("@v1", "@v2"),
        ("index ", "index 0"),
        ("extra e", "extra !"),
        ("extra ", "extra"),
        ("\n\n", "\n"),
    ]
    for spoilt in ("", *(text.replace(*pair) for pair in spoils)):
        with pytest.raises(BadProof):
            Proof.parse(spoilt)
    with pytest.raises(Refused):
        door.receipt(10**6)
    (stays,) = door.erase(sale.recipients[0], by=sale.me, reason="asked").stays
    assert (stays.why, stays.goes_now, stays.statement) == ("parcel", False, "P7")
    assert stays.until is not None
    assert stays.then_until is not None
    assert stays.until < stays.then_until


def test_twice_at_once_is_one_erasure(called: RunningVault) -> None:
    """Eight ask in the same moment, and all hear the same."""
    sale = a_sale()
    said: list[Receipt] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        said.append(door.erase(sale.customer, by=sale.me, reason="asked"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 8
    assert len(set(said)) == 1


def test_an_export_shows_its_values_in_its_block_alone(called: RunningVault) -> None:
    """Nothing of it travels, and its file has all that was typed."""
    sale = a_sale()
    mail(sale.customer, 2)
    made = door.export(sale.customer, by=sale.me)
    assert repr(made) == "<export of 1 groups>"
    for spread in (pickle.dumps, copy.copy):
        with pytest.raises(SealedError):
            spread(made)
    with pytest.raises(SealedError):
        made.document(settings.POLICY)
    with made.opened:
        document = made.document(settings.POLICY)
    typed = {name: value for (who, name), value in sale.values.items() if who == sale.customer}
    (group,) = document["groups"]
    assert {field["field"]: field["value"] for field in group["fields"]} == typed
    assert [party["party"] for party in group["parties"]] == ["mail"]
    (held,) = made.groups
    assert held.sources["customer.name"].input == "checkout.name"
    assert [view.party for view in held.parties] == ["mail"]
    assert document["entries"][-1]["index"] == made.opened.entry
    with pytest.raises(SealedError):
        made.document(settings.POLICY)


def test_correct_restrict_object_and_the_notices_of_it(called: RunningVault) -> None:
    """Each entered; parties hear of the first two, by their own reference."""
    sale = a_sale()
    mail(sale.customer, 3)
    entry = door.correct(sale.customer, {"customer.name": Given(token(), "correction.name")}, by=sale.me)
    again = door.restrict(sale.customer, by=sale.me, on=True, reason="dispute")
    with pytest.raises(Refused) as no:
        mail(sale.customer, 4)
    assert no.value.why in {"restricted", "once"}
    with role("worker"):
        mine = [notice for notice in door.notices(by=NOTIFY) if notice.entry in {entry, again}]
        assert {(notice.kind, notice.party) for notice in mine} == {
            ("correction", "mail"),
            ("restriction", "mail"),
        }
        assert {notice.reference for notice in mine} == {f"{UUID(int=3)}.confirmation"}
        door.notice_sent(mine[0].id, by=NOTIFY)
        door.notice_acknowledged(mine[0].id, "done", by=NOTIFY)
        (after,) = [notice for notice in door.notices(by=NOTIFY) if notice.id == mine[0].id]
    assert after.answer == "done"
    assert not after.is_late(after.due_at)
    assert mine[1].is_late(mine[1].due_at.replace(year=mine[1].due_at.year + 1))
    door.restrict(sale.customer, by=sale.me, on=False, reason="settled")
    with pytest.raises(Refused) as no:
        door.object_to(sale.customer, purpose.confirm, by=sale.me)
    assert no.value.why == "basis"


def test_a_yes_and_its_end(called: RunningVault) -> None:
    """A receipt while it holds; taken back, the browser is forgotten, and hears it again."""
    cookie = door.consent_visitor(by=VISITORS)
    person = door.find("visitor.cookie", cookie, by=VISITORS)
    assert person is not None
    (receipt,) = door.consents_of(person, by=VISITORS)
    assert receipt["event"][0]["event_state"] == "given"
    door.object_to(person, purpose.customize, by=VISITORS)
    done = door.withdraw(person, purpose.customize, by=VISITORS)
    assert door.withdraw(person, purpose.customize, by=VISITORS) == done
    assert door.find("visitor.cookie", cookie, by=VISITORS) is None


def test_a_grant_is_shown_as_a_pass_is(called: RunningVault) -> None:
    """Looked up, granted, opened, ended; the token shows in no representation."""
    sale = a_sale()
    email = str(sale.values[sale.customer, "customer.email"])
    with role("operator"):
        ((who, kind),) = door.find_people(
            "customer.email", email, purpose=purpose.rights, reason="letter", by=OPERATOR
        )
        assert (who, kind) == (sale.customer, "customer")
        grant = door.grant(
            who, ["customer"], purpose=purpose.rights, seconds=60, reason="letter", by=OPERATOR
        )
        assert grant.token not in repr(grant)
        with pytest.raises(SealedError):
            pickle.dumps(grant)
        by = Actor("operator", grant.token)
        with door.use(purpose.rights, {who: ["customer.name"]}, by=by) as opened:
            assert opened.reveal(who, "customer.name") == sale.values[who, "customer.name"]
        door.end_grant(grant.token, by=OPERATOR)
        with pytest.raises(Refused):
            door.use(purpose.rights, {who: ["customer.name"]}, by=by)
    with pytest.raises(Refused):
        door.grant(who, ["customer"], purpose=purpose.rights, seconds=60, reason="letter", by=OPERATOR)
    granted = [entry for entry in door.entries_of(who, by=sale.me) if b'"grant":' in entry.detail]
    assert {json.loads(entry.detail)["grant"] for entry in granted} == {grant.entry}


def test_after_an_erasure_no_byte_of_the_vault_has_the_words_or_opens_them(called: RunningVault) -> None:
    """Database, write-ahead log, key store: not in the clear, and no row of theirs under any id."""
    sale = a_sale(recipients=2)
    words = [str(value) for value in sale.values.values() if isinstance(value, str)]
    for person in sale.people:
        door.erase(person, by=sale.me, reason="asked")
    held = vault_bytes(called.folder)
    assert not [word for word in words if word.encode() in held and word != "+1 415 555 0100"]
    with vault_line(called.folder) as line:
        for table in ("record", "find", "detail", "act", "try", "worded", "consent"):
            sql = f"SELECT COUNT(*) FROM vault_{table} WHERE person = ?"
            assert [line.execute(sql, (who.hex,)).fetchone() for who in sale.people] == [(0,)] * 3, table
