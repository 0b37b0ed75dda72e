"""Django's name for the room."""

from django.apps import AppConfig


class ShipmentsConfig(AppConfig):
    """The room `shipments` as an application."""

    name = "microkitten.shop.shipments"
    label = "shipments"
