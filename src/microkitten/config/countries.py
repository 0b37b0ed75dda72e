"""Where the law asks for consent before a lasting cookie, and what money is used where a store is founded."""

# EU, the rest of the EEA, the United Kingdom and Switzerland: the profile `classic` is not for them.
_EUROPEAN_UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
CONSENT_FIRST = frozenset(_EUROPEAN_UNION.split()) | {"IS", "LI", "NO", "GB", "CH"}
# Where the original's rules (appendix `classic`) are known to do; everywhere else is a case of doubt.
CONSENT_LATER = frozenset({"US"})

_EURO = "AT BE BG HR CY DE EE ES FI FR GR IE IT LT LU LV MT NL PT SI SK"
_CURRENCY = dict.fromkeys(_EURO.split(), "EUR") | {
    "AU": "AUD", "BR": "BRL", "CA": "CAD", "CH": "CHF", "CN": "CNY", "CZ": "CZK", "DK": "DKK", "GB": "GBP",
    "HU": "HUF", "IN": "INR", "IS": "ISK", "JP": "JPY", "KR": "KRW", "KW": "KWD", "LI": "CHF", "MX": "MXN",
    "NO": "NOK", "NZ": "NZD", "PL": "PLN", "RO": "RON", "SE": "SEK", "SG": "SGD", "ZA": "ZAR",
}  # fmt: skip


def consent_comes_first(countries: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of `countries` in which a shop must ask before it customizes (promises P8, P9)."""
    return tuple(country for country in countries if country in CONSENT_FIRST)


def currency_of(country: str) -> str:
    """Return the currency a shop in `country` most likely uses: a guess that is shown and can be changed."""
    return _CURRENCY.get(country, "USD")
