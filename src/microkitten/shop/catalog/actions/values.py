"""Readers of one value each: from text as a merchant wrote it to what a column holds, or a sentence why not."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.text import slugify

from microkitten.shop.catalog.models.product import ProductState

WHOLE_MAX = 2_000_000_000


class Unfit(ValueError):
    """A value does not fit its column: a message, and a hint that says what to write."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def text(length_max: int) -> Callable[[Any], str]:
    """Return the reader of a text of at most so many characters."""

    def read(value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Unfit("it is no text", "write one text")
        if bad := next((char for char in value if ord(char) < 32 and char not in "\n\r\t"), None):
            raise Unfit(f"it has an invisible character (code {ord(bad)})", "take it out")
        if len(value) > length_max:
            raise Unfit(f"it has {len(value)} characters", f"write at most {length_max}")
        return value

    return read


def whole(value: Any) -> int:
    """Read a whole number from 0."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,10}", value.strip(), re.ASCII):
        raise Unfit(f"{value!r} is no whole number", "write digits, as 15")
    if (number := int(value)) > WHOLE_MAX:
        raise Unfit(f"{value} is too large", f"write at most {WHOLE_MAX}")
    return number


def flag(value: Any) -> bool:
    """Read a yes or no."""
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}
    if (answer := known.get(str(value).strip().lower())) is None:
        raise Unfit(f"{value!r} is neither yes nor no", "write true or false")
    return answer


def slug(value: Any) -> str:
    """Read the last part of an address."""
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", value)
        or len(value) > 120
    ):
        raise Unfit(
            f"{value!r} cannot stand in an address", f"write {slugify(str(value))[:120] or 'felt-mouse'!r}"
        )
    return value


def state(value: Any) -> str:
    """Read the state of a product."""
    if value not in ProductState.values:
        raise Unfit(f"{value!r} is no state", f"write one of {', '.join(ProductState.values)}")
    return str(value)


def moment(value: Any) -> datetime:
    """Read a day, or a time with its zone; a day begins in UTC."""
    try:
        read = datetime.fromisoformat(str(value))
        return read if read.tzinfo else datetime.combine(date.fromisoformat(str(value)), time(), UTC)
    except ValueError as problem:
        raise Unfit(f"{value!r} is no day", "write year, month and day, as 2026-03-01") from problem


PRODUCT_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "title": text(200), "summary": text(400), "text": text(20_000), "materials": text(400), "size": text(200),
    "care": text(400), "weight_g": whole, "state": state, "digital": flag, "preorder_note": text(200),
    "featured": flag, "position": whole, "tax_class": slug, "customs_code": text(16), "created_at": moment,
}  # fmt: skip
CATEGORY_COLUMNS: dict[str, Callable[[Any], Any]] = {
    "slug": slug, "title": text(120), "text": text(4000), "ground": text(24), "position": whole, "parent": text(120),
}  # fmt: skip


def color(value: Any) -> str:
    """Read a color as a hex code; none is an empty text."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise Unfit(f"{value!r} is no color", "write # and six hex digits, as #d9b38c")
    return value
