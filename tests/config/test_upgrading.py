"""A store of an earlier release: its policy is brought up to this one, and what it said before stays to be read
(P0, P42)."""

import hashlib
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from microkitten.config import adopting, founding, upgrading
from microkitten.config import store as reading
from microkitten.policy import PolicyError, load, merge, past, versions
from tests.config.test_policy_commands import AT, EDIT, edit, run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A founded sample store that never ran."""
    founding.found(tmp_path / "store", founding.sample_plan(8443))
    return tmp_path / "store"


@pytest.fixture
def old_store(store: Path) -> Path:
    """A store that the first release founded and served; that release kept no versions."""
    (store / "policy.toml").write_text(merge.releases()["1"], "utf-8")
    (store / "vault").mkdir()
    (store / "vault/ledger.key.pub").write_bytes(bytes(32))
    os.utime(store / "policy.toml", (AT.timestamp() - 60,) * 2)
    os.utime(store / "vault/ledger.key.pub", (AT.timestamp(),) * 2)
    return store


def test_diff_reads_a_version_that_an_earlier_release_had_in_force(old_store: Path) -> None:
    """What would not govern any more can still be read."""
    with pytest.raises(PolicyError):
        load(old_store / "policies/0001.toml")
    assert run("upgrade", old_store, "--yes").exit_code == 0
    said = run("diff", "--store", old_store)
    assert said.exit_code == 1, said.output
    assert "version 1 of November 22, 2026" in said.output
    assert "changed rule confirm.mail" in said.output


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_an_untouched_policy_is_upgraded_by_itself_at_the_start(
    old_store: Path, profile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line is said; the next version is adopted as if a merchant had written it."""
    edit(old_store / "policy.toml", ('profile = "classic"', f'profile = "{profile}"'))
    upgrading.at_start(old_store)
    assert "policy.toml upgraded from version 1 to 2" in capsys.readouterr().err
    assert versions.adopt(old_store, at=AT).version == "2"
    assert versions.governing(old_store).profile == profile
    upgrading.at_start(old_store)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("profile", ["classic", "strict"])
def test_an_edited_policy_is_left_alone_at_the_start_and_upgraded_when_asked(
    old_store: Path, profile: str
) -> None:
    """Nobody's words are changed behind their back: the hint says what to type, the command shows it first."""
    edit(old_store / "policy.toml", EDIT, ('profile = "classic"', f'profile = "{profile}"'))
    before = (old_store / "policy.toml").read_bytes()
    with pytest.raises(PolicyError) as caught:
        upgrading.at_start(old_store)
    (problem,) = caught.value.problems
    assert f"microkitten policy upgrade {old_store}" in problem.hint
    assert not (old_store / "policies").exists()
    declined = run("upgrade", old_store, typed="n\n")
    assert declined.exit_code == 0, declined.output
    assert "kept as you have it: statement P14" in declined.output
    assert (old_store / "policy.toml").read_bytes() == before
    assert run("upgrade", old_store, typed="y\n").exit_code == 0
    assert versions.adopt(old_store, at=AT).version == "2"
    loaded = versions.governing(old_store)
    assert loaded.statement("P14").meaning == EDIT[1]
    assert loaded.profile == profile
    assert "nothing to do" in run("upgrade", old_store).output


@pytest.mark.parametrize("way", ["start", "command"])
def test_what_governed_before_versions_were_kept_is_the_first_version(old_store: Path, way: str) -> None:
    """Byte for byte, since the first start or the last edit; this release's policy is the second (P42)."""
    edited = old_store / "policy.toml"
    edited.write_bytes(edited.read_bytes().replace(b"\n", b"\r\n", 1))
    os.utime(edited, (AT.timestamp() - 60,) * 2)
    old = edited.read_bytes()
    upgrading.at_start(old_store) if way == "start" else run("upgrade", old_store, "--yes")
    new = versions.adopt(old_store, at=AT)
    first, second = versions.history(old_store)
    assert (first.number, first.version, first.profile, first.since) == (1, "1", "classic", AT)
    assert first.path.read_bytes() == old
    assert versions.unaltered(first.path) == first.sha256 == hashlib.sha256(old).hexdigest()
    assert past.read(first.path).hash == first.hash
    assert (second, second.number, second.version) == (new, 2, "2")
    assert versions.governing(old_store).version == "2"
    upgrading.at_start(old_store)
    assert len(versions.history(old_store)) == 2


def test_a_policy_edited_since_the_first_start_governed_from_its_edit(old_store: Path) -> None:
    """Not from the day on which the store began."""
    later = AT + timedelta(days=3)
    edit(old_store / "policy.toml", EDIT)
    os.utime(old_store / "policy.toml", (later.timestamp(),) * 2)
    assert run("upgrade", old_store, "--yes").exit_code == 0
    (first,) = versions.history(old_store)
    assert first.since == later
    assert past.read(first.path).statement("P14").meaning == EDIT[1]


def test_a_policy_that_never_governed_is_no_version(old_store: Path) -> None:
    """Of a store that was founded and not served."""
    shutil.rmtree(old_store / "vault")
    upgrading.at_start(old_store)
    assert versions.history(old_store) == ()
    assert versions.adopt(old_store, at=AT).number == 1


def test_a_mistake_after_the_upgrade_is_told_alone(
    old_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not with what this release would call mistakes in the version of the earlier one."""
    assert run("upgrade", old_store, "--yes").exit_code == 0
    edit(old_store / "policy.toml", ('actors = ["web:orders"]', 'actors = ["web:oders"]'))
    upgrading.at_start(old_store)
    with pytest.raises(PolicyError) as caught:
        adopting.at_start(reading.read(old_store)[0], at=AT)
    assert caught.value.problems[-1].hint == "did you mean 'web:orders'?"
    assert {one.file for one in caught.value.problems} == {str(old_store / "policy.toml")}
    assert "stays in force" not in capsys.readouterr().err


def test_upgrade_tells_a_program_and_writes_only_with_a_yes(old_store: Path) -> None:
    """`--json` asks nobody, so it does nothing by itself."""
    edit(old_store / "policy.toml", EDIT)
    before = (old_store / "policy.toml").read_bytes()
    told = json.loads(run("upgrade", old_store, "--json").output)
    assert (told["written"], told["upgrade"]["untouched"]) == (False, False)
    assert told["upgrade"]["kept"] == ["statement P14"]
    assert (old_store / "policy.toml").read_bytes() == before
    assert json.loads(run("upgrade", old_store, "--json", "--yes").output)["written"] is True
    assert json.loads(run("upgrade", old_store, "--json").output) == {"upgrade": None}


def test_a_file_that_is_no_policy_is_left_to_who_loads_it(store: Path) -> None:
    """The upgrade guesses nothing."""
    (store / "policy.toml").write_text("this is no TOML\n")
    upgrading.at_start(store)
    assert (store / "policy.toml").read_text() == "this is no TOML\n"
    assert run("upgrade", store).exit_code == 1
