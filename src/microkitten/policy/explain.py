"""Answers "may this actor open this field for this purpose, of a person in this state?" in words, with the rule
and the sentence behind it, and after a no with what would have to change (P0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from microkitten.policy.closed import Purpose, UnknownWord
from microkitten.policy.parts import Policy, Rule
from microkitten.policy.render import rule_words
from microkitten.policy.states import Standing, State, standings
from microkitten.policy.table import Decision, Question, Row, decide, is_lapsed
from microkitten.policy.wording import Company, fill
from microkitten.policy.words import ACTORS, ACTS, CONDITIONS

__all__ = ["Explanation", "Nearness", "State", "explain"]

NEAREST_MAX = 3
WITHIN = "within"  # what `missing` says where the age is not known


@dataclass(frozen=True, slots=True)
class Nearness:
    """A rule that comes near a question that has no row: `changes`, each in words, would make it a yes."""

    rule: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer: `verdict` is yes, no, or `yes, if` (with the conditions `missing`); `conditions` tells of each
    one whether it holds; `nearest` after a no; `text` says all of it in lines.
    """

    verdict: str
    decision: Decision
    missing: tuple[str, ...]
    conditions: tuple[Standing, ...]
    nearest: tuple[Nearness, ...]
    text: str


def explain(
    policy: Policy,
    *,
    actor: str,
    field: str,
    purpose: str,
    party: str | None = None,
    act: str = "use",
    conditions: Iterable[str] = (),
    age: int | None = None,
    state: State | None = None,
    company: Company | None = None,
) -> Explanation:
    """Explain one question, all of its words as typed by a person.

    Params: `party` makes it a disclosure; `conditions` that are known to hold; `age`, in seconds, of what is
    held, if known; `state` says both and more; `company` fills the quoted statement.
    Raises: UnknownWord, whose message names the nearest known word. Promise: P0.
    """
    if party is not None:
        act = "disclose"
    state = state or State(conditions=tuple(conditions), age=age)
    _known(policy, actor, field, party, act)
    question = Question(field, Purpose.named(purpose), actor, party, frozenset(), act, state.age)
    row = policy.table.rows.get((act, field, question.purpose, actor, party))
    told = standings(policy, state, party, row.needs if row else frozenset())
    question = question._replace(conditions=frozenset(one.name for one in told if one.holds))
    decision = decide(policy, question)
    missing = _missing(row, question)
    is_late = row is not None and row.within is not None and state.age is not None and state.age > row.within
    is_gone = row is not None and not decision.allowed and is_lapsed(row, question)
    verdict = "yes" if decision.allowed else "yes, if" if row and not is_late and not is_gone else "no"
    near = () if row else _nearest(policy, question)
    lines = [
        _asked(question),
        _verdict_words(verdict, missing, policy.rules.get(decision.rule), is_gone=is_gone),
    ]
    if decision.rule:
        lines.append(f"rule {decision.rule}: {rule_words(policy, policy.rules[decision.rule])}")
    else:
        lines.append("no rule allows it, and what no rule allows is refused")
        lines += [_near_words(policy, one) for one in near]
    lines += [_standing_words(one) for one in told if one.needed or one.is_said]
    statement = policy.statement(decision.statement)
    lines.append(f"{statement.id}, {statement.title}: {fill(statement.text, policy, company)}")
    return Explanation(verdict, decision, missing, told, near, "\n".join(lines))


def _known(policy: Policy, actor: str, field: str, party: str | None, act: str) -> None:
    for kind, word, known in (
        ("actor", actor, tuple(ACTORS)),
        ("field", field, tuple(policy.fields)),
        ("party", party, tuple(policy.parties)),
        ("act", act, tuple(ACTS)),
    ):
        if word is not None and word not in known:
            raise UnknownWord(kind, word, known)


def _missing(row: Row | None, question: Question) -> tuple[str, ...]:
    if row is None:
        return ()
    unknown_age = row.within is not None and question.age is None
    return (*sorted(row.needs - question.conditions), *([WITHIN] if unknown_age else []))


def _asked(question: Question) -> str:
    to = f" to {question.party}" if question.party else ""
    return f"may {question.actor} {question.act} {question.field} for {question.purpose}{to}?"


def _verdict_words(verdict: str, missing: tuple[str, ...], rule: Rule | None, *, is_gone: bool) -> str:
    if is_gone:
        return "no, it has lapsed, and the rule does not open what law keeps"
    within = f"within {rule.within.words()}" if rule and rule.within else ""
    if verdict != "yes, if":
        return f"no, it was allowed {within} alone" if verdict == "no" and within else verdict
    words = [f"{word} ({CONDITIONS[word]})" if word != WITHIN else within for word in missing]
    return "yes, if " + " and ".join(words)


def _standing_words(one: Standing) -> str:
    needed = "needed" if one.needed else "not needed"
    return f"{one.name}: {'holds' if one.holds else 'does not hold'}, {needed} ({one.why})"


def _nearest(policy: Policy, question: Question) -> tuple[Nearness, ...]:
    """Name the rules for which the fewest words of the question would have to be others; conditions come after."""
    found = [
        (tuple(_other_words(rule, question)), tuple(_lacking(rule, question)), rule)
        for rule in policy.rules.values()
    ]
    fewest = min(len(others) for others, _, _ in found)
    near = [one for one in found if len(one[0]) == fewest]
    near.sort(key=lambda one: (question.field not in one[2].fields, len(one[1])))
    return tuple(Nearness(rule.id, (*others, *lacking)) for others, lacking, rule in near[:NEAREST_MAX])


def _other_words(rule: Rule, question: Question) -> Iterator[str]:
    if question.field not in rule.fields:
        yield f"field {' or '.join(rule.fields) or '(none, facts alone)'} instead of {question.field}"
    if question.purpose is not rule.purpose:
        yield f"purpose {rule.purpose} instead of {question.purpose}"
    if question.actor not in rule.actors:
        yield f"actor {' or '.join(rule.actors)} instead of {question.actor}"
    if question.act != rule.act:
        yield f"act {rule.act} instead of {question.act}"
    if question.party != rule.party:
        yield f"party {rule.party or '(nobody outside)'} instead of {question.party or '(nobody outside)'}"


def _lacking(rule: Rule, question: Question) -> Iterator[str]:
    for word in sorted(rule.when - question.conditions):
        yield f"{word}: {CONDITIONS[word]}"
    if rule.within and (question.age is None or question.age > rule.within.seconds_max()):
        yield f"not later than {rule.within.words()}"


def _near_words(policy: Policy, near: Nearness) -> str:
    words = rule_words(policy, policy.rules[near.rule])
    return f"near it, rule {near.rule}: {words}\n  it would take {'; '.join(near.changes)}"
