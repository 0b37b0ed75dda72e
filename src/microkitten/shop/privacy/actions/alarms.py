"""What the vault was alarmed by, in words that say what it means and what to do (P35)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from microkitten.policy.words import ACTORS
from microkitten.vault import door
from microkitten.vault.types import Actor, Alarm, Refused

# Kind to what it means and what to do; the kinds are `vault.alarms.Alarm`'s.
MEANINGS: Final = MappingProxyType(
    {
        "rate": (
            "Somebody asked for more people a minute than their work takes.",
            "If nobody was that busy, a process may be in foreign hands: stop the shop, then look at the entry.",
        ),
        "wrong uid": (
            "A user of the machine who may not knocked at the vault's door, and was turned away.",
            "Find out which program that user runs; the vault has told it nothing.",
        ),
        "flood": (
            "So many callers came at once that some were turned away.",
            "If it was not a busy hour, look which process of the shop runs wild.",
        ),
        "malformed": (
            "Something that is no question of ours came over a socket of ours.",
            "After an upgrade restart everything; otherwise treat the process of that role as broken into.",
        ),
        "replay": (
            "A batch that was answered came a second time.",
            "Once may be a broken line. More than that: treat the process of that role as broken into.",
        ),
        "tries": (
            "Somebody typed wrong e-mail addresses for an order until the day's tries were used up.",
            "Nothing was opened. If its owner complains, they can come back tomorrow, or write to you.",
        ),
        "does not open": (
            "A sealed value does not open: a row was changed, swapped or put back from an old copy.",
            "Stop the shop, keep a copy of both databases, and run: microkitten check",
        ),
        "refusals": (
            "Within an hour a caller was refused unusually often.",
            "Look who asks for what: a page that is wrong, or somebody who tries doors.",
        ),
        "clock set back": (
            "The machine's clock was set back. Ends of time are counted by the latest time that was seen.",
            "Have the clock set by a time server; nothing that has lapsed opens again.",
        ),
    }
)
_UNKNOWN: Final = ("The vault noticed something that this release has no words for.", "Look at the entry.")


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm with its meaning, and who it was as far as the vault knows."""

    alarm: Alarm
    meaning: str
    remedy: str
    who: str


def listed(*, token: str) -> tuple[Told, ...]:
    """Return the alarms for the merchant, unseen ones first. Raises `Refused`."""
    return tuple(_told(one) for one in door.alarms(by=Actor("merchant", token)))


def unseen(*, token: str) -> int:
    """Return how many alarms nobody has looked at; 0 for staff whom the vault does not tell."""
    try:
        return sum(one.seen_at is None for one in door.alarms(by=Actor("merchant", token)))
    except Refused:
        return 0


def see(*, alarm: int, token: str) -> None:
    """Say that an alarm was looked at. Raises `Refused`."""
    door.alarm_seen(alarm, by=Actor("merchant", token))


def _told(alarm: Alarm) -> Told:
    meaning, remedy = MEANINGS.get(alarm.kind, _UNKNOWN)
    parts = (
        f"socket {alarm.role}" if alarm.role else "",
        ACTORS.get(alarm.actor, alarm.actor),
        alarm.purpose,
    )
    return Told(alarm, meaning, remedy, ", ".join(part for part in parts if part))
