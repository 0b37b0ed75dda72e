"""Django's name for the room."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """The room `members` as an application."""

    name = "microkitten.shop.members"
    label = "members"
