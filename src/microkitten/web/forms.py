"""Forms that know which field of the policy each input is; nothing else may bring a value to the vault (P1)."""

import re
import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from microkitten.vault.types import Given

CARD_LIKE = re.compile(r"(?:\d[\s\-.]?){12,18}\d")


def no_card_number(text: str) -> None:
    """Refuse 13 to 19 digits that pass the Luhn check, however they are spaced (P4). Raises `ValidationError`."""
    plain = unicodedata.normalize("NFKC", text)
    for match in CARD_LIKE.finditer(plain):
        if _luhn([int(c) for c in match.group() if c.isdigit()]):
            raise ValidationError(
                "This looks like a card number. Card numbers are asked for only on the payment page; "
                "please take it out here.",
                code="card",
            )


def _luhn(digits: list[int]) -> bool:
    doubled = [d if n % 2 == 0 else d * 2 - 9 * (d > 4) for n, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def no_control_characters(text: str) -> None:
    """Refuse characters that have no shape on paper, line breaks and tabs excepted. Raises `ValidationError`."""
    for char in text:
        if (unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t") or char in "\ufffe\uffff":
            raise ValidationError(
                f"Please take out the invisible character (code {ord(char)}): it cannot be printed.",
                code="control",
            )


class PlainText(forms.CharField):
    """Text as typed, kept unchanged: only card numbers and unprintable characters are refused."""

    def __init__(self, *, length_max: int, **options: Any) -> None:
        super().__init__(max_length=length_max, **options)
        self.validators += [no_control_characters, no_card_number]

    def to_python(self, value: Any) -> str:
        """Return the text trimmed of blanks at both ends, line breaks as one character."""
        text = "" if value is None else str(value)
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class PersonalForm(forms.Form):
    """A form with personal inputs: `form_name` and `personal` (input name -> policy field)."""

    form_name: ClassVar[str]
    personal: ClassVar[dict[str, str]]

    def given(self) -> dict[str, Given]:
        """Return the filled personal values of a valid form, each with the mark of the input it came from."""
        values = {field: (name, self.cleaned_data.get(name)) for name, field in self.personal.items()}
        return {
            field: Given(value, f"{self.form_name}.{name}")
            for field, (name, value) in values.items()
            if value
        }
