"""Every right the packaged policy gives, one a line: a changed line asks for a human eye (P5, P22).

After a wanted change: `python -m tests.policy.test_rights` writes the list anew.
"""

from pathlib import Path

import pytest

from microkitten import policy

LISTS = {profile: Path(__file__).with_name(f"rights_{profile}.txt") for profile in ("classic", "strict")}


def rights(profile: str) -> str:
    """Return the table as text: act, field, purpose, actor, party, conditions, time."""
    rows = policy.packaged(profile).table.rows.items()
    lines = (
        f"{act} {field or '(facts)'} for {why} by {actor}"
        + (f" to {party}" if party else "")
        + (f" when {' '.join(sorted(row.needs))}" if row.needs else "")
        + (f" within {row.within // 3600} hours" if row.within is not None else "")
        for (act, field, why, actor, party), row in rows
    )
    return "\n".join(sorted(lines)) + "\n"


@pytest.mark.parametrize("profile", LISTS)
def test_the_rights_are_the_reviewed_ones(profile: str) -> None:
    """No condition or row comes or goes unseen."""
    assert rights(profile) == LISTS[profile].read_text("utf-8")


if __name__ == "__main__":
    for name, path in LISTS.items():
        path.write_text(rights(name), "utf-8")
