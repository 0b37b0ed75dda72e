"""The policy as a fideslang manifest, with its never-sell rule as a fides policy that `fides evaluate` can judge
(P0, P20)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import yaml

from microkitten.policy.export.content import Content, Process
from microkitten.policy.parts import Field, Party

ORGANIZATION: Final = "store"
DATASET: Final = "vault"
# An own word for who gets a parcel: fideslang's list of people has none.
RECIPIENT: Final = "parcel_recipient"
PEOPLE: Final = MappingProxyType(
    {"visitor": "visitor", "customer": "customer", "recipient": RECIPIENT, "staff": "employee"}
)
BASES: Final = MappingProxyType(
    {
        "contract": "Contract",
        "consent": "Consent",
        "legal duty": "Legal obligations",
        "own interest": "Legitimate interests",
    }
)
#: Uses in fideslang's own tree that come to selling, renting or giving away; each stands for all below it.
NEVER_USES: Final = ("third_party_sharing", "sales", "marketing.advertising.third_party")
Entry = dict[str, Any]


def write(content: Content) -> str:
    """Return the manifest as YAML; a declaration's `features` are the policy's own names of its fields."""
    manifest = {
        "organization": [_organization(content)],
        "data_subject": [
            {
                "fides_key": RECIPIENT,
                "organization_fides_key": ORGANIZATION,
                "name": "Recipient",
                "description": "Whoever gets a parcel; a person of their own.",
            }
        ],
        "data_use": _own_uses(content),
        "dataset": [_dataset(content)],
        "system": [_store(content), *(_party(content, party) for party in content.policy.parties.values())],
        "policy": [_never(content)],
    }
    whole = {key: value for key, value in manifest.items() if value}
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=100)


def _organization(content: Content) -> Entry:
    policy = content.policy
    return {
        "fides_key": ORGANIZATION,
        "name": content.controller,
        "description": f"Privacy policy {policy.version} of {policy.date}, {policy.profile}, hash {policy.hash}",
    }


def use_of(process: Process) -> str:
    """Return fideslang's word for a purpose, or the purpose's own where fideslang has none."""
    return process.purpose.fideslang or process.purpose.purpose.name


def _own_uses(content: Content) -> list[Entry]:
    own = {one.purpose.purpose.name: one.purpose for one in content.processes if not one.purpose.fideslang}
    return [
        {"fides_key": name, "name": entry.title, "description": content.fill(entry.why)}
        for name, entry in own.items()
    ]


def _category(field: Field) -> str:
    return field.fideslang or "user"


def _dataset(content: Content) -> Entry:
    policy = content.policy
    collections = [
        {
            "name": group.name,
            "description": f"{group.title}; erased {content.life(group)}",
            "data_subjects": [PEOPLE[group.person]],
            "fields": [
                {
                    "name": field.name.partition(".")[2],
                    "description": field.title + (" (optional)" if field.optional else ""),
                    "data_categories": [_category(field)],
                }
                for field in map(policy.field, policy.fields_of(group.name))
            ],
        }
        for group in policy.groups.values()
    ]
    return {
        "fides_key": DATASET,
        "organization_fides_key": ORGANIZATION,
        "name": "The vault",
        "description": "Sealed records of people, in a process of their own",
        "meta": {"profile": policy.profile},
        "collections": collections,
    }


def _store(content: Content) -> Entry:
    return {
        "fides_key": "shop",
        "organization_fides_key": ORGANIZATION,
        "name": content.company.store,
        "description": "; ".join(words for _, words in content.measures),
        "meta": {said.id: f"{said.title}. {said.text} {said.meaning}" for said in content.sentences},
        "system_type": "Application",
        "dataset_references": [DATASET],
        "privacy_declarations": [
            _declaration(content, process) for process in content.processes if process.party is None
        ],
    }


def _party(content: Content, party: Party) -> Entry:
    contract = party.contract
    return {
        "fides_key": party.name,
        "organization_fides_key": ORGANIZATION,
        "name": party.title,
        "description": content.fill(party.work),
        "legal_name": content.fill(party.company),
        "meta": {
            "kind": party.kind,
            "country": content.country(party),
            "contact": content.fill(party.contact),
            "erasure": content.fill(party.erasure),
            "contract": f"{contract.id}: {contract.since} to {contract.until}, review {contract.review}",
        },
        "system_type": "Service",
        "responsibility": ["Processor" if party.kind in ("service provider", "contractor", "agent") else "Controller"],
        "ingress": [{"fides_key": "shop", "type": "system"}],
        "privacy_declarations": [
            _declaration(content, process) for process in content.processes if process.party is party
        ],
    }  # fmt: skip


def _declaration(content: Content, process: Process) -> Entry:
    categories = sorted({_category(field) for field in process.fields})
    lives = "; ".join(f"{group.title}: {content.life(group)}" for group in process.groups)
    declared: Entry = {
        "name": process.id,
        "data_categories": categories,
        "data_use": use_of(process),
        "data_subjects": sorted({PEOPLE[person] for person in process.people}),
        "features": [field.name for field in process.fields],
        "legal_basis_for_processing": BASES[process.purpose.basis],
        "retention_period": lives or "nothing personal",
    }
    if process.fields:
        declared["dataset_references"] = [DATASET]
    return declared


def _never(content: Content) -> Entry:
    """Say P20 in fideslang: no category of any person may have a use that comes to a sale."""
    return {
        "fides_key": "never_sold",
        "organization_fides_key": ORGANIZATION,
        "name": "Never sold, never rented",
        "description": f"Never: {', '.join(content.policy.never)}",
        "rules": [
            {
                "name": "no_use_that_comes_to_a_sale",
                "data_categories": {"matches": "ANY", "values": ["user"]},
                "data_uses": {"matches": "ANY", "values": list(NEVER_USES)},
                "data_subjects": {"matches": "ANY", "values": sorted(set(PEOPLE.values()))},
            }
        ],
    }
