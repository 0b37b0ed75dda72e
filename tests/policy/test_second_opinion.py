"""A second, naive evaluator reads the TOML itself, shares no code, and must agree on every question (P0)."""

import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microkitten.policy
from microkitten.policy import Purpose, Question, decide, packaged

FILE = Path(microkitten.policy.__file__).parent / "default.toml"
RAW = tomllib.loads(FILE.read_text("utf-8"))
RULES = [(why, entry) for why, named in RAW["rule"].items() for entry in named.values()]
FIELDS = [f"{group}.{name}" for group, names in RAW["field"].items() for name in names]
ACTORS = sorted({actor for _, entry in RULES for actor in entry["actors"]} | {"web:orders", "clerk", ""})
CONDITIONS = [
    "claimed", "unclaimed", "draft", "proven", "staff", "granted", "consent", "lapsed", "law", "contract", "nonsense",
]  # fmt: skip
DAY = 86_400
AGES = [0, 1, DAY, 59 * DAY, 60 * DAY, 60 * DAY + 1, 61 * DAY, 400 * DAY]
ACTS = ["collect", "use", "compare", "disclose", "restrict", "erase", "sell"]
POLICIES = {profile: packaged(profile) for profile in ("classic", "strict")}


def opinion(profile: str, question: Question) -> bool:
    """Walk through all rules, one by one, as a reader of the file would."""
    for why, entry in RULES:
        when: Any = entry["when"]
        if isinstance(when, dict):
            when = when[profile]
        act = "disclose" if question.party is not None else question.act
        names_it = question.field in entry["fields"] or (question.field is None and "to" in entry)
        if (
            str(question.purpose) == why
            and entry["act"] == act
            and entry.get("to") == question.party
            and question.actor in entry["actors"]
            and names_it
            and all(condition in question.conditions for condition in when)
            and in_time(entry, question.age)
            and (
                "lapsed" not in question.conditions
                or "law" in when
                or act in ("collect", "restrict", "erase")
            )
        ):
            return True
    return False


def in_time(entry: dict[str, Any], age: int | None) -> bool:
    """Read `P60D` or `PT12H` by hand: so many days or hours after the life of the group began."""
    if "within" not in entry:
        return True
    text = entry["within"]
    seconds = int(text[2:-1]) * 3600 if text.startswith("PT") else int(text[1:-1]) * DAY
    return age is not None and age <= seconds


def questions() -> st.SearchStrategy[Question]:
    """Any question at all, in the policy's own words."""
    return st.builds(
        Question,
        st.sampled_from([*FIELDS, None, "customer", "customer.name "]),
        st.sampled_from(Purpose.every()),
        st.sampled_from(ACTORS),
        st.sampled_from([None, None, None, "mail", "card_processor", "carrier"]),
        st.frozensets(st.sampled_from(CONDITIONS)),
        st.sampled_from(ACTS),
        st.one_of(st.none(), st.sampled_from(AGES), st.integers(-10, 10**9)),
    )


@settings(max_examples=1000, deadline=None)
@given(question=questions(), profile=st.sampled_from(["classic", "strict"]))
def test_both_agree_on_any_question(question: Question, profile: str) -> None:
    """Found questions shrink to the smallest disagreement."""
    assert decide(POLICIES[profile], question).allowed is opinion(profile, question)


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_both_agree_near_every_row(profile: str) -> None:
    """Thousands of questions one word away from an allowed one, where mistakes hide."""
    chance = random.Random(12)
    pool: dict[str, list[Any]] = {
        "field": [*FIELDS, None],
        "purpose": list(Purpose.every()),
        "actor": ACTORS,
        "party": [None, "mail", "card_processor"],
        "act": ACTS,
    }
    yes = 0
    rows = list(POLICIES[profile].table.rows.items())
    for _ in range(30_000):
        (act, field, why, actor, party), row = chance.choice(rows)
        conditions = set(row.needs)
        if chance.random() < 0.4:
            conditions ^= {chance.choice(CONDITIONS)}
        question = Question(
            field, why, actor, party, frozenset(conditions), act, chance.choice([*AGES, None])
        )
        if chance.random() < 0.5:
            word = chance.choice(list(pool))
            question = question._replace(**{word: chance.choice(pool[word])})
        allowed = decide(POLICIES[profile], question).allowed
        yes += allowed
        assert allowed is opinion(profile, question), question
    assert 7_500 < yes < 26_000  # the sample asks about both sides


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_the_table_has_no_row_that_the_file_lacks(profile: str) -> None:
    """And every row stands in the file, with these conditions and no fewer."""
    for (act, field, why, actor, party), row in POLICIES[profile].table.rows.items():
        question = Question(field, why, actor, party, row.needs, act, age=0)
        assert opinion(profile, question)
        assert opinion(profile, question._replace(age=None)) is (row.within is None)
        if row.within is not None:
            assert opinion(profile, question._replace(age=row.within))
            assert not opinion(profile, question._replace(age=row.within + 1))
        for condition in row.needs:
            assert not opinion(profile, question._replace(conditions=row.needs - {condition}))
