"""Care by other means: claws, litter, baths and toes."""

from ..kit import cat
from ..kit.color import ASH, BRASS, CREAM, STEEL, light, shade, tone
from ..kit.path import ellipse, poly, rect, ribbon, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look


def clippers(look: Look) -> Art:
    """Claw clippers: two handles, two short blades, one understanding."""
    c = look.color
    one = ribbon([(560, 470), (500, 600), (420, 740), (380, 860)], [70, 76, 86, 74])
    two = ribbon([(640, 470), (700, 600), (780, 740), (820, 860)], [70, 76, 86, 74])
    rings = line(ellipse(352, 900, 74, 84), shade(c, 0.02), 40) + line(
        ellipse(848, 900, 74, 84), shade(c, 0.02), 40
    )
    shine = line(ellipse(346, 894, 74, 84), light(c, 0.06), 8, 0.6) + line(
        ellipse(842, 894, 74, 84), light(c, 0.06), 8, 0.6
    )
    left = solid(
        "M560 500C520 420 520 330 560 230C610 270 640 330 620 380Q590 400 600 440L640 500Z",
        STEEL,
        shade=14,
        light=8,
        stuff="metal",
    )
    right = solid(
        "M640 500C680 420 680 330 640 230C590 270 570 330 590 380Q615 400 604 440L560 500Z",
        tone(STEEL, -0.03),
        shade=14,
        light=6,
        stuff="metal",
    )
    notch = fill(ellipse(602, 372, 26, 32), look.tint)
    screw = solid(ellipse(600, 480, 34), BRASS, shade=9, light=6, stuff="metal") + line(
        "M582 498L618 462", shade(BRASS, 0.2), 7
    )
    front = (
        right
        + left
        + notch
        + rings
        + shine
        + solid(one, c, shade=16, light=9)
        + solid(two, c, shade=18, light=7)
        + screw
    )
    patient = move(cat.sit(cat.GINGER, look=-12, tilt=-5), 800, 1010, 1.1)
    return Art(
        front, Use(patient, "before", 0.5, 330, 720), shadow=hung(one + two, 20), focus=(600, 400, 2.2)
    )


def scoop(look: Look) -> Art:
    """A litter scoop of steel, with a handle that would suit a teapot."""
    blade = poly([(330, 560), (870, 560), (820, 930), (380, 930)], 60)
    slots = "".join(fill(rect(x, 640, 34, 230, 17), shade(STEEL, 0.36)) for x in (434, 508, 583, 658, 732))
    lip = solid(
        poly([(318, 540), (882, 540), (870, 590), (330, 590)], 16),
        light(STEEL, 0.04),
        shade=7,
        light=6,
        stuff="metal",
    )
    neck = solid(rect(568, 420, 64, 130, 8), STEEL, shade=12, light=6, stuff="metal")
    handle = solid(
        smooth(
            [(566, 440), (552, 330), (556, 220), (600, 176), (644, 220), (648, 330), (634, 440), (600, 452)]
        ),
        ASH,
        shade=18,
        light=9,
        stuff="wood",
    )
    ring = solid(rect(556, 410, 88, 30, 8), look.color, shade=7, light=5)
    eye = fill(ellipse(600, 222, 13), shade(ASH, 0.30))
    front = neck + solid(blade, STEEL, shade=34, light=11, stuff="metal") + slots + lip + handle + ring + eye
    digger = move(cat.behind(cat.NIGHT), 800, 1000, 1.05)
    return Art(
        front,
        Use(digger, "before", 0.62, 330, 1000),
        shadow=hung(blade + rect(560, 190, 80, 370, 30), 20),
        focus=(600, 540, 2.1),
    )


def towel(look: Look) -> Art:
    """A hooded towel, folded, for after the bath nobody wanted."""
    c = look.color
    stack = ""
    for i, (y, color) in enumerate(((760, shade(c, 0.02)), (610, c))):
        loops = "".join(
            line(f"M{x} {yy}q7 9 14 0", light(color, 0.07), 4, 0.6)
            for yy in range(y + 14, y + 160, 20)
            for x in range(220 + (yy // 20 % 2) * 14, 980, 28)
        )
        stack += solid(
            rect(210 + i * 10, y, 780 - i * 20, 166, 70), color, shade=20, light=10, stuff="felt", over=loops
        )
    hood = smooth(
        [(380, 640), (400, 500), (500, 430), (600, 420), (700, 430), (800, 500), (820, 640), (600, 690)]
    )
    ears = solid(poly([(420, 510), (400, 370), (540, 430)], 26), c, shade=10, light=8, stuff="felt") + solid(
        poly([(780, 510), (800, 370), (660, 430)], 26), c, shade=14, light=5, stuff="felt"
    )
    border = line("M372 640Q600 716 828 640", CREAM, 30) + line(
        "M372 640Q600 716 828 640", look.color, 5, 0.8, "4 14"
    )
    band = fill(rect(210, 872, 780, 22), CREAM, 0.8)
    front = (
        stack
        + inside(rect(210, 760, 780, 166, 70), band)
        + ears
        + solid(hood, light(c, 0.02), shade=26, light=10, stuff="felt")
        + border
    )
    cape = smooth(
        [(600, 540), (760, 600), (860, 800), (900, 1000), (600, 1030), (300, 1000), (340, 800), (440, 600)]
    )
    top = poly([(440, 400), (425, 250), (560, 320), (640, 320), (775, 250), (760, 400)], 30)
    wrapped = (
        floor_shadow(620, 1006, 320)
        + solid(cape, c, shade=50, light=14, stuff="felt")
        + line("M600 620V1010", shade(c, 0.10), 8, 0.6)
        + solid(top, c, shade=14, light=8, stuff="felt")
    )
    wrapped += solid(ellipse(600, 480, 196, 190), light(c, 0.02), shade=26, light=12, stuff="felt") + fill(
        ellipse(600, 500, 148, 136), shade(c, 0.16)
    )
    wrapped += inside(ellipse(600, 500, 146, 134), move(cat.head(cat.NIGHT, 0, 0, 1.3), 600, 500)) + line(
        ellipse(600, 500, 148, 136), CREAM, 18
    )
    return Art(
        front, Use(wrapped, "before", 0), shadow=floor_shadow(616, 922, 400, 36), focus=(520, 600, 2.2)
    )


def balm(look: Look) -> Art:
    """A tin of balm for toes, its lid beside it."""
    c = look.color
    tin = "M200 720C200 870 300 930 520 930S840 870 840 720Z"
    rim = solid(ellipse(520, 720, 320, 96), light(STEEL, 0.05), shade=0, light=7, stuff="metal")
    salve = (
        fill(ellipse(520, 726, 288, 78), tone(CREAM, -0.03))
        + line("M330 740C400 690 470 770 540 720S680 700 720 740", light(CREAM, 0.04), 16, 0.9)
        + line("M334 752C404 702 474 782 544 732", shade(CREAM, 0.08), 5, 0.7)
    )
    lid = ellipse(770, 520, 250, 250)
    disk = solid(lid, c, shade=34, light=12, stuff="grain") + line(
        ellipse(770, 520, 214), light(c, 0.12), 6, 0.9
    )
    toes = "".join(
        fill(ellipse(x, y, 34, 42), CREAM) for x, y in ((660, 486), (728, 424), (814, 424), (882, 486))
    )
    paw = fill(
        smooth(
            [(770, 494), (838, 540), (866, 610), (812, 640), (770, 630), (728, 640), (674, 610), (702, 540)]
        ),
        CREAM,
    )
    band = inside(
        tin, fill(rect(190, 790, 660, 70), c, 0.95) + line("M190 786H850M190 864H850", light(STEEL, 0.08), 5)
    )
    front = disk + paw + toes + solid(tin, STEEL, shade=44, light=10, stuff="metal", over=band) + rim + salve
    relaxed = move(cat.asleep_back(cat.NIGHT), 680, 560, 1.5, -12)
    return Art(
        front,
        Use(relaxed, "before", 0.36, 270, 1100, "bare"),
        shadow=floor_shadow(530, 926, 270, 28) + hung(lid, 14),
        focus=(680, 620, 2.1),
    )


DRAWINGS = {
    "small-manicure": clippers,
    "noble-scoop": scoop,
    "unwanted-bath": towel,
    "toe-balm": balm,
}
