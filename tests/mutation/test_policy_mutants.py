"""Each spoilt policy file is noticed: by the loader, or by the reviewed lists (P0, P11)."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from microkitten import policy
from microkitten.policy import Policy, PolicyError
from tests.mutation.policies import PolicyMutant, mutants
from tests.policy.test_lists import LISTS, lists
from tests.second.asking import Asker
from tests.second.cedar import Asked, translated
from tests.second.test_cedar import PROFILES, compared

TEXT = (Path(policy.__file__).parent / "default.toml").read_text("utf-8")
SPOILT = list(mutants(TEXT))
SPOILT_MIN = 400
REVIEWED = {profile: path.read_text("utf-8") for profile, path in LISTS.items()}


@cache
def load(mutant: PolicyMutant) -> dict[str, Policy]:
    """Load a spoilt file in both profiles; nothing if the loader refuses it."""
    try:
        return {profile: policy.parse(mutant.text, file=mutant.name, profile=profile) for profile in PROFILES}
    except PolicyError:
        return {}


def seen_by(mutant: PolicyMutant) -> str:
    """Say what notices a spoilt file; nothing if nothing does."""
    loaded = load(mutant)
    if not loaded:
        return "loader"
    return "lists" if any(lists(rules) != REVIEWED[profile] for profile, rules in loaded.items()) else ""


def table(rules: Policy) -> dict[object, object]:
    """Return what a policy allows."""
    return {key: (row.needs, getattr(row, "within", None)) for key, row in rules.table.rows.items()}


@pytest.mark.slow
def test_every_spoilt_file_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing in the file can go, or be bent, without a red test."""
    seen = {mutant: seen_by(mutant) for mutant in SPOILT}
    with capsys.disabled():
        print(
            f"\npolicy mutants: {sum(map(bool, seen.values()))} of {len(seen)} noticed {Counter(seen.values())}"
        )
    assert [f"{mutant.kind}: {mutant.name}" for mutant, by in seen.items() if not by] == []
    assert len(SPOILT) >= SPOILT_MIN


@pytest.mark.slow
def test_every_spoilt_right_is_found_by_the_second_evaluator(capsys: pytest.CaptureFixture[str]) -> None:
    """Cedar reads the good file, our table is made of the spoilt one: they must differ whenever rights do."""
    found = 0
    good = {profile: policy.parse(TEXT, file="good", profile=profile) for profile in PROFILES}
    cedar = {profile: translated(TEXT, profile) for profile in PROFILES}
    near = {profile: list(Asker(TEXT, profile).near(each=0)) for profile in PROFILES}
    for mutant in SPOILT:
        for profile, rules in load(mutant).items():
            if table(rules) != table(good[profile]):
                asked: list[Asked] = [*near[profile], *Asker(mutant.text, profile).near(each=0)]
                assert compared(rules, cedar[profile], asked)[1], f"{mutant.kind}: {mutant.name}"
                found += 1
    with capsys.disabled():
        print(f"\nspoilt rights found by the second evaluator: {found}")
    assert found > 100
