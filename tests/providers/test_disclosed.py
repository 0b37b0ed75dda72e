"""What a provider takes: only what the vault signed, for this party, this use, in time, item by item (P22)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from microkitten.providers.disclosed import check
from microkitten.providers.errors import ProviderError
from microkitten.vault import disclosure
from microkitten.vault.disclosure import LABEL, BadDisclosure, Disclosure
from microkitten.vault.opened import MAKER, SealedError

KEY = Ed25519PrivateKey.generate()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "v": 1,
    "id": uuid4().hex,
    "party": "mail",
    "purpose": "confirm",
    "fields": {"customer.name": "Anna"},
    "facts": {"kind": "placed"},
    "entry": 7,
    "until": int((NOW + timedelta(minutes=15)).timestamp()),
}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault of our own, whose key is known."""
    monkeypatch.setattr(disclosure, "_known_keys", {KEY.public_key().public_bytes_raw()})


def signed(**other: Any) -> Disclosure:
    """Return a disclosure as the vault makes it, but for what is said to be other."""
    words = json.dumps(GOOD | other).encode()
    return Disclosure(MAKER, words, KEY.sign(LABEL + words))


def judge(given: Disclosure, *, at: datetime = NOW, purposes: tuple[str, ...] = ("confirm",)) -> None:
    """Check as the mail's provider does."""
    check(given, party="mail", purposes=purposes, fields={"customer.name"}, facts={"kind"}, at=at)


def test_what_the_vault_signed_for_this_is_taken() -> None:
    """Fields may be fewer: an optional one was left empty."""
    judge(signed())
    judge(signed(fields={}))
    judge(signed(), at=NOW + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"party": "card_processor"}, "not to mail"),
        ({"purpose": "customize"}, "no use for"),
        ({"fields": {"customer.name": "Anna", "customer.email": "a@example.com"}}, "no customer.email"),
        ({"facts": {}}, "the facts kind"),
        ({"facts": {"kind": "placed", "order_number": "K-1"}}, "the facts kind"),
    ],
)
def test_anything_else_is_refused_for_good(other: dict[str, Any], told: str) -> None:
    """One item more, one party or purpose else, and nothing is sent."""
    with pytest.raises(ProviderError, match=told) as no:
        judge(signed(**other))
    assert no.value.permanent


def test_a_late_one_is_refused_for_now() -> None:
    """The queue asks the vault anew."""
    with pytest.raises(ProviderError, match="time of this disclosure") as no:
        judge(signed(), at=NOW + timedelta(minutes=15, seconds=1))
    assert not no.value.permanent
    with pytest.raises(BadDisclosure, match="time"):
        signed().verify(at=NOW + timedelta(minutes=16))
    signed().verify(at=NOW)


def test_what_the_vault_did_not_sign_is_refused() -> None:
    """Another key, another text, another label; and what only looks like one."""
    words, stranger = json.dumps(GOOD).encode(), Ed25519PrivateKey.generate()
    for forged in (
        Disclosure(MAKER, words, stranger.sign(LABEL + words)),
        Disclosure(MAKER, words + b" ", KEY.sign(LABEL + words)),
        Disclosure(MAKER, words, KEY.sign(words)),
    ):
        with pytest.raises(ProviderError, match="did not sign") as no:
            judge(forged)
        assert no.value.permanent

    class Likeness:
        """Has all that a disclosure has, and verifies whatever it is."""

        party, purpose, fields, facts, until = "mail", "confirm", {}, {"kind": "placed"}, NOW  # read once

        def verify(self) -> None:
            """Nod."""

    likeness: Any = Likeness()
    with pytest.raises(ProviderError, match="nothing but a Disclosure"):
        judge(likeness)


def test_nobody_else_makes_or_changes_one() -> None:
    """Neither without the vault's own mark, nor afterwards."""
    with pytest.raises(SealedError):
        Disclosure(object(), b"{}", b"")
    made: Any = signed()
    with pytest.raises(SealedError):
        made._signed = b"{}"
