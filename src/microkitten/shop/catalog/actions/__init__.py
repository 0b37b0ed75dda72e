"""The verbs of the catalog: import, picture, search, and the bookkeeping after each change."""

from microkitten.shop.catalog.actions.categories import write_categories
from microkitten.shop.catalog.actions.changes import changed, rebuild_search, show_availability
from microkitten.shop.catalog.actions.pictures import (
    Master,
    NotAPicture,
    add_picture,
    keep_master,
    make_sizes,
    media_bytes,
    place_picture,
    remove_picture,
)
from microkitten.shop.catalog.actions.reading import Document, ImportRefused, RowProblem, read_file
from microkitten.shop.catalog.actions.rows import PictureSpec, ProductSpec
from microkitten.shop.catalog.actions.searching import Found, search
from microkitten.shop.catalog.actions.specs import product_specs
from microkitten.shop.catalog.actions.writing import Imported, write_products

__all__ = [
    "Document",
    "Found",
    "ImportRefused",
    "Imported",
    "Master",
    "NotAPicture",
    "PictureSpec",
    "ProductSpec",
    "RowProblem",
    "add_picture",
    "changed",
    "keep_master",
    "make_sizes",
    "media_bytes",
    "place_picture",
    "product_specs",
    "read_file",
    "rebuild_search",
    "remove_picture",
    "search",
    "show_availability",
    "write_categories",
    "write_products",
]
