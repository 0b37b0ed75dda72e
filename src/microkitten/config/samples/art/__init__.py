"""The drawings of the sample goods: one function a product, gathered here under the product's slug."""

from collections.abc import Callable

from ..kit.scene import Art
from . import outings, play, rest, scratch, table
from .look import Look

DRAWINGS: dict[str, Callable[[Look], Art]] = {
    **play.DRAWINGS,
    **rest.DRAWINGS,
    **table.DRAWINGS,
    **scratch.DRAWINGS,
    **outings.DRAWINGS,
}
