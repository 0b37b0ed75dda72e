"""From a product's slug to its picture: the right drawing, in the variant's color, on its category's ground."""

from .art import DRAWINGS
from .art.fit import FIT
from .art.look import Look
from .catalogue import catalogue
from .kit import scene

VIEWS = ("front", "detail", "use")


def draw(slug: str, view: str, variant_sku: str | None = None) -> str:
    """Draw one view of a product as a self-contained SVG of 1200 by 1200.

    Params: `view` is one of `VIEWS`; `variant_sku` chooses the color and size shown (None: the first variant).
    Returns: SVG text; the same arguments give the same text. Raises: KeyError for an unknown slug, view or SKU.
    """
    goods = catalogue()
    product = goods.product(slug)
    variant = product.variant(variant_sku)
    tint = goods.category(product.category).ground_color
    art = DRAWINGS[slug](Look(variant.color, variant.drawn, tint))
    if view == "front":
        return scene.front(art, tint, FIT.get(slug, (600.0, 600.0, 1.0)))
    if view == "detail":
        return scene.detail(art, tint)
    if view == "use":
        return scene.use(art, tint)
    raise KeyError(view)


def rasterize(svg: str, size: int) -> bytes:
    """Make a PNG of `size` pixels in width from an SVG; no fonts, files or network are touched.

    Raises: ValueError for an SVG that cannot be read.
    """
    import resvg_py  # a compiled library of 3 MB: loaded only by those who make pictures

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, skip_system_fonts=True))
