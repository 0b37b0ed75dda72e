"""The inputs by which people put right what is held about them; what is left empty stays as it is (P43)."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from microkitten.shop.checkout.forms.people import RecipientForm
from microkitten.shop.orders.forms import ProofForm
from microkitten.vault.types import Given
from microkitten.web.forms import PersonalForm, PlainText, email_address
from microkitten.web.store import Store

NOTHING = "Nothing is typed yet. What you leave empty stays as it is."


class CustomerCorrection(PersonalForm):
    """Name and e-mail address of whoever ordered."""

    form_name = "correction"
    personal: ClassVar[dict[str, str]] = {"name": "customer.name", "email": "customer.email"}

    name = PlainText(
        label="New name",
        length_max=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = PlainText(
        label="New e-mail address",
        length_max=254,
        required=False,
        help_text="The link in the mail opens your order together with this address, from now on.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        """Accept what a mail server could accept."""
        typed = str(self.cleaned_data["email"])
        return email_address(typed) if typed else typed

    def clean(self) -> dict[str, Any]:
        """Ask for something."""
        super().clean()
        if not self.errors and not self.given():
            raise ValidationError(NOTHING)
        return self.cleaned_data


class PresentForm(ProofForm):
    """The present e-mail address, asked before it is changed: compared inside the vault, five tries a day (P3)."""

    form_name = "proof"
    compares: ClassVar[dict[str, str]] = {"email": "customer.email"}

    def __init__(self, data: QueryDict | None, *, needed: bool) -> None:
        """Build it; `needed` if a new address is typed."""
        super().__init__(data, prefix="proof")
        email = self.fields["email"]
        email.required, email.label = needed, "Your present e-mail address"
        email.help_text = "Only if you change it: so that nobody who finds this page open can lock you out."

    def clean_email(self) -> str:
        """Tell what cannot be an address at once: it would cost one of the day's tries."""
        return super().clean_email() if self.cleaned_data["email"] else ""


class RecipientCorrection(RecipientForm):
    """Whom a parcel goes to, while it has not left; the country stays, since the parcel was priced for it."""

    form_name = "correction"
    personal: ClassVar[dict[str, str]] = {
        "name": "recipient.name", "phone": "recipient.phone", "message": "recipient.message",
    }  # fmt: skip
    parts: ClassVar[dict[str, str]] = {
        "recipient.address": "line1 line2 city area region postcode sorting country"
    }
    neutral: ClassVar[str] = ""

    def __init__(self, data: QueryDict | None, *, number: int, country: str, store: Store) -> None:
        """Build the form of the receiver of parcel `number` in `country` (ISO 3166 code)."""
        super().__init__(data, number=number, country=country, store=store)
        del self.fields["method"]
        self._needed = [name for name in self._address_inputs() if self.fields[name].required]
        for field in self.fields.values():
            field.required = False
        self.fields["message"].help_text = ""

    def _add_country(self) -> None:
        """Leave the country out."""

    def _address_inputs(self) -> list[str]:
        return [name for name in self.parts["recipient.address"].split() if name in self.fields]

    def _has_address(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self._address_inputs())

    def clean(self) -> dict[str, Any]:
        """Take an address whole or not at all, and ask for something."""
        super().clean()
        if self._has_address():
            for name in self._needed:
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, "An address is put right as a whole: please fill this in.")
        if not self.errors and not self.given():
            raise ValidationError(NOTHING)
        return self.cleaned_data

    def given(self) -> dict[str, Given]:
        """Return what was typed, the address as one field of its parts or not at all."""
        given = PersonalForm.given(self)
        if self._has_address():
            given["recipient.address"] = Given(self._address(), "correction.address")
        return given
