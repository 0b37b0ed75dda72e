"""`microkitten policy explain`: a question in words, answered by the file that decides (P0)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from microkitten.config import founding
from microkitten.config.cli import microkitten


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded sample store that never ran."""
    folder = tmp_path_factory.mktemp("explained")
    founding.found(folder, founding.sample_plan(8443))
    return folder


def asked(store: Path, *words: str) -> Result:
    """Ask as somebody at a terminal does."""
    return CliRunner().invoke(microkitten, ["policy", "explain", *words, "--store", str(store)])


def test_a_yes_names_rule_statement_and_conditions(store: Path) -> None:
    """Who ships may open an address if they hold a staff pass and the order claimed it."""
    holding = ["--condition", "staff", "--condition", "claimed"]
    answer = asked(store, "shipping", "recipient.address", "deliver", *holding)
    assert answer.exit_code == 0, answer.output
    for part in ("\nyes\n", "rule deliver.open", "P7, Shipping data", "a staff pass", "6 months"):
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
    answer = asked(store, "job:sweep", "customer.name", "confirm", "--act", "erase", "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert (told["verdict"], told["rule"], told["statement"]) == ("yes", "confirm.turn_back", "P1")
    assert told["missing"] == []
