"""The inputs at which people put right what is held: empty stays, an address is taken whole (P43)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import QueryDict

from microkitten.shop.privacy.forms import CustomerCorrection, PresentForm, RecipientCorrection
from microkitten.vault.corrections import INPUTS

ADDRESS = {"r2-line1": "7 Elm Street", "r2-city": "Troy", "r2-region": "NY", "r2-postcode": "12180"}


def data(**typed: str) -> QueryDict:
    """Return a form as it is posted."""
    found = QueryDict(mutable=True)
    found.update(typed)
    return found


def receiver(**typed: str) -> RecipientCorrection:
    """Return the form of the second parcel's receiver."""
    return RecipientCorrection(data(**typed), number=2, country="US", store=settings.STORE)


def test_what_is_left_empty_is_not_given() -> None:
    """Nothing of it goes to the vault, so nothing of it is written over."""
    form = receiver(**{"r2-phone": "+1 217 555 0142"})
    assert form.is_valid(), form.errors
    assert {name: given.source for name, given in form.given().items()} == {
        "recipient.phone": "correction.phone"
    }
    customer = CustomerCorrection(data(name="Anna"))
    assert customer.is_valid(), customer.errors
    assert {name: given.source for name, given in customer.given().items()} == {
        "customer.name": "correction.name"
    }


def test_an_address_is_taken_whole_with_its_country() -> None:
    """The country is the parcel's: there is no input for another one."""
    form = receiver(**ADDRESS)
    assert form.is_valid(), form.errors
    given = form.given()["recipient.address"]
    assert given.source == "correction.address"
    assert given.value == {
        "line1": "7 Elm Street", "city": "Troy", "region": "NY", "postcode": "12180", "country": "US",
    }  # fmt: skip
    assert "country" not in form.fields
    assert "method" not in form.fields
    assert receiver(**ADDRESS, **{"r2-country": "DE"}).fields.keys() == form.fields.keys()


@pytest.mark.parametrize("missing", sorted(ADDRESS))
def test_half_an_address_is_told(missing: str) -> None:
    """A new street with the old city would lead nowhere."""
    form = receiver(**{name: value for name, value in ADDRESS.items() if name != missing})
    assert not form.is_valid()
    assert missing.removeprefix("r2-") in form.errors


def test_nothing_typed_is_told() -> None:
    """So that nobody believes something was put right."""
    for form in (receiver(), CustomerCorrection(data())):
        assert not form.is_valid()
        assert "Nothing is typed yet" in str(form.non_field_errors())


@pytest.mark.parametrize(("needed", "typed", "valid"), [
    (True, "", False), (True, "anna@example.com", True), (True, "anna", False), (False, "", True),
])  # fmt: skip
def test_the_present_address_is_asked_for_a_new_one_alone(needed: bool, typed: str, valid: bool) -> None:
    """Under a name of its own, with the mark by which the vault compares."""
    form = PresentForm(data(**{"proof-email": typed}), needed=needed)
    assert form.is_valid() is valid
    assert (form.form_name, form.compares) == ("proof", {"email": "customer.email"})


@pytest.mark.parametrize("typed", ["4242 4242 4242 4242", "a\x07b"])
def test_a_card_number_is_no_name(typed: str) -> None:
    """As everywhere (P4)."""
    assert not CustomerCorrection(data(name=typed)).is_valid()
    assert not receiver(**{"r2-message": typed}).is_valid()


def test_every_input_of_the_vaults_list_stands_on_a_page() -> None:
    """But for staff's name, which is put right by whoever runs the server."""
    ours = set(CustomerCorrection.personal.values()) | set(RecipientCorrection.personal.values())
    ours |= set(RecipientCorrection.parts)
    assert ours == {name for name in INPUTS if not name.startswith("staff.")}
