"""The cat at rest, which is most of it; and parts of a cat that show from behind other things.

Each stands on (0, 0), the middle of its own ground line; `solid.move` puts it into a scene.
"""

from collections.abc import Sequence

from ..color import light
from ..path import Point, ellipse, ribbon, smooth
from ..solid import fill, floor_shadow, line, solid, union
from .head import Fur, head
from .upright import seam, toes


def loaf(fur: Fur, eyes: str = "shut") -> str:
    """Lying with all paws put away, as bread does."""
    body = smooth(
        [
            (-190, -6),
            (-226, -80),
            (-190, -160),
            (-80, -204),
            (80, -206),
            (190, -160),
            (228, -80),
            (196, -6),
            (0, 0),
        ]
    )
    tail = ribbon([(200, -30), (120, -8), (20, -10), (-40, -20)], [46, 44, 40, 30])
    return (
        floor_shadow(14, -4, 235)
        + union(body, fur.coat)
        + union(tail, fur.coat)
        + head(fur, -96, -206, 0.98, -3, eyes)
    )


def curl(fur: Fur, eyes: str = "shut", *, shadow: bool = True) -> str:
    """Asleep in a circle, the tail for a blanket."""
    body = smooth(
        [
            (-236, -50),
            (-220, -130),
            (-110, -196),
            (40, -212),
            (170, -180),
            (240, -110),
            (232, -40),
            (120, -4),
            (-120, -4),
        ]
    )
    tail = ribbon([(226, -70), (190, -24), (80, -6), (-30, -12), (-96, -34)], [52, 54, 50, 44, 30])
    ground = floor_shadow(14, -6, 240) if shadow else ""
    return ground + union(body, fur.coat) + head(fur, -122, -96, 0.92, -10, eyes) + union(tail, fur.coat)


def lie(fur: Fur, eyes: str = "open", look: float = -6, *, shadow: bool = True) -> str:
    """Lying at length, turned to the left, front paws out."""
    body = smooth(
        [
            (-210, -6),
            (-226, -110),
            (-150, -190),
            (0, -186),
            (150, -196),
            (250, -140),
            (276, -60),
            (236, -4),
            (0, 0),
        ]
    )
    paws = ribbon([(-150, -40), (-250, -24), (-330, -24)], [84, 52, 46]) + ribbon(
        [(-130, -26), (-200, -22), (-270, -22)], [60, 48, 44]
    )
    tail = ribbon([(236, -40), (330, -22), (410, -30), (462, -66)], [52, 46, 40, 28])
    haunch = line("M110 -12C90 -90 130 -140 190 -140", seam(fur), 5, 0.45)
    ground = floor_shadow(10, -6, 300) if shadow else ""
    return (
        ground
        + union(tail, fur.coat)
        + union(body + paws, fur.coat)
        + haunch
        + head(fur, -150, -226, 1, -4, eyes, look)
    )


def peek(fur: Fur, eyes: str = "open", look: float = 0, paws: float = 118, tilt: float = 0) -> str:
    """Head and paws over an edge that runs along y = 0."""
    return head(fur, 0, -70, 1, tilt, eyes, look) + peek_paws(fur, paws)


def peek_paws(fur: Fur, apart: float) -> str:
    """Only the paws of the one who peeks, for an edge that is drawn after its head."""
    return "".join(union(ellipse(x, 2, 46, 30), fur.coat) + toes(fur, (x, 24)) for x in (-apart, apart))


def asleep_back(fur: Fur) -> str:
    """On its back, belly up, seen from above: complete trust."""
    body = smooth(
        [(-40, -150), (70, -160), (130, -60), (120, 80), (60, 170), (-40, 176), (-110, 90), (-116, -60)]
    )
    paws = "".join(
        ribbon([(x, y), (x * 1.7, y * 1.5), (x * 1.9, y * 1.75)], [70, 52, 44])
        for x, y in ((-80, -90), (90, -90), (-70, 130), (70, 130))
    )
    tail = ribbon([(20, 160), (60, 260), (150, 300), (230, 270)], [48, 42, 38, 28])
    belly = fill(ellipse(4, 20, 66, 110), light(fur.coat, 0.05), 0.8)
    return union(tail + paws + body, fur.coat) + belly + head(fur, -4, -226, 0.95, 172, "shut")


def paw(fur: Fur, points: Sequence[Point], width: float = 96) -> str:
    """One arm along the points, its paw at the last of them."""
    wide = [width * (1 - 0.22 * i / (len(points) - 1)) for i in range(len(points))]
    return union(ribbon(points, wide), fur.coat)


def shape(d: str, fur: Fur) -> str:
    """A part of a cat (a back, a bump under a blanket) from any outline."""
    return solid(d, fur.coat, shade=0, light=7)
