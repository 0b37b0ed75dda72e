"""Each view says for which purpose it works; one that says nothing gets no address (P11)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from microkitten.policy import Purpose

View = Callable[..., HttpResponseBase]


class Request(HttpRequest):
    """A request as our views see it: with the time it came in, read once at the edge."""

    now: datetime
    is_robot: bool


def serves(purpose: Purpose) -> Callable[[View], View]:
    """Declare the one purpose of a view (`P11`)."""

    def mark(view: View) -> View:
        view.purpose = purpose  # type: ignore[attr-defined] # functions carry their purpose as a mark
        return view

    return mark


def purpose_of(view: Any) -> Purpose | None:
    """Return the declared purpose of a view, or None."""
    return getattr(view, "purpose", None)
