"""The nouns of the stock: what is on hand, who holds some of it, and what moved."""

from microkitten.shop.stock.models.item import FEW_MAX, StockItem
from microkitten.shop.stock.models.movement import Kept, Movement, MovementKind
from microkitten.shop.stock.models.reservation import Reservation

__all__ = ["FEW_MAX", "Kept", "Movement", "MovementKind", "Reservation", "StockItem"]
