"""Every list of the packaged policy, one entry a line, prose left out: a changed line asks for a human eye (P11, P22).

What the rules allow stands in `rights_*.txt`; here stand times, keys, owners, inputs, cookies, parties and what each
sentence is bound to. After a wanted change: `python -m tests.policy.test_lists` writes the lists anew.
"""

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from microkitten import policy

LISTS = {profile: Path(__file__).with_name(f"lists_{profile}.txt") for profile in ("classic", "strict")}
PROSE = {
    "title",
    "text",
    "meaning",
    "why",
    "work",
    "holds",
    "erasure",
    "company",
    "contact",
    "line",
    "name",
    "id",
}
KINDS = ("purposes", "groups", "fields", "parties", "cookies", "rules")


def told(value: object) -> str:
    """Write one value so that it reads the same each time."""
    if isinstance(value, frozenset):
        return " ".join(sorted(map(str, value))) or "-"
    if isinstance(value, tuple | list):
        return " ".join(map(str, value)) or "-"
    if is_dataclass(value) and not isinstance(value, policy.Duration):
        return ", ".join(f"{one.name} {told(getattr(value, one.name))}" for one in fields(value))
    return str(value) or "-"


def entry(thing: object) -> str:
    """Write what is no prose of one entry."""
    assert is_dataclass(thing)
    parts = {one.name: getattr(thing, one.name) for one in fields(thing)}
    return "; ".join(f"{name} {told(value)}" for name, value in parts.items() if name not in PROSE)


def lists(rules: policy.Policy) -> str:
    """Return the lists of a policy as text."""
    head = [f"unclaimed {rules.unclaimed}; never {told(getattr(rules, 'never', ()))}"]
    head += [f"{kind} {name}: {entry(one)}" for kind in KINDS for name, one in getattr(rules, kind).items()]
    return "\n".join([*head, *(f"statement {one.id}: {entry(one)}" for one in rules.statements)]) + "\n"


@pytest.mark.parametrize("profile", LISTS)
def test_the_lists_are_the_reviewed_ones(profile: str) -> None:
    """No time, key, input, cookie, party or bind comes or goes unseen."""
    assert lists(policy.packaged(profile)) == LISTS[profile].read_text("utf-8")


if __name__ == "__main__":
    for name, path in LISTS.items():
        path.write_text(lists(policy.packaged(name)), "utf-8")
