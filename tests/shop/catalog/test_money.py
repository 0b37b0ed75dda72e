"""Money: no sequence of arithmetic makes or loses a cent, in a currency of any exponent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microkitten.shop.catalog.models.money import Money, NotAnAmount, OtherCurrency, exponent, round_half_up

MINOR = st.integers(min_value=-(10**12), max_value=10**12)
CURRENCY = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=40)


@given(MINOR, MINOR, MINOR, CURRENCY)
def test_sums_do_not_depend_on_their_order(a: int, b: int, c: int, currency: str) -> None:
    """A cart's total is the same whichever line was added first."""
    x, y, z = (Money(minor, currency) for minor in (a, b, c))
    assert (x + y) + z == z + (y + x)
    assert x - x == Money.zero(currency)
    assert x + y - y == x
    assert -x + x == Money.zero(currency)


@given(MINOR, st.integers(min_value=0, max_value=99), CURRENCY)
def test_so_many_times_is_so_many_additions(minor: int, count: int, currency: str) -> None:
    """Quantity times price is the price so many times."""
    assert Money(minor, currency) * count == Money.total([Money(minor, currency)] * count, currency)


@given(MINOR, WEIGHTS, CURRENCY)
def test_a_split_adds_up_and_is_fair(minor: int, weights: list[int], currency: str) -> None:
    """A discount spread over lines is the discount, and no part is a whole unit off its share."""
    if sum(weights) == 0:
        weights[0] = 1
    whole = Money(minor, currency)
    parts = whole.allocate(weights)
    assert Money.total(parts, currency) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)
        assert weight or part.is_zero, "what weighs nothing gets nothing"
    assert whole.allocate(weights) == parts, "the same split each time"


@given(st.integers(min_value=0, max_value=10**9), st.decimals(0, 100, places=3), CURRENCY)
def test_tax_within_a_price_and_its_net_add_up(minor: int, rate: Decimal, currency: str) -> None:
    """Net and tax of one line are its gross, whatever the rate."""
    gross = Money(minor, currency)
    tax = gross.percent_within(rate)
    assert Money.zero(currency) <= tax <= gross
    net = gross - tax
    assert abs(net.percent(rate).minor - tax.minor) <= 1 + rate / 100


@given(MINOR, CURRENCY)
def test_what_is_written_reads_back(minor: int, currency: str) -> None:
    """An amount survives being written in major units and read again."""
    assert Money.parse(Money(minor, currency).major, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("2.4999", 2)]
)
def test_halves_go_away_from_zero(value: str, rounded: int) -> None:
    """Half up, as shoppers and tax offices count; banker's rounding would differ at 2.5."""
    assert round_half_up(Decimal(value)) == rounded


@pytest.mark.parametrize(
    ("currency", "minor", "text"),
    [
        ("USD", 123450, "$1,234.50"),
        ("JPY", 1234, "¥1,234"),
        ("KWD", 1234, "KWD\xa01.234"),
        ("ISK", 500, "ISK\xa0500"),
    ],
)
def test_each_currency_shows_its_own_digits(currency: str, minor: int, text: str) -> None:
    """The yen has no cents, the dinar has thousandths, and none is rounded away."""
    assert Money(minor, currency).format("en_US") == text


def test_other_locales_write_it_their_way() -> None:
    """The same amount in German."""
    assert Money(123450, "EUR").format("de_DE") == "1.234,50\xa0€"


def test_two_currencies_are_never_mixed() -> None:
    """Dollars and euros have no sum, and neither is more."""
    for act in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a >= b):
        with pytest.raises(OtherCurrency):
            act(Money(1, "USD"), Money(1, "EUR"))
    assert Money(1, "USD") != Money(1, "EUR")
    with pytest.raises(OtherCurrency):
        Money.total([Money(1, "USD")], "EUR")


@pytest.mark.parametrize("wrong", [1.5, True, Decimal(1), "1"])
def test_only_whole_numbers_are_minor_units(wrong: object) -> None:
    """A float can never slip into a sum."""
    with pytest.raises(TypeError):
        Money(wrong, "USD")  # type: ignore[arg-type] # the point of the test
    with pytest.raises(TypeError):
        Money(100, "USD") * wrong  # type: ignore[operator] # the point of the test


@pytest.mark.parametrize(
    "wrong", ["", "12.345", "1,50", "1 000", "1e3", "NaN", "٣", "12.", "$5", "--1", "9" * 20]
)
def test_what_is_no_exact_amount_is_refused(wrong: str) -> None:
    """A price is read exactly or not at all; the message shows how to write it."""
    with pytest.raises(NotAnAmount, match=r"write .*12\.50"):
        Money.parse(wrong, "USD")


def test_the_table_of_exponents_is_iso_4217() -> None:
    """Spot checks against the standard; what is not in the table has two digits."""
    assert [exponent(code) for code in ("USD", "JPY", "KWD", "BHD", "CLF", "KRW", "HUF", "MGA")] == [
        2,
        0,
        3,
        3,
        4,
        0,
        2,
        2,
    ]


def test_a_split_over_nothing_is_refused() -> None:
    """A discount on no goods has nowhere to go; a discount of nothing needs nowhere."""
    with pytest.raises(ValueError, match="weights"):
        Money(1, "USD").allocate([0, 0])
    assert Money(0, "USD").allocate([0, 0]) == [Money(0, "USD")] * 2
