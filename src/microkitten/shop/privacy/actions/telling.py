"""Entries of the ledger in words for whom they are about: when, what, by whom, to whom (P42, P43)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings

from microkitten.policy.words import ACTORS
from microkitten.vault.types import EntryView

LINES_MAX: Final = 60
# Somebody's looks at their own data: one line for all of them, or the page would be about itself.
_LOOKS: Final = frozenset({"standing", "export", "export goes on", "entries", "preview", "consents"})
_OUTCOMES: Final = {
    "corrected": "Corrected, as you asked",
    "told": "The parcel was said to have come",
    "found": "Found by something that somebody typed",
    "differs": "Compared with an e-mail address that was not the same",
    "restricted": "Set at rest, as you asked",
    "restriction ended": "In use again, as you asked",
    "objected": "Your objection",
    "kept open": "A pass for the order page was given to the browser that ordered",
    "proven": "A pass for the order page was given to a browser that knew link and e-mail address",
    "granted": "Leave to open it was given to whoever runs the server, for a few minutes",
    "ended": "That leave was ended",
}
_KINDS: Final = {
    "collection": "Written down",
    "use": "Opened",
    "disclosure": "Handed over",
    "consent": "Your yes",
    "withdrawal": "Your yes, taken back",
    "grant": "A pass was given",
    "release": "Counted, without you",
    "erasure": "Erased",
    "demand": "A demand of the law",
}
_COLLECTED: Final = {
    "web:checkout": "Typed at checkout, and sealed",
    "job:pay": "Told by the card processor, and sealed",
    "web:visitors": "Noted for this browser",
}
# Where something was typed, by the form it names.
_INPUTS: Final = {
    "checkout": "at checkout, by whoever ordered",
    "recipient": "at checkout, by whoever ordered",
    "processor": "told by the card processor after the payment",
    "correction": "here, as a correction",
    "visit": "made by the shop at a visit of this browser",
    "product": "noted when this browser looked at a product",
    "operator": "by whoever runs the server",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the time line: `index` is the entry to prove it by; `whose` says about whom if there are several."""

    index: int
    at: datetime
    title: str
    by: str
    why: str
    what: str
    whose: str
    count: int = 1


def lines(told: Sequence[tuple[str, EntryView]]) -> tuple[tuple[Line, ...], int]:
    """Return the time line, newest first, and how many older lines are left to the file.

    Params: `told`, entries, each with about whom it is. What was done alike becomes one line: looks of the people
    themselves and a browser's visits at any time, all else within the same minute, such as an order's parcels.
    """
    alike: dict[tuple[str, ...], list[tuple[str, EntryView]]] = {}
    for whose, view in sorted(told, key=lambda one: one[1].index, reverse=True):
        alike.setdefault(_likeness(view), []).append((whose, view))
    found = [_line(some) for some in alike.values()]
    return tuple(found[:LINES_MAX]), max(0, len(found) - LINES_MAX)


def typed_in(source: str) -> str:
    """Say where a value was typed. Params: `source`, an input as the policy names it."""
    return _INPUTS.get(source.partition(".")[0], source)


def fields(names: Sequence[str]) -> str:
    """Return the titles of fields, listed."""
    known = settings.POLICY.fields
    return ", ".join(known[name].title if name in known else name for name in names)


def minute(at: str) -> datetime:
    """Return an entry's time, which is cut to the minute."""
    return datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(UTC)


def party(name: str) -> str:
    """Return what the policy calls a party."""
    known = settings.POLICY.parties.get(name)
    return known.title if known is not None else name


def purpose_why(name: str) -> str:
    """Return what a purpose is, in the policy's words."""
    known = settings.POLICY.purposes.get(name)
    return known.why if known is not None else name


def _is_look(view: EntryView) -> bool:
    is_own = view.actor in {"person", "web:visitors"}
    return view.kind == "use" and is_own and (view.outcome in _LOOKS or not view.outcome)


def _is_visit(view: EntryView) -> bool:
    return view.actor == "web:visitors" and view.outcome == "found"


def _likeness(view: EntryView) -> tuple[str, ...]:
    if _is_look(view) or _is_visit(view):
        return "look" if _is_look(view) else "visit", view.actor if _is_visit(view) else ""
    return view.kind, view.outcome, view.actor, view.purpose, view.party, view.at, fields(view.fields)


def _line(some: Sequence[tuple[str, EntryView]]) -> Line:
    latest = some[0][1]
    whose = list(dict.fromkeys(one.lower() for one, _ in reversed(some) if one))
    return Line(
        index=latest.index,
        at=minute(latest.at),
        title=_title(latest),
        by=ACTORS.get(latest.actor, latest.actor),
        why=purpose_why(latest.purpose),
        what=fields(sorted({name for _, view in some for name in view.fields})),
        whose="" if _is_look(latest) else ", ".join(whose),
        count=len(some) if _is_look(latest) or _is_visit(latest) else 1,
    )


def _title(view: EntryView) -> str:
    if _is_look(view):
        return "You looked at it yourself"
    if _is_visit(view):
        return "This browser was recognized by its cookie"
    if view.kind == "disclosure":
        return f"Handed to {party(view.party)[:1].lower()}{party(view.party)[1:]}"
    if view.kind == "collection" and not view.outcome:
        return _COLLECTED.get(view.actor, _KINDS[view.kind])
    return _OUTCOMES.get(view.outcome) or _KINDS.get(view.kind, view.kind)
