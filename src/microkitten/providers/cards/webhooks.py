"""Signing and checking of webhooks (Standard Webhooks 1.0), for processors that speak it and our fakes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime

from microkitten.providers.cards import BadSignature, WebhookNotice

TOLERANCE_SECONDS = 300
BODY_BYTES_MAX = 16 * 1024
SIGNATURES_MAX = 8
SECRET_PREFIX = "whsec_"  # noqa: S105 # the public mark of such secrets, not one of them

_WORD = re.compile(r"[A-Za-z][A-Za-z_.-]{0,79}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def sign(secret: str, event_id: str, seconds: int, body: bytes) -> str:
    """Return the `webhook-signature` header of a delivery (HMAC-SHA256 of id.timestamp.body).

    :param secret: `whsec_` and base64.
    :param seconds: of this try, since 1970.
    :raises ValueError: if the secret has another form.
    """
    return "v1," + base64.b64encode(_mac(secret, event_id, str(seconds), body)).decode("ascii")


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, at: datetime) -> WebhookNotice:
    """Return what a webhook tells, if it is signed with our secret and fresh.

    :raises BadSignature: if not; the reason quotes nothing of what came.
    :raises ValueError: if the secret has another form.
    """
    if len(body) > BODY_BYTES_MAX:
        raise BadSignature("the body is too long")
    lower = {name.lower(): value for name, value in headers.items()}
    event_id = lower.get("webhook-id", "")
    stamp = lower.get("webhook-timestamp", "")
    if not _WORD.fullmatch(event_id) or not _SECONDS.fullmatch(stamp):
        raise BadSignature("id or timestamp is missing")
    if abs(at.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignature("the timestamp is too far from now")
    expected = _mac(secret, event_id, stamp, body)
    signatures = lower.get("webhook-signature", "").split(" ")[:SIGNATURES_MAX]
    if not any(_matches(signature, expected) for signature in signatures):
        raise BadSignature("no signature fits")
    return _notice(event_id, body)


def _mac(secret: str, event_id: str, stamp: str, body: bytes) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError("a webhook secret begins with whsec_")
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    if len(key) < 24:
        raise ValueError("a webhook secret has at least 24 bytes")
    return hmac.new(key, f"{event_id}.{stamp}.".encode("ascii") + body, hashlib.sha256).digest()


def _matches(signature: str, expected: bytes) -> bool:
    version, _, value = signature.partition(",")
    if version != "v1":
        return False
    try:
        given = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, expected)


def _notice(event_id: str, body: bytes) -> WebhookNotice:
    """Take kind and object from a body known to be the processor's; all else in it is dropped (P4)."""
    try:
        told = json.loads(body)
        kind, object_id = told["type"], told["data"]["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSignature("the body is not a notice") from error
    if not (isinstance(kind, str) and isinstance(object_id, str)):
        raise BadSignature("the body is not a notice")
    # Letters only: whatever is kept of a notice can never be a card number, even if one leaks into it.
    if not _WORD.fullmatch(kind) or not _WORD.fullmatch(object_id):
        raise BadSignature("the notice names things in a way we do not keep")
    return WebhookNotice(event_id=event_id, kind=kind, object_id=object_id)
