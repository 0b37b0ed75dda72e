"""Receipts of consents, in the parts and names of ISO/IEC TS 27560:2023: what somebody said yes to, when and to
which words (P8, P31)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from microkitten.policy import Duration, Policy, Purpose
from microkitten.policy.wording import Company

SCHEMA: Final = "ISO/IEC TS 27560:2023; microkitten 1"
# What the hash of the words is of; a translation shows the same words to whoever reads another language.
LANGUAGE: Final = "en"
CONTROLLER: Final = "controller"


def receipt(told: Mapping[str, Any], policy: Policy, company: Company | None) -> dict[str, Any]:
    """Return one receipt as JSON has it.

    Params: `told`, the vault's row of it; `company` who answers for the store, None where nobody has said. It holds
    no value of the person's: their id is a pseudonym. Promise: P8, P31, P43.
    """
    purpose = Purpose.named(told["purpose"])
    return {
        "schema_version": SCHEMA,
        "record_id": told["receipt"],
        "pii_principal_id": told["person"],
        "pii_processing": {
            "privacy_notice": {"address": "/privacy", "version": told["version"], "hash": told["policy"]},
            "language": LANGUAGE,
            "purposes": [_purpose(told, policy, purpose)],
        },
        "party_identification": [_controller(policy, company), *_parties(policy, purpose)],
        "event": _events(told),
    }


def _purpose(told: Mapping[str, Any], policy: Policy, purpose: Purpose) -> dict[str, Any]:
    entry = policy.purposes[purpose.name]
    groups = [group for group in policy.groups.values() if group.key == f"consent:{purpose}"]
    fields = [name for group in groups for name in policy.fields_of(group.name)]
    return {
        "purpose": purpose.name,
        "purpose_type": f"dpv:{entry.dpv}",
        "purpose_description": entry.why,
        "lawful_basis": entry.basis,
        "notice_wording_hash": told["wording"],
        "pii_information": [
            {
                "pii_attribute_id": name,
                "pii_type": f"dpv:{policy.field(name).dpv}",
                "pii_title": policy.field(name).title,
            }
            for name in fields
        ],
        "pii_controllers": [CONTROLLER],
        "collection_method": told["act"],
        "processing_method": sorted({rule.act for rule in policy.rules.values() if rule.purpose is purpose}),
        "storage_locations": ["the vault of the shop"],
        "retention_period": [_iso(group.life) for group in groups],
        "recipient_third_parties": [party["party_id"] for party in _parties(policy, purpose)],
        "withdrawal_method": "the page on which it was given, or the page of your own data: at any time, at once",
        "is_withdrawn": told["withdrawn_at"] is not None,
    }


def _parties(policy: Policy, purpose: Purpose) -> list[dict[str, str]]:
    """Return who receives something for the purpose."""
    named = {
        rule.party for rule in policy.rules.values() if rule.party is not None and rule.purpose is purpose
    }
    return [
        {"party_id": name, "party_role": policy.parties[name].kind, "party_name": policy.parties[name].title}
        for name in sorted(named)
    ]


def _controller(policy: Policy, company: Company | None) -> dict[str, str]:
    named = {"party_id": CONTROLLER, "party_role": "PII controller", "party_name": policy.company}
    if company is not None:
        named["party_name"] = policy.company.replace("{company}", company.company)
        named |= {"party_address": company.postal_address, "party_email": company.email}
    return named


def _events(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    events = [_event("given", told["given_at"], told["entry"])]
    if told["withdrawn_at"] is not None:
        events.append(_event("withdrawn", told["withdrawn_at"], told["withdrawn_entry"]))
    return events


def _iso(length: Duration) -> str:
    return f"P{'T' if length.unit == 'H' else ''}{length.count}{length.unit}"


def _event(state: str, at: int, entry: int | None) -> dict[str, Any]:
    return {
        "event_time": datetime.fromtimestamp(at, UTC).isoformat(),
        "event_type": "explicit",
        "event_state": state,
        "entity_id": "pii_principal",
        "ledger_entry": entry,
    }
