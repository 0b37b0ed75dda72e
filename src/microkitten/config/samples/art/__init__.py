"""The drawings of the sample goods: one function a product, gathered here under the product's slug."""

from collections.abc import Callable

from ..kit.scene import Art
from . import (
    care_brushes,
    care_rest,
    outings_bags,
    outings_worn,
    paper_desk,
    paper_wall,
    people_kept,
    people_worn,
    play_hard,
    play_soft,
    rest_built,
    rest_soft,
    scratch_board,
    scratch_sisal,
    table_drink,
    table_food,
)
from .look import Look

DRAWINGS: dict[str, Callable[[Look], Art]] = {
    **play_soft.DRAWINGS,
    **play_hard.DRAWINGS,
    **rest_soft.DRAWINGS,
    **rest_built.DRAWINGS,
    **table_food.DRAWINGS,
    **table_drink.DRAWINGS,
    **scratch_board.DRAWINGS,
    **scratch_sisal.DRAWINGS,
    **outings_bags.DRAWINGS,
    **outings_worn.DRAWINGS,
    **care_brushes.DRAWINGS,
    **care_rest.DRAWINGS,
    **people_worn.DRAWINGS,
    **people_kept.DRAWINGS,
    **paper_wall.DRAWINGS,
    **paper_desk.DRAWINGS,
}
