"""The cat on its feet: sitting, walking, about to.

Each stands on (0, 0), the middle of its own ground line; `solid.move` puts it into a scene.
"""

from ..color import light, shade
from ..path import Point, n, ribbon, smooth
from ..solid import floor_shadow, line, union
from .head import NIGHT, Fur, head


def toes(fur: Fur, *at: Point) -> str:
    mark = shade(fur.coat, 0.10) if fur is not NIGHT else light(fur.coat, 0.16)
    return "".join(line(f"M{n(x - 9)} {n(y)}v-14M{n(x + 9)} {n(y)}v-14", mark, 4, 0.8) for x, y in at)


def seam(fur: Fur) -> str:
    return light(fur.coat, 0.12) if fur is NIGHT else shade(fur.coat, 0.10)


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
    legs = line("M-34 -18C-40 -70 -36 -120 -30 -160M34 -18C40 -70 36 -120 30 -160", seam(fur), 5, 0.5)
    return (
        floor_shadow(20, -6, 185)
        + union(tail, fur.coat)
        + union(body, fur.coat)
        + legs
        + toes(fur, (-50, -8), (50, -8))
        + head(fur, 0, -400, 1, tilt, eyes, look)
    )


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


def kitten_behind(fur: Fur, tilt: float = 0) -> str:
    """The same view of a kitten: more head, less body, as much conviction."""
    body = smooth(
        [(0, -250), (80, -214), (118, -130), (136, -50), (112, -4), (0, 0), (-112, -4), (-136, -50)]
        + [(-118, -130), (-80, -214)]
    )
    tail = ribbon([(30, -34), (130, -14), (206, -40), (226, -104), (200, -146)], [50, 46, 42, 38, 26])
    return (
        floor_shadow(20, -6, 170)
        + union(body, fur.coat)
        + union(tail, fur.coat)
        + head(fur, 6, -306, 1.16, tilt, "none")
    )


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
    leg = "" if paw else line("M-52 -16C-44 -80 -48 -130 -40 -190", seam(fur), 5, 0.5)
    haunch = line("M40 -10C20 -90 60 -150 130 -150", seam(fur), 5, 0.45)
    drawn = (
        floor_shadow(30, -6, 190)
        + union(tail, fur.coat)
        + union(body, fur.coat)
        + haunch
        + leg
        + toes(fur, (-64, -6))
    )
    if paw:
        drawn += union(
            ribbon([(-40, -230), (-130, -212), (-196, -228), (-236, -262)], [84, 62, 54, 50]), fur.coat
        )
    return drawn + head(fur, -48, -400, 1, tilt, eyes, look)


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
