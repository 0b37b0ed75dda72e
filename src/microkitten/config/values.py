"""Reads one value of `store.toml`: a reader for each kind, whose errors say what the value must be."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from microkitten.config.database import address
from microkitten.config.declarations import Kind, Setting
from microkitten.vault.places import read_custody, read_replicas


def from_variable(setting: Setting, text: str) -> Any:
    """Turn a variable's text into what `store.toml` would have held; `read_value` judges it then."""
    if setting.kind in (Kind.COUNTRIES, Kind.LANGUAGES, Kind.PLACES):
        return [part.strip() for part in text.split(",") if part.strip()]
    if setting.kind is Kind.FLAG:
        return {"true": True, "false": False}.get(text.lower(), text)
    if setting.kind is Kind.COUNT:
        return int(text) if re.fullmatch(r"\d{1,10}", text) else text
    return text


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"must be a text, not {type(raw).__name__}")
    if len(raw) > 2000 or any(ord(char) < 32 and char != "\n" for char in raw):
        raise ValueError("must be a text of 2000 characters at most, without control characters")
    return raw


def _matching(pattern: str, example: str) -> Callable[[Any], str]:
    def reader(raw: Any) -> str:
        if not re.fullmatch(pattern, _text(raw)):
            raise ValueError(f"must look like {example}")
        return _text(raw)

    return reader


def _origin(raw: Any) -> str:
    text = _text(raw)
    if not text:
        return text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("must look like https://shop.example") from None
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme != "https" or not parts.hostname or port == 0 or text != bare or "@" in parts.netloc:
        raise ValueError("must look like https://shop.example (https only, nothing after the name and port)")
    return text.lower().removesuffix(":443")


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("must be true or false")
    return raw


def _countries(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or len(raw) > 300:
        raise ValueError('must be a list of country codes: ["US", "CA"]')
    return tuple(_country(one) for one in raw)


def _languages(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or len(raw) > 50:
        raise ValueError('must be a list of language tags: ["en", "es"]')
    found = tuple(_language(one) for one in raw)
    if len({one.lower() for one in found}) < len(found):
        raise ValueError("must name each language once")
    return found


def _decimal(raw: Any) -> Decimal:
    try:
        if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
            raise InvalidOperation
        number = Decimal(raw)
    except InvalidOperation:
        raise ValueError("must be a number such as 8.25") from None
    if not number.is_finite() or not Decimal(0) <= number <= Decimal(100):
        raise ValueError("must lie between 0 and 100")
    return number


_country = _matching(r"[A-Z]{2}", "US (two capital letters)")
_language = _matching(r"[a-z]{2,3}(-[a-zA-Z]{2,8})*", "en or pt-br")
_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.ORIGIN: _origin,
    Kind.COUNTRY: _country,
    Kind.COUNTRIES: _countries,
    Kind.CURRENCY: _matching(r"[A-Z]{3}", "USD (three capital letters)"),
    Kind.LANGUAGE: _language,
    Kind.LANGUAGES: _languages,
    Kind.FLAG: _flag,
    Kind.DECIMAL: _decimal,
    Kind.CUSTODY: read_custody,
    Kind.PLACES: read_replicas,
    Kind.PATH: _text,
    Kind.DATABASE: lambda raw: address(_text(raw)),
}


def read_value(setting: Setting, raw: Any) -> Any:
    """Return a setting's value from what TOML gave; raises `ValueError` saying what it must be."""
    if setting.kind is Kind.COUNT:
        if (
            isinstance(raw, bool)
            or not isinstance(raw, int)
            or not setting.at_least <= raw <= setting.at_most
        ):
            raise ValueError(f"must be a whole number from {setting.at_least} to {setting.at_most}")
        return raw
    if setting.kind is Kind.CHOICE:
        if raw not in setting.choices:
            raise ValueError(f"must be {' or '.join(setting.choices)}")
        return raw
    value = _READERS[setting.kind](raw)
    if value == "" and setting.default is None:
        raise ValueError("must not be empty")
    return value
