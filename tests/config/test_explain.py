"""`microkitten policy explain`: a question in words, answered by the file that decides (P0)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from microkitten.config import founding
from microkitten.config.cli import microkitten
from microkitten.config.processes import environment


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded sample store that never ran."""
    folder = tmp_path_factory.mktemp("explained")
    founding.found(folder, founding.sample_plan(8443))
    (folder / "secret.key").write_text("of a store that never ran", "ascii")
    return folder


def asked(store: Path, *words: str) -> Result:
    """Ask as somebody at a terminal does."""
    return CliRunner().invoke(microkitten, ["policy", "explain", *words, "--store", str(store)])


def test_a_yes_names_rule_statement_and_conditions(store: Path) -> None:
    """Who ships may open an address if they hold a staff pass and the order claimed it."""
    holding = ["--condition", "staff", "--condition", "claimed", "--age", "P40D"]
    answer = asked(store, "shipping", "recipient.address", "deliver", *holding)
    assert answer.exit_code == 0, answer.output
    for part in ("\nyes\n", "rule deliver.open", "P7, Shipping data", "a staff pass", "60 days"):
        assert part in answer.output


def test_a_yes_that_lacks_a_condition_says_which_and_is_no_yes(store: Path) -> None:
    """What is missing is said in words."""
    answer = asked(store, "shipping", "recipient.address", "deliver", "--condition", "claimed")
    assert answer.exit_code == 1
    assert "yes, if staff (whoever asks holds a staff pass of that role)" in answer.output


def test_a_no_quotes_the_closed_list_and_what_comes_near(store: Path) -> None:
    """The mail service may not have an address; what it may have is named."""
    answer = asked(store, "job:confirm", "recipient.address", "confirm", "--party", "mail")
    assert answer.exit_code == 1
    assert "no rule allows it" in answer.output
    assert "P11, The list of uses is closed" in answer.output


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["shiping", "recipient.address", "deliver"], "did you mean 'shipping'?"),
        (["shipping", "recipient.adress", "deliver"], "did you mean 'recipient.address'?"),
        (["shipping", "recipient.address", "delver"], "did you mean 'deliver'?"),
        (["shipping", "recipient.address", "deliver", "--party", "male"], "did you mean 'mail'?"),
        (["shipping", "recipient.address", "deliver", "--act", "opens"], "unknown act 'opens'"),
        (["shipping", "recipient.address", "deliver", "--condition", "stuff"], "did you mean 'staff'?"),
    ],
)
def test_a_mistyped_word_is_an_error_with_a_hint_and_not_a_no(
    store: Path, words: list[str], hint: str
) -> None:
    """Whoever mistypes must not go away reassured."""
    answer = asked(store, *words)
    assert answer.exit_code == 2
    assert hint in answer.output
    assert "no rule" not in answer.output


def test_other_acts_than_opening_can_be_asked_about(store: Path) -> None:
    """Collecting, comparing and erasing have rules as well."""
    answer = asked(
        store, "job:sweep", "customer.name", "confirm", "--act", "erase", "--state", "turned-back", "--json"
    )
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert (told["verdict"], told["rule"], told["statement"]) == ("yes", "confirm.turn_back", "P1")
    assert told["missing"] == []


def test_a_state_says_which_conditions_hold(store: Path) -> None:
    """Who asks in a shopper's words gets each condition answered, and from what that is known."""
    ships = ["shipping", "recipient.address", "deliver", "--state", "order-placed"]
    answer = asked(store, *ships, "--state", "staff-signed-in", "--age", "P40D", "--json")
    assert answer.exit_code == 0, answer.output
    told = {one["name"]: (one["holds"], one["needed"]) for one in json.loads(answer.output)["conditions"]}
    assert told["claimed"] == told["staff"] == (True, True)
    assert told["lapsed"] == (False, False)
    without = asked(store, *ships, "--age", "P40D")
    assert without.exit_code == 1
    assert "staff: does not hold, needed (not said, so taken as no)" in without.output
    assert "claimed: holds, needed (state order-placed)" in without.output


@pytest.mark.parametrize(("age", "verdict"), [("P60D", "yes"), ("P61D", "no"), (None, "yes, if")])
def test_a_right_that_ends_is_asked_about_with_an_age(store: Path, age: str | None, verdict: str) -> None:
    """Shipping is over after a while, however long the record stays (P7)."""
    given = ["--age", age] if age else []
    holding = ["--state", "order-placed", "--condition", "staff", "--json"]
    told = json.loads(asked(store, "shipping", "recipient.address", "deliver", *holding, *given).output)
    assert told["verdict"] == verdict
    assert told["missing"] == (["within"] if age is None else [])


def test_what_goes_outside_rests_on_a_contract(store: Path) -> None:
    """While it runs by the policy's dates that holds by itself; once it has ended nothing goes out (P21)."""
    mail = ["job:confirm", "customer.email", "confirm", "--party", "mail", "--state", "order-placed"]
    runs = asked(store, *mail)
    assert runs.exit_code == 0, runs.output
    assert "contract C-2 runs on" in runs.output
    ended = asked(store, *mail, "--contract-ended", "--json")
    assert ended.exit_code == 1
    assert json.loads(ended.output)["missing"] == ["contract"]


@pytest.mark.parametrize("state", ["withdrawn", "never-consented"])
def test_without_a_consent_what_rests_on_one_stays_shut(store: Path, state: str) -> None:
    """A withdrawal and a question never answered come to the same (P9)."""
    shows = ["web:visitors", "visitor.seen", "customize", "--state"]
    assert asked(store, *shows, "consented").exit_code == 0
    answer = asked(store, *shows, state)
    assert answer.exit_code == 1
    assert f"consent: does not hold, needed (state {state})" in answer.output


def test_a_no_names_what_would_have_to_change(store: Path) -> None:
    """The nearest rule, and how far away it is."""
    answer = asked(store, "web:orders", "recipient.address", "deliver", "--state", "signed-in", "--json")
    assert answer.exit_code == 1
    near = {one["rule"]: one["changes"] for one in json.loads(answer.output)["nearest"]}
    assert near["deliver.own"] == ["actor person instead of web:orders"]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (["--state", "order-plcaed"], "did you mean 'order-placed'?"),
        (["--state", "withdrawn", "--state", "consented"], "unknown state together with the others"),
        (["--age", "forty days"], "bad duration 'forty days'"),
    ],
)
def test_a_state_that_there_is_not_is_an_error(store: Path, given: list[str], hint: str) -> None:
    """As for every other word: no answer is better than a wrong one."""
    answer = asked(store, "shipping", "recipient.address", "deliver", *given)
    assert answer.exit_code == 2
    assert hint in answer.output


def test_a_models_field_is_led_to_its_person(store: Path) -> None:
    """From any row to whom it is about; asked in a process of its own, as at a terminal."""

    def way(label: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "microkitten", "policy", "explain", label, "--store", str(store)]
        return subprocess.run(
            command, capture_output=True, text=True, env=environment(store, ""), check=False
        )

    number = way("orders.Order.number")
    assert number.returncode == 0, number.stderr
    assert "orders.Order.number" in number.stdout
    assert "person" in number.stdout
    assert way("shipments.Shipment").stdout.strip().endswith("(recipient)")
    wrong = way("orders.Oder")
    assert wrong.returncode == 2
    assert "did you mean" in wrong.stderr
