"""Django's name for the catalog."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalog as an application; its label is the room's name."""

    name = "microkitten.shop.catalog"
    label = "catalog"
    verbose_name = "Catalog"
    default_auto_field = "django.db.models.BigAutoField"
