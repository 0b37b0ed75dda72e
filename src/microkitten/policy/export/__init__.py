"""Says a policy in the languages of others: DPV, fideslang, the record of processing, a list of parties (P0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from microkitten.policy.closed import UnknownWord
from microkitten.policy.export import dpv, fides, parties, processing
from microkitten.policy.export.content import Content, content
from microkitten.policy.parts import Policy
from microkitten.policy.wording import Company


@dataclass(frozen=True, slots=True)
class Export:
    """One form of export: `kind` joins those that say the same, `file` is its usual name."""

    kind: str
    file: str
    media_type: str
    write: Callable[[Content], str]


NAMES: Final[Mapping[str, Export]] = MappingProxyType(
    {
        "dpv": Export("dpv", "privacy.dpv.jsonld", "application/ld+json", dpv.write),
        "fideslang": Export("fideslang", "fideslang.yml", "application/yaml", fides.write),
        "processing": Export("processing", "processing.md", "text/markdown", processing.write),
        "processing-json": Export("processing", "processing.json", "application/json", processing.write_json),
        "parties": Export("parties", "parties.csv", "text/csv", parties.write),
        "parties-json": Export("parties", "parties.json", "application/json", parties.write_json),
    }
)


def export(policy: Policy, company: Company, what: str) -> str:
    """Return the policy in one of the forms of NAMES; the same text for the same policy.

    Params: `company` answers for the store. Raises: UnknownWord for a form there is not. Promise: P0, P21.
    """
    if what not in NAMES:
        raise UnknownWord("export", what, tuple(NAMES))
    return NAMES[what].write(content(policy, company))
