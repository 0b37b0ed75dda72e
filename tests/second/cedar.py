"""Reads a policy file with `tomllib` alone and hands it to Cedar: an evaluator that shares no code with ours.

Nothing of `microkitten` is imported here, on purpose. What a word of the file means stands in this module a second
time, written from the comments in the file and not from the loader.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import cedarpy

PROFILES = {"classic", "strict"}
SECONDS = {"D": 86_400, "H": 3_600}
OPENS = {"use", "compare", "disclose"}  # what has lapsed is opened by no rule but those with "law"
NO_FIELD = ""  # the hand-over itself, to which no field belongs


class Asked(NamedTuple):
    """A question in plain words; `purpose` may be any text."""

    act: str
    field: str | None
    purpose: str
    actor: str
    party: str | None
    held: frozenset[str]
    age: int | None = None


@dataclass(frozen=True)
class Cedar:
    """One file in one profile, as a set of Cedar policies."""

    source: str
    policies: cedarpy.PolicySet

    def answers(self, asked: Iterable[Asked]) -> list[bool]:
        """Answer questions about the table; all of them at once, which is several times faster."""
        return self._batch([_table_request(one) for one in asked])

    def writes(self, pairs: Iterable[tuple[str, str]]) -> list[bool]:
        """Tell for each (input, field) whether that form input may write the field."""
        return self._batch(
            [_request("Input", source, "write", "Field", field, {}) for source, field in pairs]
        )

    def compares(self, pairs: Iterable[tuple[str, str]]) -> list[bool]:
        """Tell for each (input, field) whether that form input may be compared with the field."""
        return self._batch(
            [_request("Input", source, "match", "Field", field, {}) for source, field in pairs]
        )

    def facts(self, triples: Iterable[tuple[str, str, str]]) -> list[bool]:
        """Tell for each (party, purpose, fact) whether the fact may go along."""
        return self._batch(
            [
                _request("Party", party, "learn", "Fact", fact, {"purpose": purpose})
                for party, purpose, fact in triples
            ]
        )

    def runs(self, days: Iterable[tuple[str, date]]) -> list[bool]:
        """Tell for each (party, day) whether the party's contract is running and reviewed on that day."""
        return self._batch(
            [
                _request("Party", party, "serve", "Field", NO_FIELD, {"day": day.toordinal()})
                for party, day in days
            ]
        )

    def _batch(self, requests: list[dict[str, Any]]) -> list[bool]:
        results = cedarpy.is_authorized_batch(requests, self.policies, "[]")
        for result in results:
            # An error inside Cedar is a no there; here it would be a mistake of the translator.
            assert not result.diagnostics.errors, result.diagnostics.errors
        return [result.allowed for result in results]


def translated(text: str, profile: str) -> Cedar:
    """Translate a whole policy file for one of its profiles."""
    raw = tomllib.loads(text)
    lines: list[str] = []
    for purpose, named in raw["rule"].items():
        for name, entry in named.items():
            lines.append(_permit(f"{purpose}.{name}", purpose, entry, profile))
            lines += _facts(purpose, entry, profile)
    for group, names in raw["field"].items():
        for name, entry in names.items():
            lines += _inputs(f"{group}.{name}", entry, profile)
    for party, entry in raw["party"].items():
        lines += _contract(party, entry)
    source = "\n".join(lines)
    return Cedar(source, cedarpy.PolicySet.from_str(source))


def seconds(written: str) -> int:
    """Read a time such as P60D or PT12H."""
    found = re.fullmatch(r"P(?:(\d+)D|T(\d+)H)", written)
    assert found, f"{written} cannot be told in seconds"
    return int(found[1]) * SECONDS["D"] if found[1] else int(found[2]) * SECONDS["H"]


def _of(entry: Mapping[str, Any], key: str, profile: str, default: Any = None) -> Any:
    """Return what an entry says under a key; where both profiles have a say, this one's."""
    value = entry.get(key, default)
    return value[profile] if isinstance(value, dict) and set(value) == PROFILES else value


def _permit(rule: str, purpose: str, entry: Mapping[str, Any], profile: str) -> str:
    """Write one rule: who, what and why stand in the head, the conditions in the body."""
    act, to = _of(entry, "act", profile), _of(entry, "to", profile)
    fields = [*_of(entry, "fields", profile), *([NO_FIELD] if to else [])]
    asks = [
        f"{_set('Actor', _of(entry, 'actors', profile))}.contains(principal)",
        f"{_set('Field', fields)}.contains(resource)",
        f"context.purpose == {_text(purpose)}",
        f"context has party && context.party == {_text(to)}" if to else "!(context has party)",
    ]
    asks += [f"context.held.contains({_text(word)})" for word in _of(entry, "when", profile)]
    if _of(entry, "act", profile) in OPENS and "law" not in _of(entry, "when", profile):
        asks.append('!context.held.contains("lapsed")')
    within = _of(entry, "within", profile)
    if within is not None:
        asks.append(f"context has age && context.age <= {seconds(within)}")
    body = "\n  && ".join(f"({ask})" for ask in asks)
    return (
        f"@id({_text(rule)})\npermit(principal, action == Action::{_text(act)}, resource)\nwhen {{ {body} }};"
    )


def _facts(purpose: str, entry: Mapping[str, Any], profile: str) -> list[str]:
    to, facts = _of(entry, "to", profile), _of(entry, "facts", profile, [])
    if not to or not facts:
        return []
    return [
        f'permit(principal == Party::{_text(to)}, action == Action::"learn", resource)'
        f" when {{ context.purpose == {_text(purpose)} && {_set('Fact', facts)}.contains(resource) }};"
    ]


def _inputs(field: str, entry: Mapping[str, Any], profile: str) -> list[str]:
    """What may write a field may be compared with it too; what is only compared never writes."""
    written, compared = _of(entry, "forms", profile), _of(entry, "compares", profile, [])
    return [
        f'permit(principal, action == Action::"{act}", resource == Field::{_text(field)})'
        f" when {{ {_set('Input', inputs)}.contains(principal) }};"
        for act, inputs in (("write", written), ("match", [*written, *compared]))
    ]


def _contract(party: str, entry: Mapping[str, Any]) -> list[str]:
    contract = entry.get("contract")
    if contract is None:
        return []
    first, end, review = (contract[part].toordinal() for part in ("from", "until", "review"))
    return [
        f'permit(principal == Party::{_text(party)}, action == Action::"serve", resource)'
        f" when {{ context.day >= {first} && context.day < {end} && context.day < {review} }};"
    ]


def _text(word: str) -> str:
    return json.dumps(word)


def _set(kind: str, ids: Iterable[str]) -> str:
    return "[" + ", ".join(f"{kind}::{_text(one)}" for one in ids) + "]"


def _table_request(asked: Asked) -> dict[str, Any]:
    context: dict[str, Any] = {"purpose": asked.purpose, "held": sorted(asked.held)}
    if asked.party is not None:
        context["party"] = asked.party
    if asked.age is not None:
        context["age"] = asked.age
    # Whatever goes to a party is a disclosure, whichever act was named.
    act = "disclose" if asked.party is not None else asked.act
    return _request("Actor", asked.actor, act, "Field", asked.field or NO_FIELD, context)


def _request(
    who: str, name: str, act: str, kind: str, what: str, context: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "principal": {"type": who, "id": name},
        "action": {"type": "Action", "id": act},
        "resource": {"type": kind, "id": what},
        "context": dict(context),
    }
