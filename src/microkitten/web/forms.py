"""Forms that know which field of the policy each input is; nothing else may bring a value to the vault (P1)."""

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.forms.renderers import Jinja2

from microkitten.vault.types import Given, flaw
from microkitten.vault.values import has_card_number

NO_CARDS = (
    "This looks like a card number. Those are asked for only on the payment page; please take it out here."
)

HOW = "name it in personal (a field of the policy), in parts (a part of one), or in neutral"

# What the vault would refuse (`vault.types.flaw`), in words for whoever typed it.
FLAWS = {
    "card": NO_CARDS,
    "control": "Please take out the invisible character: it cannot be printed.",
    "long": "This is too long to be kept; please shorten it.",
    "empty": "Please fill this in.",
    "shape": "This cannot be kept as it is; please write it differently.",
}


def no_card_number(text: str) -> None:
    """Refuse what the vault would refuse as a card number, however it is spaced (P4). Raises `ValidationError`."""
    if has_card_number(text):
        raise ValidationError(NO_CARDS, code="card")


def no_control_characters(text: str) -> None:
    """Refuse characters that have no shape on paper, line breaks and tabs excepted. Raises `ValidationError`."""
    for char in text:
        if (unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t") or char in "\ufffe\uffff":
            raise ValidationError(
                f"Please take out the invisible character (code {ord(char)}): it cannot be printed.",
                code="control",
            )


def email_address(text: str) -> str:
    """Return what a mail server could accept; anything else is told. Raises `ValidationError`."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValidationError("Please write an e-mail address such as name@example.com.") from error
    return text


class PlainText(forms.CharField):
    """Text as typed, kept unchanged: only card numbers and unprintable characters are refused."""

    def __init__(self, *, length_max: int, **options: Any) -> None:
        super().__init__(max_length=length_max, **options)
        self.error_messages["required"] = "Please fill this in."
        self.validators += [no_control_characters, no_card_number]

    def to_python(self, value: Any) -> str:
        """Return the text trimmed of blanks at both ends, line breaks as one character."""
        text = "" if value is None else str(value)
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()


# Django's own widgets, by the engine of the shop's own pages (docs/decisions, 0021). With the other one
# a checkout page spent half of its time on ten inputs. The back office keeps Django's: its widgets know no other.
WIDGETS = Jinja2()


class PersonalForm(forms.Form):
    """A form with personal inputs, and no input of which it does not say what it is (P1).

    `form_name` and `personal` (input name -> policy field) name those that are a field of the policy by themselves;
    `parts` (policy field -> input names) those that together make one; `neutral` those that are nothing personal.
    """

    default_renderer = WIDGETS

    form_name: ClassVar[str]
    personal: ClassVar[dict[str, str]]
    parts: ClassVar[dict[str, str]] = {}
    neutral: ClassVar[str] = ""

    def clean(self) -> dict[str, Any]:
        """Judge each value as the vault will, so that its no stands beside the input and nothing typed is lost."""
        super().clean()
        said = {*self.personal, *self.neutral.split(), *" ".join(self.parts.values()).split()}
        if silent := sorted(set(self.fields) - said):
            raise RuntimeError(f"{type(self).__name__} does not say what {', '.join(silent)} is: {HOW}")
        for field, given in self.given().items():
            if found := flaw(field, given.value):
                self.add_error(self._input_of(field), ValidationError(FLAWS[found], code=found))
        return self.cleaned_data

    def _input_of(self, field: str) -> str:
        """Return the input that shows what is wrong with a field of the policy."""
        return next(name for name, known in self.personal.items() if known == field)

    def given(self) -> dict[str, Given]:
        """Return the filled personal values of a valid form, each with the mark of the input it came from."""
        values = {field: (name, self.cleaned_data.get(name)) for name, field in self.personal.items()}
        return {
            field: Given(value, f"{self.form_name}.{name}")
            for field, (name, value) in values.items()
            if value
        }
