"""Durations as a policy writes them (P30D, P12M, P7Y, PT1H): exact to reckon with and plain to read."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_SHAPE = re.compile(r"P(?:T([1-9][0-9]{0,3})(H)|([1-9][0-9]{0,3})([DMY]))")
_UNIT = {"H": "hour", "D": "day", "M": "month", "Y": "year"}


class BadDuration(ValueError):
    """A text that is no duration of the four shapes we read."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: `count` of `unit` (H hours, D days, M months, Y years)."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `text`; other ISO 8601 shapes are refused, so that each length has one spelling. Raises:
        BadDuration.
        """
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise BadDuration(text)
        hours, hour, count, unit = found.groups()
        return cls(int(hours or count), hour or unit)

    def after(self, at: datetime) -> datetime:
        """Return the moment this long after `at` (aware). A month's end stays a month's end: Jan 31 + 1
        month is Feb 28.
        """
        if self.unit == "H":
            return at + timedelta(hours=self.count)
        if self.unit == "D":
            return at + timedelta(days=self.count)
        months = at.month - 1 + self.count * (12 if self.unit == "Y" else 1)
        year, month = at.year + months // 12, months % 12 + 1
        return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))

    def words(self) -> str:
        """Say it in English: `13 months`."""
        return f"{self.count} {_UNIT[self.unit]}{'' if self.count == 1 else 's'}"

    def seconds_max(self) -> int:
        """Return the most seconds it can last (a cookie's Max-Age; a month counts 31 days, a year 366)."""
        return self.count * {"H": 3600, "D": 86_400, "M": 31 * 86_400, "Y": 366 * 86_400}[self.unit]

    def seconds_min(self) -> int:
        """Return the fewest seconds it can last: a year of 365 days, a single month of 28."""
        years, months = (self.count, 0) if self.unit == "Y" else divmod(self.count, 12)
        days = years * 365 + months * 28 if self.unit in "MY" else self.count
        return self.count * 3600 if self.unit == "H" else days * 86_400

    def __str__(self) -> str:
        return f"PT{self.count}H" if self.unit == "H" else f"P{self.count}{self.unit}"
