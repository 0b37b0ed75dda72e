"""Notices to parties, and receipts of consents: followed until they are answered; what a yes was to (P8, P43)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import jsonschema
import pytest
from tests.vault.at_once import AtOnce, refused
from tests.vault.test_rights_erase import mailed

from microkitten.policy.wording import Company
from microkitten.vault import consents as receipts
from microkitten.vault.server import index
from microkitten.vault.server.verbs import consents, erase, notices, visitors
from microkitten.vault.server.work import Refusal

# Names and parts as ISO/IEC TS 27560:2023 has them; the schema is our own.
TEXT: Final = {"type": "string", "minLength": 1}
TEXTS: Final = {"type": "array", "items": TEXT}
HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ID: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}


def every(**parts: Any) -> dict[str, Any]:
    """Return the schema of an object that has these parts and no others."""
    return {"type": "object", "properties": parts, "required": sorted(parts), "additionalProperties": False}


PARTY: Final = {
    "type": "object",
    "properties": dict.fromkeys(
        ("party_id", "party_role", "party_name", "party_address", "party_email"), TEXT
    ),
    "required": ["party_id", "party_role", "party_name"],
    "additionalProperties": False,
}
EVENT: Final = every(
    event_time={"type": "string", "format": "date-time"}, event_type={"const": "explicit"},
    event_state={"enum": ["given", "withdrawn"]}, entity_id={"const": "pii_principal"},
    ledger_entry={"type": "integer", "minimum": 0},
)  # fmt: skip
PURPOSE: Final = every(
    purpose=TEXT, purpose_type={"type": "string", "pattern": "^dpv:"}, purpose_description=TEXT,
    lawful_basis={"const": "consent"}, notice_wording_hash=HASH,
    pii_information={
        "type": "array", "minItems": 1,
        "items": every(pii_attribute_id=TEXT, pii_type={"type": "string", "pattern": "^dpv:"}, pii_title=TEXT),
    },
    pii_controllers=TEXTS, collection_method=TEXT, processing_method=TEXTS, storage_locations=TEXTS,
    retention_period={"type": "array", "items": {"type": "string", "pattern": "^PT?[0-9]+[HDMY]$"}},
    recipient_third_parties=TEXTS, withdrawal_method=TEXT, is_withdrawn={"type": "boolean"},
)  # fmt: skip
SCHEMA: Final = every(
    schema_version=TEXT, record_id=ID, pii_principal_id=ID,
    pii_processing=every(
        privacy_notice=every(address=TEXT, version=TEXT, hash=HASH), language=TEXT,
        purposes={"type": "array", "minItems": 1, "maxItems": 1, "items": PURPOSE},
    ),
    party_identification={"type": "array", "minItems": 1, "items": PARTY},
    event={"type": "array", "minItems": 1, "maxItems": 2, "items": EVENT},
)  # fmt: skip
COMPANY: Final = Company("microkitten, llc", "microkitten", "hello@example.com", "12 Sample Street", "US")


def notified(one: AtOnce) -> tuple[UUID, dict[str, Any]]:
    """Erase somebody whose address the mail service had. Returns: them, and the one notice."""
    anna, _, token = one.sale()
    mailed(one, anna)
    erase.erase(one.work("person", token), person=anna, reason="asked")
    (told,) = notices.notices(one.work("operator"))
    return anna, told


def test_a_notice_is_sent_acknowledged_and_entered(one: AtOnce) -> None:
    """It names a party and a reference and nobody; what was answered first stands."""
    anna, told = notified(one)
    assert anna.hex not in str(told)
    assert (told["kind"], told["party"], told["due_at"]) == ("erasure", "mail", one.at + 30 * 86_400)
    assert (told["sent_at"], told["acknowledged_at"], told["answer"]) == (None, None, "")
    notice, job = UUID(told["id"]), one.work("job:notify")
    entered = one.entered
    notices.notice_sent(job, id=notice)
    notices.notice_sent(job, id=notice)
    notices.notice_acknowledged(job, id=notice, answer="nothing is kept")
    notices.notice_acknowledged(job, id=notice, answer="something else")
    assert one.entered == entered + 2
    (after,) = notices.notices(job)
    assert (after["sent_at"], after["acknowledged_at"], after["answer"]) == (
        one.at,
        one.at,
        "nothing is kept",
    )


def test_open_notices_come_first(one: AtOnce) -> None:
    """The ones due first above those that are answered."""
    _, first = notified(one)
    one.at += 5
    anna, _, token = one.sale()
    mailed(one, anna, once="2")
    work = one.work("operator")
    notices.notice_acknowledged(work, id=UUID(first["id"]), answer="done")
    one.vault.database.run("UPDATE vault_notice SET reference = 'another'")
    erase.erase(one.work("person", token), person=anna, reason="asked")
    assert [told["acknowledged_at"] is None for told in notices.notices(work)] == [True, False]


@pytest.mark.parametrize(
    "actor", ["person", "web:orders", "shipping", "merchant", "job:confirm", "job:sweep"]
)
def test_nobody_else_lists_or_answers_them(one: AtOnce, actor: str) -> None:
    """A merchant with a pass reads them, and that is all."""
    _, told = notified(one)
    with refused("actor"):
        notices.notices(one.work(actor))
    for act in (
        lambda: notices.notice_sent(one.work(actor), id=UUID(told["id"])),
        lambda: notices.notice_acknowledged(one.work(actor), id=UUID(told["id"]), answer="x"),
    ):
        with refused("actor"):
            act()


def test_the_merchant_reads_them_with_a_pass(one: AtOnce) -> None:
    """And answers none."""
    notified(one)
    _, token = one.clerk()
    assert len(notices.notices(one.work("merchant", token))) == 1


@pytest.mark.parametrize("answer", ["4242 4242 4242 4242", "a\nb"])
def test_an_answer_is_one_line_without_a_card(one: AtOnce, answer: str) -> None:
    """Neither numbers nor lines."""
    _, told = notified(one)
    with refused("answer"):
        notices.notice_acknowledged(one.work("operator"), id=UUID(told["id"]), answer=answer)
    with refused("absent"):
        notices.notice_sent(one.work("operator"), id=UUID(int=1))


def test_what_goes_by_itself_is_no_news_to_a_party(one: AtOnce) -> None:
    """A draft that nobody paid for leaves no notice behind."""
    work = one.work("web:checkout")
    anna = one.customer(claimed=False, work=work)
    erase.erase(one.work("job:sweep"), person=anna, reason="abandoned")
    assert one.rows("notice") == 0


# Consents


def test_a_yes_has_a_receipt_with_the_parts_of_the_standard(one: AtOnce) -> None:
    """Who, what for, by which act, to which words, under which policy; no value of theirs."""
    visitor, cookie = one.visitor(asked=True)
    (row,) = consents.consents_of(one.work("web:visitors"), person=visitor)
    told = receipts.receipt(row, one.vault.policy, COMPANY)
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(told)
    (why,) = told["pii_processing"]["purposes"]
    assert {what["pii_attribute_id"] for what in why["pii_information"]} == {"visitor.cookie", "visitor.seen"}
    assert told["party_identification"][0]["party_name"] == "microkitten, llc"
    assert told["pii_processing"]["privacy_notice"]["hash"] == one.vault.policy.hash
    assert cookie not in str(told)
    (event,) = told["event"]
    (leaf,) = one.vault.database.row("SELECT leaf FROM vault_entry WHERE number = ?", event["ledger_entry"])
    assert b'"k":"consent"' in bytes(leaf)


@pytest.mark.parametrize("spoilt", ["record_id", "event", "pii_processing"])
def test_the_schema_finds_what_is_missing(one: AtOnce, spoilt: str) -> None:
    """Or it would have shown nothing."""
    visitor, _ = one.visitor(asked=True)
    (row,) = consents.consents_of(one.work("web:visitors"), person=visitor)
    told = receipts.receipt(row, one.vault.policy, None)
    del told[spoilt]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, SCHEMA)


def test_for_a_browser_to_withdraw_is_to_be_forgotten(one: AtOnce) -> None:
    """The key is destroyed, all that hangs on it gone, twice is once; a withdrawal and an erasure are entered."""
    visitor, cookie = one.visitor(asked=True)
    entered = one.entered
    done = consents.withdraw(one.work("web:visitors"), person=visitor, purpose="customize")
    assert one.entered == entered + 2
    assert one.vault.keyring.of(visitor) is None
    assert index.look_up(one.work("web:visitors"), "visitor.cookie", cookie) is None
    assert one.rows("consent") == one.rows("worded") == one.rows("record", "group_name = 'visitor'") == 0
    again = consents.withdraw(one.work("web:visitors"), person=visitor, purpose="customize")
    assert again["entry"] == done["entry"]
    visitors.forget(one.work("web:visitors"), cookie=cookie)


def test_what_was_assigned_without_a_yes_is_not_called_a_withdrawal(one: AtOnce) -> None:
    """It goes all the same."""
    visitor, _ = one.visitor()
    entered = one.entered
    consents.withdraw(one.work("web:visitors"), person=visitor, purpose="customize")
    assert one.entered == entered + 1
    assert one.vault.keyring.of(visitor) is None


def test_nobody_elses_yes_is_taken_back(one: AtOnce) -> None:
    """Not by a shopper's pass, and not of who never gave one."""
    visitor, _ = one.visitor(asked=True)
    anna, _, token = one.sale()
    with pytest.raises(Refusal):
        consents.withdraw(one.work("person", token), person=visitor, purpose="customize")
    with refused("absent"):
        consents.withdraw(one.work("person", token), person=anna, purpose="customize")
    with pytest.raises(Refusal):
        consents.consents_of(one.work("person", token), person=visitor)
    assert consents.consents_of(one.work("person", token), person=anna) == []
