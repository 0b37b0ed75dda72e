"""Django's name for the room."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """The room `checkout` as an application."""

    name = "microkitten.shop.checkout"
    label = "checkout"
