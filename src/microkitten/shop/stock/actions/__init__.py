"""The verbs of the stock: hold and let go, commit and ship, count and receive."""

from microkitten.shop.stock.actions.counting import Promised, count, receive, take_back
from microkitten.shop.stock.actions.holding import (
    AlreadyCommitted,
    NothingReserved,
    NotOnHand,
    SoldOut,
    TooLong,
    TooMany,
    commit,
    extend,
    lock,
    release,
    release_lapsed,
    reserve,
    ship,
)
from microkitten.shop.stock.actions.importing import import_categories, import_products

__all__ = [
    "AlreadyCommitted",
    "NotOnHand",
    "NothingReserved",
    "Promised",
    "SoldOut",
    "TooLong",
    "TooMany",
    "commit",
    "count",
    "extend",
    "import_categories",
    "import_products",
    "lock",
    "receive",
    "release",
    "release_lapsed",
    "reserve",
    "ship",
    "take_back",
]
