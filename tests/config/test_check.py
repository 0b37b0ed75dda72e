"""`microkitten check`: each disagreement is found, named, and comes with what to type."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from microkitten.config import certificates, check, founding
from microkitten.config.cli import microkitten
from tests import outside


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A founded store that was never started; what runs is looked at in test_start."""
    monkeypatch.delenv("MICROKITTEN_ROLE", raising=False)
    monkeypatch.delenv("MICROKITTEN_STORE", raising=False)
    founding.found(tmp_path / "store", founding.sample_plan(9443))
    return tmp_path / "store"


def edited(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def found(folder: Path) -> dict[str, check.Severity]:
    """Return the findings' ids with how bad they are."""
    return {one.id.rpartition(".")[2]: one.severity for one in check.check(folder)}


def test_a_fresh_sample_store_has_notes_only(folder: Path) -> None:
    """Red from the first minute on would teach people to look away."""
    assert set(found(folder).values()) <= {check.Severity.NOTE}


@pytest.mark.parametrize(
    ("name", "old", "new", "finding"),
    [
        ("store.toml", "currency =", "curency =", "E001"),
        ("policy.toml", 'version = "1"', "version = 1", "E003"),
        ("store.toml", 'countries = ["US"]', 'countries = ["US", "DE"]', "E004"),
        ("store.toml", 'countries = ["US"]', "countries = []", "E004"),
        ("store.toml", "sample = true", "sample = false", "E012"),
        ("store.toml", 'kind = "folder"', 'kind = "smtp"', "E013"),
    ],
)
def test_a_contradiction_is_an_error(folder: Path, name: str, old: str, new: str, finding: str) -> None:
    """Each of them would have broken the promise, or the shop, later and elsewhere."""
    edited(folder, name, old, new)
    assert found(folder)[finding] is check.Severity.ERROR


def test_a_secret_that_others_can_read_is_an_error(folder: Path) -> None:
    """The remedy is the very command."""
    (folder / "vault").mkdir(mode=0o700)
    key = folder / "vault/root.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    (one,) = [finding for finding in check.check(folder) if finding.id.endswith("E020")]
    assert one.remedy == f"chmod 600 {key}"


def test_one_user_is_a_warning_in_a_sample_and_an_error_in_a_shop(folder: Path) -> None:
    """To try things out it will do; with people's data it will not."""
    (folder / "vault").mkdir(mode=0o700)
    (folder / "shop.sqlite3").touch()
    assert found(folder)["W023"] is check.Severity.WARNING
    edited(folder, "store.toml", "sample = true", "sample = false")
    assert found(folder)["E023"] is check.Severity.ERROR


def test_a_certificate_that_has_ended_is_an_error(folder: Path) -> None:
    """A browser would say so less kindly."""
    certificates.ensure(folder / "tls", at=datetime.now(UTC) - timedelta(days=400))
    assert found(folder)["E030"] is check.Severity.ERROR
    shutil.rmtree(folder / "tls")
    certificates.ensure(folder / "tls", at=datetime.now(UTC) - timedelta(days=386))
    assert found(folder)["W031"] is check.Severity.WARNING


def test_a_certificate_of_our_own_is_not_for_the_world(folder: Path) -> None:
    """P37: outside of one's own machine the authority must be a known one."""
    certificates.ensure(folder / "tls", at=datetime.now(UTC))
    edited(folder, "store.toml", "https://localhost:9443", "https://shop.example")
    edited(folder, "store.toml", "sample = true", "sample = false")
    assert found(folder)["E032"] is check.Severity.ERROR
    made = outside.certificates(folder / "other")
    shutil.copy(made.certificate, folder / "tls/cert.pem")
    assert "E032" not in found(folder)


def test_programs_read_json_and_the_exit_status(folder: Path) -> None:
    """0 only if policy, code and deployment agree."""
    result = CliRunner().invoke(microkitten, ["check", "--json", str(folder)])
    assert (result.exit_code, json.loads(result.stdout)["agree"]) == (0, True)
    edited(folder, "store.toml", "sample = true", "sample = false")
    result = CliRunner().invoke(microkitten, ["check", "--json", str(folder)])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["agree"]) == (1, False)
    assert all(one.keys() == {"id", "severity", "what", "remedy"} for one in told["findings"])
