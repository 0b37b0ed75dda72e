"""`microkitten new`: a store from a few answers, with the stricter profile wherever there is doubt."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from microkitten import policy
from microkitten.config.cli import microkitten
from microkitten.config.preparation import CannotPrepare, fitting_profile
from microkitten.config.store import read

ANSWERS = {
    "--name": "Anna's wool",
    "--address": "https://localhost:9100",
    "--company": 'Anna "Wool" Ltd',
    "--postal-address": "1 Elm Street, Galway",
    "--email": "anna@wool.example",
    "--country": "IE",
    "--countries": "IE,US",
    "--currency": "EUR",
}


def new(folder: Path, **changes: str) -> Result:
    """Run the command with all answers given."""
    answers = ANSWERS | {f"--{name}": value for name, value in changes.items()}
    flat = [part for pair in answers.items() for part in pair]
    return CliRunner().invoke(microkitten, ["new", str(folder), *flat])


def test_a_store_is_made_from_answers(tmp_path: Path) -> None:
    """What was typed, quotes included, is what the store says."""
    result = new(tmp_path / "shop")
    assert result.exit_code == 0, result.output
    store, _ = read(tmp_path / "shop", {})
    assert store.name == "Anna's wool"
    assert store.company == 'Anna "Wool" Ltd'
    assert store.postal_address == "1 Elm Street\nGalway"
    assert not store.sample


def test_questions_are_asked_when_no_answers_are_given(tmp_path: Path) -> None:
    """The currency follows from the country, is shown, and can be changed."""
    typed = "Shop\n\nShop Ltd\n1 Elm Street, Oslo\na@b.example\nNO\nNO\n\n"
    result = CliRunner().invoke(microkitten, ["new", str(tmp_path / "shop")], input=typed)
    assert result.exit_code == 0, result.output
    assert "[NOK]" in result.output
    assert read(tmp_path / "shop", {})[0].currency == "NOK"


@pytest.mark.parametrize(
    ("countries", "profile"),
    [
        ("US", "classic"),
        ("US,DE", "strict"),
        ("GB", "strict"),
        ("CH", "strict"),
        ("CA", "strict"),
        ("", "strict"),
    ],
)
def test_the_profile_follows_from_the_countries(tmp_path: Path, countries: str, profile: str) -> None:
    """`classic` only for shops that sell to the United States alone."""
    assert new(tmp_path / "shop", countries=countries).exit_code == 0
    assert policy.load(tmp_path / "shop/policy.toml").profile == profile


def test_a_store_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Nobody loses a shop to a second `new`."""
    new(tmp_path / "shop")
    before = (tmp_path / "shop/store.toml").read_bytes()
    result = new(tmp_path / "shop", name="Other")
    assert result.exit_code == 1
    assert "nothing was changed" in result.output
    assert (tmp_path / "shop/store.toml").read_bytes() == before


def test_a_wrong_answer_makes_nothing(tmp_path: Path) -> None:
    """Half a store would be taken for one."""
    result = new(tmp_path / "shop", address="http://shop.example")
    assert result.exit_code == 1
    assert "https only" in result.output
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize("countries", ["DE", "NO", "GB", "CH", ""])
def test_classic_does_not_start_where_consent_comes_first(tmp_path: Path, countries: str) -> None:
    """Editing the countries later must not leave a profile that is not for them (appendix B)."""
    new(tmp_path / "shop", countries="US")
    path = tmp_path / "shop/store.toml"
    listed = f'["{countries}"]' if countries else "[]"
    path.write_text(path.read_text().replace('countries = ["US"]', f"countries = {listed}"))
    with pytest.raises(CannotPrepare, match="strict"):
        fitting_profile(read(tmp_path / "shop", {})[0])
