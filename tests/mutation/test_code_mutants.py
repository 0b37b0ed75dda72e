"""A few mutants of the program in every run of the tests, others each day; `bin/mutate` runs them all."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.mutation.code import OPERATORS, mutants
from tests.mutation.running import ROOT, run_all
from tests.mutation.targets import TARGETS, all_mutants

# Whose tests take milliseconds and no clock, so that a busy machine turns none of them red.
QUICK = (
    "policy/checks.py",
    "policy/bounds.py",
    "policy/read.py",
    "policy/desk.py",
    "vault/server/shapes.py",
    "vault/server/verbs/collect.py",
    "vault/server/verbs/passes.py",
    "vault/values.py",
    "providers/disclosed.py",
)
A_DAY = 8
CODE_MUTANTS_MIN = 500

SAMPLE = '''
def check(a, b):
    """Say what it is for."""
    if a < 3 and b:
        refuse("no")
    for one in (1, 2):
        if one in b:
            continue
        raise ValueError
    return a == b
'''


def test_each_operator_spoils_one_thing() -> None:
    """Every spoilt text is Python, differs from the good one and from every other."""
    made = mutants("sample.py", SAMPLE, OPERATORS, calls_named="refuse")
    texts = {one.text for one in made}
    assert len(texts) == len(made)
    assert SAMPLE not in texts
    for text in texts:
        compile(text, "sample.py", "exec")
    kinds = {one.kind.partition(":")[0] for one in made}
    assert kinds == {
        "raise removed", "call removed", "condition turned", "part removed", "bound shifted", "way out removed",
        "comparison turned", "element removed",
    }  # fmt: skip
    assert len({one.id for one in made}) == len(made)


def test_there_is_enough_to_spoil() -> None:
    """Each target exists and has something to take out; a function that was renamed would leave its target empty."""
    found = list(all_mutants(ROOT))
    assert len(found) >= CODE_MUTANTS_MIN
    assert len({mutant.id for _, mutant in found}) == len(found)
    assert {target for target, _ in found} == set(TARGETS)
    for target in TARGETS:
        assert all(
            (ROOT / test.partition("::")[0]).exists()
            for test in (*target.tests, *target.more)
            if test[0] != "-"
        )


@pytest.mark.slow
def test_todays_mutants_are_killed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Of one file, chosen by the day."""
    day = datetime.now(UTC).toordinal()
    file = QUICK[day % len(QUICK)]
    chosen = random.Random(day).sample(list(all_mutants(ROOT, files=f"^{file}$")), A_DAY)
    outcomes = run_all(sorted(chosen, key=lambda one: TARGETS.index(one[0])), processes=1, quiet=True)
    with capsys.disabled():
        print(
            f"\nmutants of {file}: {len(outcomes)} tried, {sum(one.fate == 'killed' for one in outcomes)} killed"
        )
    assert [one.mutant.id for one in outcomes if one.fate == "survived"] == []
