"""Django's name for the room."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The room `payments` as an application."""

    name = "microkitten.shop.payments"
    label = "payments"
