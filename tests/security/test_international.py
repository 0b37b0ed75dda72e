"""Names and addresses of the whole world: accepted as they are written at home, or told what is wrong with them.

Judged by the checkout's own forms and by the vault's own rules for values; test_naughty takes some to the end.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from django.http import QueryDict

from microkitten.shop.checkout.forms import CustomerForm, RecipientForm
from microkitten.vault.types import flaw
from microkitten.web.addresses import address_lines
from microkitten.web.store import current
from tests.security import world

# What the data have instead of a postcode of that country: another country's prefix for calls, half a code, two codes
# at once, a code that was abolished, a slip of the pen.
NO_POSTCODES = {
    "504", "222", "503", "GY1", "68100;68200", "135-934", "96060", "13416", "0000NA", "1727",
}  # fmt: skip


def posted(values: Mapping[str, str], prefix: str = "") -> QueryDict:
    """Return values as a browser posts them."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data[prefix + name] = value
    return data


def recipient(typed: Mapping[str, str]) -> RecipientForm:
    """Return the form of a recipient, filled and checked."""
    store = replace(current(), countries=("US", typed["country"]))
    data = posted({"method": store.shipping[0].id, **typed}, "r1-")
    return RecipientForm(data, number=1, country=typed["country"], store=store)


def test_every_name_is_taken_as_it_is_written(shared: Path) -> None:
    """In any script and of any length: nobody is told that their name is not one."""
    names = world.names(shared)
    assert len(names) > 4000
    for name in [
        *names,
        "O",
        "Ng",
        "Nguyễn Thị Minh Khai",
        "D'Arcy-O’Neill",
        "María José de la Cruz y Ávila",
        "孫 悟空",
    ]:
        form = CustomerForm(posted({"name": f" {name} ", "email": "someone@example.com"}))
        assert form.is_valid(), (name, form.errors)
        assert form.given()["customer.name"].value == name
        assert flaw("recipient.name", name) is None
    print(f"\n{len(names)} names taken as they are")


def test_every_real_address_is_taken_or_told_why(shared: Path) -> None:
    """Each part comes back unchanged; what is refused is no address of that country, and is listed above."""
    taken, refused = 0, {}
    countries = set()
    for place in world.places(shared):
        typed = world.as_typed(place)
        form = recipient(typed)
        if not form.is_valid():
            refused[typed.get("postcode", "")] = dict(form.errors)
            assert form.errors.keys() == {"postcode"}, (typed, form.errors)
            assert "should look like" in str(form.errors["postcode"])
            continue
        taken += 1
        countries.add(typed["country"])
        address = form.given()["recipient.address"].value
        assert isinstance(address, dict)
        assert address == {name: value for name, value in typed.items() if name != "name"}
        shown = "\n".join(address_lines(address))
        missing = [part for name, part in address.items() if name != "country" and part not in shown]
        assert missing == [], (typed, shown)
    assert refused.keys() <= NO_POSTCODES, refused.keys() - NO_POSTCODES
    assert taken > 290
    print(
        f"\n{taken} addresses of {len(countries)} countries taken, {len(refused)} told why: {sorted(refused)}"
    )


@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("PL", "71637"), ("PL", "71-637"), ("PT", "1170169"), ("PT", "1170 169"), ("IE", "W23-P466"), ("IE", "w23p466"),
        ("AZ", "AZ1014"), ("AZ", "1014"), ("HT", "HT6114"), ("DE", "D-10115"), ("DE", "10115"), ("CH", "CH-8001"),
        ("JP", "１５０－０００１"), ("JP", "1500001"), ("SE", "11455"), ("SE", "114 55"), ("NL", "1012ab"),
        ("GB", "sw1a1aa"), ("CA", "k1a0b1"),
        ("US", "627014839"), ("US", "62701\u20114839"), ("BR", "40301110"), ("SH", "TDCU 1ZZ"),
    ],
)  # fmt: skip
def test_a_postcode_is_known_however_it_is_written(country: str, postcode: str) -> None:
    """Gaps left out, other dashes, small letters, wide digits, the country before it: all are kept as typed (P6)."""
    form = recipient({"name": "A", "country": country, "postcode": postcode})
    form.is_valid()
    assert "postcode" not in form.errors
    assert form.cleaned_data["postcode"] == postcode


@pytest.mark.parametrize(
    ("country", "postcode"),
    [("US", "6270"), ("DE", "1011"), ("PL", "716370"), ("GB", "SW1A"), ("DE", "XX10115"), ("JP", "1500")],
)  # fmt: skip
def test_a_postcode_that_cannot_be_is_still_told(country: str, postcode: str) -> None:
    """A missing digit is the commonest reason for a parcel that comes back."""
    form = recipient({"name": "A", "country": country, "postcode": postcode})
    assert "should look like" in str(form.errors["postcode"])


@pytest.mark.parametrize("line", ["-1.00", "/dev/null", "--", "a, b -", "〒 5", "%C", "\ue000", "1/2", ", "])
def test_an_address_is_shown_with_every_character_that_was_typed(line: str) -> None:
    """Dashes and commas of a country's own form fall away with a missing part; those that people typed do not."""
    shown = address_lines({"line1": line, "city": "Springfield", "postcode": "62701", "country": "US"})
    assert shown == [line.strip(), "Springfield, 62701", "United States"]
    assert address_lines({"line1": "x", "region": "IL", "country": "US"}) == ["x", "IL", "United States"]


def test_a_card_number_over_two_lines_is_told_beside_the_first() -> None:
    """The vault reads an address as one text; its no would otherwise come as a page, and what was typed be lost."""
    form = recipient({"name": "A", "country": "US", "line1": "4242 4242", "line2": "4242 4242", "city": "B"})
    assert "card number" in str(form.errors["line1"])
