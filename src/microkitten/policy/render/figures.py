"""What the page draws: how long each group is kept, and who gets what of it."""

from __future__ import annotations

from typing import Final

from microkitten.policy.duration import Duration
from microkitten.policy.parts import Group, Policy, Rule
from microkitten.policy.render.parts import PageGroup, PageMark, PageRow
from microkitten.policy.render.phrases import Words
from microkitten.policy.words import FACTS, PASSES

_DAYS_A_MONTH: Final = 30.4375
_INSIDE: Final = ("You yourself", "Our staff", "Our programs")


def months(length: Duration) -> float:
    """Return a length in months, to be drawn: one decimal, never nothing."""
    days = {"H": 1 / 24, "D": 1.0, "M": _DAYS_A_MONTH, "Y": 12 * _DAYS_A_MONTH}[length.unit] * length.count
    return max(0.1, round(days / _DAYS_A_MONTH, 1))


def groups(policy: Policy, words: Words) -> tuple[PageGroup, ...]:
    """Lay out the time line: each group with its life, and the part of it in which staff may still use it."""
    return tuple(_group(policy, group, words) for group in policy.groups.values())


def _group(policy: Policy, group: Group, words: Words) -> PageGroup:
    fields = policy.fields_of(group.name)
    limits = [
        rule.within for rule in policy.rules.values() if rule.within and set(fields).intersection(rule.fields)
    ]
    last = max(limits, key=months, default=None)
    return PageGroup(
        name=group.name,
        title=words.told(group.title),
        fields=tuple(words.told(policy.field(name).title) for name in fields),
        since=group.since,
        months=months(group.life),
        how_long=words.life(group),
        use_months=None if last is None else months(last),
        use_ends="" if last is None else words.after(last, group.since),
    )


def who(policy: Policy, words: Words) -> tuple[str, ...]:
    """Name the columns of "who gets what": inside, then each party."""
    return (*map(words.say, _INSIDE), *(words.told(party.title) for party in policy.parties.values()))


def matrix(policy: Policy, words: Words) -> tuple[PageRow, ...]:
    """Lay out "who gets what": a row a group, and one for what goes along and is about no person."""
    rows = [
        PageRow(
            words.told(group.title),
            tuple(words.told(policy.field(name).title) for name in policy.fields_of(group.name)),
            tuple(_mark(rules, words) for rules in _touching(policy, group.name)),
        )
        for group in policy.groups.values()
    ]
    facts = {party: [f for f in FACTS if f in _facts(policy, party)] for party in policy.parties}
    marks = [PageMark("opens", words.say("knows it"))] * len(_INSIDE)
    marks += [
        PageMark(
            "gets", words.say("receives {things}", things=words.listed([words.say(FACTS[f]) for f in told]))
        )
        if told
        else PageMark("nothing", words.say("nothing"))
        for told in facts.values()
    ]
    every = [fact for fact in FACTS if any(fact in told for told in facts.values())]
    title = words.say("About the purchase, and about nobody")
    return (*rows, PageRow(title, tuple(words.say(FACTS[fact]) for fact in every), tuple(marks)))


def _facts(policy: Policy, party: str) -> set[str]:
    return {fact for rule in policy.rules.values() if rule.party == party for fact in rule.facts}


def _touching(policy: Policy, group: str) -> list[list[Rule]]:
    fields = set(policy.fields_of(group))
    rules = [rule for rule in policy.rules.values() if fields.intersection(rule.fields)]
    inside: list[list[Rule]] = [[], [], []]
    for rule in rules:
        if rule.party is None:
            for actor in rule.actors:
                inside[0 if actor == "person" else 1 if PASSES.get(actor) == "staff" else 2].append(rule)
    return [*inside, *([rule for rule in rules if rule.party == party] for party in policy.parties)]


def _mark(rules: list[Rule], words: Words) -> PageMark:
    acts = {rule.act for rule in rules}
    if "disclose" in acts:
        return PageMark("gets", words.say("receives it"))
    if "use" in acts:
        return PageMark("opens", words.say("can open it"))
    if acts:
        return PageMark("touches", words.say("stores, compares or erases it, and cannot read it"))
    return PageMark("nothing", words.say("nothing"))
