"""What the vault is alarmed by, for the merchant and whoever runs the server (P35)."""

from __future__ import annotations

from typing import Any

from microkitten.vault.alarms import Alarm
from microkitten.vault.door.batch import Batch, _nothing, _time
from microkitten.vault.types import Actor


def alarms(*, by: Actor) -> tuple[Alarm, ...]:
    """Return the alarms, those unseen first, newest first; for `operator`, or `merchant` with a pass.

    Raises: Refused.
    """
    with Batch(by) as batch:
        told = batch._ask("alarms", lambda answer: tuple(_alarm(one) for one in answer))
    return told.value


def alarm_seen(alarm: int, *, by: Actor) -> None:
    """Say that an alarm was looked at: the same thing happening again is a new one. Raises: Refused with `absent`."""
    with Batch(by) as batch:
        batch._ask("alarm_seen", _nothing, id=alarm)


def _alarm(told: dict[str, Any]) -> Alarm:
    times = {name: None if told[name] is None else _time(told[name]) for name in ("at", "last_at", "seen_at")}
    return Alarm(**{**told, **times})
