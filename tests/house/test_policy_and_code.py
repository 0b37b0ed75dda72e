"""Policy and code say the same: cookies, purposes, actors, the texts of the sample store."""

import re
from pathlib import Path

from microkitten import policy
from microkitten.policy import purpose

PACKAGE = Path(__file__).resolve().parents[2] / "src/microkitten"


def sources() -> str:
    """Return all code above the policy as one text."""
    return "\n".join(
        path.read_text() for floor in ("shop", "web", "config") for path in (PACKAGE / floor).rglob("*.py")
    )


def test_every_cookie_in_the_code_is_in_the_policy() -> None:
    """A cookie that the page does not list is never set (P8)."""
    named = set(re.findall(r"__Host-[a-z]+", sources()))
    assert named == set(policy.packaged("classic").cookies)


def test_every_purpose_used_in_code_exists_and_every_actor_has_a_rule() -> None:
    """A purpose is a constant; a misspelled one does not even import (P11)."""
    for name in set(re.findall(r"purpose\.([a-z]+)\b", sources())):
        assert hasattr(purpose, name), name
    actors = set(re.findall(r'Actor\("([^"]+)"', sources()))
    ruled = {actor for rule in policy.packaged("classic").rules.values() for actor in rule.actors}
    assert actors <= ruled


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
