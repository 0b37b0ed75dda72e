"""The cat of the house: one head and a few poses, drawn as silhouettes that never look surprised.

Each pose stands on (0, 0), the middle of its own ground line; `solid.move` puts it into a scene.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .color import INK, light, shade, tone
from .path import Point, ellipse, n, poly, ribbon, smooth, turned
from .solid import fill, floor_shadow, line, solid, union

_HEAD: tuple[tuple[str, tuple[Point, ...]], ...] = (
    ("M", ((0, 84),)),
    ("C", ((46, 84), (88, 66), (100, 26))),
    ("C", ((106, 2), (103, -20), (98, -40))),
    ("L", ((99, -108),)),
    ("Q", ((99, -128), (82, -118))),
    ("L", ((38, -82),)),
    ("Q", ((0, -92), (-38, -82))),
    ("L", ((-82, -118),)),
    ("Q", ((-99, -128), (-99, -108))),
    ("L", ((-98, -40),)),
    ("C", ((-103, -20), (-106, 2), (-100, 26))),
    ("C", ((-88, 66), (-46, 84), (0, 84))),
)


@dataclass(frozen=True)
class Fur:
    """What a cat wears: its coat, its eyes, and the inside of its ears."""

    coat: str
    eyes: str
    ears: str


NIGHT = Fur("#33313f", "#f0c25a", "#6d5663")
GINGER = Fur("#d98b4a", "#3a2f2a", "#f0b896")
CLOUD = Fur("#8b8f9c", "#f3e3a8", "#b7a0a6")
MILK = Fur("#f6eee0", "#4b5b4f", "#e9b9ae")


def head_outline(x: float, y: float, scale: float = 1, tilt: float = 0) -> str:
    """Outline the head with its ears around (x, y)."""
    parts = []
    for command, points in _HEAD:
        placed = [(px * scale + x, py * scale + y) for px, py in turned(points, tilt)]
        parts.append(command + " ".join(f"{n(px)} {n(py)}" for px, py in placed))
    return "".join(parts) + "Z"


def head(
    fur: Fur, x: float, y: float, scale: float = 1, tilt: float = 0, eyes: str = "open", look: float = 0
) -> str:
    """Draw the head; eyes are `open`, `shut`, or `none` (seen from behind), looking to one side by `look`."""

    def at(points: Sequence[Point]) -> list[Point]:
        return [(px * scale + x, py * scale + y) for px, py in turned(points, tilt)]

    over = ""
    if eyes != "none":
        for side in (-1, 1):
            ear = poly(at([(side * 86, -98), (side * 52, -68), (side * 86, -40)]), 10 * scale)
            over += fill(ear, fur.ears, 0.75)
    drawn = union(head_outline(x, y, scale, tilt), fur.coat, light=6 * scale, over=over)
    if eyes == "none":
        return drawn
    return drawn + _face(fur, at, scale, eyes, look)


def _face(
    fur: Fur, at: Callable[[Sequence[Point]], list[Point]], scale: float, eyes: str, look: float
) -> str:
    parts = ""
    for side in (-1, 1):
        if eyes == "shut":
            a, b, c = at([(side * 26, 8), (side * 44, 22), (side * 62, 8)])
            parts += line(
                f"M{n(a[0])} {n(a[1])}Q{n(b[0])} {n(b[1])} {n(c[0])} {n(c[1])}", fur.eyes, 6 * scale
            )
        else:
            ((ex, ey),) = at([(side * 43 + look * 0.4, 2)])
            bright = fur.eyes > "#9"
            wide = 17 * scale if bright else 12 * scale
            parts += fill(ellipse(ex, ey, wide, wide * 1.08), fur.eyes)
            if bright:
                ((px, py),) = at([(side * 43 + look, 2)])
                parts += fill(ellipse(px, py, 6 * scale, 13 * scale), INK)
    nose = poly(at([(-10, 30), (10, 30), (0, 42)]), 4 * scale)
    parts += fill(nose, shade(fur.ears, 0.04))
    for side in (-1, 1):
        for dy in (34, 48):
            a, b = at([(side * 58, dy), (side * 128, dy + (dy - 46) * 1.5)])
            parts += line(
                f"M{n(a[0])} {n(a[1])}L{n(b[0])} {n(b[1])}", tone(fur.coat, 0.28), 2.6 * scale, 0.55
            )
    return parts


def _toes(fur: Fur, *at: Point) -> str:
    mark = shade(fur.coat, 0.10) if fur is not NIGHT else light(fur.coat, 0.16)
    return "".join(line(f"M{n(x - 9)} {n(y)}v-14M{n(x + 9)} {n(y)}v-14", mark, 4, 0.8) for x, y in at)


def sit(fur: Fur, eyes: str = "open", look: float = 0, tilt: float = 0) -> str:
    """Sitting, seen from the front, the tail laid to the right."""
    body = smooth(
        [
            (0, -350),
            (72, -305),
            (104, -200),
            (140, -80),
            (122, -8),
            (0, 0),
            (-122, -8),
            (-140, -80),
            (-104, -200),
            (-72, -305),
        ]
    )
    tail = ribbon([(90, -30), (190, -20), (250, -50), (262, -112), (236, -150)], [50, 46, 42, 36, 28])
    legs = line("M-34 -18C-40 -70 -36 -120 -30 -160M34 -18C40 -70 36 -120 30 -160", _seam(fur), 5, 0.5)
    return (
        floor_shadow(20, -6, 185)
        + union(tail, fur.coat)
        + union(body, fur.coat)
        + legs
        + _toes(fur, (-50, -8), (50, -8))
        + head(fur, 0, -400, 1, tilt, eyes, look)
    )


def _seam(fur: Fur) -> str:
    return light(fur.coat, 0.12) if fur is NIGHT else shade(fur.coat, 0.10)


def behind(fur: Fur, tilt: float = 0) -> str:
    """Sitting, seen from behind: it looks the other way."""
    body = smooth(
        [
            (0, -350),
            (76, -300),
            (112, -190),
            (150, -80),
            (128, -6),
            (0, 0),
            (-128, -6),
            (-150, -80),
            (-112, -190),
            (-76, -300),
        ]
    )
    tail = ribbon(
        [(40, -40), (150, -16), (236, -44), (262, -120), (232, -172), (196, -160)], [56, 50, 46, 40, 34, 26]
    )
    ears = head(fur, 6, -398, 1, tilt, "none")
    return floor_shadow(20, -6, 190) + union(body, fur.coat) + union(tail, fur.coat) + ears


def side(fur: Fur, paw: bool = False, eyes: str = "open", look: float = -8, tilt: float = -4) -> str:
    """Sitting, turned to the left; with `paw` it reaches out for something."""
    body = smooth(
        [
            (-62, -330),
            (-92, -210),
            (-84, -100),
            (-96, -14),
            (-40, 0),
            (60, 0),
            (150, -14),
            (176, -100),
            (140, -220),
            (62, -320),
            (0, -360),
        ]
    )
    tail = ribbon([(120, -36), (220, -18), (300, -34), (338, -96), (316, -148)], [52, 46, 42, 36, 28])
    leg = "" if paw else line("M-52 -16C-44 -80 -48 -130 -40 -190", _seam(fur), 5, 0.5)
    haunch = line("M40 -10C20 -90 60 -150 130 -150", _seam(fur), 5, 0.45)
    drawn = (
        floor_shadow(30, -6, 190)
        + union(tail, fur.coat)
        + union(body, fur.coat)
        + haunch
        + leg
        + _toes(fur, (-64, -6))
    )
    if paw:
        drawn += union(
            ribbon([(-40, -230), (-130, -212), (-196, -228), (-236, -262)], [84, 62, 54, 50]), fur.coat
        )
    return drawn + head(fur, -48, -400, 1, tilt, eyes, look)


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
    haunch = line("M110 -12C90 -90 130 -140 190 -140", _seam(fur), 5, 0.45)
    ground = floor_shadow(10, -6, 300) if shadow else ""
    return (
        ground
        + union(tail, fur.coat)
        + union(body + paws, fur.coat)
        + haunch
        + head(fur, -150, -226, 1, -4, eyes, look)
    )


def walk(fur: Fur, eyes: str = "open", look: float = -6) -> str:
    """Walking to the left with the tail held high."""
    body = smooth(
        [
            (-200, -262),
            (-60, -270),
            (90, -262),
            (200, -262),
            (240, -200),
            (200, -138),
            (60, -124),
            (-80, -120),
            (-196, -140),
            (-236, -200),
        ]
    )
    far = ribbon([(-120, -170), (-96, -80), (-80, -22)], [72, 48, 42]) + ribbon(
        [(150, -180), (120, -90), (110, -22)], [80, 50, 42]
    )
    near = ribbon([(-180, -180), (-196, -90), (-216, -22)], [84, 52, 46]) + ribbon(
        [(200, -190), (236, -90), (232, -22)], [96, 54, 46]
    )
    tail = ribbon([(216, -226), (280, -290), (296, -390), (262, -462)], [50, 46, 40, 28])
    rear = Fur(shade(fur.coat, 0.05), fur.eyes, fur.ears)
    return (
        floor_shadow(10, -4, 250)
        + union(far, rear.coat)
        + union(tail + body + near, fur.coat)
        + head(fur, -226, -300, 0.96, -4, eyes, look)
    )


def pounce(fur: Fur, eyes: str = "open", look: float = -8) -> str:
    """Down in front, up behind: about to."""
    body = smooth(
        [
            (-250, -40),
            (-220, -120),
            (-100, -150),
            (40, -190),
            (130, -262),
            (220, -262),
            (262, -190),
            (246, -90),
            (170, -80),
            (60, -60),
            (-80, -20),
            (-200, -4),
        ]
    )
    legs = ribbon([(-160, -60), (-270, -28), (-350, -24)], [86, 56, 48]) + ribbon(
        [(216, -160), (240, -80), (236, -22)], [120, 58, 48]
    )
    knee = ribbon([(150, -150), (150, -70), (140, -22)], [110, 54, 46])
    tail = ribbon([(230, -226), (306, -280), (330, -370), (296, -440)], [50, 46, 40, 28])
    rear = shade(fur.coat, 0.05)
    return (
        floor_shadow(-20, -4, 300)
        + union(knee, rear)
        + union(tail + body + legs, fur.coat)
        + head(fur, -226, -146, 1, -8, eyes, look)
    )


def stretch(fur: Fur, eyes: str = "open") -> str:
    """Upright against something on the left, front paws high."""
    body = smooth(
        [
            (-60, -420),
            (0, -450),
            (50, -400),
            (110, -280),
            (164, -150),
            (150, -40),
            (60, -10),
            (-10, -60),
            (-40, -180),
            (-84, -300),
        ]
    )
    arms = ribbon([(-10, -380), (-90, -470), (-142, -560)], [90, 60, 50]) + ribbon(
        [(20, -360), (-70, -420), (-150, -470)], [80, 58, 48]
    )
    legs = ribbon([(90, -90), (70, -40), (10, -22)], [120, 60, 44]) + ribbon(
        [(120, -90), (130, -40), (80, -20)], [110, 60, 44]
    )
    tail = ribbon([(140, -60), (230, -28), (310, -40), (352, -100)], [50, 46, 40, 28])
    return (
        floor_shadow(70, -6, 170)
        + union(tail + legs + body + arms, fur.coat)
        + head(fur, 4, -470, 0.98, -14, eyes, -8)
    )


def peek(fur: Fur, eyes: str = "open", look: float = 0, paws: float = 118, tilt: float = 0) -> str:
    """Head and paws over an edge that runs along y = 0."""
    drawn = head(fur, 0, -70, 1, tilt, eyes, look)
    for x in (-paws, paws):
        drawn += union(ellipse(x, 2, 46, 30), fur.coat) + _toes(fur, (x, 24))
    return drawn


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
