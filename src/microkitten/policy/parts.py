"""The parts of a policy once it is read: frozen, typed, and with a look-up for each question the house
asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from microkitten.policy.closed import Purpose, UnknownWord
from microkitten.policy.duration import Duration
from microkitten.policy.table import Table
from microkitten.policy.words import BOOKS

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the page: `binds` names the rules, groups, cookies, parties and locks that make it
    true.
    """

    id: str
    title: str
    text: str
    meaning: str
    binds: tuple[str, ...]
    line: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class PurposeEntry:
    """What the page says about a purpose, and its names in two foreign vocabularies."""

    purpose: Purpose
    title: str
    why: str
    basis: str
    dpv: str
    fideslang: str


@dataclass(frozen=True, slots=True)
class Group:
    """Fields sealed together: whose they are, under which key, and for how long since what.

    With `arrival` the life ends that long after the parcel has come, at the latest when `life` is over; with `law`
    what the books need is kept under a key of its own from then on, until `law` is over (P7).
    """

    name: str
    title: str
    person: str
    key: str
    life: Duration
    since: str
    arrival: Duration | None = None
    law: Duration | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One datum: its name to people, which form inputs write it, and which are compared with it and
    forgotten.
    """

    name: str
    title: str
    optional: bool
    forms: tuple[str, ...]
    compares: tuple[str, ...]
    dpv: str
    fideslang: str

    @property
    def group(self) -> str:
        """Return the part before the dot."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Contract:
    """What binds a party to work for us: from the day `since`, before the day `until`, and only while its
    `review` is not overdue (P21). Days are those of UTC.
    """

    id: str
    since: date
    until: date
    review: date

    def running(self, day: date) -> bool:
        """Tell whether a party may be given anything on that day: the contract runs and is reviewed."""
        return self.since <= day < self.ends

    @property
    def ends(self) -> date:
        """Return the first day on which nothing goes out any more: the end, or the review if it is due before."""
        return min(self.until, self.review)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody outside who receives data: who it is, what binds it, how to ask it to erase; what exactly it
    gets, the rules with `to` say.
    """

    name: str
    title: str
    kind: str
    work: str
    consideration: str
    company: str
    country: str
    contact: str
    erasure: str
    contract: Contract


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie of the shop; web strips every other. `field` is the personal field it carries, if any.

    `life` is None for a cookie that goes when the browser is closed.
    """

    name: str
    title: str
    purpose: Purpose
    life: Duration | None
    assign: str
    holds: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A permission: these actors may do this act with these fields for this purpose while all of `when`
    hold, and where `within` is given not later than that after the life of their group has begun.
    """

    id: str
    act: str
    purpose: Purpose
    fields: tuple[str, ...]
    actors: tuple[str, ...]
    when: frozenset[str]
    party: str | None
    facts: tuple[str, ...]
    within: Duration | None = None
    line: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy: what the page says and what the table allows, under one hash (P0)."""

    version: str
    date: date
    company: str
    profile: str
    unclaimed: Duration
    never: tuple[str, ...]
    statements: tuple[Statement, ...]
    purposes: Mapping[str, PurposeEntry]
    groups: Mapping[str, Group]
    fields: Mapping[str, Field]
    parties: Mapping[str, Party]
    cookies: Mapping[str, Cookie]
    rules: Mapping[str, Rule]
    table: Table
    wordings: Mapping[str, str]
    hash: str

    def statement(self, id: str) -> Statement:
        """Return the statement of that id. Raises: UnknownWord."""
        for statement in self.statements:
            if statement.id == id:
                return statement
        raise UnknownWord("statement", id, tuple(statement.id for statement in self.statements))

    def wording(self, purpose: Purpose) -> str:
        """Return the hash of the words and rules that a consent to this purpose rests on: while they stay the
        same the consent stands, whatever else the page changes (P42).
        """
        return self.wordings[purpose.name]

    def field(self, name: str) -> Field:
        """Return the field of that name. Raises: UnknownWord."""
        return _known("field", name, self.fields)

    def group_of(self, field_name: str) -> Group:
        """Return the group that a field is sealed with. Raises: UnknownWord."""
        return self.groups[self.field(field_name).group]

    def fields_of(self, group: str) -> tuple[str, ...]:
        """Return the names of a group's fields, in the order of the file. Raises: UnknownWord."""
        _known("group", group, self.groups)
        return tuple(name for name, entry in self.fields.items() if entry.group == group)

    def kind_fields(self, person_kind: str) -> frozenset[str]:
        """Return all fields that are about a kind of person (P6: each datum has one owner)."""
        return frozenset(name for name in self.fields if self.group_of(name).person == person_kind)

    def kept_fields(self, group: str) -> tuple[str, ...]:
        """Return which of a group's fields the books keep when its life is over: those that a rule for the books or
        for the law opens; the others go at once (P7). Raises: UnknownWord.
        """
        books = [rule.fields for rule in self.rules.values() if rule.purpose.name in BOOKS]
        return tuple(name for name in self.fields_of(group) if any(name in fields for fields in books))

    def may_write(self, source: str, field_name: str) -> bool:
        """Tell whether the form input `source` (form.input) may write the field (P1)."""
        return field_name in self.fields and source in self.fields[field_name].forms

    def may_compare(self, source: str, field_name: str) -> bool:
        """Tell whether the form input `source` may be compared with the field; such a value is never kept
        (P3).
        """
        entry = self.fields.get(field_name)
        return entry is not None and source in (*entry.forms, *entry.compares)

    def facts(self, party: str, purpose: Purpose) -> frozenset[str]:
        """Return the keys that are no personal data and may go along to a party for a purpose (P22)."""
        return frozenset(
            fact
            for rule in self.rules.values()
            if rule.party == party and rule.purpose is purpose
            for fact in rule.facts
        )

    def gives(self, party: str) -> Mapping[Purpose, tuple[str, ...]]:
        """Return which personal fields a party gets, by purpose. Raises: UnknownWord. Promise: P22."""
        _known("party", party, self.parties)
        given: dict[Purpose, tuple[str, ...]] = {}
        for rule in self.rules.values():
            if rule.party == party:
                given[rule.purpose] = tuple(dict.fromkeys((*given.get(rule.purpose, ()), *rule.fields)))
        return given


def _known(kind: str, word: str, among: Mapping[str, T]) -> T:
    try:
        return among[word]
    except KeyError:
        raise UnknownWord(kind, word, tuple(among)) from None
