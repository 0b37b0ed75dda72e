"""Reads each section of a policy file into its frozen parts; whether they agree with one another is
`checks`' business."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from microkitten.policy import words
from microkitten.policy.closed import Purpose, nearest
from microkitten.policy.desk import Desk, Section
from microkitten.policy.duration import Duration
from microkitten.policy.lines import Path
from microkitten.policy.parts import Contract, Cookie, Field, Group, Party, PurposeEntry, Rule, Statement

SECTIONS = ("policy", "purpose", "group", "field", "party", "cookie", "rule", "statement")
_TERMS = {
    "dpv": (r"[A-Z][A-Za-z0-9]*", "DeliveryOfGoods"),
    "fideslang": (r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", "user.contact.email"),
}
_PURPOSES = tuple(purpose.name for purpose in Purpose.every())
# Where whoever changes the program itself adds a name: a store's policy can name only what the program knows.
_NEW_PURPOSE = "for developers: a new one is made known by python -m microkitten.policy.generate"
_NEW_NAME = "for developers: names are added to {} in policy/words.py"


@dataclass(slots=True)
class Draft:
    """What has been read so far; not yet checked, so it may still contradict itself."""

    version: str
    date: date
    company: str
    profile: str
    unclaimed: Duration
    never: tuple[str, ...]
    purposes: dict[str, PurposeEntry]
    groups: dict[str, Group]
    fields: dict[str, Field]
    parties: dict[str, Party]
    cookies: dict[str, Cookie]
    rules: dict[str, Rule]
    statements: list[Statement]


def read(desk: Desk, data: dict[str, object], profile: str | None) -> Draft:
    """Read a whole parsed file. Params: `profile`, if given, stands above the file's own. Problems go to
    the desk.
    """
    for key in data:
        if key not in SECTIONS:
            desk.note((key,), f"unknown section [{key}]", nearest(key, SECTIONS))
    head = Section(desk, ("policy",), data.get("policy", {}))
    chosen = head.word("profile", words.PROFILES, "profile")
    desk.profile = profile or (chosen if chosen in words.PROFILES else words.PROFILES[0])
    desk.named = {"life": _names(data, "group"), "cookie": _names(data, "cookie"), "within": _ending(data)}
    desk.named |= {key: _names(data, "group", having=key) for key in ("arrival", "law")}
    draft = Draft(
        version=head.text("version"),
        date=head.day("date"),
        company=head.prose("company"),
        profile=desk.profile,
        unclaimed=head.duration("unclaimed"),
        never=head.words("never", words.NEVER, "act"),
        purposes={},
        groups={},
        fields=_fields(desk, data),
        parties={},
        cookies={},
        rules={},
        statements=[],
    )
    head.finish()
    for name, section in _sections(desk, data, "purpose"):
        _purpose(draft, section, name)
    for name, section in _sections(desk, data, "group"):
        draft.groups[name] = _group(section, name)
    for name, section in _sections(desk, data, "party"):
        draft.parties[name] = _party(section, name)
    for name, section in _sections(desk, data, "cookie"):
        _cookie(draft, section, name)
    for name, section in _nested(desk, data, "rule"):
        _rule(draft, section, name)
    _statements(draft, desk, data)
    return draft


def _names(data: dict[str, object], kind: str, *, having: str = "") -> tuple[str, ...]:
    """Name the entries of a kind, or those among them that have a certain key."""
    entries = data.get(kind)
    named = entries.items() if isinstance(entries, dict) else ()
    return tuple(name for name, entry in named if not having or (isinstance(entry, dict) and having in entry))


def _ending(data: dict[str, object]) -> tuple[str, ...]:
    """Name the rules that have a time of their own: {within.deliver.open} may tell it."""
    rules = data.get("rule")
    named = rules.items() if isinstance(rules, dict) else ()
    return tuple(
        f"{first}.{second}"
        for first, inner in named
        if isinstance(inner, dict)
        for second, entry in inner.items()
        if isinstance(entry, dict) and "within" in entry
    )


def _sections(desk: Desk, data: dict[str, object], kind: str) -> Iterator[tuple[str, Section]]:
    entries = data.get(kind, {})
    if not isinstance(entries, dict):
        desk.note((kind,), f"{kind} must be a table of tables", f"write [{kind}.NAME] above each one")
        return
    for name, entry in entries.items():
        _plain(desk, (kind, name))
        section = Section(desk, (kind, name), entry)
        yield name, section
        section.finish()


def _plain(desk: Desk, path: Path) -> None:
    """Complain about a name of letters that only look like ours, or with a dot or a space inside."""
    for name in map(str, path[1:]):
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            desk.note(path, f"bad name {name!r}", "write it with the letters a to z, digits, _ and - alone")


def _nested(desk: Desk, data: dict[str, object], kind: str) -> Iterator[tuple[str, Section]]:
    """Walk tables of two levels: [field.customer.name], [rule.deliver.open]."""
    outer = data.get(kind, {})
    if not isinstance(outer, dict):
        desk.note((kind,), f"{kind} must be a table of tables", f"write [{kind}.ONE.TWO] above each one")
        return
    for first, inner in outer.items():
        if not isinstance(inner, dict) or not all(isinstance(entry, dict) for entry in inner.values()):
            desk.note((kind, first), f"{kind}.{first} needs a second name", f"write [{kind}.{first}.NAME]")
            continue
        for second, entry in inner.items():
            _plain(desk, (kind, first, second))
            section = Section(desk, (kind, first, second), entry)
            yield f"{first}.{second}", section
            section.finish()


def _fields(desk: Desk, data: dict[str, object]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for name, section in _nested(desk, data, "field"):
        fields[name] = Field(
            name=name,
            title=section.text("title"),
            optional=section.flag("optional", default=False),
            forms=_inputs(section, "forms", needed=True),
            compares=_inputs(section, "compares", needed=False),
            dpv=_term(section, "dpv"),
            fideslang=_term(section, "fideslang"),
        )
        if name.rpartition(".")[2] in words.NEVER_FIELDS:
            desk.note(
                section.path,
                f"{name} can be no field",
                "card number and security code are not stored, by design (P4)",
            )
    return fields


def _inputs(section: Section, key: str, *, needed: bool) -> tuple[str, ...]:
    values = section.texts(key, needed=needed)
    for value in values:
        if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", value):
            section.desk.note(
                (*section.path, key), f"bad form input {value!r}", "write it as form.input", value
            )
    if needed and not values:
        section.desk.note(
            (*section.path, key), f"no form input writes {section.path[1]}.{section.path[2]}", "name one"
        )
    return values


def _term(section: Section, key: str) -> str:
    """Read a term of a foreign vocabulary; whether it exists there is for those who read the exports."""
    term = section.text(key)
    shape, example = _TERMS[key]
    if term and not re.fullmatch(shape, term):
        section.desk.note((*section.path, key), f"{term!r} is no term of {key}", f"write it like {example}")
    return term


def _purpose(draft: Draft, section: Section, name: str) -> None:
    entry = (section.text("title"), section.prose("why"), section.word("basis", words.BASES, "basis"))
    foreign = (_term(section, "dpv"), _term(section, "fideslang"))
    if name not in _PURPOSES:
        section.desk.unknown(section.path, "purpose", name, _PURPOSES, _NEW_PURPOSE)
        return
    draft.purposes[name] = PurposeEntry(Purpose.named(name), *entry, *foreign)


def _group(section: Section, name: str) -> Group:
    key = section.text("key")
    what, _, purpose = key.partition(":")
    if key and key not in ("life", "law") and (what != "consent" or purpose not in _PURPOSES):
        known = ("life", "law", *(f"consent:{name}" for name in _PURPOSES))
        section.desk.unknown((*section.path, "key"), "key", key, known)
    return Group(
        name=name,
        title=section.text("title"),
        person=section.word("person", words.PEOPLE, "kind of person"),
        key=key,
        life=section.duration("life"),
        since=section.word("since", words.SINCE, "start of a life"),
        arrival=section.duration("arrival") if section.has("arrival") else None,
        law=section.duration("law") if section.has("law") else None,
    )


def _party(section: Section, name: str) -> Party:
    if name not in words.PARTIES:
        section.desk.unknown(section.path, "party", name, words.PARTIES, _NEW_NAME.format("PARTIES"))
    return Party(
        name=name,
        title=section.text("title"),
        kind=section.word("kind", words.PARTY_KINDS, "kind of party"),
        work=section.prose("work"),
        consideration=section.word("consideration", ("none",), "consideration"),
        company=section.prose("company"),
        country=section.prose("country"),
        contact=section.prose("contact"),
        erasure=section.prose("erasure"),
        contract=_contract(section.table("contract")),
    )


def _contract(section: Section) -> Contract:
    contract = Contract(section.text("id"), section.day("from"), section.day("until"), section.day("review"))
    section.finish()
    return contract


def _cookie(draft: Draft, section: Section, name: str) -> None:
    if name not in words.COOKIES:
        section.desk.unknown(section.path, "cookie", name, words.COOKIES, _NEW_NAME.format("COOKIES"))
    purpose = _one_purpose(section, section.text("purpose"), "purpose")
    carries = section.word("field", draft.fields, "field", "")
    title, holds = section.text("title"), section.prose("holds")
    life = None if section.says("life", "session") else section.duration("life")
    assign = section.word("assign", words.ASSIGNMENTS, "assignment")
    if purpose is not None:
        draft.cookies[name] = Cookie(name, title, purpose, life, assign, holds, carries or None)


def _rule(draft: Draft, section: Section, name: str) -> None:
    purpose = _one_purpose(section, name.partition(".")[0], None)
    act = section.word("act", words.ACTS, "act")
    fields = section.words("fields", draft.fields, "field")
    actors = section.words("actors", words.ACTORS, "actor")
    when = frozenset(section.words("when", words.CONDITIONS, "condition"))
    party = section.word("to", words.PARTIES, "party", "") or None
    facts = section.words("facts", words.FACTS, "fact", needed=False)
    within = section.duration("within") if section.has("within") else None
    if purpose is not None:
        line = section.desk.lines.of(section.path)
        draft.rules[name] = Rule(name, act, purpose, fields, actors, when, party, facts, within, line)


def _one_purpose(section: Section, name: str, key: str | None) -> Purpose | None:
    if name in _PURPOSES:
        return Purpose.named(name)
    path: Path = (*section.path, key) if key else section.path[:2]
    if name:
        section.desk.unknown(path, "purpose", name, _PURPOSES)
    return None


def _statements(draft: Draft, desk: Desk, data: dict[str, object]) -> None:
    entries = data.get("statement", [])
    if not isinstance(entries, list):
        desk.note(
            ("statement",), "statements are a list", "write [[statement]], with two brackets, above each one"
        )
        return
    for index, entry in enumerate(entries):
        section = Section(desk, ("statement", index), entry)
        statement = Statement(
            id=section.text("id"),
            title=section.prose("title"),
            text=section.prose("text"),
            meaning=section.prose("meaning"),
            binds=section.texts("binds"),
            line=desk.lines.of(section.path),
        )
        if statement.id and not re.fullmatch(r"P(0|[1-9][0-9]{0,2})[a-z]?", statement.id):
            desk.note((*section.path, "id"), f"bad statement id {statement.id!r}", "write it like P12")
        section.finish()
        draft.statements.append(statement)
