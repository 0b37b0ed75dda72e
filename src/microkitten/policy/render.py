"""Lays a policy out for the page, as plain structures without HTML: the page can say nothing that is not
in here (P0)."""

from __future__ import annotations

from dataclasses import dataclass

from microkitten.policy.closed import Purpose
from microkitten.policy.parts import Cookie, Policy, Rule, Statement
from microkitten.policy.wording import Company, cookie_life, day_words, fill, group_life, listed
from microkitten.policy.words import ACTORS, ACTS, CONDITIONS, FACTS, LOCKS


@dataclass(frozen=True, slots=True)
class PageBound:
    """One thing that makes a statement true: its name in the file, and in words what it allows or does."""

    name: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class PageStatement:
    """A statement with its texts filled; `anchor` is its place on the page (`#P12`)."""

    id: str
    anchor: str
    title: str
    text: str
    meaning: str
    bound: tuple[PageBound, ...]


@dataclass(frozen=True, slots=True)
class PageHolding:
    """What of one group is used for a purpose: which fields, by whom, who outside gets it, and how long
    it is kept.
    """

    group: str
    title: str
    fields: tuple[str, ...]
    optional: tuple[str, ...]
    actors: tuple[str, ...]
    parties: tuple[str, ...]
    how_long: str


@dataclass(frozen=True, slots=True)
class PagePurpose:
    """One purpose with all that is held for it; `facts` are handed-over items that are not personal, by
    party.
    """

    name: str
    anchor: str
    title: str
    why: str
    basis: str
    statements: tuple[str, ...]
    holdings: tuple[PageHolding, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PageCookie:
    """One cookie of the list."""

    name: str
    title: str
    purpose: str
    holds: str
    life: str
    set_when: str


@dataclass(frozen=True, slots=True)
class PageGift:
    """What one party gets for one purpose: personal fields by title, and facts in words."""

    purpose: str
    fields: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageParty:
    """One party of the list."""

    name: str
    title: str
    kind: str
    work: str
    consideration: str
    gets: tuple[PageGift, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole privacy page."""

    company: str
    version: str
    date: str
    profile: str
    hash: str
    statements: tuple[PageStatement, ...]
    purposes: tuple[PagePurpose, ...]
    parties: tuple[PageParty, ...]
    cookies: tuple[PageCookie, ...]


_SET_WHEN = {
    "on_visit": "at your first visit, unless you or your browser said no",
    "on_consent": "only after your yes",
    "on_need": "when it is needed",
}


def page(policy: Policy, company: Company) -> Page:
    """Lay out the policy.

    Params: `company`, from the store's settings. Returns: statements in the order of the file, then the
    tables. Promise: P0, P42.
    """
    return Page(
        company=fill(policy.company, policy, company),
        version=policy.version,
        date=day_words(policy.date),
        profile=policy.profile,
        hash=policy.hash,
        statements=tuple(_statement(policy, statement, company) for statement in policy.statements),
        purposes=tuple(_purpose(policy, name, company) for name in policy.purposes),
        parties=tuple(_party(policy, name, company) for name in policy.parties),
        cookies=tuple(_cookie(policy, cookie, company) for cookie in policy.cookies.values()),
    )


def rule_words(policy: Policy, rule: Rule) -> str:
    """Say a rule as a sentence, for the margin of the page and for `explain`."""
    actors = listed([ACTORS[actor] for actor in rule.actors])
    things = _things(policy, rule)
    where = f" to {_midway(policy.parties[rule.party].title)}" if rule.party else ""
    why = f" in order {policy.purposes[rule.purpose.name].why}"
    when = "; ".join(CONDITIONS[word] for word in sorted(rule.when))
    return f"{actors} {ACTS[rule.act]} {things}{where},{why}" + (f", if {when}" if when else "")


def _things(policy: Policy, rule: Rule) -> str:
    if set(rule.fields) == set(policy.fields):
        return "whatever is held"
    return listed([policy.field(name).title for name in rule.fields] + [FACTS[fact] for fact in rule.facts])


def _fact_titles(policy: Policy, party: str, purpose: Purpose) -> tuple[str, ...]:
    return tuple(FACTS[fact] for fact in FACTS if fact in policy.facts(party, purpose))


def _statement(policy: Policy, statement: Statement, company: Company) -> PageStatement:
    return PageStatement(
        id=statement.id,
        anchor=statement.id,
        title=fill(statement.title, policy, company),
        text=fill(statement.text, policy, company),
        meaning=fill(statement.meaning, policy, company),
        bound=tuple(_bound(policy, name) for name in statement.binds),
    )


def _bound(policy: Policy, name: str) -> PageBound:
    kind, _, rest = name.partition(".")
    if kind == "lock":
        return PageBound(name, kind, LOCKS[rest])
    if kind == "cookie":
        cookie = policy.cookies[rest]
        words = f"{cookie_life(cookie)}, set {_SET_WHEN[cookie.assign]}"
        return PageBound(name, kind, f"{_midway(cookie.title)}: {words}")
    if kind == "party":
        return PageBound(name, kind, f"{_midway(policy.parties[rest].title)} {policy.parties[rest].work}")
    if kind == "group":
        titles = listed([policy.field(field).title for field in policy.fields_of(rest)])
        return PageBound(name, kind, f"{titles}: erased {group_life(policy.groups[rest])}")
    return PageBound(name, "rule", rule_words(policy, policy.rules[name]))


def _purpose(policy: Policy, name: str, company: Company) -> PagePurpose:
    entry = policy.purposes[name]
    rules = [rule for rule in policy.rules.values() if rule.purpose is entry.purpose]
    ids = {rule.id for rule in rules}
    facts: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        if rule.party:
            facts[rule.party] = _fact_titles(policy, rule.party, entry.purpose)
    return PagePurpose(
        name=name,
        anchor=f"for-{name}",
        title=entry.title,
        why=fill(entry.why, policy, company),
        basis=entry.basis,
        statements=tuple(said.id for said in policy.statements if ids.intersection(said.binds)),
        holdings=tuple(_holdings(policy, rules)),
        facts=tuple(facts.items()),
    )


def _holdings(policy: Policy, rules: list[Rule]) -> list[PageHolding]:
    used = {name for rule in rules for name in rule.fields}
    holdings = []
    for group in policy.groups.values():
        fields = [policy.field(name) for name in policy.fields_of(group.name) if name in used]
        touching = [rule for rule in rules if any(field.name in rule.fields for field in fields)]
        if fields:
            holdings.append(
                PageHolding(
                    group=group.name,
                    title=group.title,
                    fields=tuple(field.title for field in fields),
                    optional=tuple(field.title for field in fields if field.optional),
                    actors=tuple(dict.fromkeys(ACTORS[actor] for rule in touching for actor in rule.actors)),
                    parties=tuple(
                        dict.fromkeys(policy.parties[rule.party].title for rule in touching if rule.party)
                    ),
                    how_long=group_life(group),
                )
            )
    return holdings


def _party(policy: Policy, name: str, company: Company) -> PageParty:
    party = policy.parties[name]
    gets = tuple(
        PageGift(
            policy.purposes[purpose.name].title,
            tuple(policy.field(field).title for field in fields),
            _fact_titles(policy, name, purpose),
        )
        for purpose, fields in policy.gives(name).items()
    )
    return PageParty(
        name, party.title, party.kind, fill(party.work, policy, company), party.consideration, gets
    )


def _cookie(policy: Policy, cookie: Cookie, company: Company) -> PageCookie:
    purpose = policy.purposes[cookie.purpose.name].title
    holds = fill(cookie.holds, policy, company)
    return PageCookie(
        cookie.name, cookie.title, purpose, holds, cookie_life(cookie), _SET_WHEN[cookie.assign]
    )


def _midway(title: str) -> str:
    """Write a title as it stands in the middle of a sentence."""
    return title[:1].lower() + title[1:]
