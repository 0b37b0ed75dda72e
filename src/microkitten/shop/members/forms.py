"""The one input of staff's sign-in."""

from django import forms


class TokenForm(forms.Form):
    """A one-time token, printed for the operator; not personal."""

    token = forms.CharField(
        label="One-time token",
        max_length=80,
        help_text="It was printed when the store started. Make a fresh one with: microkitten staff token",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
