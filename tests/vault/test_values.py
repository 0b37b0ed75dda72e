"""What a value may look like is the same question in the form and in the vault (P1, P4)."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microkitten.vault.values import flaw, has_card_number, has_control, normalized


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "my card is 4242 4242\n4242 4242, thanks",
        "４２４２４２４２４２４２４２４２",
        "12 4242 4242 4242 4242 99",
        "00004242424242424242000",
        "4242\N{EN DASH}4242\N{EN DASH}4242\N{EN DASH}4242",
        "4242\N{NON-BREAKING HYPHEN}4242\N{MINUS SIGN}4242\N{EM DASH}4242",
        "4242\N{ZERO WIDTH SPACE}4242\N{SOFT HYPHEN}4242\N{WORD JOINER}4242",
        "4242\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}4242 \N{EN DASH} 42424242",
        "378282246310005",
    ],
)
def test_a_card_number_is_seen_however_it_is_written(text: str) -> None:
    """A number that slips into a name or message would be kept for a year (P4)."""
    assert has_card_number(text)
    assert flaw("recipient.message", text) == "card"


def test_the_public_test_numbers_are_all_seen(shared: Path) -> None:
    """Numbers that others publish, not only those we thought of."""
    found = 0
    for path in sorted((shared / "data" / "test-pans").glob("*.csv")):
        for row in csv.reader(path.open()):
            for cell in row:
                if re.fullmatch(r"[\d ]{13,23}", cell) and len(cell.replace(" ", "")) in range(13, 20):
                    digits = [int(char) for char in reversed(cell.replace(" ", ""))]
                    luhn = (
                        sum(d if n % 2 == 0 else sum(divmod(2 * d, 10)) for n, d in enumerate(digits)) % 10
                        == 0
                    )
                    assert has_card_number(cell) is luhn
                    found += luhn
    assert found > 20


@pytest.mark.parametrize(
    "text", ["+1 415 555 0100", "1 Way 12345-6789", "order 2026-11-22 13:40", "4242424242424241", "12345678"]
)
def test_phones_postcodes_and_dates_are_no_card_numbers(text: str) -> None:
    """A shop that refuses telephone numbers sells nothing."""
    assert not has_card_number(text)


def test_a_number_split_over_two_lines_of_an_address_is_seen() -> None:
    """The parts of an address are read as one text too."""
    assert flaw("recipient.address", {"line1": "4242 4242", "line2": "4242 4242", "country": "US"}) == "card"
    split = {"line1": "1 Elm St", "line2": "4242 4242", "city": "4242 4242", "country": "US"}
    assert flaw("recipient.address", split) == "card"  # as it is read: the lines, then the city


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("customer.name", "", "empty"),
        ("customer.name", "x" * 1001, "long"),
        ("customer.name", "a\x00b", "control"),
        ("customer.name", "a\x1bb", "control"),
        ("customer.name", "\ud800", "control"),
        ("customer.email", "a@b.c\nBcc: d@e.f", "control"),
        ("customer.name", "Anna\nBell", "control"),
        ("recipient.name", "Ben\r\nBell", "control"),
        ("staff.name", "Cleo\tBell", "control"),
        ("recipient.phone", "+1 415\n555 0100", "control"),
        ("recipient.address", {"line1": "12 Sample Street\nBack door", "country": "US"}, None),
        ("customer.name", 7, "shape"),
        ("customer.name", ["a"], "shape"),
        ("customer.name", {"line1": "a"}, "shape"),
        ("recipient.address", "a", "shape"),
        ("recipient.address", {"street": "a"}, "shape"),
        ("recipient.address", {"line1": 1}, "shape"),
        ("visitor.seen", ["x"] * 51, "shape"),
        ("recipient.message", "Dear Ben,\nwith love", None),
        ("customer.name", "Zoë O’Brien-Ñandú 王", None),
        ("visitor.seen", ["mug", "bowl"], None),
    ],
)
def test_each_flaw_is_named(field: str, value: object, wrong: str | None) -> None:
    """The form can say what is wrong because the vault says it in a word, never with the value."""
    assert flaw(field, value) == wrong


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_the_checks(text: str) -> None:
    """Whatever can be typed gets an answer."""
    has_control(text)
    has_card_number(text)
    assert normalized(normalized(text)) == normalized(text)
