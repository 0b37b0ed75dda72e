"""The decision table: every allowed tuple (act, field, purpose, actor, party) with its conditions; all
else is no (P11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from microkitten.policy.closed import Purpose
from microkitten.policy.words import CONDITIONS, CONTRACT, LAPSED, LAW, OPENING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from microkitten.policy.parts import Policy, Rule

NO_CONDITIONS: frozenset[str] = frozenset()


class Question(NamedTuple):
    """May `actor` do `act` with `field` for `purpose`, given the `conditions` that hold?

    With a `party` the act is always `disclose`; then `field=None` asks for the hand-over itself (a party
    may get facts only). `age` is how many seconds ago the life of the field's group began, by the vault's
    clock; None if it has not.
    """

    field: str | None
    purpose: Purpose
    actor: str
    party: str | None = None
    conditions: frozenset[str] = NO_CONDITIONS
    act: str = "use"
    age: int | None = None


class Decision(NamedTuple):
    """The answer: `rule` is empty if the table has no row; `statement` is the one to quote; `why` is a
    sentence without values.
    """

    allowed: bool
    rule: str
    statement: str
    why: str


Key = tuple[str, str | None, Purpose, str, str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One allowed tuple: which conditions must hold, for how many seconds, and the answer when they do (made
    once, so asking is a look-up). `party_told` is the statement to quote where a party's contract is missing.
    """

    needs: frozenset[str]
    within: int | None
    allowed: Decision
    party_told: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, and the answer to everything else."""

    rows: Mapping[Key, Row]
    closed: Decision


def compile_table(rules: Iterable[Rule], statement_of: Mapping[str, str], closed_by: str) -> Table:
    """Spread rules into rows.

    Params: `rules` already checked (no row twice), `statement_of` rule id to statement id, `closed_by`
    the statement of the
    closed list. Returns: a frozen table.
    """
    rows: dict[Key, Row] = {}
    for rule in rules:
        answer = Decision(True, rule.id, statement_of[rule.id], f"allowed by rule {rule.id}")
        within = rule.within.seconds_max() if rule.within else None
        party_told = statement_of.get(f"party.{rule.party}", answer.statement)
        for key in keys_of(rule):
            rows[key] = Row(rule.when, within, answer, party_told)
    return Table(MappingProxyType(rows), Decision(False, "", closed_by, "the policy has no row for this"))


def keys_of(rule: Rule) -> list[Key]:
    """List the rows a rule stands for; a disclosure has one more for the hand-over itself."""
    fields: tuple[str | None, ...] = (*rule.fields, None) if rule.party else rule.fields
    return [(rule.act, field, rule.purpose, actor, rule.party) for field in fields for actor in rule.actors]


def decide(policy: Policy, question: Question) -> Decision:
    """Answer a question by the table; pure, and the same for every caller.

    What has lapsed is opened by no row that does not ask for `law`, whatever else holds.

    Returns: a Decision; a refusal says which conditions are missing, that the time of the right is over, or
    that there is no row. Promise: P0, P7, P11, P21.
    """
    field, purpose, actor, party, conditions, act, age = question
    row = policy.table.rows.get(("disclose" if party is not None else act, field, purpose, actor, party))
    if row is None:
        return policy.table.closed
    if is_lapsed(row, question):
        rule, statement = row.allowed.rule, row.allowed.statement
        return Decision(False, rule, statement, f"rule {rule} opens nothing that has lapsed")
    if row.needs <= conditions and (row.within is None or (age is not None and age <= row.within)):
        return row.allowed
    return _refused(row, conditions)


def is_lapsed(row: Row, question: Question) -> bool:
    """Tell whether a question asks to open what has lapsed by a row that opens nothing of the kind (P7)."""
    opens = question.party is not None or question.act in OPENING
    return LAPSED in question.conditions and LAW not in row.needs and opens


def _refused(row: Row, conditions: frozenset[str]) -> Decision:
    missing = sorted(row.needs - conditions)
    rule, statement = row.allowed.rule, row.allowed.statement
    if not missing:
        return Decision(
            False, rule, statement, f"rule {rule} ends sooner: its time is over, or has not begun"
        )
    why = "; ".join(f"{word} ({CONDITIONS[word]})" for word in missing)
    return Decision(
        False, rule, row.party_told if missing == [CONTRACT] else statement, f"rule {rule} needs {why}"
    )
