"""What is planned stands beside the policy and never on its page; between them no promise is forgotten (P0)."""

import re

import pytest

from microkitten import policy
from microkitten.policy.planned import read_planned

TOLD = {statement.id for statement in policy.packaged("classic").statements}


def test_every_promise_is_told_or_planned_and_none_is_both() -> None:
    """P0 to P43: a reader finds each of them in the one list or in the other."""
    whole = [one.id for one in policy.planned() if not one.is_part]
    assert len(set(whole)) == len(whole)
    assert TOLD.isdisjoint(whole)
    assert {f"P{number}" for number in range(44)} == {
        one for one in TOLD if re.fullmatch(r"P\d+", one)
    } | set(whole)


def test_parts_belong_to_a_promise_that_is_told() -> None:
    """What a sentence on the page leaves out is named here, under its own number."""
    parts = [one for one in policy.planned() if one.is_part]
    assert len(parts) > 10
    assert {one.id for one in parts} <= TOLD


def test_each_says_in_one_plain_sentence_what_is_lacking() -> None:
    """A list of words helps nobody to plan."""
    for one in policy.planned():
        assert re.fullmatch(r"[A-Z].{20,}\.", one.lacks), one.id
        assert one.title


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[planned]]\nid = "P12"\ntitle = "x"\nlacks = "y"', 'P12 is told already (write of = "P12")'),
        ('[[planned]]\nof = "P17"\ntitle = "x"\nlacks = "y"', 'P17 is not told yet (write id = "P17")'),
        ('[[planned]]\nid = "P17"\ntitle = "x"', "planned 1 lacks 'lacks'"),
        (
            '[[planned]]\nid = "P17"\ntitle = "x"\nlacks = "y"\nwhen = "soon"',
            "unknown key 'when' in planned 1",
        ),
        ('[[planned]]\nid = "P17"\ntitle = "x"\nlacks = "y"\n' * 2, "P17 is planned twice"),
        ("", "nothing is planned"),
        ("planned = 3", "nothing is planned"),
    ],
)
def test_mistakes_in_the_list_are_told_with_their_line(text: str, says: str) -> None:
    """The list is read as strictly as the policy."""
    with pytest.raises(policy.PolicyError, match=re.escape(says)) as caught:
        read_planned(text, told=TOLD, file="planned.toml")
    assert str(caught.value).startswith("planned.toml:")
