"""An alarm as the rest of the house may know it: what happened how often, and which caller it was; nobody's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Alarm:
    """What the vault was alarmed by within one hour (P35).

    `kind`: `rate`, `wrong uid`, `flood`, `malformed`, `replay`, `tries`, `does not open`, `refusals`, `clock set
    back`. `role` is the socket, `actor` as the policy names them, `unknown`, or `uid N`; `entry` stands in the ledger.
    """

    id: int
    at: datetime
    last_at: datetime
    kind: str
    role: str
    actor: str
    purpose: str
    count: int
    entry: int | None
    seen_at: datetime | None
