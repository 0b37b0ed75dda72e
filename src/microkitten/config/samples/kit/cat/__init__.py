"""The cat of the house: one head and a few poses, so that every picture shows the same animal."""

from .head import CLOUD, GINGER, MILK, NIGHT, Fur, head, head_outline
from .resting import asleep_back, curl, lie, loaf, paw, peek, peek_paws, shape
from .upright import behind, kitten_behind, pounce, side, sit, stretch, walk

__all__ = [
    "CLOUD",
    "GINGER",
    "MILK",
    "NIGHT",
    "Fur",
    "asleep_back",
    "behind",
    "curl",
    "head",
    "head_outline",
    "kitten_behind",
    "lie",
    "loaf",
    "paw",
    "peek",
    "peek_paws",
    "pounce",
    "shape",
    "side",
    "sit",
    "stretch",
    "walk",
]
