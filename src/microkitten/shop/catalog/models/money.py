"""Money as whole minor units of one currency, so that no cent is made or lost by arithmetic."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Self

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

# ISO 4217: how many digits the minor unit of a currency has, where it is not two.
EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_CODE = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)
_LETTER_NEXT_TO_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


class OtherCurrency(TypeError):
    """Two currencies were added or compared, which has no answer."""


class NotAnAmount(ValueError):
    """A text is no amount of this currency; the message says what to write instead."""


def exponent(currency: str) -> int:
    """Return how many digits the currency's minor unit has (`ISO 4217`): 2 for USD, 0 for JPY, 3 for KWD."""
    return EXPONENTS.get(currency, 2)


def round_half_up(value: Decimal) -> int:
    """Round to a whole number, halves away from zero: the one place where money is rounded."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` whole minor units of `currency` (ISO 4217 code). Never a float, never a mix."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        # bool is an int to Python, and a float would slip through every sum
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")
        if not _CODE.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is no currency code; write three capital letters, as USD")

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str | Decimal, currency: str) -> Self:
        """Read an exact amount in major units ("12.50"); raises `NotAnAmount` rather than rounding."""
        digits = exponent(currency)
        written = str(text).strip()
        if not _AMOUNT.fullmatch(written):
            raise NotAnAmount(f"{written!r} is no amount; write digits with a point, as {_example(digits)}")
        try:
            scaled = Decimal(written).scaleb(digits)
        except InvalidOperation as problem:
            raise NotAnAmount(f"{written!r} is no amount; write {_example(digits)}") from problem
        if scaled != scaled.to_integral_value():
            raise NotAnAmount(f"{currency} has {digits} digits after the point; write {_example(digits)}")
        return cls(int(scaled), currency)

    @classmethod
    def total(cls, parts: Iterable["Money"], currency: str) -> Self:
        """Return the sum of the parts; nothing, in this currency, if there are none."""
        return cls(sum(cls(0, currency)._same(part).minor for part in parts), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exactly (12.50 for 1250 US cents)."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        if type(count) is not int:
            raise TypeError("money is multiplied by whole numbers only; for a percentage see `percent`")
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other).minor

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"

    @property
    def is_zero(self) -> bool:
        """Whether it is nothing. (Money has no truth value of its own: a price of nothing is a price.)"""
        return self.minor == 0

    def _same(self, other: "Money") -> "Money":
        if not isinstance(other, Money) or other.currency != self.currency:
            raise OtherCurrency(f"{self.currency} and {getattr(other, 'currency', type(other).__name__)}")
        return other

    def percent(self, rate: Decimal) -> "Money":
        """Return `rate` percent of the amount, rounded half up (sales tax on top of a net price)."""
        return Money(round_half_up(self.minor * rate / 100), self.currency)

    def percent_within(self, rate: Decimal) -> "Money":
        """Return the part of a gross amount that is `rate` percent of its net (tax within a price)."""
        return Money(round_half_up(self.minor * rate / (100 + rate)), self.currency)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by weights so that the parts add up to the amount exactly (largest remainder).

        Ties go to the earlier part, so the same split comes out the same each time. Raises `ValueError`
        for a negative weight, or if something is to be split over weights that are all zero.
        """
        whole = sum(weights)
        if any(weight < 0 for weight in weights) or (whole == 0 and self.minor != 0):
            raise ValueError("weights are whole numbers from 0, not all of them 0")
        if whole == 0:
            return [Money(0, self.currency) for _ in weights]
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, whole) for weight in weights]
        parts = [share for share, _ in shares]
        left = abs(self.minor) - sum(parts)
        order = sorted(range(len(weights)), key=lambda index: (-shares[index][1], index))
        for index in order[:left]:
            parts[index] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def format(self, locale: str = "en_US") -> str:
        """Return the amount as people of this locale write it ("$1,234.50"), all minor digits shown."""
        pattern = _pattern(locale, exponent(self.currency))
        text = str(pattern.apply(self.major, locale, currency=self.currency, currency_digits=False))
        return _LETTER_NEXT_TO_DIGIT.sub("\u00a0", text)  # CLDR's rule, which Babel leaves out: KWD 1.234


@lru_cache(maxsize=256)
def _pattern(locale: str, digits: int) -> NumberPattern:
    """Return the locale's money pattern with the currency's own count of digits (CLDR rounds some away)."""
    pattern = parse_pattern(Locale.parse(locale).currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern


def _example(digits: int) -> str:
    return "1250" if digits == 0 else f"12.5{'0' * (digits - 1)}"
