"""What a test or a developer can turn on the sandbox, at the start or while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


class BadKnob(Exception):
    """No such knob, or no such value of it."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """All settings that change how the sandbox behaves; never what it answers about money."""

    session_seconds: float = 1800.0
    """How long a page can be paid."""
    after_decline: str = "stay"
    """`stay` shows the message on the page; `return` sends the browser back to the shop."""
    webhook_when: str = "mixed"
    """`before` or `after` the browser is sent back, or `mixed`: either, by chance, as in real life."""
    webhook_delay_seconds: float = 1.5
    """The longest wait of a webhook that comes after."""
    webhook_copies: int = 1
    """How many times, at once, each webhook is delivered."""
    webhook_newest_first: bool = False
    """Deliver what is waiting in the wrong order."""
    webhook_hold: bool = False
    """Deliver nothing until turned off."""
    notice_seconds: float = 0.0
    """How long it takes until a notice about a person's rights is done, and not just heard."""
    webhook_retry_seconds: float = 1.0
    """The wait after a first failure; doubled each time, one minute at most."""

    def turned(self, changes: Mapping[str, object]) -> Knobs:
        """Return a copy with some knobs turned.

        :param changes: by name; values as text or of the knob's own type.
        :raises BadKnob: if a name or a value does not exist.
        """
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        turned: dict[str, object] = {}
        for name, value in changes.items():
            if name not in known:
                raise BadKnob(f"no knob {name!r}; there are {', '.join(sorted(known))}")
            turned[name] = _read(name, value, known[name])
        return replace(self, **turned)  # type: ignore[arg-type]  # each value was read by its knob's own type


_WORDS = {"after_decline": ("stay", "return"), "webhook_when": ("before", "after", "mixed")}
_FLAGS = {"true": True, "false": False}


def _read(name: str, value: object, like: object) -> object:
    text = str(value).lower()
    try:
        if isinstance(like, bool):
            return _FLAGS[text]
        if isinstance(like, int):
            return min(max(int(text), 1), 10)
        if isinstance(like, float):
            return min(max(float(text), 0.0), 86_400.0)
    except (KeyError, ValueError) as error:
        raise BadKnob(f"{name} cannot be {text!r}") from error
    if text not in _WORDS[name]:
        raise BadKnob(f"{name} is one of {', '.join(_WORDS[name])}")
    return text
