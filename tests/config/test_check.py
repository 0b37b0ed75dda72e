"""`microkitten check`: each disagreement is found, named, and comes with what to type."""

import json
import re
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
        ("policy.toml", 'version = "3"', "version = 1", "E003"),
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


def contract(folder: Path, since: int, until: int, review: int) -> None:
    """Give every party of a store's policy a contract with these days, counted from today."""
    today = datetime.now(UTC).date()
    days = [(today + timedelta(days=one)).isoformat() for one in (since, until, review)]
    text = (folder / "policy.toml").read_text()
    new = "from = {}, until = {}, review = {}".format(*days)
    text, count = re.subn(r"from = \S+, until = \S+, review = \S+(?= })", new, text)
    assert count == 2
    (folder / "policy.toml").write_text(text)


@pytest.mark.parametrize(
    ("days", "finding", "says"),
    [
        ((-400, 0, -30), "E005", "ended on"),
        ((-400, 300, 0), "E005", "review of mail was due on"),
        ((1, 400, 300), "E005", "begins on"),
        ((-400, 60, 60), "W006", "ends on"),
        ((-400, 300, 60), "W006", "is to be reviewed on"),
        ((-400, 300, 61), "", ""),
    ],
)
def test_a_contract_does_not_end_unseen(
    folder: Path, days: tuple[int, int, int], finding: str, says: str
) -> None:
    """60 days before its end or its review the merchant is told, and from that day on it is an error (P21)."""
    contract(folder, *days)
    told = [one for one in check.check(folder) if one.id[-4:] in ("E005", "W006")]
    if not finding:
        assert told == []
        return
    assert {one.id[-4:] for one in told} == {finding}
    assert len(told) == 2
    assert any(says in one.what for one in told)
    assert "policy.toml" in told[0].remedy


def test_a_shop_that_is_no_sample_names_who_works_for_it(folder: Path) -> None:
    """P21: the company behind each party stands on the page; a sample has none but itself."""
    assert "W007" not in found(folder)
    edited(folder, "store.toml", "sample = true", "sample = false")
    assert found(folder)["W007"] is check.Severity.WARNING
    for name in ("card_processor", "mail_service"):
        edited(folder, "policy.toml", f'company = "{{{name}}}"', 'company = "Some Company, Inc."')
    assert "W007" not in found(folder)


def test_a_secret_that_others_can_read_is_an_error(folder: Path) -> None:
    """The remedy is the very command."""
    (folder / "vault").mkdir(mode=0o700)
    key = folder / "vault/root-0.key"
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
