"""Whom a provider works for: a party and purposes of the policy's closed lists, or the provider does not load."""

from __future__ import annotations

from dataclasses import dataclass

from microkitten.policy.closed import Purpose, UnknownWord
from microkitten.policy.words import PARTIES, PARTY_PURPOSES


@dataclass(frozen=True, slots=True)
class Provider:
    """The party behind a provider, and the names of the purposes for which it may get anything."""

    party: str
    purposes: frozenset[str]


def provides(party: str, *purposes: Purpose) -> Provider:
    """Declare what a package of `providers` is there for; called once, where the package begins (P21, P22).

    Params: `party`, one of the policy's; `purposes`, at least one that this party's work is. Raises: UnknownWord for
    a party that the policy cannot name or a purpose that is none of its work, TypeError for what is no purpose.
    """
    if party not in PARTIES:
        raise UnknownWord("party", party, tuple(PARTIES))
    if not purposes or any(type(purpose) is not Purpose for purpose in purposes):
        raise TypeError("a provider names its purposes: constants of microkitten.policy.purpose")
    for purpose in purposes:
        if str(purpose) not in PARTY_PURPOSES[party]:
            raise UnknownWord(f"work of {party}", str(purpose), PARTY_PURPOSES[party])
    return Provider(party, frozenset(str(purpose) for purpose in purposes))
