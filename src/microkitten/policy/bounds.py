"""Checks that a policy keeps within the bounds which no store may move: times, contracts, who may hand over
(P7, P20, P21)."""

from __future__ import annotations

import re
from datetime import date

from microkitten.policy import words
from microkitten.policy.desk import Desk
from microkitten.policy.lines import Path
from microkitten.policy.parts import Group, Party, Rule
from microkitten.policy.read import Draft

_TIME_BY_HAND = re.compile(r"\b[0-9]+ (?:hour|day|week|month|year)s?\b")


def check(desk: Desk, draft: Draft) -> None:
    """Note everything in `draft` that goes beyond the bounds."""
    _never(desk, draft)
    for rule in draft.rules.values():
        _contract_asked(desk, rule)
        _hands_over(desk, rule)
        _within(desk, draft, rule)
    contracts: dict[str, str] = {}
    for party in draft.parties.values():
        _contract(desk, party, contracts)
    for group in draft.groups.values():
        _owner(desk, group)
        _life(desk, group)
    _unclaimed(desk, draft)
    _erased(desk, draft)
    _consents(desk, draft)
    _cookies(desk, draft)
    _times_told(desk, draft)


def path_of(thing: str) -> Path:
    """Return the place in the file of something that a statement can bind: `deliver.open` or
    `cookie.__Host-cart`.
    """
    first, _, rest = thing.partition(".")
    return (first, rest) if first in ("cookie", "party", "group") else ("rule", first, rest)


def _never(desk: Desk, draft: Draft) -> None:
    for word in words.NEVER:
        if word not in draft.never:
            desk.note(("policy", "never"), f"never lacks {word!r}", 'write never = ["sell", "rent"]')


def _contract_asked(desk: Desk, rule: Rule) -> None:
    """What goes out goes out under a running contract, and there is none behind anything else (P21)."""
    path = (*path_of(rule.id), "when")
    if rule.act == "disclose" and words.CONTRACT not in rule.when:
        message = f"rule {rule.id} hands over without a contract"
        desk.note(path, message, f'add "{words.CONTRACT}" to when')
    if rule.act != "disclose" and words.CONTRACT in rule.when:
        message = f"rule {rule.id} needs a contract, but hands nothing over"
        desk.note(path, message, f'take "{words.CONTRACT}" out')


def _hands_over(desk: Desk, rule: Rule) -> None:
    """A job hands over, to a party whose work it is; no page does (P21, P22)."""
    if rule.party is None:
        return
    path = path_of(rule.id)
    allowed = words.PARTY_PURPOSES.get(rule.party)
    if allowed and rule.purpose.name not in allowed:
        message = f"rule {rule.id} gives {rule.party} something for {rule.purpose}"
        desk.note((*path, "to"), message, f"{rule.party} may get data for {', '.join(allowed)} alone")
    for actor in rule.actors:
        if not actor.startswith("job:"):
            message = f"rule {rule.id} lets {actor!r} hand over"
            desk.note((*path, "actors"), message, "only a job hands over: job:pay or job:confirm", actor)


def _within(desk: Desk, draft: Draft, rule: Rule) -> None:
    """A right may end before the record does, and what the staff open for shipping must (P7)."""
    path = (*path_of(rule.id), "within")
    groups = sorted({name.partition(".")[0] for name in rule.fields} & draft.groups.keys())
    if rule.within is None:
        if rule.act == "use" and set(rule.actors) & words.STAFF and set(groups) & words.ENDS_FOR_STAFF:
            message = f"rule {rule.id} lets the staff open an address for as long as it is kept"
            desk.note(path[:-1], message, 'say how long after the order: within = "P60D"')
        return
    if rule.act not in ("use", "compare", "disclose"):
        message = f"rule {rule.id} may not have a time of its own"
        desk.note(path, message, "within is for use, compare and disclose")
    if rule.within.unit not in "HD":
        message = f"rule {rule.id} counts its time in months or years"
        desk.note(path, message, "write within in days or hours, like P60D or PT12H")
    for group in groups:
        life = draft.groups[group].life
        if words.LAW in rule.when:
            life = draft.groups[group].law or life
        if rule.within.seconds_max() > life.seconds_min():
            message = f"rule {rule.id} would last longer than group {group} lives ({rule.within} and {life})"
            desk.note(path, message, "make it shorter, or take it out")


def _contract(desk: Desk, party: Party, contracts: dict[str, str]) -> None:
    """A contract has a beginning, an end and a review between them, and is one party's alone (P21)."""
    path = ("party", party.name, "contract")
    contract = party.contract
    if contract.id and contracts.setdefault(contract.id, party.name) != party.name:
        message = f"contract {contract.id} is that of {contracts[contract.id]} and of {party.name}"
        desk.note((*path, "id"), message, "each party works under a contract of its own")
    if date.min in (contract.since, contract.until, contract.review):
        return  # said already
    if contract.until <= contract.since:
        message = f"the contract of {party.name} ends before it begins"
        desk.note((*path, "until"), message, f"write a day after {contract.since.isoformat()}")
    elif not contract.since < contract.review <= contract.until:
        message = f"the review of {party.name} lies outside its contract"
        hint = f"write a day after {contract.since.isoformat()}, at the latest {contract.until.isoformat()}"
        desk.note((*path, "review"), message, hint)


def _owner(desk: Desk, group: Group) -> None:
    """Some groups are about one kind of person whatever a store writes, and a browser's under its consent
    (P6, P9).
    """
    path = ("group", group.name)
    person = words.GROUP_PEOPLE.get(group.name)
    if person and group.person in words.PEOPLE and group.person != person:
        message = f"group {group.name} is about a {group.person}"
        desk.note((*path, "person"), message, f'each datum has its own owner: person = "{person}"')
    if group.person == "visitor" and not group.key.startswith("consent:"):
        message = f"group {group.name} is about a browser, but lies under no consent"
        desk.note((*path, "key"), message, 'write key = "consent:customize"')


def _life(desk: Desk, group: Group) -> None:
    if group.life.seconds_max() > words.LIFE_SECONDS_MAX:
        message = f"group {group.name} would be kept for {group.life.words()}"
        desk.note(
            ("group", group.name, "life"), message, "whatever is held goes one day: write P100Y or less"
        )


def _unclaimed(desk: Desk, draft: Draft) -> None:
    if draft.unclaimed.seconds_max() > words.UNCLAIMED_SECONDS_MAX:
        message = "what nobody ordered would stay longer than a day"
        desk.note(("policy", "unclaimed"), message, "write unclaimed = PT24H or less")


def _erased(desk: Desk, draft: Draft) -> None:
    """Whatever is held was collected by a rule, and goes when its time is over (P1, P7, P43)."""
    collected = {name for rule in draft.rules.values() if rule.act == "collect" for name in rule.fields}
    cleared = {
        name
        for rule in draft.rules.values()
        if rule.act == "erase" and rule.when <= {"lapsed"} and words.SWEEPER in rule.actors
        for name in rule.fields
    }
    for name in draft.fields:
        path = ("field", *name.split("."))
        if name not in collected:
            desk.note(path, f"no rule collects field {name}", 'add it to a rule with act = "collect"')
        if name not in cleared:
            message = f"field {name} is not erased when its time is over"
            desk.note(path, message, f'add it to the rule by which "{words.SWEEPER}" erases what is lapsed')


def _consents(desk: Desk, draft: Draft) -> None:
    """A purpose rests on consent just when something lies under the key of that consent (P9)."""
    keys = {group.key: name for name, group in draft.groups.items()}
    for purpose in draft.purposes.values():
        key = f"consent:{purpose.purpose}"
        path = ("purpose", purpose.purpose.name, "basis")
        if purpose.basis == "consent" and key not in keys:
            message = f"purpose {purpose.purpose} rests on consent, but nothing lies under its key"
            desk.note(path, message, f'give a group the key "{key}", or name another basis')
        if purpose.basis in words.BASES and purpose.basis != "consent" and key in keys:
            message = (
                f"group {keys[key]} lies under a consent that purpose {purpose.purpose} does not ask for"
            )
            desk.note(path, message, 'write basis = "consent"')


def _cookies(desk: Desk, draft: Draft) -> None:
    """A cookie lives no longer than browsers let it, nor than what it leads to, and serves what its field is
    collected for (P8, P9).
    """
    for cookie in draft.cookies.values():
        path = ("cookie", cookie.name)
        if cookie.life and cookie.life.seconds_max() > words.COOKIE_SECONDS_MAX:
            message = f"cookie {cookie.name} lasts longer than browsers allow"
            desk.note((*path, "life"), message, "write P400D or less")
        group = draft.groups.get((cookie.field or "").partition(".")[0])
        if group is None:
            continue
        if cookie.life is None or cookie.life.seconds_max() > group.life.seconds_max():
            message = f"cookie {cookie.name} outlives group {group.name}, to which it leads"
            desk.note((*path, "life"), message, f"write {group.life} or less")
        serves = [
            rule for rule in draft.rules.values() if rule.act == "collect" and cookie.field in rule.fields
        ]
        if serves and all(rule.purpose is not cookie.purpose for rule in serves):
            message = (
                f"cookie {cookie.name} serves {cookie.purpose}, for which {cookie.field} is not collected"
            )
            desk.note((*path, "purpose"), message, f'write purpose = "{serves[0].purpose}"')


def _times_told(desk: Desk, draft: Draft) -> None:
    """A time in a sentence is the time the program works by, not one typed beside it (P0)."""
    for index, statement in enumerate(draft.statements):
        for key in ("title", "text", "meaning"):
            found = _TIME_BY_HAND.search(getattr(statement, key))
            if found:
                message = f"statement {statement.id} tells a time by hand: {found.group()!r}"
                known = (
                    "{life.GROUP}, {arrival.GROUP}, {law.GROUP}, {within.RULE}, {cookie.NAME} or {unclaimed}"
                )
                hint = f"name what has that time: {known}"
                desk.note(("statement", index, key), message, hint)
