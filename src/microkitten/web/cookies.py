"""Setting a cookie: its life is the one that the policy's list tells, and nothing but a browser may read it (P8)."""

from django.conf import settings
from django.http import HttpResponseBase


def keep(response: HttpResponseBase, name: str, value: str) -> None:
    """Set a cookie of the policy's list, for the life that the list says; raises `KeyError` for any other name."""
    life = settings.POLICY.cookies[name].life
    seconds = None if life is None else life.seconds_max()
    response.set_cookie(name, value, max_age=seconds, secure=True, httponly=True, samesite="Lax")


def drop(response: HttpResponseBase, name: str) -> None:
    """Take a cookie back."""
    response.set_cookie(name, "", max_age=0, secure=True, httponly=True, samesite="Lax")
