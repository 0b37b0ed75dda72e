"""Table, the dry half: bowls, dishes and what lies in them."""

from ..kit import cat
from ..kit.color import ASH, BRASS, CHINA, light, shade, tone
from ..kit.path import ellipse, poly, rect, ring, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import about, fill, floor_shadow, inside, line, move, pebble, solid
from .look import Look

KIBBLE = "#a9663a"


def kibble(x: float, y: float, rx: float, ry: float, count: int = 26) -> str:
    """Heap dry food inside an ellipse."""
    parts = ""
    for k, share in ((count, 0.86), (count * 2 // 3, 0.55), (count // 3, 0.24)):
        for i, (px, py) in enumerate(ring(x, y - (1 - share) * ry * 0.5, rx * share, ry * share, k, k * 7)):
            parts += pebble(px, py, 25, 18 + i % 3 * 2, tone(KIBBLE, (i % 4) * 0.025))
    return parts


def ash_bowl(look: Look) -> Art:
    """A turned bowl of ash with a plain inside."""
    outside = "M220 600C236 800 380 920 600 920S964 800 980 600Z"
    foot = solid(
        poly([(430, 880), (770, 880), (752, 932), (448, 932)], 8),
        shade(ASH, 0.06),
        shade=10,
        light=4,
        stuff="wood",
    )
    rim = ellipse(600, 600, 380, 104)
    well = ellipse(600, 606, 344, 86)
    back = (
        foot
        + solid(outside, ASH, shade=70, light=14, stuff="wood")
        + solid(rim, light(ASH, 0.05), shade=0, light=7, stuff="wood")
    )
    back += solid(
        well, look.color, shade=0, light=0, over=fill(ellipse(640, 640, 330, 80), light(look.color, 0.05))
    )
    food = inside(ellipse(600, 606, 344, 86), kibble(600, 632, 300, 62, 30))
    eater = move(cat.side(cat.NIGHT, eyes="shut", tilt=-10), 790, 1010, 1.05)
    return Art(
        food,
        Use(eater, "before", 0.62, 330, 1040),
        back=back,
        shadow=floor_shadow(606, 926, 250, 30),
        focus=(440, 690, 2.0),
    )


def leaning_dish(look: Look) -> Art:
    """A dish on a wedge, leaning toward whoever eats."""
    c = look.color
    base = solid(
        "M300 930L360 690C420 760 780 760 840 640L920 930Z", shade(c, 0.03), shade=40, light=8, stuff="glaze"
    )
    bowl = "M250 640C250 800 420 850 620 820S960 640 950 480Z"
    rim = ellipse(600, 560, 364, 128)
    turned_rim = about(
        solid(rim, light(c, 0.04), shade=0, light=8, stuff="glaze")
        + fill(ellipse(604, 566, 320, 100), shade(c, 0.07))
        + inside(
            ellipse(604, 566, 320, 100),
            fill(ellipse(640, 600, 310, 96), shade(c, 0.02)) + kibble(606, 590, 230, 60, 24),
        ),
        600,
        560,
        1,
        -13,
    )
    front = base + solid(bowl, c, shade=44, light=10, stuff="glaze") + turned_rim
    eater = move(cat.lie(cat.MILK, look=-14), 800, 1010, 0.78)
    return Art(
        front,
        Use(eater, "before", 0.62, 275, 1040),
        shadow=floor_shadow(620, 926, 330, 34),
        focus=(420, 620, 2.1),
    )


def slow_plate(look: Look) -> Art:
    """A plate with a maze: the long way round is the meal."""
    c = look.color
    plate = ellipse(600, 620, 390)
    well = ellipse(600, 620, 330)
    ridges = ""
    for r, dash in ((270, "250 120 300 90"), (195, "180 100 260 80"), (120, "190 90")):
        ridges += line(ellipse(606, 630, r), shade(c, 0.16), 42, 1, dash) + line(
            ellipse(600, 620, r), light(c, 0.05), 40, 1, dash
        )
    grains = "".join(
        fill(ellipse(x, y, 17, 14), tone(KIBBLE, (i % 3) * 0.03))
        for i, (x, y) in enumerate(
            [
                *ring(600, 620, 232, 232, 22),
                *ring(600, 620, 158, 158, 13, 9),
                *ring(600, 620, 70, 70, 5),
                *ring(600, 620, 304, 304, 26, 4),
            ]
        )
        if i % 5 != 2
    )
    knob = solid(ellipse(600, 620, 40), light(c, 0.06), shade=8, light=6, stuff="glaze")
    front = (
        solid(plate, c, shade=26, light=12, stuff="glaze")
        + solid(well, shade(c, 0.09), shade=0, light=0, stuff="glaze")
        + grains
        + ridges
        + knob
    )
    reach = cat.paw(cat.NIGHT, [(1240, 1160), (1020, 1010), (840, 850), (760, 760)], 150)
    return Art(
        front, Use(reach, "before", 1.06, 560, 930, "bare"), shadow=hung(plate, 24), focus=(450, 480, 2.2)
    )


def portion_spoon(look: Look) -> Art:
    """A brass spoon that holds one serving, whatever anyone says."""
    handle = solid(
        poly([(600, 600), (640, 560), (1030, 232), (1052, 258), (680, 640)], 12),
        BRASS,
        shade=9,
        light=6,
        stuff="metal",
    )
    wrap = solid(
        poly([(838, 392), (940, 308), (966, 338), (866, 424)], 8), look.color, shade=8, light=5, stuff="weave"
    )
    eye = fill(ellipse(1022, 264, 11), shade(BRASS, 0.3))
    bowl = "M190 640C190 830 320 930 450 930S720 830 720 640Z"
    rim = solid(ellipse(455, 640, 266, 84), light(BRASS, 0.05), shade=0, light=7, stuff="metal")
    well = fill(ellipse(455, 644, 236, 66), shade(BRASS, 0.16))
    food = inside(ellipse(455, 630, 240, 84), kibble(455, 650, 205, 52, 24))
    front = handle + wrap + eye + solid(bowl, BRASS, shade=56, light=12, stuff="metal") + rim + well + food
    beggar = move(cat.sit(cat.GINGER, look=-10, tilt=-6), 850, 1020, 1.12)
    return Art(
        front,
        Use(beggar, "before", 0.6, 380, 1020),
        shadow=floor_shadow(470, 925, 200, 26),
        focus=(420, 700, 2.1),
    )


def placemat(look: Look) -> Art:
    """Linen under the bowl; crumbs stop at the stitched line."""
    c = look.color
    mat = rect(190, 350, 820, 540, 20)
    fringe = "".join(
        line(f"M{x} {y}h{dx}", light(c, 0.06), 7)
        for y in range(368, 884, 22)
        for x, dx in ((190, -34), (1010, 34))
    )
    stitch = line(rect(244, 404, 712, 432, 10), light(c, 0.16), 7, 0.9, "26 18")
    bands = fill(rect(190, 440, 820, 12), light(c, 0.12), 0.6) + fill(
        rect(190, 790, 820, 12), light(c, 0.12), 0.6
    )
    crumbs = "".join(
        fill(ellipse(x, y, r, r * 0.8), KIBBLE)
        for x, y, r in ((320, 500, 13), (350, 540, 9), (872, 742, 12), (840, 520, 8), (410, 730, 9))
    )
    plate = (
        hung(ellipse(600, 620, 170), 12)
        + solid(ellipse(600, 620, 170), CHINA, shade=12, light=8, stuff="glaze")
        + fill(ellipse(600, 620, 128), shade(CHINA, 0.05))
        + solid(ellipse(604, 624, 122), CHINA, shade=0, light=0)
    )
    front = fringe + solid(mat, c, shade=10, light=6, stuff="weave", over=bands) + stitch + plate + crumbs
    eater = move(
        cat.shape(
            smooth([(-110, -60), (110, -60), (190, 160), (210, 420), (-210, 420), (-190, 160)]), cat.CLOUD
        )
        + cat.head(cat.CLOUD, 0, -120, 1.35, 0, "none"),
        600,
        960,
    )
    return Art(
        about(front, 600, 620, 1, -4),
        Use(eater, "before", 0.95, 600, 760, "bare"),
        shadow=hung(mat, 10),
        focus=(340, 520, 2.3),
    )


DRAWINGS = {
    "plain-bowl": ash_bowl,
    "leaning-dish": leaning_dish,
    "crumb-line": placemat,
    "long-lunch": slow_plate,
    "one-serving": portion_spoon,
}
