"""The policy in force is kept apart from the file that is edited, and each version is written once (P0, P42)."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from microkitten import policy
from microkitten.policy import versions

AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
FIRST = policy.packaged("strict")
SENTENCE = "You pay what you saw, once."


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder with a policy that has not been in force."""
    (tmp_path / "policy.toml").write_text(policy.packaged_text("strict"), "utf-8")
    return tmp_path


def edit(store: Path, old: str, new: str) -> None:
    """Change the first place of the edited file that says `old`."""
    path = store / "policy.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def renumber(store: Path) -> None:
    """Give the edited file the version that follows."""
    path = store / "policy.toml"
    path.write_text(versions.renumbered(path.read_text("utf-8"), used=(), day=AT.date()), "utf-8")


def said(store: Path) -> list[str]:
    """Return what adopting says is wrong, as `line: message | remedy`."""
    with pytest.raises(policy.PolicyError) as raised:
        versions.adopt(store, at=AT)
    return [f"{one.line}: {one.message} | {one.hint}" for one in raised.value.problems]


def test_before_the_first_start_the_edited_file_governs(store: Path) -> None:
    assert versions.history(store) == ()
    assert versions.in_force(store) == store / "policy.toml"
    assert versions.governing(store).hash == FIRST.hash


def test_the_first_is_adopted_as_it_is(store: Path) -> None:
    adopted = versions.adopt(store, at=AT)
    assert (adopted.number, adopted.version, adopted.date) == (1, FIRST.version, FIRST.date)
    assert (adopted.profile, adopted.hash, adopted.since) == ("strict", FIRST.hash, AT)
    assert versions.in_force(store) == adopted.path == store / "policies/0001.toml"
    assert adopted.path.read_bytes() == (store / "policy.toml").read_bytes()
    assert versions.history(store) == (adopted,)
    assert versions.adopt(store, at=datetime.now(UTC)) == adopted


def test_an_edited_file_governs_only_once_it_is_adopted(store: Path) -> None:
    first = versions.adopt(store, at=AT)
    edit(store, SENTENCE, "You pay once what you saw.")
    renumber(store)
    assert versions.governing(store).hash == FIRST.hash
    second = versions.adopt(store, at=AT)
    assert (second.number, versions.governing(store).hash) == (2, second.hash)
    assert second.hash != first.hash
    assert first.path.read_text("utf-8") == policy.packaged_text("strict")


def test_changed_words_under_the_same_version_are_refused(store: Path) -> None:
    versions.adopt(store, at=AT)
    edit(store, SENTENCE, "You pay once what you saw.")
    (problem,) = said(store)
    assert f"version {FIRST.version!r} is in force with other words or rules" in problem
    assert f'write version = "{int(FIRST.version) + 1}" and date = YYYY-MM-DD (today)' in problem
    assert "policy adopt --renumber" in problem
    line = int(problem.partition(":")[0])
    assert (store / "policy.toml").read_text("utf-8").splitlines()[line - 1].startswith("version")
    assert len(versions.history(store)) == 1


def test_a_version_comes_once_and_a_date_does_not_go_back(store: Path) -> None:
    versions.adopt(store, at=AT)
    renumber(store)
    versions.adopt(store, at=AT)
    (store / "policy.toml").write_text(policy.packaged_text("strict").replace("once.", "once!", 1), "utf-8")
    problems = said(store)
    assert any("has been in force before" in one for one in problems)
    assert any("is before that of the version in force, 2027-01-02" in one for one in problems)


def test_a_file_that_does_not_load_changes_nothing(store: Path) -> None:
    versions.adopt(store, at=AT)
    edit(store, 'basis = "consent"', 'basis = "whim"')
    assert any("whim" in one for one in said(store))
    assert versions.governing(store).hash == FIRST.hash


def test_a_comment_makes_no_version(store: Path) -> None:
    first = versions.adopt(store, at=AT)
    edit(store, "[policy]", "# read by people\n[policy]")
    assert versions.adopt(store, at=AT) == first


def test_going_back_is_a_version_of_its_own(store: Path) -> None:
    versions.adopt(store, at=AT)
    edit(store, SENTENCE, "You pay once what you saw.")
    renumber(store)
    versions.adopt(store, at=AT)
    edit(store, "You pay once what you saw.", SENTENCE)
    renumber(store)
    third = versions.adopt(store, at=AT)
    assert (third.number, third.version) == (3, str(int(FIRST.version) + 2))


@pytest.mark.parametrize("damage", ["letter", "json gone", "json odd"])
def test_a_version_edited_afterwards_does_not_govern(store: Path, damage: str) -> None:
    adopted = versions.adopt(store, at=AT)
    beside = adopted.path.with_suffix(".json")
    if damage == "letter":
        adopted.path.write_text(adopted.path.read_text("utf-8").replace("once.", "once!", 1), "utf-8")
    elif damage == "json gone":
        beside.unlink()
    else:
        beside.write_text(json.dumps({"version": "1"}))
    with pytest.raises(policy.PolicyError) as raised:
        versions.governing(store)
    (problem,) = raised.value.problems
    assert problem.file.startswith(str(store / "policies/0001."))
    assert "put the file back" in problem.hint or "bring it back" in problem.hint
    with pytest.raises(policy.PolicyError):
        versions.adopt(store, at=AT)


def test_what_was_only_half_written_is_no_version(store: Path) -> None:
    first = versions.adopt(store, at=AT)
    (store / "policies/0002.json").write_text("{}")
    (store / "policies/.0002.toml.1f").write_text("[policy]")
    assert versions.history(store) == (first,)
    renumber(store)
    assert versions.adopt(store, at=AT).number == 2
    assert len(versions.history(store)) == 2


def test_whatever_the_umask_all_read_and_one_writes(store: Path) -> None:
    before = os.umask(0o077)
    try:
        adopted = versions.adopt(store, at=AT)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (store / "policies").iterdir()}
    assert modes == {"0001.json": 0o644, "0001.toml": 0o644}
    assert adopted.path.parent.stat().st_mode & 0o777 == 0o755


def test_a_kill_at_any_moment_leaves_the_old_or_the_new(store: Path) -> None:
    """The writer is killed after each of its system's calls in turn; what governs is one of the two, whole."""
    first = versions.adopt(store, at=AT)
    edit(store, SENTENCE, "You pay once what you saw.")
    renumber(store)
    new = policy.load(store / "policy.toml").hash
    program = (
        "import os, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from microkitten.policy import versions\n"
        "calls, at = 0, int(sys.argv[2])\n"
        "def counted(act):\n"
        "    def call(*given, **named):\n"
        "        global calls\n"
        "        calls += 1\n"
        "        if calls == at: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return act(*given, **named)\n"
        "    return call\n"
        "for name in ('open', 'fchmod', 'fsync', 'replace', 'close', 'rename'):\n"
        "    setattr(os, name, counted(getattr(os, name)))\n"
        "versions.adopt(Path(sys.argv[1]), at=datetime.now(UTC))\n"
    )
    seen = []
    for step in range(1, 30):
        done = subprocess.run([sys.executable, "-c", program, str(store), str(step)], check=False, timeout=60)
        seen.append(versions.governing(store).hash)
        if done.returncode == 0:
            break
    assert seen[0] == first.hash
    assert seen[-1] == new
    assert set(seen) == {first.hash, new}
    assert sorted(one.number for one in versions.history(store)) == [1, 2]


def test_two_who_adopt_at_once_make_one_version(store: Path) -> None:
    program = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from microkitten.policy import versions\n"
        "while not Path(sys.argv[1], 'go').exists(): pass\n"
        "versions.adopt(Path(sys.argv[1]), at=datetime.now(UTC))\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, str(store)]) for _ in range(2)]
    time.sleep(0.3)
    (store / "go").touch()
    assert [one.wait(60) for one in both] == [0, 0]
    assert len(versions.history(store)) == 1


def test_renumbering_changes_two_lines() -> None:
    text = policy.packaged_text("classic")
    changed = versions.renumbered(text, used=("2", "3", "7"), day=date(2027, 5, 6))
    pairs = zip(text.splitlines(), changed.splitlines(), strict=True)
    differing = [new for old, new in pairs if old != new]
    parsed = policy.parse(changed, file="policy.toml")
    assert (len(differing), parsed.version, parsed.date) == (2, "4", date(2027, 5, 6))


@pytest.mark.parametrize(("now", "following"), [("1", "2"), ("2026.9", "2026.10"), ("spring", "spring-1")])
def test_the_version_that_follows(now: str, following: str) -> None:
    text = f"[policy]\r\nversion = '{now}' # ours\r\ndate = 2026-11-22\r\n[x]\r\nversion = \"0\"\r\n"
    assert versions.renumbered(text, used=(), day=date(2026, 11, 23)) == (
        f'[policy]\r\nversion = "{following}" # ours\r\ndate = 2026-11-23\r\n[x]\r\nversion = "0"\r\n'
    )


def test_renumbering_needs_its_two_lines() -> None:
    with pytest.raises(ValueError, match="below"):
        versions.renumbered('policy = { version = "1" }\n', used=(), day=AT.date())
