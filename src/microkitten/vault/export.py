"""A person's own copy of all that is held about them, as JSON: what, why, from where, for whom, until when (P43)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from microkitten.policy import Policy

FORMAT: Final = "microkitten export 1"


def document(told: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """Return an export as JSON has it.

    Params: `told`, the vault's answer with the values by field; `policy` whose titles it uses. Times are ISO 8601,
    UTC. Promise: P43.
    """
    handed = [one for one in told["entries"] if one["kind"] == "disclosure"]
    return {
        "format": FORMAT,
        "made_at": _time(told["at"]),
        "person": {"id": told["person"], "kind": told["kind"]},
        "policy": {"version": policy.version, "date": policy.date.isoformat(), "hash": policy.hash},
        "restricted_since": _time(told["restricted"]),
        "objected_to": [
            {"purpose": name, "since": _time(at)} for name, at in sorted(told["objected"].items())
        ],
        "groups": [
            _group(name, group, told["values"], handed, policy) for name, group in told["groups"].items()
        ],
        "handed_over": [_handed(one, policy) for one in handed],
        "consents": list(told["consents"]),
        "entries": list(told["entries"]),
        "ledger": told["ledger"],
    }


def _group(
    name: str,
    group: Mapping[str, Any],
    values: Mapping[str, Any],
    handed: list[Mapping[str, Any]],
    policy: Policy,
) -> dict[str, Any]:
    fields = set(policy.fields_of(name))
    return {
        "group": name,
        "title": policy.groups[name].title,
        "collected_at": _time(group["since"]),
        "belongs_to_an_order": group["claimed"],
        "in_use_until": _time(group["lapse"]),
        "kept_until": _time(group["until"]),
        "only_for_the_books": group["lapsed"],
        "fields": [
            {
                "field": field,
                "title": policy.field(field).title,
                "value": values.get(field),
                "typed_in": source,
                "under_policy": under,
            }
            for field, (source, under) in group["sources"].items()
        ],
        "purposes": [
            {
                "purpose": purpose,
                "title": policy.purposes[purpose].title,
                "why": policy.purposes[purpose].why,
                "basis": policy.purposes[purpose].basis,
                "until": _time(until),
            }
            # What they ask for themselves is a purpose too, for as long as anything is kept.
            for purpose, until in sorted({**group["uses"], "rights": group["until"]}.items())
        ],
        "parties": [_handed(one, policy) for one in handed if fields & set(one["fields"])],
    }


def _handed(entry: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    party = policy.parties.get(entry["party"])
    return {
        "party": entry["party"],
        "title": entry["party"] if party is None else party.title,
        "purpose": entry["purpose"],
        "at": entry["at"],
        "fields": list(entry["fields"]),
        "entry": entry["index"],
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
