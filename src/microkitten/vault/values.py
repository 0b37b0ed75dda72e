"""What a personal value may look like, the same before the seal and in the form: no card numbers, nothing
unprintable (P4)."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

Value = str | dict[str, str] | list[str]

ADDRESS_PARTS: Final = frozenset(
    {"line1", "line2", "line3", "city", "area", "region", "postcode", "sorting", "country"}
)
TEXT_CHARS_MAX: Final = 1_000
MESSAGE_CHARS_MAX: Final = 2_000
LIST_VALUES_MAX: Final = 50
_ONE_LINE: Final = frozenset(
    {"customer.name", "customer.email", "recipient.name", "recipient.phone", "visitor.cookie", "staff.name"}
)
_BLANKS: Final = frozenset("\n\r\t")
# What a number is split by and stays one number: blanks, dots, dashes of every length (the long one of Japanese
# keyboards too), and what has no width at all.
_BETWEEN: Final = r"[\s.\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\u30fc\ufeff]"
# What may go along with a disclosure, each in the one shape that the shop makes it in.
_FACTS: Final = {
    "amount_minor": re.compile(r"\d{1,12}"),
    "currency": re.compile(r"[A-Z]{3}"),
    "reference": re.compile(r"[A-Za-z0-9_-]{1,40}"),
    "kind": re.compile(r"confirmation"),
    "message_id": re.compile(r"[0-9a-f-]{36}\.confirmation"),
    "order_number": re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}"),
}
_DIGITS: Final = re.compile(rf"\d+(?:{_BETWEEN}{{1,3}}\d+)*")


def flaw(field: str, value: object) -> str | None:
    """Tell what is wrong with a value for a field.

    Params: `field` as the policy names it, `value` as typed. Returns: one of `shape`, `empty`, `long`,
    `control`, `card`, or None if nothing is. Promise: P1, P4.
    """
    texts = _texts(field, value)
    if texts is None:
        return "shape"
    if not any(texts):
        return "empty"
    if sum(map(len, texts)) > (MESSAGE_CHARS_MAX if field == "recipient.message" else TEXT_CHARS_MAX):
        return "long"
    if any(has_control(text, one_line=field in _ONE_LINE) for text in texts):
        return "control"
    # The parts are read as one text too: a number split over two lines of an address is a number all
    # the same.
    if any(map(has_card_number, [*texts, "\n".join(texts)])):
        return "card"
    return None


def _texts(field: str, value: object) -> list[str] | None:
    if field.endswith(".address"):
        if not isinstance(value, dict) or not value.keys() <= ADDRESS_PARTS:
            return None
        texts = [value[part] for part in sorted(value, key=_reading_order)]
    elif isinstance(value, list):
        if field != "visitor.seen" or len(value) > LIST_VALUES_MAX:
            return None
        texts = value
    else:
        texts = [value]
    return texts if all(isinstance(text, str) for text in texts) else None


def _reading_order(part: str) -> tuple[int, str]:
    return (0 if part.startswith("line") else 1, part)


def has_control(text: str, *, one_line: bool = False) -> bool:
    """Tell whether a text has characters without a shape on paper; line breaks and tabs count only for
    one-line fields.
    """
    return any(
        (unicodedata.category(char) in {"Cc", "Cs"} and (one_line or char not in _BLANKS))
        or char in "\ufffe\uffff"
        for char in text
    )


def has_card_number(text: str) -> bool:
    """Tell whether 13 to 19 digits in a row, blanks, dashes and the like aside, pass the Luhn check (P4)."""
    plain = unicodedata.normalize("NFKC", text)
    if sum(map(str.isdecimal, plain)) < 13:
        return False
    return any(_luhn(digits) for match in _DIGITS.finditer(plain) for digits in _candidates(match.group()))


def _candidates(run: str) -> Iterator[list[int]]:
    """Cut a run of digit groups at its own gaps; a single group that is too long is cut everywhere."""
    groups = [[int(char) for char in group] for group in re.findall(r"\d+", run)]
    for start in range(len(groups)):
        joined: list[int] = []
        for group in groups[start:]:
            joined = joined + group
            if 13 <= len(joined) <= 19:
                yield joined
            if len(joined) > 19:
                break
    for group in groups:
        if len(group) > 19:
            yield from (
                group[at : at + size] for size in range(13, 20) for at in range(len(group) - size + 1)
            )


def _luhn(digits: list[int]) -> bool:
    doubled = (
        digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4)
        for place, digit in enumerate(reversed(digits))
    )
    return sum(doubled) % 10 == 0


def fact_fits(name: str, value: int | str) -> bool:
    """Tell whether a told fact has the shape of its name, and so no room for a word about somebody (P22, P30)."""
    shape = _FACTS.get(name)
    return (
        shape is not None
        and shape.fullmatch(str(value)) is not None
        and (type(value) is int) == (name == "amount_minor")
    )


def normalized(value: str) -> str:
    """Return the one spelling under which a value is looked up: NFC, trimmed, lower case; dots and tags
    stay.
    """
    return unicodedata.normalize("NFC", value).strip().lower()
