"""Exports, corrections, restrictions, objections: all of theirs and only theirs; what rests is used by nobody (P43)."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

import pytest
from tests.vault.at_once import AtOnce, refused
from tests.vault.test_rights_erase import mailed
from tests.vault.test_rights_grants import minted

from microkitten.ledger.leaf import commitment
from microkitten.vault import export as exports
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import disclose, erase, look, rights, tell, use, visitors
from microkitten.vault.server.work import Refusal

EVE = {"customer.name": Told("Eve", "correction.name")}


def exported(one: AtOnce, person: UUID, token: str, actor: str = "person", start: int = 0) -> dict[str, Any]:
    """Take all along."""
    return rights.export(one.work(actor, token), person=person, purpose="rights", start=start)


def corrected(one: AtOnce, person: UUID, token: str, field: str, value: Any) -> dict[str, Any]:
    """Put one field right."""
    given = {field: Told(value, f"correction.{field.partition('.')[2]}")}
    return rights.correct(one.work("person", token), person=person, given=given)


def test_an_export_has_every_field_with_purpose_party_source_and_end(one: AtOnce) -> None:
    """Everything of the policy that was collected of the customer, and nothing of anybody else."""
    anna, bea, token = one.sale()
    one.pay(anna)
    mailed(one, anna)
    told = exported(one, anna, token)
    policy = one.vault.policy
    assert told["values"].keys() == policy.kind_fields("customer")
    assert "Bea" not in json.dumps(told)
    assert bea.hex not in json.dumps(told)
    made = exports.document(told, policy)
    groups = {group["group"]: group for group in made["groups"]}
    assert groups.keys() == {"customer", "payment"}
    for name, group in groups.items():
        assert {field["field"] for field in group["fields"]} == set(policy.fields_of(name))
        for field in group["fields"]:
            assert field["value"]
            assert field["typed_in"] in policy.field(field["field"]).forms
            assert field["under_policy"] == policy.hash
        assert group["kept_until"] > group["collected_at"]
        assert group["in_use_until"] <= group["kept_until"]
    assert [party["party"] for party in groups["customer"]["parties"]] == ["mail"]
    assert groups["payment"]["parties"] == []
    assert "confirm" in {purpose["purpose"] for purpose in groups["customer"]["purposes"]}
    assert made["handed_over"][0]["fields"] == ["customer.email", "customer.name"]


def test_an_export_has_the_entries_with_what_it_takes_to_check_them(one: AtOnce) -> None:
    """Salt and detail reproduce what the public leaf commits to; its own entry is the last."""
    anna, _, token = one.sale()
    told = exported(one, anna, token)
    kinds = [entry["kind"] for entry in told["entries"]]
    assert kinds == ["collection", "grant", "use"]
    for entry in told["entries"]:
        salt, detail = bytes.fromhex(entry["salt"]), entry["detail"].encode()
        committed = json.loads(entry["leaf"])["c"]
        assert base64.b64encode(commitment(salt, detail)).decode() == committed
    assert told["entries"][-1]["index"] == told["entry"]
    assert told["entries"][-1]["outcome"] == "export"


def test_many_entries_come_in_pages_that_end(one: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """None twice, none left out; that they were read on is entered too."""
    monkeypatch.setattr(rights, "ENTRIES_A_PAGE", 3)
    anna, _, token = one.sale()
    for _ in range(8):
        look.entries_of(one.work("person", token), person=anna)
    told = exported(one, anna, token)
    found, following = [entry["index"] for entry in told["entries"]], told["next"]
    while following is not None and following < told["entry"]:
        more = exported(one, anna, token, start=following)
        assert more.keys() == {"entries", "next"}
        found += [entry["index"] for entry in more["entries"]]
        following = more["next"]
    assert found == sorted(set(found))
    assert told["entry"] in found
    assert len([index for index in found if index <= told["entry"]]) == 11


def test_a_receiver_and_a_browser_have_theirs(one: AtOnce) -> None:
    """Each kind of person by their own way."""
    _, bea, token = one.sale()
    assert exported(one, bea, token)["values"].keys() == {"recipient.name", "recipient.address"}
    visitor, cookie = one.visitor(asked=True)
    told = exported(one, visitor, "", "web:visitors")
    assert told["values"] == {"visitor.cookie": cookie}
    (yes,) = told["consents"]
    assert (yes["purpose"], yes["act"]) == ("customize", "cookie choice")
    clerk, _ = one.clerk()
    with pytest.raises(Refusal):
        exported(one, clerk, "")


@pytest.mark.parametrize(
    "actor", ["person", "web:orders", "web:checkout", "web:visitors", "shipping", "job:confirm"]
)
def test_an_impostor_is_shown_nothing(one: AtOnce, actor: str) -> None:
    """Neither export nor correction, restriction, objection or consents, whatever pass is shown."""
    anna, bea, _ = one.sale()
    _, _, other = one.sale()
    for token in ("", other, one.clerk()[1]):
        work = one.work(actor, token)
        for person in (anna, bea):
            for act in (
                lambda who=person, by=work: rights.export(by, person=who, purpose="rights", start=0),
                lambda who=person, by=work: rights.restrict(by, person=who, on=True, reason="x"),
                lambda who=person, by=work: rights.object_to(by, person=who, purpose="customize"),
                lambda by=work: rights.correct(by, person=anna, given=EVE),
            ):
                with pytest.raises(Refusal, match="needs|no row|kind"):
                    act()
    assert one.rows("notice") == 0


# Corrections


def test_a_correction_is_a_new_collection_that_parties_hear_about(one: AtOnce) -> None:
    """The new value, its own source, the old ones kept; one notice, to who had the field."""
    anna, _, token = one.sale()
    mailed(one, anna)
    done = corrected(one, anna, token, "customer.name", "Anne")
    assert done["notices"] == 1
    (row,) = one.vault.database.rows(
        "SELECT kind, party, reference, entry, made_at, due_at FROM vault_notice"
    )
    reference = f"{UUID(int=7)}.confirmation"
    assert row == ("correction", "mail", reference, done["entry"], one.at, one.at + 30 * 86_400)
    told = exported(one, anna, token)
    assert told["values"] == {"customer.name": "Anne", "customer.email": "a@example.com"}
    sources = told["groups"]["customer"]["sources"]
    assert sources["customer.name"][0] == "correction.name"
    assert sources["customer.email"][0] == "checkout.email"
    assert told["entries"][-2]["kind"] == "collection"
    detail = json.loads(told["entries"][-2]["detail"])
    assert (detail["outcome"], detail["told"], detail["fields"]) == ("corrected", ["mail"], ["customer.name"])


def test_a_corrected_address_is_found_and_the_old_one_is_not(one: AtOnce) -> None:
    """The index follows."""
    anna, _, token = one.sale()
    corrected(one, anna, token, "customer.email", "anne@example.com")
    orders = one.work("web:orders")
    assert look.find(orders, field="customer.email", value="anne@example.com") == anna.hex
    assert look.find(orders, field="customer.email", value="a@example.com") is None


def test_only_what_is_there_and_in_use_is_corrected(one: AtOnce) -> None:
    """Not what was never told, not what the books alone keep, not by another input, not with a card number."""
    anna, bea, token = one.sale()
    with refused("absent"):
        rights.correct(
            one.work("person", token), person=anna, given={"payment.last4": Told("1234", "processor.last4")}
        )
    for source, value, why in (
        ("checkout.name", "4242 4242 4242 4242", "value:card"),
        ("correction.email", "Anne", "source"),
        ("profile.name", "Anne", "source"),
    ):
        given = {"customer.name": Told(value, source)}
        with refused(why):
            rights.correct(one.work("person", token), person=anna, given=given)
    one.vault.database.run("UPDATE vault_record SET lapse_at = ? WHERE person = ?", one.at, bea.hex)
    with refused("absent"):
        corrected(one, bea, token, "recipient.name", "Beatrice")


def test_an_address_corrected_to_somebody_elses_opens_nothing_of_theirs(one: AtOnce) -> None:
    """Two persons with one address stay two persons."""
    anna, _, token = one.sale()
    other = one.customer(email="b@example.com")
    corrected(one, anna, token, "customer.email", "b@example.com")
    with pytest.raises(Refusal, match="needs proven"):
        exported(one, other, token)
    with pytest.raises(Refusal, match="needs proven"):
        erase.erase(one.work("person", token), person=other, reason="asked")


# Resting and objecting


def test_what_rests_is_used_by_nobody_and_rights_go_on(one: AtOnce) -> None:
    """Neither shipping nor mail; the person sees, exports and erases; the end of it is entered as well."""
    anna, bea, token = one.sale()
    mailed(one, anna)
    for person in (anna, bea):
        rights.restrict(one.work("person", token), person=person, on=True, reason="dispute")
    assert one.rows("notice", "kind = 'restriction'") == 1
    _, clerk = one.clerk()
    with refused("restricted", purpose="deliver"):
        use.use(one.work("shipping", clerk), purpose="deliver", persons={bea: ["recipient.name"]}, facts={})
    with refused("restricted", purpose="confirm"):
        mailed(one, anna, once="2")
    assert exported(one, anna, token)["restricted"] == one.at
    assert exported(one, bea, token)["values"]["recipient.name"] == "Bea"
    told = rights.restrict(one.work("person", token), person=bea, on=True, reason="dispute")
    assert told["notices"] == 0
    rights.restrict(one.work("person", token), person=bea, on=False, reason="settled")
    assert exported(one, bea, token)["restricted"] is None
    found = use.use(
        one.work("shipping", clerk), purpose="deliver", persons={bea: ["recipient.name"]}, facts={}
    )
    assert found["values"][bea.hex] == {"recipient.name": "Bea"}
    assert erase.erase(one.work("person", token), person=anna, reason="asked")["entry"] > 0
    with refused("reason"):
        rights.restrict(one.work("person", token), person=bea, on=True, reason="")


def test_a_browsers_data_rests_too(one: AtOnce) -> None:
    """It is recognized and nothing is shown or written."""
    visitor, cookie = one.visitor(asked=True)
    rights.restrict(one.work("web:visitors"), person=visitor, on=True, reason="own wish")
    assert look.find(one.work("web:visitors"), field="visitor.cookie", value=cookie) == visitor.hex
    with refused("restricted", purpose="customize"):
        use.use(one.work("web:visitors"), purpose="customize", persons={visitor: ["visitor.seen"]}, facts={})
    visitors.forget(one.work("web:visitors"), cookie=cookie)
    assert one.vault.keyring.of(visitor) is None


def test_an_objection_stops_a_purpose_and_no_other(one: AtOnce) -> None:
    """Entered as a withdrawal; what rests on a contract or the law is not objected to."""
    visitor, _ = one.visitor(asked=True)
    work = one.work("web:visitors")
    rights.object_to(work, person=visitor, purpose="customize")
    assert one.told(visitor)["outcome"] == "objected"
    with refused("objected", purpose="customize"):
        use.use(work, purpose="customize", persons={visitor: ["visitor.seen"]}, facts={})
    assert exported(one, visitor, "", "web:visitors")["objected"] == {"customize": one.at}
    for why in ("deliver", "books", "rights"):
        with refused("basis"):
            rights.object_to(work, person=visitor, purpose=why)


def test_for_the_books_only_what_they_keep_is_opened(one: AtOnce) -> None:
    """Name and address of a receiver, under a grant for the books; no message, no entries."""
    bea = one.recipient()
    tell.tell(one.work("job:sweep"), persons=[bea], fact="placed")
    token = minted(one, bea, purpose="books")["token"]
    told = rights.export(one.work("operator", token), person=bea, purpose="books", start=0)
    assert told["values"].keys() == {"recipient.name", "recipient.address"}
    assert told["entries"] == []
    with pytest.raises(Refusal, match="needs granted"):
        rights.export(one.work("operator", token), person=bea, purpose="rights", start=0)


def test_each_hand_over_is_told_of_once(one: AtOnce) -> None:
    """Two mails are two references, the processor's reference is a third; a repeated hand-over is none more."""
    anna, _, token = one.sale()
    mailed(one, anna)
    mailed(one, anna)
    facts = {"amount_minor": 100, "currency": "USD", "reference": "abc"}
    disclose.disclose(
        one.work("job:pay"),
        person=anna,
        fields=[],
        to="card_processor",
        purpose="bill",
        facts=facts,
        once="p",
    )
    told = rights.preview_erasure(one.work("person", token), person=anna)
    assert told["parties"] == ["card_processor", "mail"]
    done = erase.erase(one.work("person", token), person=anna, reason="asked")
    assert done["notices"] == 2
    rows = one.vault.database.rows("SELECT party, reference FROM vault_notice ORDER BY party")
    assert rows == [("card_processor", "abc"), ("mail", f"{UUID(int=7)}.confirmation")]


def test_a_strangers_tries_take_nothing_from_what_the_person_may_ask(one: AtOnce) -> None:
    """However often somebody else is refused, the person is answered; who may look is held to so many a minute."""
    anna, _, token = one.sale()
    for _ in range(100):
        with pytest.raises(Refusal, match="needs proven"):
            exported(one, anna, "")
    assert exported(one, anna, token)["values"]
    one.spend("standing")
    with refused("rate"):
        exported(one, anna, token)
    with refused("rate"):
        rights.preview_erasure(one.work("person", token), person=anna)
    assert erase.erase(one.work("person", token), person=anna, reason="asked")
