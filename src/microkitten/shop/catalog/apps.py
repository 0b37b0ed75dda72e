"""Django's name for the catalog."""

from django.apps import AppConfig

from microkitten.web.navigation import navigation


class CatalogConfig(AppConfig):
    """The catalog as an application; its label is the room's name."""

    name = "microkitten.shop.catalog"
    label = "catalog"
    verbose_name = "Catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell every page the shelves."""
        from microkitten.shop.catalog.actions import browsing  # late: models are there from now on

        navigation.told_by(browsing.shelves)
