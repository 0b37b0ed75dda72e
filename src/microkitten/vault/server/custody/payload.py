"""What is wrapped: the root and a tag that binds it to its store, place and epoch, whoever wraps it.

A wrapping of the custodian's may not commit to its key or its context (AES-GCM does not, CBC has no context); the
tag inside does.
"""

from __future__ import annotations

import hmac
from typing import Final

from microkitten.vault.server.custody import REMEDY, ROOT_BYTES, Context, Refused

PAYLOAD_BYTES: Final = 2 * ROOT_BYTES


def bound(root: bytes, context: Context, epoch: int) -> bytes:
    """Return a root with its tag: 64 bytes. Raises: ValueError if it is no root."""
    if len(root) != ROOT_BYTES:
        raise ValueError(f"a root has {ROOT_BYTES} bytes")
    return root + hmac.digest(root, context.at(epoch), "sha256")


def unbound(payload: bytes, context: Context, epoch: int, *, where: object) -> bytes:
    """Return the root of a payload. Raises: Refused if it is not whole, or of another store, place or epoch."""
    if len(payload) != PAYLOAD_BYTES:
        raise Refused(
            f"{where} is no root key: {PAYLOAD_BYTES} bytes are wanted, not {len(payload)}; {REMEDY}"
        )
    root = payload[:ROOT_BYTES]
    if not hmac.compare_digest(payload, bound(root, context, epoch)):
        raise Refused(f"{where} was kept for another store, place or epoch, or was changed since; {REMEDY}")
    return root
