"""Table: bowls, dishes and the sound of a lid."""

from ..kit import cat
from ..kit.color import ASH, BRASS, CHINA, CORK, CREAM, INK, light, shade, tone
from ..kit.path import ellipse, n, poly, rect, ring, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import about, fill, floor_shadow, inside, line, move, solid
from .look import Look

KIBBLE = "#a9663a"
WATER = "#9fcbd8"


def kibble(x: float, y: float, rx: float, ry: float, count: int = 26) -> str:
    """Heap dry food inside an ellipse."""
    parts = ""
    for k, share in ((count, 0.86), (count * 2 // 3, 0.55), (count // 3, 0.24)):
        for i, (px, py) in enumerate(ring(x, y - (1 - share) * ry * 0.5, rx * share, ry * share, k, k * 7)):
            parts += solid(
                ellipse(px, py, 25, 18 + i % 3 * 2), tone(KIBBLE, (i % 4) * 0.025), shade=6, light=4, stuff=""
            )
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
    eater = move(cat.side(cat.NIGHT, eyes="shut", tilt=-10), 850, 1010, 1.15)
    return Art(
        food,
        Use(eater, "before", 0.5, 350, 1040),
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
    eater = move(cat.lie(cat.MILK, look=-14), 850, 1010, 0.9)
    return Art(
        front,
        Use(eater, "before", 0.52, 260, 1040),
        shadow=floor_shadow(620, 926, 330, 34),
        focus=(420, 620, 2.1),
    )


def fountain(look: Look) -> Art:
    """A small spring: stoneware, one jet, no light show."""
    c = look.color
    basin = "M210 690C220 840 330 930 600 930S980 840 990 690Z"
    rim = solid(ellipse(600, 690, 390, 96), light(c, 0.04), shade=0, light=8, stuff="glaze")
    pool = ellipse(600, 696, 346, 76)
    ripples = "".join(line(ellipse(600, 704, r, r * 0.22), "#fff", 6, 0.7) for r in (110, 190, 270))
    water = solid(pool, WATER, shade=0, light=0, over=ripples, stuff="")
    dome = solid(
        "M470 690C470 560 500 470 600 470S730 560 730 690C690 720 510 720 470 690Z",
        c,
        shade=30,
        light=10,
        stuff="glaze",
    )
    spout = solid(ellipse(600, 478, 70, 22), shade(c, 0.14), shade=0, light=0)
    jet = (
        fill("M536 480C550 430 574 448 584 420C592 440 608 440 616 420C626 448 650 430 664 480Z", WATER, 0.95)
        + fill(ellipse(560, 400, 11, 15), WATER)
        + fill(ellipse(640, 396, 9, 13), WATER)
        + fill(ellipse(600, 372, 12, 17), WATER)
    )
    flow = fill("M548 482C500 540 488 610 486 700H520C520 620 540 540 580 488Z", WATER, 0.9) + fill(
        "M652 482C700 540 712 610 714 700H680C680 620 660 540 620 488Z", WATER, 0.9
    )
    front = solid(basin, c, shade=60, light=12, stuff="glaze") + rim + water + dome + spout + flow + jet
    drinker = move(cat.side(cat.GINGER, eyes="shut", tilt=-14), 850, 1010, 1.15)
    return Art(
        front,
        Use(drinker, "before", 0.58, 370, 1040),
        shadow=floor_shadow(610, 918, 340, 38),
        focus=(560, 640, 2.0),
    )


def treat_jar(look: Look) -> Art:
    """A glass jar whose cork is heard three rooms away."""
    glass = rect(340, 420, 520, 510, 90)
    body = fill(glass, "#e9f3f0", 0.75)
    treats = ""
    for row in range(7):
        for col in range(7):
            x, y = 396 + col * 74 + (row % 2) * 30 - 10, 884 - row * 46
            color = (look.color, tone(KIBBLE, 0.05), tone(BRASS, -0.02))[(row * 5 + col * 3) % 3]
            fish = f"M{x - 36} {y}q32-42 60 0l22-18v36l-22-18q-28 42-60 0z"
            treats += fill(fish, color) + fill(ellipse(x - 17, y - 5, 4), INK, 0.5)
    filled = inside(rect(356, 560, 488, 358, 76), treats)
    shine = fill(rect(382, 470, 26, 380, 13), "#fff", 0.75) + fill(rect(420, 470, 10, 300, 5), "#fff", 0.5)
    outline = line(glass, "#8fb0ab", 7, 0.7)
    label = (
        solid(rect(470, 650, 260, 150, 12), CREAM, shade=7, light=3, stuff="weave")
        + line("M556 738v-44l20 18h48l20-18v44q-44 40-88 0z", INK, 7, 0.85)
        + fill(ellipse(600, 736, 6), INK)
    )
    neck = solid(rect(380, 384, 440, 54, 20), "#d7e8e4", shade=10, light=6, stuff="")
    lid = solid(
        poly([(400, 290), (800, 290), (776, 400), (424, 400)], 22), CORK, shade=20, light=8, stuff="cork"
    )
    front = body + filled + outline + label + neck + lid + shine
    listener = move(cat.sit(cat.NIGHT, tilt=6, look=-6), 830, 940, 1.05)
    return Art(
        front,
        Use(listener, "behind", 0.72, 380, 960, "table"),
        shadow=floor_shadow(608, 922, 270, 32),
        focus=(560, 480, 2.1),
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


def water_glass(look: Look) -> Art:
    """A tumbler so heavy that it takes two cats to push it."""
    body = poly([(350, 360), (850, 360), (800, 926), (400, 926)], 34)
    wall = fill(body, "#e7f1f2", 0.8)
    water = inside(
        body,
        fill(rect(340, 500, 520, 320), WATER, 0.85)
        + fill(ellipse(600, 500, 238, 44), light(WATER, 0.05))
        + line(ellipse(600, 500, 200, 34), "#fff", 5, 0.5),
    )
    foot = inside(
        body,
        fill(rect(340, 820, 520, 120), look.color, 0.85)
        + fill(ellipse(600, 822, 208, 34), light(look.color, 0.08), 0.9),
    )
    facets = "".join(
        line(f"M{n(350 + i * 83.3)} 380L{n(400 + i * 66.6)} 900", "#fff", 7, 0.45) for i in range(1, 6)
    )
    rim = line(ellipse(600, 364, 248, 46), "#8fb0b5", 8, 0.8) + line(
        "M352 370L402 900M848 370L798 900", "#8fb0b5", 7, 0.6
    )
    shine = fill(poly([(392, 410), (424, 410), (452, 800), (430, 800)], 8), "#fff", 0.8)
    drinker = move(cat.side(cat.NIGHT, paw=True, look=-14, tilt=-6), 800, 930, 1.12)
    return Art(
        wall + water + foot + facets + rim + shine,
        Use(drinker, "before", 0.5, 330, 945, "table"),
        shadow=floor_shadow(608, 920, 230, 28),
        focus=(540, 560, 2.0),
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


DRAWINGS = {
    "plain-bowl": ash_bowl,
    "leaning-dish": leaning_dish,
    "small-spring": fountain,
    "audible-jar": treat_jar,
    "crumb-line": placemat,
    "long-lunch": slow_plate,
    "your-glass": water_glass,
    "one-serving": portion_spoon,
}
