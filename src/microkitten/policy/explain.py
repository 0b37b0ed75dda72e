"""Answers "may this actor open this field for this purpose?" in words, with the rule and the sentence
behind it (P0)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from microkitten.policy.closed import Purpose, UnknownWord
from microkitten.policy.parts import Policy, Rule
from microkitten.policy.render import rule_words
from microkitten.policy.table import Decision, Question, decide
from microkitten.policy.wording import Company, fill
from microkitten.policy.words import ACTORS, ACTS, CONDITIONS


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer: `verdict` is yes, no, or `yes, if` (with the conditions `missing`); `text` says all of
    it in lines.
    """

    verdict: str
    decision: Decision
    missing: tuple[str, ...]
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
    company: Company | None = None,
) -> Explanation:
    """Explain one question, all of its words as typed by a person.

    Params: `party` makes it a disclosure; `conditions` that are known to hold; `age`, in seconds, of what is
    held, if known; `company` fills the quoted statement.
    Raises: UnknownWord, whose message names the nearest known word. Promise: P0.
    """
    if party is not None:
        act = "disclose"
    holding = frozenset(conditions)
    _known(policy, actor, field, party, act, holding)
    question = Question(field, Purpose.named(purpose), actor, party, holding, act, age)
    decision = decide(policy, question)
    row = policy.table.rows.get((act, field, question.purpose, actor, party))
    missing = tuple(sorted(row.needs - holding)) if row else ()
    is_over = row is not None and row.within is not None and age is not None and age > row.within
    verdict = "yes" if decision.allowed else "yes, if" if row and not is_over else "no"
    lines = [_asked(question), _verdict_words(verdict, missing, policy.rules.get(decision.rule))]
    if decision.rule:
        lines.append(f"rule {decision.rule}: {rule_words(policy, policy.rules[decision.rule])}")
    else:
        lines.append("no rule allows it, and what no rule allows is refused")
        lines += _nearby(policy, question)
    statement = policy.statement(decision.statement)
    lines.append(f"{statement.id}, {statement.title}: {fill(statement.text, policy, company)}")
    return Explanation(verdict, decision, missing, "\n".join(lines))


def _known(
    policy: Policy, actor: str, field: str, party: str | None, act: str, holding: frozenset[str]
) -> None:
    for kind, word, known in (
        ("actor", actor, tuple(ACTORS)),
        ("field", field, tuple(policy.fields)),
        ("party", party, tuple(policy.parties)),
        ("act", act, tuple(ACTS)),
        *(("condition", word, tuple(CONDITIONS)) for word in sorted(holding)),
    ):
        if word is not None and word not in known:
            raise UnknownWord(kind, word, known)


def _asked(question: Question) -> str:
    to = f" to {question.party}" if question.party else ""
    return f"may {question.actor} {question.act} {question.field} for {question.purpose}{to}?"


def _verdict_words(verdict: str, missing: tuple[str, ...], rule: Rule | None) -> str:
    within = f"within {rule.within.words()}" if rule and rule.within else ""
    if verdict != "yes, if":
        return f"no, it was allowed {within}" if verdict == "no" and within else verdict
    words = [f"{word} ({CONDITIONS[word]})" for word in missing] + ([within] if within else [])
    return "yes, if " + " and ".join(words)


def _nearby(policy: Policy, question: Question) -> list[str]:
    """Name the rules that come nearest: same field and purpose, else same field and actor."""
    rules = [rule for rule in policy.rules.values() if question.field in rule.fields]
    near = [rule for rule in rules if rule.purpose is question.purpose]
    near = near or [rule for rule in rules if question.actor in rule.actors]
    return [f"near it, rule {rule.id}: {rule_words(policy, rule)}" for rule in near]
