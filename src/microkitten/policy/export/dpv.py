"""The policy as JSON-LD in the terms of the Data Privacy Vocabulary 2.3 (a W3C community group's report): it
names, it enforces nothing (P0)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from microkitten.policy.export.content import Content, Process
from microkitten.policy.parts import Field, Group, Party
from microkitten.policy.words import FACTS

CONTEXT: Final = MappingProxyType(
    {
        "dpv": "https://w3id.org/dpv#",
        "dct": "http://purl.org/dc/terms/",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
# DPV has no word for who gets a parcel, nor for a partner: the wider term stands.
PEOPLE: Final = MappingProxyType(
    {"visitor": "Visitor", "customer": "Customer", "recipient": "DataSubject", "staff": "Employee"}
)
PARTIES: Final = MappingProxyType(
    {
        "service provider": "DataProcessor",
        "contractor": "DataProcessor",
        "agent": "DataProcessor",
        "representative": "Representative",
        "partner": "ThirdParty",
        "authority": "Authority",
    }
)
BASES: Final = MappingProxyType(
    {
        "contract": "ContractPerformance",
        "consent": "Consent",
        "legal duty": "LegalObligation",
        "own interest": "LegitimateInterestOfController",
    }
)
ACTS: Final = MappingProxyType(
    {
        "collect": "Collect",
        "use": "Use",
        "compare": "Match",
        "disclose": "Disclose",
        "restrict": "Restrict",
        "erase": "Erase",
    }
)
MEASURES: Final = MappingProxyType(
    {
        "sealed": "EncryptionAtRest",
        "tls": "EncryptionInTransfer",
        "closed-list": "AccessControlMethod",
        "one-way-out": "AuthorisationProtocols",
        "ledger": "ActivityMonitoring",
        "checkpoint": "DigitalSignatures",
    }
)
Node = dict[str, Any]


def write(content: Content) -> str:
    """Return the policy as JSON-LD; `@id`s are fragments, so that it may stand at any address."""
    policy = content.policy
    graph = [
        _notice(content),
        _controller(content),
        *(_purpose(content, process) for process in content.processes if process.party is None),
        *(_field(field) for field in policy.fields.values()),
        *(_group(content, group) for group in policy.groups.values()),
        *(_party(content, party) for party in policy.parties.values()),
        *(_process(content, process) for process in content.processes),
    ]
    whole = {"@context": dict(CONTEXT), "@graph": graph}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _id(kind: str, name: str) -> Mapping[str, str]:
    return {"@id": f"#{kind}-{name}"}


def _terms(*names: str) -> list[str]:
    return [f"dpv:{name}" for name in names if name]


def _notice(content: Content) -> Node:
    policy = content.policy
    return {
        "@id": "#notice",
        "@type": "dpv:PrivacyNotice",
        "dct:identifier": policy.hash,
        "dct:hasVersion": policy.version,
        "dct:issued": {"@value": policy.date.isoformat(), "@type": "xsd:date"},
        "dct:hasPart": [
            {"@id": f"#{said.id}", "dct:title": said.title, "dct:description": f"{said.text} {said.meaning}"}
            for said in content.sentences
        ],
        "dpv:hasProhibition": [
            {"@id": f"#never-{word}", "@type": "dpv:Prohibition", "rdfs:label": f"never: {word}",
             "dpv:hasPurpose": {"@id": "dpv:SellDataToThirdParties"}}
            for word in policy.never
        ],
    }  # fmt: skip


def _controller(content: Content) -> Node:
    return {
        "@id": "#controller",
        "@type": "dpv:DataController",
        "dpv:hasName": content.controller,
        "dpv:hasContact": content.fill("{contacts}"),
        "dpv:hasNotice": {"@id": "#notice"},
    }


def _purpose(content: Content, process: Process) -> Node:
    entry = process.purpose
    return {
        **_id("purpose", entry.purpose.name),
        "@type": _terms("Purpose", entry.dpv),
        "rdfs:label": entry.title,
        "dct:description": content.fill(entry.why),
    }


def _field(field: Field) -> Node:
    need = "Optional" if field.optional else "Required"
    return {
        **_id("field", field.name),
        "@type": _terms("PersonalData", field.dpv),
        "rdfs:label": field.title,
        "dpv:hasNecessity": {"@id": f"dpv:{need}"},
        "dpv:hasDataSubject": _id("group", field.group),
    }


def _group(content: Content, group: Group) -> Node:
    """One node for whom a group is about and how long it is kept: both hang on the group."""
    return {
        **_id("group", group.name),
        "@type": _terms(PEOPLE[group.person]),
        "rdfs:label": group.title,
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": {"@value": str(group.law or group.life), "@type": "xsd:duration"},
            "rdfs:label": content.life(group),
        },
    }


def _party(content: Content, party: Party) -> Node:
    contract = party.contract
    return {
        **_id("party", party.name),
        "@type": _terms("Recipient", PARTIES[party.kind]),
        "rdfs:label": party.title,
        "dct:description": content.fill(party.work),
        "dpv:hasName": content.fill(party.company),
        "dpv:hasCountry": content.country(party),
        "dpv:hasContact": content.fill(party.contact),
        "dct:source": f"contract {contract.id}, {contract.since} to {contract.until}, review {contract.review}",
    }


def _process(content: Content, process: Process) -> Node:
    node: Node = {
        **_id("process", process.id),
        "@type": "dpv:Process",
        "dpv:hasDataController": {"@id": "#controller"},
        "dpv:hasPurpose": _id("purpose", process.purpose.purpose.name),
        "dpv:hasLegalBasis": {"@id": f"dpv:{BASES[process.purpose.basis]}"},
        "dpv:hasProcessing": [{"@id": f"dpv:{ACTS[act]}"} for act in process.acts],
        "dpv:hasPersonalData": [_id("field", field.name) for field in process.fields],
        "dpv:hasDataSubject": [_id("group", group.name) for group in process.groups],
        "dpv:hasTechnicalMeasure": [
            {"@id": f"dpv:{MEASURES[lock]}"} for lock, _ in content.measures if lock in MEASURES
        ],
        "dct:source": [{"@id": f"#{id}"} for id in process.sentences],
    }
    if process.party:
        node["dpv:hasRecipient"] = _id("party", process.party.name)
    if process.facts:
        node["dpv:hasData"] = [
            {"@type": "dpv:NonPersonalData", "dct:identifier": fact, "rdfs:label": FACTS[fact]}
            for fact in process.facts
        ]
    return node
