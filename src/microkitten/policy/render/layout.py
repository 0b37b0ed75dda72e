"""Lays out the page: statements in chapters, a card for each purpose, the lists of cookies and parties."""

from __future__ import annotations

import re

from microkitten.policy.closed import Purpose
from microkitten.policy.parts import Cookie, Policy, Rule, Statement
from microkitten.policy.render.figures import groups, matrix, who
from microkitten.policy.render.parts import (
    Page,
    PageChapter,
    PageCookie,
    PageGift,
    PageHolding,
    PageParty,
    PagePurpose,
    PageStatement,
)
from microkitten.policy.render.phrases import BASES, CHAPTERS, ENGLISH, KINDS, SET_WHEN, InEnglish, Words
from microkitten.policy.render.sentences import bound_words
from microkitten.policy.wording import Company, fill
from microkitten.policy.words import ACTORS, FACTS


def page(policy: Policy, company: Company, words: Words = ENGLISH) -> Page:
    """Lay out the policy.

    Params: `company`, from the store's settings; `words`, the fixed words of the page's language. Returns:
    statements in the order of the file and in chapters, then the lists. Promise: P0, P42.
    """
    statements = tuple(_statement(policy, statement, company, words) for statement in policy.statements)
    drawn = groups(policy, words)
    return Page(
        language=words.language,
        is_whole=words.knows(*texts(policy)),
        company=fill(policy.company, policy, company, words),
        version=policy.version,
        date=words.day(policy.date),
        profile=policy.profile,
        hash=policy.hash,
        statements=statements,
        chapters=_chapters(statements, words),
        purposes=tuple(_purpose(policy, name, company, words) for name in policy.purposes),
        parties=tuple(_party(policy, name, company, words) for name in policy.parties),
        cookies=tuple(_cookie(policy, cookie, company, words) for cookie in policy.cookies.values()),
        groups=drawn,
        looking=tuple(one for one in drawn if policy.groups[one.name].since == "visit"),
        buying=tuple(one for one in drawn if policy.groups[one.name].since == "claim"),
        unclaimed=words.length(policy.unclaimed),
        asks_first=any(cookie.assign == "on_consent" for cookie in policy.cookies.values()),
        who=who(policy, words),
        matrix=matrix(policy, words),
    )


def _chapters(statements: tuple[PageStatement, ...], words: Words) -> tuple[PageChapter, ...]:
    """Group the statements; a chapter without any is left out, a number that none names stands besides."""
    found: dict[str, list[PageStatement]] = {name: [] for name, _, _ in CHAPTERS}
    for said in statements:
        number = re.match(r"P(\d+)", said.id)
        places = [name for name, _, span in CHAPTERS if number and int(number[1]) in span]
        found[places[0] if places else "besides"].append(said)
    return tuple(
        PageChapter(f"chapter-{name}", words.say(title), tuple(found[name]))
        for name, title, _ in CHAPTERS
        if found[name]
    )


def _statement(policy: Policy, statement: Statement, company: Company, words: Words) -> PageStatement:
    return PageStatement(
        id=statement.id,
        anchor=statement.id,
        title=_filled(statement.title, policy, company, words),
        text=_filled(statement.text, policy, company, words),
        meaning=_filled(statement.meaning, policy, company, words),
        bound=tuple(bound_words(policy, name, words) for name in statement.binds),
    )


def _purpose(policy: Policy, name: str, company: Company, words: Words) -> PagePurpose:
    entry = policy.purposes[name]
    rules = [rule for rule in policy.rules.values() if rule.purpose is entry.purpose]
    ids = {rule.id for rule in rules}
    facts: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        if rule.party:
            title = words.told(policy.parties[rule.party].title)
            facts[title] = _fact_titles(policy, rule.party, entry.purpose, words)
    telling = [said for said in policy.statements if ids.intersection(said.binds)]
    nearest = max(telling, key=lambda said: _nearness(said, ids), default=None)
    return PagePurpose(
        name=name,
        anchor=f"for-{name}",
        title=words.told(entry.title),
        why=_filled(entry.why, policy, company, words),
        why_sentence=_filled(words.opening(entry.why), policy, company, words, is_told=True),
        basis=entry.basis,
        basis_words=words.say(BASES[entry.basis]),
        meaning=_filled(nearest.meaning, policy, company, words) if nearest else "",
        statements=tuple(said.id for said in telling),
        holdings=tuple(_holdings(policy, rules, words)),
        facts=tuple(facts.items()),
    )


def _nearness(said: Statement, ids: set[str]) -> tuple[float, int]:
    """Tell how much of what makes a sentence true is of one purpose: its meaning is told on that purpose's card."""
    rules = [
        name for name in said.binds if name.partition(".")[0] not in ("lock", "cookie", "party", "group")
    ]
    ours = len(ids.intersection(rules))
    return ours / len(rules), ours


def _holdings(policy: Policy, rules: list[Rule], words: Words) -> list[PageHolding]:
    used = {name for rule in rules for name in rule.fields}
    holdings = []
    for group in policy.groups.values():
        fields = [policy.field(name) for name in policy.fields_of(group.name) if name in used]
        touching = [rule for rule in rules if any(field.name in rule.fields for field in fields)]
        ends = {words.after(rule.within, group.since): None for rule in touching if rule.within is not None}
        if fields:
            holdings.append(
                PageHolding(
                    group=group.name,
                    title=words.told(group.title),
                    inside=words.midway(group.title),
                    fields=tuple(words.told(field.title) for field in fields),
                    optional=tuple(words.told(field.title) for field in fields if field.optional),
                    actors=tuple(
                        dict.fromkeys(words.say(ACTORS[actor]) for rule in touching for actor in rule.actors)
                    ),
                    parties=tuple(
                        dict.fromkeys(
                            words.told(policy.parties[rule.party].title) for rule in touching if rule.party
                        )
                    ),
                    how_long=words.life(group),
                    use_ends=words.listed(list(ends)),
                )
            )
    return holdings


def _fact_titles(policy: Policy, party: str, purpose: Purpose, words: Words) -> tuple[str, ...]:
    return tuple(words.say(FACTS[fact]) for fact in FACTS if fact in policy.facts(party, purpose))


def _party(policy: Policy, name: str, company: Company, words: Words) -> PageParty:
    party = policy.parties[name]
    gets = tuple(
        PageGift(
            words.told(policy.purposes[purpose.name].title),
            tuple(words.told(policy.field(field).title) for field in fields),
            _fact_titles(policy, name, purpose, words),
        )
        for purpose, fields in policy.gives(name).items()
    )
    return PageParty(
        name=name,
        title=words.told(party.title),
        kind=words.say(KINDS[party.kind]),
        work=_filled(party.work, policy, company, words),
        consideration=words.say(party.consideration),
        company=fill(party.company, policy, company, words),
        country=fill(party.country, policy, company, words),
        contact=fill(party.contact, policy, company, words),
        erasure=_filled(party.erasure, policy, company, words),
        contract=party.contract.id,
        contract_from=words.day(party.contract.since),
        contract_until=words.day(party.contract.until),
        contract_review=words.day(party.contract.review),
        gets=gets,
    )


def _cookie(policy: Policy, cookie: Cookie, company: Company, words: Words) -> PageCookie:
    purpose = words.midway(policy.purposes[cookie.purpose.name].title)
    holds = _filled(cookie.holds, policy, company, words)
    when = words.say(SET_WHEN[cookie.assign])
    return PageCookie(cookie.name, words.told(cookie.title), purpose, holds, words.cookie(cookie), when)


def texts(policy: Policy) -> tuple[str, ...]:
    """Return each text of the file that the page tells as it stands there, once."""
    found = [text for one in policy.statements for text in (one.title, one.text, one.meaning)]
    found += [text for one in policy.purposes.values() for text in (one.title, one.why)]
    found += [group.title for group in policy.groups.values()]
    found += [field.title for field in policy.fields.values()]
    found += [text for one in policy.parties.values() for text in (one.title, one.work, one.erasure)]
    found += [text for one in policy.cookies.values() for text in (one.title, one.holds)]
    return tuple(dict.fromkeys(found))


def _filled(text: str, policy: Policy, company: Company, words: Words, *, is_told: bool = False) -> str:
    """Tell a text of the file, its figures in the same language."""
    said = text if is_told else words.told(text)
    if isinstance(said, InEnglish):
        return InEnglish(fill(said, policy, company))
    return fill(said, policy, company, words)
