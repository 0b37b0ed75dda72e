"""Checks that a policy's clocks and grants agree: what lapses, what the law keeps, who needs a grant (P3, P7)."""

from __future__ import annotations

from microkitten.policy import words
from microkitten.policy.desk import Desk
from microkitten.policy.lines import Path
from microkitten.policy.parts import Group, Rule
from microkitten.policy.read import Draft

_SWEEPS = frozenset({"draft", "unclaimed", words.LAPSED})


def check(desk: Desk, draft: Draft) -> None:
    """Note every clock and every grant in `draft` that does not agree with the others."""
    for group in draft.groups.values():
        _arrival(desk, group)
        _law(desk, draft, group)
    for rule in draft.rules.values():
        path: Path = ("rule", *rule.id.split("."))
        _asks_law(desk, draft, rule, path)
        _books(desk, rule, path)
        _granted(desk, rule, path)
        _clears(desk, rule, path)


def _arrival(desk: Desk, group: Group) -> None:
    if group.arrival is None:
        return
    path = ("group", group.name, "arrival")
    if group.since != "claim":
        message = f"group {group.name} waits for a parcel, but its life does not begin with an order"
        desk.note(path, message, 'write since = "claim", or take `arrival` out')
    if group.arrival.seconds_max() > group.life.seconds_min():
        message = f"group {group.name} would outlive its ceiling ({group.arrival} and {group.life})"
        desk.note(path, message, "make `arrival` shorter than `life`, which is the latest end")


def _law(desk: Desk, draft: Draft, group: Group) -> None:
    """What the law keeps passes over from the life key; it is kept longer than that, and something opens it."""
    if group.law is None:
        return
    path = ("group", group.name, "law")
    if group.key != "life":
        message = f"group {group.name} cannot pass over to the law's key: it lies under {group.key}"
        desk.note(path, message, 'write key = "life", or take `law` out')
    if group.since != "claim":
        message = f"group {group.name} is kept by law, but its life does not begin with an order"
        desk.note(path, message, 'write since = "claim", or take `law` out')
    if group.law.seconds_min() <= group.life.seconds_max():
        message = f"group {group.name} is kept by law no longer than it lives ({group.law} and {group.life})"
        desk.note(path, message, "make it longer than `life`, or take it out")
    if group.law.seconds_max() > words.LIFE_SECONDS_MAX:
        message = f"group {group.name} would be kept by law for {group.law.words()}"
        desk.note(path, message, "whatever is held goes one day: write P100Y or less")
    needed = [rule.fields for rule in draft.rules.values() if rule.purpose.name in words.BOOKS]
    if not any(name.partition(".")[0] == group.name for fields in needed for name in fields):
        message = f"group {group.name} is kept by law, but no rule for {' or '.join(words.BOOKS)} opens it"
        desk.note(path, message, "keep what somebody needs: add such a rule, or take `law` out")


def _asks_law(desk: Desk, draft: Draft, rule: Rule, path: Path) -> None:
    """Only what law keeps can be opened by that right, and for the books, the law and the person alone (P7)."""
    if words.LAW not in rule.when:
        return
    where = (*path, "when")
    if rule.act not in words.OPENING:
        message = f"rule {rule.id} needs {words.LAW!r}, but opens nothing"
        desk.note(where, message, f'take "{words.LAW}" out')
    if rule.purpose.name not in words.LAW_PURPOSES:
        message = f"rule {rule.id} opens for {rule.purpose} what the law alone keeps"
        desk.note(where, message, f"the law's key serves {', '.join(words.LAW_PURPOSES)} alone")
    for name in sorted({name.partition(".")[0] for name in rule.fields} & draft.groups.keys()):
        group = draft.groups[name]
        if group.law is None and group.key != words.LAW:
            message = f"rule {rule.id} asks for the law's time, but no law keeps group {name}"
            desk.note(where, message, f"give group {name} a `law`, or give it a rule without")


def _books(desk: Desk, rule: Rule, path: Path) -> None:
    """For the books and for the law nothing is opened but what law keeps, and never without a grant (P5, P7)."""
    if rule.purpose.name not in words.BOOKS:
        return
    if rule.act not in words.OPENING:
        message = f"rule {rule.id} does more for {rule.purpose} than open"
        desk.note((*path, "act"), message, "for books and legal things are opened, compared or handed over")
        return
    for word, what in ((words.LAW, "what no law keeps"), (words.GRANTED, "without a grant")):
        if word not in rule.when:
            message = f"rule {rule.id} opens for {rule.purpose} {what}"
            desk.note((*path, "when"), message, f'add "{word}" to when')


def _granted(desk: Desk, rule: Rule, path: Path) -> None:
    """Whoever runs the server opens, restricts or erases under a grant, and nobody else can show one (P3)."""
    for actor in rule.actors:
        if actor in words.GRANTEES and rule.act in words.GRANTED_ACTS and words.GRANTED not in rule.when:
            message = f"rule {rule.id} lets {actor!r} in without a grant"
            desk.note((*path, "actors"), message, f'add "{words.GRANTED}" to when', actor)
        if words.GRANTED in rule.when and actor not in words.GRANTEES:
            message = f"rule {rule.id} asks {actor!r} for a grant, which it can never show for this"
            desk.note((*path, "actors"), message, "give that actor a rule of its own", actor)


def _clears(desk: Desk, rule: Rule, path: Path) -> None:
    """A program that clears away touches nothing that a placed order still needs (P1, P43)."""
    if rule.act == "erase" and not rule.when & _SWEEPS:
        for actor in rule.actors:
            if actor.startswith("job:"):
                message = f"rule {rule.id} lets {actor!r} erase what is in use"
                desk.note((*path, "actors"), message, 'add "draft", "unclaimed" or "lapsed" to when', actor)
