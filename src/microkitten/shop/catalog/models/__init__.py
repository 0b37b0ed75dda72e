"""The nouns of the catalog: money, categories, products, variants, pictures, and the edition."""

from microkitten.shop.catalog.models.category import Category
from microkitten.shop.catalog.models.edition import Edition
from microkitten.shop.catalog.models.money import Money
from microkitten.shop.catalog.models.picture import Picture
from microkitten.shop.catalog.models.product import Product
from microkitten.shop.catalog.models.tile import Tile
from microkitten.shop.catalog.models.variant import Availability, Option, OptionValue, PriceChange, Variant

__all__ = [
    "Availability",
    "Category",
    "Edition",
    "Money",
    "Option",
    "OptionValue",
    "Picture",
    "PriceChange",
    "Product",
    "Tile",
    "Variant",
]
