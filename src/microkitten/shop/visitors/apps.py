"""Django's name for the room."""

from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    """The room `visitors` as an application."""

    name = "microkitten.shop.visitors"
    label = "visitors"
