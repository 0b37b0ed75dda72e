"""Each view and each task says for which purpose it works; one that says nothing gets no address, or no job (P11)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase

from microkitten.policy import Purpose

View = Callable[..., HttpResponseBase]
Worker = TypeVar("Worker", bound=Callable[..., object])


class Request(HttpRequest):
    """A request as our views see it: with the time it came in, read once at the edge."""

    now: datetime
    is_robot: bool


def serves(purpose: Purpose) -> Callable[[Worker], Worker]:
    """Declare the one purpose of a view or task (`P11`).

    Raises: TypeError for anything but a purpose of the policy, ImproperlyConfigured for a second one.
    """
    if type(purpose) is not Purpose:
        raise TypeError(f"@serves takes a constant of microkitten.policy.purpose, not {purpose!r}")

    def mark(view: Worker) -> Worker:
        if (before := purpose_of(view)) is not None:
            raise ImproperlyConfigured(f"{view.__qualname__} serves {before} and {purpose}; make two of it")
        view.purpose = purpose  # type: ignore[attr-defined] # functions carry their purpose as a mark
        return view

    return mark


def purpose_of(view: Any) -> Purpose | None:
    """Return the declared purpose of a view or task, or None."""
    return getattr(view, "purpose", None)
