"""Cedar and our table agree on a hundred thousand questions, and a planted difference is found (P0, P11).

Cedar is fed by a translator that shares no code with the loader, so a mistake would have to be made twice.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from microkitten import policy
from microkitten.policy import Policy, Purpose, Question, decide
from tests.mutation.policies import mutants
from tests.second.asking import Asker
from tests.second.cedar import Asked, Cedar, translated

PROFILES = ("classic", "strict")
QUESTIONS = 50_000  # for each profile
TEXT = (Path(policy.__file__).parent / "default.toml").read_text("utf-8")
# One of each is planted in turn, in the file that Cedar reads; all of them change who may do what.
PLANTED = (
    "rule removed", "act changed", "fields fewer", "fields wider", "actors fewer", "actors wider", "when fewer",
    "within removed", "within stretched", "within shrunk",
)  # fmt: skip


def ours(rules: Policy, asked: Iterable[Asked]) -> list[bool]:
    """Answer the same questions by the compiled table."""
    return [
        decide(
            rules,
            Question(one.field, Purpose.named(one.purpose), one.actor, one.party, one.held, one.act, one.age),
        ).allowed
        for one in asked
    ]


def compared(rules: Policy, cedar: Cedar, asked: list[Asked]) -> tuple[int, list[Asked]]:
    """Return how many questions were allowed, and those on which the two differ."""
    first, second = ours(rules, asked), cedar.answers(asked)
    return sum(first), [one for one, a, b in zip(asked, first, second, strict=True) if a is not b]


@pytest.fixture(scope="module", params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    """Each profile in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def rules(profile: str) -> Policy:
    """The packaged file as our loader reads it."""
    return policy.parse(TEXT, file="default.toml", profile=profile)


@pytest.fixture(scope="module")
def cedar(profile: str) -> Cedar:
    """The packaged file as Cedar is told it."""
    return translated(TEXT, profile)


@pytest.mark.slow
def test_both_agree_on_every_question(
    profile: str, rules: Policy, cedar: Cedar, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of the questions begin at a true row; about a third are allowed."""
    asked = list(Asker(TEXT, profile, seed=22).questions(QUESTIONS))
    allowed, different = compared(rules, cedar, asked)
    with capsys.disabled():
        print(
            f"\nsecond evaluator, {profile}: {len(asked)} asked ({len(set(asked))} distinct), {allowed} allowed,"
            f" {len(asked) - allowed} refused, {len(different)} differences"
        )
    assert different == []
    assert len(asked) / 5 < allowed < len(asked) * 4 / 5


def test_both_agree_on_every_row_and_beside_it(profile: str, rules: Policy, cedar: Cedar) -> None:
    """Each row of the file once, each of its conditions left out once, and some steps aside."""
    asked = list(Asker(TEXT, profile).near(each=8))
    assert compared(rules, cedar, asked)[1] == []


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_difference_is_found(
    kind: str, profile: str, rules: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    """The comparison can fail: one thing changed on one side shows, whichever it is."""
    spoilt = [
        one for one in mutants(TEXT) if one.kind == kind and not one.name.endswith(f".{_other(profile)}")
    ]
    one = random.Random(kind).choice(spoilt)
    asked = [*Asker(TEXT, profile).near(each=4), *Asker(one.text, profile).near(each=4)]
    asked = [one for one in asked if one.purpose in rules.purposes]
    _, different = compared(rules, translated(one.text, profile), asked)
    with capsys.disabled():
        print(f"\nplanted, {profile}: {kind}, {one.name}: {len(different)} of {len(asked)} differ")
    assert different


def _other(profile: str) -> str:
    return "strict" if profile == "classic" else "classic"


def test_both_agree_on_inputs_and_facts(rules: Policy, cedar: Cedar) -> None:
    """Which input writes or is compared with which field, and which facts go along to whom (P1, P3, P22)."""
    raw = tomllib.loads(TEXT)
    entries = [entry for names in raw["field"].values() for entry in names.values()]
    inputs = {one for entry in entries for key in ("forms", "compares") for one in entry.get(key, [])}
    fields = [f"{group}.{name}" for group, names in raw["field"].items() for name in names]
    pairs = [(source, field) for source in sorted(inputs | {"search.q"}) for field in fields]
    assert cedar.writes(pairs) == [rules.may_write(*pair) for pair in pairs]
    assert cedar.compares(pairs) == [rules.may_compare(*pair) for pair in pairs]
    assert 0 < sum(cedar.writes(pairs)) < sum(cedar.compares(pairs)) < len(pairs)
    facts = {
        fact for named in raw["rule"].values() for entry in named.values() for fact in entry.get("facts", [])
    }
    triples = [(to, why, fact) for to in raw["party"] for why in raw["purpose"] for fact in sorted(facts)]
    assert cedar.facts(triples) == [fact in rules.facts(to, Purpose.named(why)) for to, why, fact in triples]
    assert 0 < sum(cedar.facts(triples)) < len(triples)


def test_both_agree_on_when_a_contract_runs(rules: Policy, cedar: Cedar) -> None:
    """A contract counts from its first day, until its last review and end, and not on the days themselves."""
    first = date(2026, 1, 1)
    days = [(party, first + timedelta(days=number)) for party in rules.parties for number in range(1200)]
    told = [rules.parties[party].contract.running(day) for party, day in days]
    assert cedar.runs(days) == told
    assert 0 < sum(told) < len(told)
