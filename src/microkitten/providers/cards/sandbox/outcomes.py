"""What becomes of a card typed into the sandbox's page; the number is judged here and goes no further."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from microkitten.providers.cards import Card

APPROVED = "4242424242424242"
DECLINED = "4000000000000002"
ASKS = "4000002760003184"
NAME_MAX = 200
YEARS_AHEAD_MAX = 30

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u00a0]+")
_EXPIRY = re.compile(r"(?:(?P<month>\d{1,2})\s*[/\-. ]\s*|(?P<packed>\d{2}))(?P<year>\d{4}|\d{2})", re.ASCII)
_EXPIRY_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})", re.ASCII)


class Verdict(Enum):
    """What the sandbox does with a well-formed card."""

    APPROVE = "approve"
    DECLINE = "decline"
    ASK = "ask"
    UNKNOWN = "unknown"
    """Could be a real card, so it is declined, and the page names the numbers to try."""


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """What came of a form: field errors, or a verdict and the few things of the card that may be kept."""

    errors: Mapping[str, str]
    verdict: Verdict | None = None
    card: Card | None = None


def judge(form: Mapping[str, str], *, today: date) -> Typed:
    """Check the four inputs of the payment page and say what becomes of the card.

    :param form: `cc-name`, `cc-number`, `cc-exp`, `cc-csc` as typed.
    """
    errors: dict[str, str] = {}
    name = form.get("cc-name", "").strip()
    if not name:
        errors["cc-name"] = "Enter the name on the card."
    elif len(name) > NAME_MAX:
        errors["cc-name"] = f"Enter a name of at most {NAME_MAX} characters."
    number = _SEPARATORS.sub("", form.get("cc-number", ""))
    if not number:
        errors["cc-number"] = "Enter the card number."
    elif not is_card_number(number):
        errors["cc-number"] = "This is not a card number. Check its digits."
    expiry, wrong = _expiry(form.get("cc-exp", ""), today)
    if wrong:
        errors["cc-exp"] = wrong
    code = form.get("cc-csc", "").strip()
    if not code:
        errors["cc-csc"] = "Enter the security code."
    elif not (code.isascii() and code.isdigit() and len(code) in (3, 4)):
        errors["cc-csc"] = "The security code has 3 or 4 digits."
    if errors:
        return Typed(errors)
    card = Card(brand="visa", last4=number[-4:], expiry=expiry, token=new_id("card"))
    verdicts = {APPROVED: Verdict.APPROVE, DECLINED: Verdict.DECLINE, ASKS: Verdict.ASK}
    return Typed({}, verdicts.get(number, Verdict.UNKNOWN), card)


def is_card_number(digits: str) -> bool:
    """Whether these are 12 to 19 digits with the right check digit (ISO/IEC 7812-1, Luhn)."""
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19):
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def new_id(kind: str) -> str:
    """Return an id that nobody can guess (112 bits) and no scan can take for a card number: letters only."""
    return f"{kind}_" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(24))


def _expiry(typed: str, today: date) -> tuple[str, str]:
    """Return (year-month, "") or ("", what is wrong)."""
    text = typed.strip()
    found = _EXPIRY_ISO.fullmatch(text) or _EXPIRY.fullmatch(text)
    if not text:
        return "", "Enter the date the card expires."
    parts = found.groupdict() if found else {}
    month = int(parts.get("month") or parts.get("packed") or 0)
    if not 1 <= month <= 12:
        return "", "Enter month and year, for example 08/31."
    year = int(parts["year"] or 0)
    year += 2000 if year < 100 else 0
    if (year, month) < (today.year, today.month):
        return "", "This card has expired."
    if year > today.year + YEARS_AHEAD_MAX:
        return "", "This date is too far ahead."
    return f"{year:04d}-{month:02d}", ""
