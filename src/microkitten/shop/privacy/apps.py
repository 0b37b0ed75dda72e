"""Django's name for the room."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The room `privacy` as an application."""

    name = "microkitten.shop.privacy"
    label = "privacy"
