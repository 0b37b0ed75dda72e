"""Addresses of views; a view without a declared purpose has no address."""

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, path

from microkitten.web.serves import View, purpose_of


def route(address: str, view: View, *, name: str) -> URLPattern:
    """Return the URL pattern of a view; raises `ImproperlyConfigured` if it declares no purpose (P11)."""
    if purpose_of(view) is None:
        raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} needs @serves(purpose...)")
    return path(address, view, name=name)
