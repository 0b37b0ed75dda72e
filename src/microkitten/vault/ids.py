"""Ids that exist before the row they name, because a sealed value's context holds the id (UUIDv7, RFC
9562)."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a new id: 48 bits of time in milliseconds, then 74 random bits; Python 3.11 has none of its
    own.
    """
    number = int.from_bytes(os.urandom(16), "big")
    number = (time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF) << 80 | number & (1 << 80) - 1
    number = number & ~(0xF << 76) | 7 << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)
