"""`store.toml`: read with types, every mistake named with its line and remedy; the environment goes before it."""

from decimal import Decimal
from pathlib import Path

import pytest

from microkitten.config import declarations, founding
from microkitten.config.store import StoreError, read, unknown_variables

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sample store, freshly founded."""
    founding.found(tmp_path / "store", founding.sample_plan(9443))
    return tmp_path / "store"


def edited(folder: Path, old: str, new: str) -> Path:
    """Change the store's file as a merchant would."""
    path = folder / "store.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return folder


def problems(folder: Path, **environ: str) -> str:
    """Return what the reader says is wrong."""
    with pytest.raises(StoreError) as caught:
        read(folder, environ)
    return str(caught.value)


def test_the_sample_store_reads(folder: Path) -> None:
    """American, selling to the United States, sandbox and plain port beside its own port."""
    store, serving = read(folder, {})
    assert (store.country, store.countries, store.currency, store.sample) == ("US", ("US",), "USD", True)
    assert store.cards.address == "https://127.0.0.1:9444"
    assert (serving.port, serving.cards_port, serving.plain_port) == (9443, 9444, 9445)
    assert store.tax.rate == Decimal("6.25")
    assert store.method("standard").amount_minor == 595


def test_an_unknown_setting_is_an_error_with_line_and_nearest_name(folder: Path) -> None:
    """A misspelled setting that is silently ignored is the worst kind of default."""
    said = problems(edited(folder, "currency =", "curency ="))
    assert "line 10: curency is not a setting" in said
    assert "Did you mean currency?" in said
    assert "currency is missing" in said


def test_an_unknown_setting_in_a_table_or_list_is_found_too(folder: Path) -> None:
    """Tables and repeated tables are no hiding place."""
    edited(folder, "rate = ", "rates = ")
    said = problems(edited(folder, "days = 5", "days = 5\ncolour = 1"))
    assert "tax.rates is not a setting" in said
    assert "Did you mean tax.rate?" in said
    assert "shipping.colour is not a setting" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"https://localhost:9443"', '"http://localhost:9443"', "https only"),
        ('"https://localhost:9443"', '"https://localhost:9443/shop"', "nothing after"),
        ('"https://localhost:9443"', '"https://me@localhost"', "https only"),
        ('"https://localhost:9443"', '"https://localhost:99999"', "must look like"),
        ('country = "US"', 'country = "usa"', "two capital letters"),
        ('countries = ["US"]', 'countries = "US"', "list of country codes"),
        ('currency = "USD"', "currency = 840", "must be a text"),
        ("sample = true", 'sample = "yes"', "true or false"),
        ("rate = 6.25", "rate = -1", "between 0 and 100"),
        ("rate = 6.25", "rate = nan", "between 0 and 100"),
        ("amount_minor = 595", "amount_minor = 5.95", "whole number"),
        ("amount_minor = 595", "amount_minor = true", "whole number"),
        ('kind = "sandbox"', 'kind = "paypal"', "none or sandbox"),
        ('name = "microkitten"', 'name = ""', "must not be empty"),
        ('id = "express"', 'id = "standard"', "same id"),
        ("sample = true", "sample = true = false", "not TOML"),
    ],
)
def test_a_value_that_does_not_fit_says_what_it_must_be(folder: Path, old: str, new: str, said: str) -> None:
    """The message alone must be enough to mend it."""
    assert said in problems(edited(folder, old, new))


def test_the_environment_goes_before_the_file(folder: Path) -> None:
    """The same store can be served elsewhere without an edit (12-factor)."""
    environ = {
        "MICROKITTEN_ADDRESS": "https://shop.example",
        "MICROKITTEN_COUNTRIES": "US, CA",
        "MICROKITTEN_TAX_RATE": "8.5",
        "MICROKITTEN_SAMPLE": "false",
        "MICROKITTEN_SERVE_WORKERS": "4",
    }
    store, serving = read(folder, environ)
    assert store.address == "https://shop.example"
    assert store.countries == ("US", "CA")
    assert store.tax.rate == Decimal("8.5")
    assert not store.sample
    assert (serving.port, serving.plain_port, serving.host, serving.workers) == (443, 80, "0.0.0.0", 4)


def test_a_wrong_variable_is_named_as_such(folder: Path) -> None:
    """Whoever reads the message must not look for the mistake in the file."""
    assert "environment MICROKITTEN_SERVE_WORKERS" in problems(folder, MICROKITTEN_SERVE_WORKERS="many")
    assert unknown_variables({"MICROKITTEN_ADRESS": "x", "PATH": "y"}) == ["MICROKITTEN_ADRESS"]


def test_a_folder_that_is_no_store_says_how_to_make_one(tmp_path: Path) -> None:
    """The first mistake of a newcomer."""
    assert "microkitten new" in problems(tmp_path)


def test_each_setting_is_documented_with_what_an_attacker_could_do() -> None:
    """The page in docs is made from the declarations, and was made since the last change."""
    page = (ROOT / "docs/operating/settings.md").read_text()
    assert page == declarations.document(), (
        "python -m microkitten.config.declarations > docs/operating/settings.md"
    )
    assert all(one.attacker and one.about for one in declarations.SETTINGS)
