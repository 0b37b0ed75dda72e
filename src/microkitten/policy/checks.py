"""Checks that the parts of a policy agree: nothing told that is not done, nothing done that is not told
(P0)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from microkitten.policy import bounds, clocks, words
from microkitten.policy.bounds import path_of
from microkitten.policy.closed import Purpose
from microkitten.policy.desk import Desk
from microkitten.policy.parts import Rule
from microkitten.policy.read import Draft
from microkitten.policy.table import Key, keys_of


def check(desk: Desk, draft: Draft) -> None:
    """Note every disagreement between the parts of `draft`."""
    _nothing_missing(desk, draft)
    _fields_and_groups(desk, draft)
    for rule in draft.rules.values():
        _shape(desk, rule)
        _group_purposes(desk, rule)
        _passes(desk, rule)
        _consent(desk, draft, rule)
    bounds.check(desk, draft)
    clocks.check(desk, draft)
    _rows_once(desk, draft)
    _cookies(desk, draft)
    _statements(desk, draft)
    _titles(desk, draft)
    _told(desk, draft)


def tellable(draft: Draft) -> Iterator[str]:
    """Name everything that some statement must tell: each rule, cookie, party and group."""
    yield from draft.rules
    for kind, entries in (("cookie", draft.cookies), ("party", draft.parties), ("group", draft.groups)):
        yield from (f"{kind}.{name}" for name in entries)


def _nothing_missing(desk: Desk, draft: Draft) -> None:
    for purpose in Purpose.every():
        if purpose.name not in draft.purposes:
            desk.note(
                ("policy",),
                f"purpose {purpose.name} is missing",
                f"the shop uses it: add [purpose.{purpose.name}]",
            )
        elif not any(rule.purpose is purpose for rule in draft.rules.values()):
            desk.note(
                ("purpose", purpose.name),
                f"purpose {purpose.name} has no rule",
                f"add [rule.{purpose.name}.NAME]",
            )
    for kind, names, present in (
        ("party", words.PARTIES, draft.parties),
        ("cookie", words.COOKIES, draft.cookies),
    ):
        for name in names:
            if name not in present:
                desk.note(("policy",), f"{kind} {name} is missing", f"the shop uses it: add [{kind}.{name}]")
    for name in draft.parties:
        if not any(rule.party == name for rule in draft.rules.values()):
            desk.note(
                ("party", name),
                f"party {name} is given nothing by any rule",
                f'add a rule with to = "{name}"',
            )


def _fields_and_groups(desk: Desk, draft: Draft) -> None:
    used = {name for rule in draft.rules.values() for name in rule.fields}
    for name, entry in draft.fields.items():
        path = ("field", *name.split("."))
        if entry.group not in draft.groups:
            desk.note(
                path,
                f"field {name} has no group",
                f"add [group.{entry.group}]: whose it is and how long it lives",
            )
        if name not in used:
            desk.note(
                path,
                f"no rule uses field {name}",
                "what is not used is not collected: take it out or add a rule",
            )
    for name in draft.groups:
        if not any(entry.group == name for entry in draft.fields.values()):
            desk.note(
                ("group", name),
                f"group {name} has no field",
                f"add [field.{name}.NAME], or take the group out",
            )


def _shape(desk: Desk, rule: Rule) -> None:
    path = path_of(rule.id)
    if not rule.actors:
        desk.note(path, f"rule {rule.id} names no actor", "say who may: actors = [...]")
    if rule.act == "disclose" and rule.party is None:
        desk.note(path, f"rule {rule.id} discloses to nobody", 'name the party: to = "..."')
    if rule.act != "disclose" and rule.party is not None:
        desk.note(
            path,
            f"rule {rule.id} names a party but does not disclose",
            'write act = "disclose", or take `to` out',
        )
    if rule.act != "disclose" and rule.facts:
        desk.note(path, f"rule {rule.id} has facts but no party", "facts go along with a disclosure alone")
    if not rule.fields and not (rule.act == "disclose" and rule.facts):
        desk.note(path, f"rule {rule.id} names no field", "a rule without fields allows nothing")
    if {"claimed", "unclaimed"} <= rule.when:
        desk.note((*path, "when"), f"rule {rule.id} needs claimed and unclaimed at once", "keep one of them")


def _group_purposes(desk: Desk, rule: Rule) -> None:
    """What is taken for paying, shipping or recognizing a browser serves nothing else (P5, P6, P9)."""
    for group in sorted({name.partition(".")[0] for name in rule.fields}):
        allowed = words.GROUP_PURPOSES.get(group)
        if allowed and rule.purpose.name not in allowed:
            message = f"rule {rule.id} uses group {group} for {rule.purpose}"
            desk.note((*path_of(rule.id), "fields"), message, f"{group} may serve {', '.join(allowed)} alone")


def _passes(desk: Desk, rule: Rule) -> None:
    """An actor who must show a pass never comes without, and nobody else can show that pass."""
    path = (*path_of(rule.id), "actors")
    for actor in rule.actors:
        needed = words.PASSES.get(actor)
        if needed and needed not in rule.when:
            message = f"rule {rule.id} lets {actor!r} in without {needed!r}"
            desk.note(path, message, f'add "{needed}" to when', actor)
        for condition in sorted(rule.when & set(words.PASSES.values())):
            if condition != needed:
                message = f"rule {rule.id} asks {actor!r} for {condition!r}, which it can never show"
                desk.note(path, message, "give that actor a rule of its own", actor)


def _consent(desk: Desk, draft: Draft, rule: Rule) -> None:
    """A field under a consent key serves that purpose and the person's rights, while the key exists (P9)."""
    path = path_of(rule.id)
    groups = {draft.fields[name].group for name in rule.fields} & draft.groups.keys()
    keys = {draft.groups[group].key.partition(":") for group in groups}
    consents = sorted(purpose for kind, _, purpose in keys if kind == "consent")
    for purpose in consents:
        if rule.purpose.name not in (purpose, "rights"):
            message = f"rule {rule.id} uses for {rule.purpose} what lies under the consent for {purpose}"
            desk.note(path, message, f"only {purpose} and rights may have it")
        if rule.act in ("use", "compare", "disclose") and "consent" not in rule.when:
            message = f"rule {rule.id} opens a field under a consent key without it"
            desk.note((*path, "when"), message, 'add "consent" to when')
    if "consent" in rule.when and not consents:
        message = f"rule {rule.id} needs a consent, but no field of it lies under one"
        desk.note((*path, "when"), message, 'take "consent" out')


def _rows_once(desk: Desk, draft: Draft) -> None:
    """Two rules for one row could contradict each other, and taking one away would change nothing."""
    seen: dict[Key, str] = {}
    for rule in draft.rules.values():
        for other in sorted({seen[key] for key in keys_of(rule) if key in seen}):
            message = f"rules {other} and {rule.id} allow the same row"
            desk.note(path_of(rule.id), message, "keep it in one of them")
        seen.update(dict.fromkeys(keys_of(rule), rule.id))


def _cookies(desk: Desk, draft: Draft) -> None:
    """A cookie with a field is set just when the table lets that field be written (appendix B)."""
    for cookie in draft.cookies.values():
        path = ("cookie", cookie.name, "assign")
        said = f"cookie {cookie.name} is set {cookie.assign}"
        if (cookie.assign == "on_need") is not (cookie.field is None):
            hint = "on_need is for cookies without personal data, and for all of them"
            desk.note(path, f"{said}, yet carries {cookie.field or 'no field'}", hint)
        if draft.profile == "strict" and cookie.assign == "on_visit":
            desk.note(path, f"{said} in profile strict", "strict asks first: on_consent")
        for rule in draft.rules.values():
            if rule.act != "collect" or cookie.field not in rule.fields or cookie.assign == "on_need":
                continue
            asks = "consent" in rule.when
            if asks is not (cookie.assign == "on_consent"):
                hint = f"rule {rule.id} {'needs' if asks else 'does not need'} consent"
                desk.note(path, f"{said}, but rule {rule.id} says otherwise", hint)


def _statements(desk: Desk, draft: Draft) -> None:
    """Each statement is told once and bound to something that exists."""
    targets = (*tellable(draft), *(f"lock.{lock}" for lock in words.LOCKS))
    ids: set[str] = set()
    for index, statement in enumerate(draft.statements):
        path = ("statement", index)
        if statement.id in ids:
            desk.note((*path, "id"), f"statement {statement.id} stands twice", "give each its own number")
        ids.add(statement.id)
        if not statement.binds:
            message = f"statement {statement.id} is bound to no rule"
            desk.note((*path, "binds"), message, "name what makes it true in binds")
        for target in statement.binds:
            if target not in targets:
                desk.unknown((*path, "binds"), "rule", target, targets)


def _titles(desk: Desk, draft: Draft) -> None:
    """Things of one kind bear different titles: the page names them by these alone, and would make one of two."""
    kinds: dict[str, list[tuple[str, str]]] = {
        "field": [(name, one.title) for name, one in draft.fields.items()],
        "group": [(name, one.title) for name, one in draft.groups.items()],
        "party": [(name, one.title) for name, one in draft.parties.items()],
        "cookie": [(name, one.title) for name, one in draft.cookies.items()],
        "purpose": [(name, one.title) for name, one in draft.purposes.items()],
    }
    for kind, entries in kinds.items():
        seen: dict[str, str] = {}
        for name, title in entries:
            first = seen.setdefault(unicodedata.normalize("NFKC", title).casefold(), name)
            if title and first != name:
                path = ("field", *name.split("."), "title") if kind == "field" else (kind, name, "title")
                desk.note(
                    path, f"{kind} {name} has the title of {first}: {title!r}", "give each a title of its own"
                )


def _told(desk: Desk, draft: Draft) -> None:
    bound = {target for statement in draft.statements for target in statement.binds}
    for thing in tellable(draft):
        if thing not in bound:
            kind = "" if path_of(thing)[0] != "rule" else "rule "
            desk.note(
                path_of(thing), f"{kind}{thing} is told by no statement", f'add "{thing}" to the binds of one'
            )
    for lock in words.LOCKS_NEEDED:
        if f"lock.{lock}" not in bound:
            desk.note(
                ("policy",),
                f"no statement binds lock.{lock}",
                "a policy must tell it; refusals and page rest on it",
            )
