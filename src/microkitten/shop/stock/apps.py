"""Django's name for the stock."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """The stock as an application; its label is the room's name."""

    name = "microkitten.shop.stock"
    label = "stock"
    verbose_name = "Stock"
    default_auto_field = "django.db.models.BigAutoField"
