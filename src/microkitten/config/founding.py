"""Founds a store: writes `store.toml` and `policy.toml` from answers, never over what is there."""

import json
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from microkitten import policy
from microkitten.config.countries import CONSENT_LATER, consent_comes_first
from microkitten.config.store import Problem, StoreError, read


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new store shall be; `profile` follows from the countries (promises, appendix B)."""

    name: str
    address: str
    company: str
    postal_address: str
    email: str
    country: str
    countries: tuple[str, ...]
    currency: str
    language: str
    sample: bool = False
    languages: tuple[str, ...] = ()

    @property
    def profile(self) -> str:
        """`classic` only for shops that sell to the United States alone; `strict` wherever there is doubt."""
        return "classic" if self.countries and set(self.countries) <= CONSENT_LATER else "strict"

    @property
    def profile_reason(self) -> str:
        """Why this profile, in a few words."""
        if self.profile == "classic":
            return "it sells to the United States alone"
        asking = consent_comes_first(self.countries)
        return f"consent comes first in {', '.join(asking)}" if asking else "chosen wherever there is doubt"


def plan(
    *,
    name: str,
    address: str,
    company: str,
    postal_address: str,
    email: str,
    country: str,
    countries: str,
    currency: str,
    language: str,
    sample: bool = False,
) -> Plan:
    """Return the plan that these answers make; `countries` are separated by commas."""
    return Plan(
        name=name.strip(),
        address=address.strip().rstrip("/"),
        company=company.strip(),
        postal_address="\n".join(line.strip() for line in postal_address.split(",")),
        email=email.strip(),
        country=country.strip().upper(),
        countries=tuple(one.upper() for one in re.split(r"[,\s]+", countries) if one),
        currency=currency.strip().upper(),
        language=language.strip(),
        sample=sample,
    )


def sample_plan(port: int) -> Plan:
    """Return the plan of the sample store: American, selling to the United States, at localhost."""
    return Plan(
        name="microkitten",
        address=f"https://localhost:{port}",
        company="microkitten, llc",
        postal_address="12 Sample Street\nSpringfield, IL 62701\nUnited States",
        email="hello@microkitten.example",
        country="US",
        countries=("US",),
        currency="USD",
        language="en",
        sample=True,
        languages=("en", "es", "de"),
    )


def found(folder: Path, what: Plan) -> None:
    """Write the two files of a new store into `folder`.

    Raises `FileExistsError` if there is a store already, `StoreError` if an answer does not fit; then nothing
    was written.
    """
    text = _text(what)
    with tempfile.TemporaryDirectory(
        prefix="mk-"
    ) as trial:  # judged by the reader itself, before anything is made
        Path(trial, "store.toml").write_text(text, encoding="utf-8")
        read(Path(trial), environ={})
    if folder.exists() and not folder.is_dir():
        raise StoreError(Problem(str(folder), "is a file, not a folder"))
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "policy.toml").exists():
        _write(folder / "policy.toml", policy.packaged_text(what.profile, day=datetime.now(UTC).date()))
    _write(folder / "store.toml", text)


def _write(path: Path, text: str) -> None:
    """Create a file readable by all processes; it must not exist, and holds no secret."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _text(what: Plan) -> str:
    processor = "sandbox" if what.sample else "none"
    tax_name, tax_rate = ("Sales tax", "6.25") if what.sample else ("Tax", "0")
    return f"""\
# What this shop is. All settings: docs/operating/settings.md. After an edit: microkitten check

name = {_quoted(what.name)}
address = {_quoted(what.address)}
company = {_quoted(what.company)}
postal_address = {_quoted(what.postal_address)}
email = {_quoted(what.email)}
country = {_quoted(what.country)}
countries = [{", ".join(_quoted(one) for one in what.countries)}]
currency = {_quoted(what.currency)}
language = {_quoted(what.language)}
languages = [{", ".join(_quoted(one) for one in what.languages or (what.language,))}]   # of the privacy page
sample = {str(what.sample).lower()}

[tax]
name = {_quoted(tax_name)}
rate = {tax_rate}            # percent
prices_include = false
on_shipping = false

# Amounts stand in the smallest unit of the currency: 595 is 5.95 in most.
[[shipping]]
id = "standard"
title = "Standard"
amount_minor = 595
days = 5

[[shipping]]
id = "express"
title = "Express"
amount_minor = 1495
days = 2

[cards]
kind = "{processor}"

[mail]
kind = "folder"              # or "smtp", with host, port, user and password_file
"""
