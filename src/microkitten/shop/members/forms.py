"""The one input of staff's sign-in."""

from typing import ClassVar

from django import forms


class TokenForm(forms.Form):
    """A one-time token, printed for the operator; compared inside the vault, used up by it."""

    form_name: ClassVar[str] = "sign_in"
    compares: ClassVar[dict[str, str]] = {"token": "staff.token"}

    token = forms.CharField(
        label="One-time token",
        max_length=80,
        help_text="It was printed when the store started. Make a fresh one with: microkitten staff token",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
