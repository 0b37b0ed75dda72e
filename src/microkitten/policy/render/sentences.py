"""Rules and whatever else a statement rests on, said as sentences: for the page's margin and for `explain`."""

from __future__ import annotations

from microkitten.policy.parts import Policy, Rule
from microkitten.policy.render.parts import PageBound
from microkitten.policy.render.phrases import ENGLISH, SET_WHEN, InEnglish, Words
from microkitten.policy.words import ACTORS, ACTS, CONDITIONS, FACTS, LOCKS


def rule_words(policy: Policy, rule: Rule, words: Words = ENGLISH) -> str:
    """Say a rule as a sentence, for the margin of the page and for `explain`."""
    # Languages bend the verb to whoever acts, and the name to where it stands: both may have phrases of their own.
    may = f"{{actors}} {ACTS[rule.act]} {{things}}{{to}}, in order {{why}}"
    who = ENGLISH.listed([ACTORS[actor] for actor in rule.actors])
    sentence = words.say_best(
        may.replace("{actors}", who),
        may,
        actors=words.listed([words.say(ACTORS[actor]) for actor in rule.actors]),
        things=_things(policy, rule, words),
        to=_to(policy, rule.party, words) if rule.party else "",
        why=words.told(policy.purposes[rule.purpose.name].why),
    )
    if rule.within is not None and rule.fields:
        since = policy.group_of(rule.fields[0]).since
        sentence += words.say(", until {end}", end=words.after(rule.within, since))
    when = words.say("; ").join(words.say(CONDITIONS[word]) for word in sorted(rule.when))
    return sentence + (words.say(", if {when}", when=when) if when else "")


def bound_words(policy: Policy, name: str, words: Words = ENGLISH) -> PageBound:
    """Say one thing that a statement binds: a rule, cookie, party, group or lock.

    Where one word of it is not translated, all of it is in English: half a sentence is none.
    """
    if not words.knows(*_used(policy, name)):
        said = bound_words(policy, name)
        return PageBound(name, said.kind, InEnglish(said.words))
    kind, _, rest = name.partition(".")
    if kind == "lock":
        return PageBound(name, kind, words.say(LOCKS[rest]))
    if kind == "cookie":
        cookie = policy.cookies[rest]
        said_cookie = words.say(
            "{cookie}: {life}, set {when}",
            cookie=words.midway(cookie.title),
            life=words.cookie(cookie),
            when=words.say(SET_WHEN[cookie.assign]),
        )
        return PageBound(name, kind, said_cookie)
    if kind == "party":
        party = policy.parties[rest]
        return PageBound(name, kind, f"{words.midway(party.title)} {words.told(party.work)}")
    if kind == "group":
        titles = words.listed([words.told(policy.field(field).title) for field in policy.fields_of(rest)])
        said_group = words.say("{fields}: erased {end}", fields=titles, end=words.life(policy.groups[rest]))
        return PageBound(name, kind, said_group)
    return PageBound(name, "rule", rule_words(policy, policy.rules[name], words))


def _used(policy: Policy, name: str) -> list[str]:
    """Return the texts of the file that the sentence about a bound thing is made of."""
    kind, _, rest = name.partition(".")
    if kind == "lock":
        return []
    if kind == "cookie":
        return [policy.cookies[rest].title]
    if kind == "party":
        return [policy.parties[rest].title, policy.parties[rest].work]
    if kind == "group":
        return [policy.field(field).title for field in policy.fields_of(rest)]
    rule = policy.rules[name]
    used = [policy.purposes[rule.purpose.name].why, *(policy.field(field).title for field in rule.fields)]
    return [*used, policy.parties[rule.party].title] if rule.party else used


def _to(policy: Policy, party: str, words: Words) -> str:
    title = policy.parties[party].title
    return words.say_best(f" to {ENGLISH.midway(title)}", " to {party}", party=words.midway(title))


def _things(policy: Policy, rule: Rule, words: Words) -> str:
    if set(rule.fields) == set(policy.fields):
        return words.say("whatever is held")
    titles = [words.told(policy.field(name).title) for name in rule.fields]
    return words.listed(titles + [words.say(FACTS[fact]) for fact in rule.facts])
