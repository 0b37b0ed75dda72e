"""The inputs at which people put right what is held about them, by the field each of them writes (P43)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

INPUTS: Final = MappingProxyType(
    {
        "customer.name": "correction.name",
        "customer.email": "correction.email",
        "recipient.name": "correction.name",
        "recipient.address": "correction.address",
        "recipient.phone": "correction.phone",
        "recipient.message": "correction.message",
        "staff.name": "correction.name",
    }
)
