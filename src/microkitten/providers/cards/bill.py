"""What a card processor is told of a purchase (P30): an amount, a currency, a reference; nobody's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from microkitten.providers.cards import PROVIDER
from microkitten.providers.disclosed import check
from microkitten.providers.errors import ProviderError
from microkitten.vault.types import Disclosure

AMOUNT_MINOR_MAX = 10**11
_CURRENCY = re.compile(r"[A-Z]{3}")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{4,64}")


@dataclass(frozen=True, slots=True)
class Bill:
    """The whole payload of an authorization, and the key under which it is asked for once."""

    once: str
    """The disclosure's id."""
    amount_minor: int
    currency: str
    reference: str


def bill_of(disclosure: Disclosure, *, at: datetime) -> Bill:
    """Read the bill out of a disclosure.

    :param at: now.

    :raises ProviderError: permanent if it is for another party or purpose, carries a personal field, or says
        anything but amount, currency and reference.
    """
    check(
        disclosure,
        party=PROVIDER.party,
        purposes=PROVIDER.purposes,
        fields=(),
        facts=("amount_minor", "currency", "reference"),
        at=at,
    )
    facts = disclosure.facts
    amount, currency, reference = facts["amount_minor"], facts["currency"], facts["reference"]
    if type(amount) is not int or not 1 <= amount <= AMOUNT_MINOR_MAX:
        raise ProviderError("the amount is no number of minor units that can be charged", permanent=True)
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise ProviderError("the currency is no code of ISO 4217", permanent=True)
    if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
        raise ProviderError("the reference is not a random word of ours", permanent=True)
    return Bill(once=str(disclosure.id), amount_minor=amount, currency=currency, reference=reference)
