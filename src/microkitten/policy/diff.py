"""Compares two policies as a reader would: which sentences, which rights and which lists changed, and whose
consents lapse with that (P0, P42)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date

from microkitten.policy.duration import Duration
from microkitten.policy.parts import Policy, Rule, Statement
from microkitten.policy.render import rule_words
from microkitten.policy.table import Row, Table, keys_of
from microkitten.policy.wording import Company, day_words, fill
from microkitten.policy.words import SINCE

# Every version has its own; a sentence that names them has not changed for that alone.
_OF_EACH_VERSION = ("version", "date", "profile")
_LISTS = (
    ("purpose", "purposes"),
    ("group", "groups"),
    ("field", "fields"),
    ("party", "parties"),
    ("cookie", "cookies"),
)
# What the head of the file says besides; a part that a later release adds to Policy is compared by itself.
_ELSEWHERE = {
    "version", "date", "statements", "rules", "table", "wordings", "hash", *(name for _, name in _LISTS),
}  # fmt: skip
_ANSWERS = ("allowed", "party_told")  # of a row: which rule and which sentence it quotes, no right


@dataclass(frozen=True, slots=True)
class StatementChange:
    """A sentence that came, went or changed: title, text and meaning, one a line.

    `words` are (op, text) in order: all but `+` make up `before`, all but `-` make up `after`.
    """

    id: str
    what: str
    before: str
    after: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RightChange:
    """A rule whose rights came, went or changed, in words; `rows` of the compiled table differ by it.

    A rule that changes only in what goes along with it (its facts) differs in no row: `rows` is 0.
    """

    what: str
    before: str
    after: str
    rule: str
    rows: int


@dataclass(frozen=True, slots=True)
class ListChange:
    """An entry of a list that came, went or changed; `before` and `after` tell what differs.

    `kind` is party, cookie, group, purpose or field; or statement (what it binds), rule (renamed or written
    otherwise, with the same rights) and policy (the head of the file, with `name` its key).
    """

    kind: str
    name: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two policies but version and date; `lapsing` names the purposes that people
    who had agreed are asked about again.
    """

    old: Policy
    new: Policy
    statements: tuple[StatementChange, ...]
    rights: tuple[RightChange, ...]
    lists: tuple[ListChange, ...]
    lapsing: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether anything differs; the version and its date alone do not count."""
        return bool(self.statements or self.rights or self.lists or self.lapsing)


def diff(old: Policy, new: Policy, company: Company | None = None) -> Difference:
    """Compare two policies, of whatever profiles.

    Params: `company` fills the sentences; without it {company} and the like stay. Returns: the difference,
    in the order of the files, the same for the same arguments. Promise: P0, P42.
    """
    before, after = _Side(old, company), _Side(new, company)
    rights = tuple(_rights(before, after))
    lists = (*_head(before, after), *_entries(before, after), *_unsaid(before, after, rights))
    return Difference(old, new, tuple(_statements(before, after)), rights, lists, lapsing(old, new))


def lapsing(old: Policy, new: Policy) -> tuple[str, ...]:
    """Name the purposes whose consents, given under `old`, are none under `new` (P42)."""
    return tuple(
        name
        for name, entry in old.purposes.items()
        if entry.basis == "consent"
        and (
            name not in new.purposes
            or new.purposes[name].basis != "consent"
            or old.wording(entry.purpose) != new.wording(entry.purpose)
        )
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two policies, with how its parts are said."""

    policy: Policy
    company: Company | None

    def filled(self, text: str) -> str:
        for word in _OF_EACH_VERSION:
            text = text.replace(f"{{{word}}}", f"\0{word}\0")
        text = fill(text, self.policy, self.company)
        return re.sub("\0(\\w+)\0", r"{\1}", text)

    def sentence(self, statement: Statement) -> str:
        return "\n".join(self.filled(text) for text in (statement.title, statement.text, statement.meaning))

    def rule(self, rule: Rule) -> str:
        return self.filled(rule_words(self.policy, rule))

    def said(self, value: object, key: str = "") -> str:
        """Say a value of the file as the page would."""
        if value is None or value == ():
            return "until the browser is closed" if key == "life" else "none"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Duration):
            return value.words()
        if isinstance(value, date):
            return day_words(value)
        if isinstance(value, tuple | frozenset):
            return ", ".join(str(item) for item in (sorted(value) if isinstance(value, frozenset) else value))
        if is_dataclass(value):
            return ", ".join(f"{part.name} {self.said(getattr(value, part.name))}" for part in fields(value))
        return SINCE.get(str(value), str(value)) if key == "since" else self.filled(str(value))

    def parts(self, entry: object) -> dict[str, str]:
        """Say each part of an entry but its own name and where it stands in the file."""
        assert is_dataclass(entry)
        names = [part.name for part in fields(entry) if part.compare and part.name not in ("name", "id")]
        return {name: self.said(getattr(entry, name), name) for name in names}


def _statements(old: _Side, new: _Side) -> Iterator[StatementChange]:
    was = {statement.id: old.sentence(statement) for statement in old.policy.statements}
    now = {statement.id: new.sentence(statement) for statement in new.policy.statements}
    for id in _both(was, now):
        before, after = was.get(id, ""), now.get(id, "")
        if before != after:
            yield StatementChange(id, _what(id, was, now), before, after, compared(before, after))


def compared(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Compare two texts word by word; returns (op, text) with op `=`, `-` or `+`."""
    old, new = re.findall(r"\s*\S+\s*", before), re.findall(r"\s*\S+\s*", after)
    found: list[tuple[str, str]] = []
    for tag, first, last, start, end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            found.append(("=", "".join(old[first:last])))
            continue
        found += [("-", "".join(old[first:last]))] if first < last else []
        found += [("+", "".join(new[start:end]))] if start < end else []
    return tuple(found)


def _rights(old: _Side, new: _Side) -> Iterator[RightChange]:
    """Compare row by row, tell rule by rule: each differing row belongs to a rule before, after or both."""
    was, now = _rows(old.policy.table), _rows(new.policy.table)
    facts_were, facts_are = _facts(old.policy), _facts(new.policy)
    for id in _both(old.policy.rules, new.policy.rules):
        rules = [side.policy.rules[id] for side in (old, new) if id in side.policy.rules]
        keys = {key for rule in rules for key in keys_of(rule)}
        rows = sum(was.get(key) != now.get(key) for key in keys)
        facts = {(rule.party, rule.purpose, fact) for rule in rules for fact in rule.facts}
        if rows or facts & (facts_were ^ facts_are):
            before = old.rule(old.policy.rules[id]) if id in old.policy.rules else ""
            after = new.rule(new.policy.rules[id]) if id in new.policy.rules else ""
            yield RightChange(_what(id, old.policy.rules, new.policy.rules), before, after, id, rows)


def _rows(table: Table) -> dict[object, tuple[object, ...]]:
    """Return what each row asks for; which rule and statement answer is told elsewhere."""
    asked = [part.name for part in fields(Row) if part.name not in _ANSWERS]
    return {key: tuple(getattr(row, name) for name in asked) for key, row in table.rows.items()}


def _facts(policy: Policy) -> set[tuple[object, object, str]]:
    return {(rule.party, rule.purpose, fact) for rule in policy.rules.values() for fact in rule.facts}


def _head(old: _Side, new: _Side) -> Iterator[ListChange]:
    for part in fields(Policy):
        if part.name not in _ELSEWHERE:
            before, after = (getattr(side.policy, part.name) for side in (old, new))
            if before != after:
                yield ListChange("policy", part.name, "changed", old.said(before), new.said(after))
    was, now = ([said.id for said in side.policy.statements] for side in (old, new))
    stayed = set(was) & set(now)
    if [id for id in was if id in stayed] != [id for id in now if id in stayed]:
        yield ListChange("policy", "order of statements", "changed", ", ".join(was), ", ".join(now))


def _entries(old: _Side, new: _Side) -> Iterator[ListChange]:
    for kind, name in _LISTS:
        yield from _listed(kind, getattr(old.policy, name), getattr(new.policy, name), old, new)


def _unsaid(old: _Side, new: _Side, rights: tuple[RightChange, ...]) -> Iterator[ListChange]:
    """Tell what changes neither a sentence nor a right, yet the policy's hash: bindings, names of rules."""
    was, now = ({said.id: said for said in side.policy.statements} for side in (old, new))
    for id in _both(was, now):
        bound = [side[id].binds if id in side else () for side in (was, now)]
        if bound[0] != bound[1]:
            yield ListChange("statement", id, _what(id, was, now), old.said(bound[0]), new.said(bound[1]))
    told = {change.rule for change in rights}
    before, after = (
        {id: rule for id, rule in side.policy.rules.items() if id not in told} for side in (old, new)
    )
    yield from _listed("rule", before, after, old, new)


def _listed(
    kind: str, was: Mapping[str, object], now: Mapping[str, object], old: _Side, new: _Side
) -> Iterator[ListChange]:
    for name in _both(was, now):
        if was.get(name) == now.get(name):
            continue
        before = old.parts(was[name]) if name in was else {}
        after = new.parts(now[name]) if name in now else {}
        differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        told = (
            "; ".join(f"{key}: {side[key]}" for key in differing if key in side) for side in (before, after)
        )
        yield ListChange(kind, name, _what(name, was, now), *told)


def _both(was: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """List the names of both, those of the new file in its order, then those that went."""
    return [*now, *(name for name in was if name not in now)]


def _what(name: str, was: Mapping[str, object], now: Mapping[str, object]) -> str:
    return "changed" if name in was and name in now else "added" if name in now else "removed"
