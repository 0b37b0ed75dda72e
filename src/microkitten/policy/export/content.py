"""What every export says, once: each purpose with the fields that are used for it here or handed to a party."""

from __future__ import annotations

from dataclasses import dataclass

from microkitten.policy.parts import Field, Group, Party, Policy, PurposeEntry, Rule
from microkitten.policy.wording import Company, fill, group_life
from microkitten.policy.words import FACTS, LOCKS


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement with its texts filled, as it stands on the page."""

    id: str
    title: str
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Process:
    """All that is done for one purpose, here (`party` is None) or by handing over to one party.

    `fields` come from the rows of the table, `facts` are what goes along and is about no person, `sentences`
    are those that bind one of its rules or its party.
    """

    purpose: PurposeEntry
    party: Party | None
    acts: tuple[str, ...]
    fields: tuple[Field, ...]
    groups: tuple[Group, ...]
    facts: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def id(self) -> str:
        """Return its name within one export: `confirm`, or `confirm.mail` for what a party gets."""
        return self.purpose.purpose.name + (f".{self.party.name}" if self.party else "")

    @property
    def people(self) -> tuple[str, ...]:
        """Return the kinds of people it is about."""
        return tuple(dict.fromkeys(group.person for group in self.groups))


@dataclass(frozen=True, slots=True)
class Content:
    """A policy, made ready to be said in another language; texts are filled already."""

    policy: Policy
    company: Company
    controller: str
    sentences: tuple[Sentence, ...]
    processes: tuple[Process, ...]
    measures: tuple[tuple[str, str], ...]

    def fill(self, text: str) -> str:
        """Put the policy's figures and the company's name into a text of the file."""
        return fill(text, self.policy, self.company)

    def life(self, group: Group) -> str:
        """Say how long a group is kept."""
        return group_life(group)

    def country(self, party: Party) -> str:
        """Return where a party sits, as the policy says."""
        return self.fill(party.country)


def content(policy: Policy, company: Company) -> Content:
    """Gather what the exports say: every row of the table is in one process, and nothing else is."""
    said = tuple(
        Sentence(one.id, *(fill(text, policy, company) for text in (one.title, one.text, one.meaning)))
        for one in policy.statements
    )
    pairs = [
        (entry, party)
        for entry in policy.purposes.values()
        for party in (None, *policy.parties.values())
        if _rules(policy, entry, party)
    ]
    bound = {name for one in policy.statements for name in one.binds}
    return Content(
        policy=policy,
        company=company,
        controller=fill(policy.company, policy, company),
        sentences=said,
        processes=tuple(_process(policy, entry, party) for entry, party in pairs),
        measures=tuple((lock, words) for lock, words in LOCKS.items() if f"lock.{lock}" in bound),
    )


def _rules(policy: Policy, entry: PurposeEntry, party: Party | None) -> list[Rule]:
    name = party.name if party else None
    return [rule for rule in policy.rules.values() if rule.purpose is entry.purpose and rule.party == name]


def _process(policy: Policy, entry: PurposeEntry, party: Party | None) -> Process:
    name = party.name if party else None
    rows = [key for key in policy.table.rows if key[2] is entry.purpose and key[4] == name]
    used = {field for _, field, _, _, _ in rows if field is not None}
    fields = tuple(entry for name, entry in policy.fields.items() if name in used)
    bound = {rule.id for rule in _rules(policy, entry, party)} | ({f"party.{name}"} if party else set())
    facts = policy.facts(party.name, entry.purpose) if party else frozenset()
    return Process(
        purpose=entry,
        party=party,
        acts=tuple(dict.fromkeys(row[0] for row in rows)),
        fields=fields,
        groups=tuple(policy.groups[group] for group in dict.fromkeys(field.group for field in fields)),
        facts=tuple(fact for fact in FACTS if fact in facts),
        sentences=tuple(one.id for one in policy.statements if bound.intersection(one.binds)),
    )
