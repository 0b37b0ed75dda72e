"""The second look at a disclosure, where bytes leave: the vault decided, the provider checks again (P22)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from microkitten.providers.errors import ProviderError
from microkitten.vault.types import BadDisclosure, Disclosure

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time: a provider is an edge, and reads the clock unless a test hands it another one."""
    return datetime.now(UTC)


def check(
    disclosure: Disclosure,
    *,
    party: str,
    purposes: Collection[str],
    fields: Collection[str],
    facts: Collection[str],
    at: datetime,
) -> None:
    """Refuse what the vault did not sign for exactly this use, or whose time is over.

    :param fields: the personal fields that may be in it, by name.
    :param facts: the facts that must be in it, no more and no less.
    :raises ProviderError: permanent, except for one that is merely late: the queue then asks the vault anew.
        Names fields and facts, never values.
    """
    if type(disclosure) is not Disclosure:
        raise ProviderError("a provider takes nothing but a Disclosure of the vault", permanent=True)
    try:
        disclosure.verify()
    except BadDisclosure as error:
        raise ProviderError("the vault did not sign this disclosure", permanent=True) from error
    if at > disclosure.until:
        raise ProviderError("the time of this disclosure is over", permanent=False)
    if disclosure.party != party:
        raise ProviderError(f"disclosed to {disclosure.party}, not to {party}", permanent=True)
    if str(disclosure.purpose) not in purposes:
        raise ProviderError(
            f"disclosed for {disclosure.purpose}, which {party} has no use for", permanent=True
        )
    surplus = set(disclosure.fields) - set(fields)
    if surplus:
        raise ProviderError(f"{party} needs no {', '.join(sorted(surplus))}", permanent=True)
    if set(disclosure.facts) != set(facts):
        raise ProviderError(f"{party} takes the facts {', '.join(sorted(facts))}", permanent=True)
