"""A leaf of the ledger: that something was done under which policy, never to whom; one spelling, so one hash
(P42)."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

VERSION: Final = 1
SALT_BYTES: Final = 32
SUBJECT_BYTES: Final = 16
ACTOR_BYTES: Final = 8
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class Kind(StrEnum):
    """What an entry says was done; a closed list."""

    COLLECTION = "collection"
    USE = "use"
    DISCLOSURE = "disclosure"
    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    GRANT = "grant"
    RELEASE = "release"
    ERASURE = "erasure"
    DEPLOYMENT = "deployment"
    DEMAND = "demand"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One public entry: `actor` and `subject` are pseudonyms, `commitment` a salted hash of the sealed
    detail.
    """

    at: datetime
    kind: Kind
    purpose: str
    policy: str
    actor: bytes
    subject: bytes
    commitment: bytes

    def encode(self) -> bytes:
        """Return the leaf's bytes: canonical JSON, its time cut to the minute."""
        return canonical(
            {
                "v": VERSION,
                "t": f"{self.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='minutes')}Z",
                "k": str(self.kind),
                "p": self.purpose,
                "policy": self.policy,
                "act": base64.b64encode(self.actor).decode(),
                "sub": base64.b64encode(self.subject).decode(),
                "c": base64.b64encode(self.commitment).decode(),
            }
        )


def canonical(value: object) -> bytes:
    """Write JSON in its one spelling: sorted keys, no blanks, UTF-8, no floats in use."""
    return _ENCODER.encode(value).encode()


def commitment(salt: bytes, detail: bytes) -> bytes:
    """Return what a leaf says of a detail: nothing to those who lack the salt, everything to those who
    have both.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    return hashlib.sha256(salt + detail).digest()
