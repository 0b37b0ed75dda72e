"""Django's name for the room."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The room `orders` as an application."""

    name = "microkitten.shop.orders"
    label = "orders"
