"""The sample store's goods and their pictures, so that a shop just started looks like one to buy from.

`catalogue()` gives the goods, `draw()` a picture of one as SVG, `rasterize()` its pixels.
"""

from .catalogue import (
    CURRENCY,
    Catalogue,
    SampleCategory,
    SampleOption,
    SampleProduct,
    SampleValue,
    SampleVariant,
    SampleView,
    catalogue,
)
from .drawing import VIEWS, draw, rasterize

__all__ = [
    "CURRENCY",
    "VIEWS",
    "Catalogue",
    "SampleCategory",
    "SampleOption",
    "SampleProduct",
    "SampleValue",
    "SampleVariant",
    "SampleView",
    "catalogue",
    "draw",
    "rasterize",
]
