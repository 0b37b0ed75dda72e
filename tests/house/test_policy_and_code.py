"""Policy and tests say the same: profiles, statements, and the matrix drawn from both."""

import re
from pathlib import Path

from microkitten import policy
from tests import matrix

PACKAGE = Path(__file__).resolve().parents[2] / "src/microkitten"


def test_both_profiles_load_and_differ_where_they_should() -> None:
    """One file, two profiles: the cookie and the wording of encryption part ways, nothing else (appendix B)."""
    classic, strict = policy.packaged("classic"), policy.packaged("strict")
    assert classic.hash != strict.hash
    different = [a.id for a, b in zip(classic.statements, strict.statements, strict=True) if a.text != b.text]
    assert different == ["P8", "P36"]


def test_every_statement_of_the_policy_has_its_promise_test() -> None:
    """A sentence on the page that no test tries from outside is a hope (P0)."""
    files = [path.stem for path in (PACKAGE.parents[1] / "tests/promises").glob("test_p*.py")]
    tried = {f"P{int(number)}" for name in files for number in re.findall(r"p(\d\d)_", name)}
    told = {re.sub(r"[a-z]$", "", statement.id) for statement in policy.packaged("classic").statements}
    assert sorted(told - tried) == []


def test_the_matrix_is_up_to_date_and_every_bound_thing_is_shown() -> None:
    """docs/matrix.md is drawn from policy and tests; what a statement binds is shown by a test that says so (P0)."""
    made = matrix.matrix()
    assert made.unknown == [], "a mark names what no statement binds"
    assert made.gaps == [], "mark the test that shows it: @pytest.mark.shows(...)"
    assert set(made.told) | set(made.planned) == set(matrix.PROMISES)
    assert matrix.TARGET.read_text(encoding="utf-8") == matrix.document(made), "run  bin/matrix"
