"""What a consent was given to: the words and rules behind one purpose, under a hash of their own (P42)."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from microkitten.policy.canonical import canonical
from microkitten.policy.parts import Policy, PurposeEntry, Rule
from microkitten.policy.wording import figures, put


def wordings(policy: Policy) -> dict[str, str]:
    """Return, for each purpose by name, the hash of all that a consent to it rests on."""
    return {name: _wording(policy, entry) for name, entry in policy.purposes.items()}


def _wording(policy: Policy, entry: PurposeEntry) -> str:
    """Hash the purpose's own words, its rules, and whatever these rules touch, with the statements that tell
    of any of it. Figures count as they are read: a longer life of the cookie changes the words of its sentence.
    """
    rules = [rule for rule in policy.rules.values() if rule.purpose is entry.purpose]
    touched = {name for rule in rules for name in rule.fields}
    groups = [
        policy.groups[name] for name in dict.fromkeys(field.partition(".")[0] for field in sorted(touched))
    ]
    cookies = [cookie for cookie in policy.cookies.values() if cookie.purpose is entry.purpose]
    beside = _beside(policy, entry)
    parties = [policy.parties[name] for name in sorted({rule.party for rule in rules + beside if rule.party})]
    told = {
        *(rule.id for rule in rules),
        *(f"group.{group.name}" for group in groups),
        *(f"cookie.{cookie.name}" for cookie in cookies),
    }
    words = figures(policy)
    parts: dict[str, object] = {
        "purpose": [entry.purpose, entry.title, entry.why, entry.basis],
        "rules": rules,
        "beside": beside,
        "groups": groups,
        "fields": [[field.name, field.title, field.optional] for field in map(policy.field, sorted(touched))],
        "cookies": cookies,
        # Who gets it, not until when: a contract that is renewed changes nothing of what was agreed to.
        "parties": [
            [party.name, party.title, party.kind, party.work, party.company, party.country]
            for party in parties
        ],
        "statements": [
            [said.id, *(put(text, words) for text in (said.title, said.text, said.meaning))]
            for said in policy.statements
            if told.intersection(said.binds)
        ],
    }
    return hashlib.sha256(canonical(parts)).hexdigest()


def _beside(policy: Policy, entry: PurposeEntry) -> list[Rule]:
    """Return the rules of other purposes by which what lies under this purpose's consent is taken or comes to be
    known: whoever agreed, agreed to these readers and no others. What only erases it takes nothing from anybody.
    Their sentences tell of much else besides, so it is the rules that count.
    """
    groups = {group.name for group in policy.groups.values() if group.key == f"consent:{entry.purpose}"}
    under = [name for name, field in policy.fields.items() if field.group in groups]
    return [
        replace(rule, fields=tuple(name for name in rule.fields if name in under))
        for rule in policy.rules.values()
        if rule.purpose is not entry.purpose
        and rule.act != "erase"
        and not set(rule.fields).isdisjoint(under)
    ]
