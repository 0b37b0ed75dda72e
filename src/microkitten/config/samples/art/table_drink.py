"""Table, glass and water: what is drunk, and the jar that is heard."""

from ..kit import cat
from ..kit.color import BRASS, CORK, CREAM, INK, light, shade, tone
from ..kit.mark import mark
from ..kit.path import ellipse, n, poly, rect
from ..kit.scene import Art, Use
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look

KIBBLE = "#a9663a"
WATER = "#9fcbd8"


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
    drinker = move(cat.side(cat.GINGER, eyes="shut", tilt=-14), 810, 1010, 1.05)
    return Art(
        front,
        Use(drinker, "before", 0.64, 350, 1040),
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
    label = solid(rect(470, 650, 260, 150, 12), CREAM, shade=7, light=3, stuff="weave") + mark(
        600, 726, 104, INK, 0.85
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
    drinker = move(cat.side(cat.NIGHT, paw=True, look=-14, tilt=-6), 790, 935, 1.02)
    return Art(
        wall + water + foot + facets + rim + shine,
        Use(drinker, "before", 0.5, 330, 945, "table"),
        shadow=floor_shadow(608, 920, 230, 28),
        focus=(540, 560, 2.0),
    )


DRAWINGS = {
    "small-spring": fountain,
    "audible-jar": treat_jar,
    "your-glass": water_glass,
}
