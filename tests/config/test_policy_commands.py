"""The commands with which a merchant edits, compares, exports and upgrades the policy (P0, P42)."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from microkitten.config import founding
from microkitten.config.cli import microkitten
from microkitten.policy import load, versions

EDIT = ("You pay what you saw, once.", "You pay what you saw, one time only.")
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A founded sample store that never ran."""
    founding.found(tmp_path / "store", founding.sample_plan(8443))
    return tmp_path / "store"


def run(*words: str | Path, typed: str = "") -> Result:
    """Run `microkitten policy ...` as somebody at a terminal does."""
    return CliRunner().invoke(microkitten, ["policy", *map(str, words)], input=typed)


def edit(path: Path, *changes: tuple[str, str]) -> None:
    """Edit a file as a merchant does."""
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


# ------------------------------------------------------------------------------------------------- check


def test_check_says_what_a_policy_holds(store: Path) -> None:
    """For people in a line, for programs as JSON."""
    said = run("check", store)
    assert said.exit_code == 0
    assert load(store / "policy.toml").hash in said.output
    told = json.loads(run("check", store, "--json").output)
    assert told["governs"] is True
    assert told["counts"]["rows"] > 50


def test_check_lists_each_mistake_with_its_line(store: Path) -> None:
    """The same for a program, which may show them beside an editor."""
    edit(store / "policy.toml", ('actors = ["web:orders"]', 'actors = ["web:oders"]'))
    said = run("check", store)
    assert said.exit_code == 1
    assert "unknown actor 'web:oders'" in said.output
    told = json.loads(run("check", store, "--json").output)
    line = (store / "policy.toml").read_text("utf-8").splitlines().index('actors = ["web:oders"]') + 1
    assert (line, "did you mean 'web:orders'?") in [(one["line"], one["hint"]) for one in told["problems"]]


def test_a_contract_that_is_over_is_named_when_it_is_adopted(store: Path) -> None:
    """It is no mistake, and yet no mail goes out: whoever typed the dates hears it at once (P21)."""
    text = (store / "policy.toml").read_text("utf-8")
    contract = next(line for line in text.splitlines() if line.startswith('contract = { id = "C-2"'))
    over = 'contract = { id = "C-2", from = 2024-01-01, until = 2025-01-01, review = 2024-12-01 }'
    edit(store / "policy.toml", (contract, over))
    said = run("adopt", store)
    assert said.exit_code == 0, said.output
    assert "the contract with mail ended on 2025-01-01: nothing goes out to it" in said.output


def test_check_warns_of_contracts_that_end(store: Path) -> None:
    """Before anything is put in force; it governs all the same (P21)."""
    assert json.loads(run("check", store, "--json").output)["warnings"] == []
    text = (store / "policy.toml").read_text("utf-8")
    contract = next(line for line in text.splitlines() if line.startswith('contract = { id = "C-2"'))
    soon = datetime.now(UTC).date() + timedelta(days=9)
    for until, said in (
        (date(2025, 1, 1), "the contract with mail ended on 2025-01-01: nothing goes out to it"),
        (soon, f"the contract with mail ends on {soon}, in 9 days"),
    ):
        dates = f'contract = {{ id = "C-2", from = 2024-01-01, until = {until}, review = {until} }}'
        edit(store / "policy.toml", (contract, dates))
        contract = dates
        warning = f"{said} (write the new dates into [party.mail] of policy.toml)"
        told = json.loads(run("check", store, "--json").output)
        assert (told["governs"], told["warnings"]) == (True, [warning])
        assert f"warning: {warning}\n" in run("check", store).output


def test_renumbering_a_file_that_is_not_there_says_so(store: Path) -> None:
    """And no more; what is in force goes on."""
    run("adopt", store)
    (store / "policy.toml").unlink()
    said = run("adopt", store, "--renumber")
    assert said.exit_code == 1
    assert "policy.toml, line 1: cannot be read" in said.output


@pytest.mark.parametrize("command", ["diff", "adopt", "upgrade"])
def test_the_folder_of_the_store_can_be_named_either_way(store: Path, command: str) -> None:
    """As `DIR` and as `--store DIR`; two folders are one too many."""
    first, second = run(command, store), run(command, "--store", store)
    assert first.exit_code == second.exit_code == 0, (first.output, second.output)
    twice = run(command, store, "--store", store)
    assert twice.exit_code == 2 or command == "diff"


# -------------------------------------------------------------------------------------------------- diff


def test_diff_compares_what_is_in_force_with_what_is_edited(store: Path) -> None:
    """Same: 0. Different: 1, with the words that changed. A version is named by its number afterwards."""
    versions.adopt(store, at=AT)
    assert run("diff", "--store", store).exit_code == 0
    edit(
        store / "policy.toml",
        EDIT,
        ('actors = ["web:orders"]', 'actors = ["web:checkout"]'),
        ('version = "3"', 'version = "4"'),
    )
    said = run("diff", "--store", store)
    assert said.exit_code == 1, said.output
    assert "[-once.-]" in said.output
    assert "{+one time only.+}" in said.output
    assert "changed rule verify.compare (2 rows)" in said.output
    assert said.output.index("CHANGED RIGHTS") < said.output.index("CHANGED SENTENCES")
    versions.adopt(store, at=AT)
    again = run("diff", "3", "4", "--store", store)
    assert again.exit_code == 1
    assert "[-once.-]" in again.output
    assert run("diff", "4", "--store", store).exit_code == 0


def test_diff_of_two_files_needs_no_store(store: Path, tmp_path: Path) -> None:
    """Somebody else's page can be compared as well; for programs it says the same."""
    other = tmp_path / "other.toml"
    shutil.copy(store / "policy.toml", other)
    edit(other, ('profile = "classic"', 'profile = "strict"'))
    said = run("diff", store / "policy.toml", other)
    assert said.exit_code == 1
    assert "Consents to customize (Customize) lapse: whoever gave one is asked again" in said.output
    told = json.loads(run("diff", store / "policy.toml", other, "--json").output)
    assert told["same"] is False
    assert told["lapsing"] == ["customize"]
    assert [one["rule"] for one in told["rights"]] == ["customize.cookie"]
    assert (told["old"]["profile"], told["new"]["profile"]) == ("classic", "strict")


def test_diff_lays_two_columns_where_there_is_room(store: Path, tmp_path: Path) -> None:
    """Side by side in a wide terminal, one above the other in a narrow one; no line is wider than told."""
    other = tmp_path / "other.toml"
    shutil.copy(store / "policy.toml", other)
    edit(other, EDIT)
    wide = run("diff", store / "policy.toml", other, "--width", "120").output
    assert any("[-once.-]" in line and "{+one time only.+}" in line for line in wide.splitlines())
    assert max(map(len, wide.splitlines())) <= 120
    narrow = run("diff", store / "policy.toml", other, "--width", "60").output
    assert not any("[-once.-]" in line and "{+one time only.+}" in line for line in narrow.splitlines())
    assert max(len(line) for line in narrow.splitlines() if line.startswith("    ")) <= 60


@pytest.mark.parametrize("words", [["9"], ["missing.toml"]])
def test_diff_ends_with_2_where_there_is_nothing_to_compare(store: Path, words: list[str]) -> None:
    """As `diff` does: 1 would say that they differ."""
    said = run("diff", *words, "--store", store)
    assert said.exit_code == 2
    assert "neither a file nor a version" in said.output


# ------------------------------------------------------------------------------------------------ export


def test_export_writes_every_form_into_a_folder(store: Path, tmp_path: Path) -> None:
    """Six files, each with the hash of the policy it was made from."""
    said = run("export", "--to", tmp_path / "out", "--store", store)
    assert said.exit_code == 0, said.output
    files = sorted((tmp_path / "out").iterdir())
    assert [str(path) for path in files] == sorted(said.output.split())
    assert len(files) == 6
    assert all(load(store / "policy.toml").hash in path.read_text("utf-8") for path in files)


def test_export_prints_one_form_and_says_which_there_are(store: Path) -> None:
    """A single one may be piped on."""
    assert json.loads(run("export", "--what", "dpv", "--store", store).output)["@context"]
    assert run("export", "--what", "processing", "--store", store).output.startswith("# Record of processing")
    wrong = run("export", "--what", "dvp", "--store", store)
    assert wrong.exit_code == 2
    assert "known are: dpv, fideslang, processing, parties" in wrong.output


def test_export_tells_of_the_policy_in_force_unless_asked_for_the_edited(store: Path) -> None:
    """What others read is what governs."""
    versions.adopt(store, at=AT)
    edit(store / "policy.toml", EDIT, ('version = "3"', 'version = "4"'))
    assert "one time only" not in run("export", "--what", "dpv", "--store", store).output
    assert "one time only" in run("export", "--what", "dpv", "--edited", "--store", store).output
