"""Rules and whatever else a statement rests on, said as sentences: for the page's margin and for `explain`."""

from __future__ import annotations

from microkitten.policy.parts import Policy, Rule
from microkitten.policy.render.parts import PageBound
from microkitten.policy.render.phrases import ENGLISH, SET_WHEN, Words
from microkitten.policy.words import ACTORS, ACTS, CONDITIONS, FACTS, LOCKS


def rule_words(policy: Policy, rule: Rule, words: Words = ENGLISH) -> str:
    """Say a rule as a sentence, for the margin of the page and for `explain`."""
    sentence = words.say(
        "{actors} {act} {things}{to}, in order {why}",
        actors=words.listed([words.say(ACTORS[actor]) for actor in rule.actors]),
        act=words.say(ACTS[rule.act]),
        things=_things(policy, rule, words),
        to=words.say(" to {party}", party=midway(policy.parties[rule.party].title)) if rule.party else "",
        why=policy.purposes[rule.purpose.name].why,
    )
    if rule.within is not None and rule.fields:
        since = policy.group_of(rule.fields[0]).since
        sentence += words.say(", until {end}", end=words.after(rule.within, since))
    when = "; ".join(words.say(CONDITIONS[word]) for word in sorted(rule.when))
    return sentence + (words.say(", if {when}", when=when) if when else "")


def bound_words(policy: Policy, name: str, words: Words = ENGLISH) -> PageBound:
    """Say one thing that a statement binds: a rule, cookie, party, group or lock."""
    kind, _, rest = name.partition(".")
    if kind == "lock":
        return PageBound(name, kind, words.say(LOCKS[rest]))
    if kind == "cookie":
        cookie = policy.cookies[rest]
        said = words.say(
            "{cookie}: {life}, set {when}",
            cookie=midway(cookie.title),
            life=words.cookie(cookie),
            when=words.say(SET_WHEN[cookie.assign]),
        )
        return PageBound(name, kind, said)
    if kind == "party":
        party = policy.parties[rest]
        return PageBound(name, kind, f"{midway(party.title)} {party.work}")
    if kind == "group":
        titles = words.listed([policy.field(field).title for field in policy.fields_of(rest)])
        said = words.say("{fields}: erased {end}", fields=titles, end=words.life(policy.groups[rest]))
        return PageBound(name, kind, said)
    return PageBound(name, "rule", rule_words(policy, policy.rules[name], words))


def midway(title: str) -> str:
    """Write a title as it stands in the middle of a sentence."""
    return title[:1].lower() + title[1:]


def _things(policy: Policy, rule: Rule, words: Words) -> str:
    if set(rule.fields) == set(policy.fields):
        return words.say("whatever is held")
    titles = [policy.field(name).title for name in rule.fields]
    return words.listed(titles + [words.say(FACTS[fact]) for fact in rule.facts])
