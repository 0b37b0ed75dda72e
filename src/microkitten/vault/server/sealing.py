"""Sealing: AES-256-GCM-SIV (RFC 8452), every value bound to its place, so that one moved, swapped or rolled
back does not open.

`suite 1 | generation 4 | nonce 12 | sealed payload | tag 16`; the context is authenticated and not stored.
The nonce is random: should a copied machine repeat one, this cipher gives away no more than that two values
are equal. It does not commit to its key, hence `commitment` beside each wrapped key.
"""

import hashlib
import hmac
import json
import os
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from microkitten.ledger.leaf import canonical

SUITE: Final = 1
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
HEAD_BYTES: Final = 5
PAD_BYTES: Final = 32
PAD_FREE_TEXT_BYTES: Final = 256
FREE_TEXT: Final = frozenset({"recipient.message"})
LABEL: Final = b"microkitten vault"
NOBODY: Final = UUID(int=0)
# Lengths and what is the same in every place, written once: a place is made for each value that is opened.
_HEAD: Final = len(LABEL).to_bytes(2, "big") + LABEL + bytes((0, 1, SUITE))
_SIXTEEN: Final = (16).to_bytes(2, "big")
_FOUR: Final = (4).to_bytes(2, "big")


class NotOpened(Exception):
    """Bytes that this key and this place do not open; carries nothing."""


def is_available() -> bool:
    """Tell whether this machine's cryptography library has the cipher (a distribution's build may lack
    it).
    """
    try:
        AESGCMSIV(bytes(KEY_BYTES))
    except UnsupportedAlgorithm:
        return False
    return True


def context(*, table: str, group: str, row: UUID, person: UUID, generation: int, version: int) -> bytes:
    """Return the place a value is bound to: each part with its length before it, so that no two places
    read alike.
    """
    table_, group_ = table.encode(), group.encode()
    return b"".join(
        (
            _HEAD,
            len(table_).to_bytes(2, "big"), table_,
            len(group_).to_bytes(2, "big"), group_,
            _SIXTEEN, row.bytes,
            _SIXTEEN, person.bytes,
            _FOUR, generation.to_bytes(4, "big"),
            _FOUR, version.to_bytes(4, "big"),
        )
    )  # fmt: skip


def seal(key: AESGCMSIV, plain: bytes, place: bytes, *, generation: int) -> bytes:
    """Seal bytes for a place."""
    nonce = os.urandom(NONCE_BYTES)
    return SUITE.to_bytes(1, "big") + generation.to_bytes(4, "big") + nonce + key.encrypt(nonce, plain, place)


def open_sealed(key: AESGCMSIV, sealed: bytes, place: bytes, *, generation: int) -> bytes:
    """Open bytes at their place. Raises: NotOpened."""
    if sealed[:1] != SUITE.to_bytes(1, "big") or sealed[1:HEAD_BYTES] != generation.to_bytes(4, "big"):
        raise NotOpened
    body = HEAD_BYTES + NONCE_BYTES
    try:
        return key.decrypt(sealed[HEAD_BYTES:body], sealed[body:], place)
    except (InvalidTag, ValueError):
        raise NotOpened from None


def pack(values: dict[str, Any]) -> bytes:
    """Write a group's values, padded so that their length tells little: the length of a name leaks the
    name.
    """
    data = canonical(values)
    step = PAD_FREE_TEXT_BYTES if FREE_TEXT & values.keys() else PAD_BYTES
    whole = len(data).to_bytes(4, "big") + data
    return whole + bytes(-len(whole) % step)


def unpack(padded: bytes) -> dict[str, Any]:
    """Read a group's values. Raises: NotOpened if they were not written by `pack`."""
    size = int.from_bytes(padded[:4], "big")
    data, rest = padded[4 : 4 + size], padded[4 + size :]
    if len(data) != size or any(rest) or len(padded) % PAD_BYTES:
        raise NotOpened
    try:  # no look at how it is spelled: the cipher has vouched that `pack` wrote it
        values: dict[str, Any] = json.loads(data)
    except ValueError:
        raise NotOpened from None
    return values


def commitment(key: bytes) -> bytes:
    """Return what holds a key to its box: a second key that also opened it would not match."""
    return hmac.digest(key, b"commit", hashlib.sha256)


def is_committed(key: bytes, told: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(commitment(key), told)
