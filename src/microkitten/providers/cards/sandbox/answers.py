"""Reads the sandbox's answers strictly: what has not the shape we know is not taken, least of all a card."""

from __future__ import annotations

import re
from collections.abc import Mapping

from microkitten.providers.cards import Card, Session, SessionState, Status
from microkitten.providers.errors import ProviderError
from microkitten.providers.notices import Acknowledgement

# No shape below has room for 13 digits in a row: a full card number cannot come in this way (P4).
_SHAPES = {
    "brand": re.compile(r"[a-z_]{2,20}"),
    "last4": re.compile(r"[0-9]{4}"),
    "expiry": re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])"),
    "token": re.compile(r"[a-z_]{8,64}"),
}
_ID = re.compile(r"[a-z_]{8,64}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{4,64}")


def read_session(told: Mapping[str, object], origin: str) -> Session:
    """Read a new session, whose page must be on the processor's own origin.

    :raises ProviderError: permanent.
    """
    session_id = _text(told, "id", _ID)
    page = re.compile(re.escape(f"{origin}/pay/{session_id}"))
    return Session(id=session_id, url=_text(told, "url", page))


def read_state(told: Mapping[str, object]) -> SessionState:
    """Read where a session stands.

    :raises ProviderError: permanent.
    """
    status = told.get("status")
    if status not in list(Status):
        raise _unreadable("status")
    card = told.get("card")
    if card is not None and not isinstance(card, dict):
        raise _unreadable("card")
    return SessionState(
        status=Status(str(status)),
        amount_minor=_count(told, "amount_minor"),
        currency=_text(told, "currency", _CURRENCY),
        reference=_text(told, "reference", _REFERENCE),
        captured_minor=_count(told, "captured_minor"),
        card=None
        if card is None
        else Card(**{name: _text(card, name, shape) for name, shape in _SHAPES.items()}),
    )


def read_acknowledgement(told: Mapping[str, object]) -> Acknowledgement:
    """Read what became of a notice.

    :raises ProviderError: permanent.
    """
    state = told.get("state")
    if state not in ("heard", "done"):
        raise _unreadable("state")
    return Acknowledgement(is_done=state == "done", words=f"{state}: {_text(told, 'id', _ID)}")


def _count(told: Mapping[str, object], name: str) -> int:
    value = told.get(name)
    if type(value) is not int or value < 0:
        raise _unreadable(name)
    return value


def _text(told: Mapping[str, object], name: str, shape: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise _unreadable(name)
    return value


def _unreadable(name: str) -> ProviderError:
    """Name the part and quote nothing of it."""
    return ProviderError(f"the processor's answer has no readable {name}", permanent=True)
