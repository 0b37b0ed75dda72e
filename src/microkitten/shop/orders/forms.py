"""The one thing asked of somebody who comes back by the link."""

from typing import ClassVar

from django import forms

from microkitten.web.forms import PlainText, email_address


class ProofForm(forms.Form):
    """The e-mail address of the order: compared inside the vault, stored nowhere."""

    form_name: ClassVar[str] = "proof"
    compares: ClassVar[dict[str, str]] = {"email": "customer.email"}

    email = PlainText(
        label="E-mail address of the order",
        length_max=254,
        help_text="It is compared, not kept. Five tries a day.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def clean_email(self) -> str:
        """Tell what cannot be an address at once: it would cost one of the day's tries."""
        return email_address(str(self.cleaned_data["email"]))
