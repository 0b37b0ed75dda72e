"""How fast anybody may ask: counted in memory, refused above, so that whoever breaks into one process gets what
its role may have slowly, and seen (P3, P8, P35).

Two counts stand beside each other. A role's purpose is counted in persons, over one socket: this caps an intruder.
What could be guessed or hoarded is counted by its own name, whoever asks: this caps guessing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from microkitten.vault.wire import Role

# Persons a minute by (role, purpose); a batch about 100 persons costs 100. What a busy small shop needs when
# two hundred orders are placed, paid, confirmed and packed within the same minute.
OF_ROLES: Final[Mapping[str, int]] = {
    "web/collect": 12_000,  # written, claimed, made findable: three recipients make an order a dozen
    "web/deliver": 300,  # opened for packing: nobody packs five parcels a second
    "web/rights": 3_000,  # somebody's own order: all who are in it, each time it is looked at
    "web/verify": 600,
    "web/find": 1_200,
    "web/visitor": 6_000,  # cookies minted and forgotten
    "web/cookie": 120_000,  # browsers recognized: one a page
    "web/customize": 12_000,  # what a browser looked at: one or two a page
    "web/erase": 600,
    "web/operate": 300,
    "web/books": 600,
    "web/legal": 60,
    "web/other": 600,
    "worker/collect": 1_200,  # what the processor tells of a card
    "worker/confirm": 1_200,  # a mail is one person
    "worker/bill": 1_200,  # a payment is one person
    "worker/rights": 600,
    "worker/erase": 1_200,
    "worker/other": 600,
    "operator/collect": 120,
    "operator/operate": 120,
    "operator/rights": 120,
    "operator/find": 120,
    "operator/erase": 120,
    "operator/books": 600,
    "operator/legal": 60,
    "operator/other": 300,
}
# Asks a minute; the same number may come at once after a quiet minute.
PER_MINUTE: Final[Mapping[str, int]] = {
    "visitor": 1_200,  # cookies minted
    "find": 600,  # people looked up by something known
    "cookie": 120_000,  # browsers recognized: 128 random bits are not guessed
    "prove": 300,  # comparisons, besides the five tries a day for each person
    "sign_in": 60,  # staff tokens that are none: one that is right is always taken, however many are wrong
    "calendar": 30,  # the merchant's own page: all records are counted, which takes a moment
    "standing": 30,  # looks of one person at how they stand: each is an entry, and nobody reads that fast
    **OF_ROLES,
}
BUCKETS_MAX: Final = 10_000  # kept at once; those that are full again are forgotten first
# Of verbs that take no purpose: under which they are counted. All others are `other`.
_COUNTED: Final[Mapping[str, str]] = {
    "collect": "collect",
    "claim": "collect",
    "keep_open": "collect",
    "index_order": "collect",
    "tell": "collect",
    "prove": "verify",
    "find": "find",
    "find_order": "find",
    "assign_visitor": "visitor",
    "consent_visitor": "visitor",
    "forget_visitor": "visitor",
    "erase": "erase",
    "staff_token": "operate",
    "standing": "rights",
    "entries_of": "rights",
    "preview_erasure": "rights",
    "receipt": "rights",
    "export": "rights",
    "correct": "rights",
    "restrict": "rights",
    "object_to": "rights",
    "withdraw": "rights",
    "consents_of": "rights",
    "grant": "rights",
}
# A flood of wrong tokens must not keep the right one out, so sign-ins have no part in what a role shares.
_FREE: Final = frozenset({"sign_in_staff"})


class Charge(NamedTuple):
    """What one ask takes of its role's minute."""

    name: str
    persons: int
    purpose: str


def charge(role: Role, do: str, parts: Mapping[str, Any]) -> Charge | None:
    """Return what an ask takes; None if it is about nobody or counted by itself.

    Params: `do` the verb's name, `parts` what it is given, checked and typed.
    """
    if do in _FREE:
        return None
    told = str(parts.get("purpose", ""))
    counted = _COUNTED.get(do, told)
    if do == "find" and parts.get("field") == "visitor.cookie":
        counted = "cookie"
    name = f"{role}/{counted}"
    persons = len(parts["persons"]) if "persons" in parts else 1
    known = told if f"{role}/{told}" in OF_ROLES else ""  # no word of the caller's own goes into an entry
    return Charge(name if name in OF_ROLES else f"{role}/other", max(persons, 1), known)


@dataclass(slots=True)
class _Bucket:
    left: float
    since: float


@dataclass(slots=True)
class Limits:
    """Token buckets by name, or by name and person. `times`: so many times the table, for benches alone."""

    times: int = 1
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)

    def allow(self, name: str, *, of: str = "", take: int = 1) -> bool:
        """Take so many of this name's asks; with `of`, of those of one person. Returns: False if fewer are left."""
        rate, now = PER_MINUTE[name] * self.times, time.monotonic()
        if len(self._buckets) > BUCKETS_MAX:
            self._forget_full(now)
        bucket = self._buckets.setdefault((name, of), _Bucket(rate, now))
        bucket.left = min(rate, bucket.left + (now - bucket.since) * rate / 60)
        bucket.since = now
        if bucket.left < take:
            return False
        bucket.left -= take
        return True

    def _forget_full(self, now: float) -> None:
        """Drop whoever has asked nothing for a minute: a new bucket is as full as theirs."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket.since < 60}
