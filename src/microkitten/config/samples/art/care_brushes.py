"""Care by brush and comb: short sessions that end in time."""

from ..kit import cat
from ..kit.color import ASH, BRASS, CREAM, INK, STEEL, WALNUT, light, shade, tone
from ..kit.mark import mark
from ..kit.path import ellipse, n, poly, rect, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import about, fill, floor_shadow, line, move, solid
from .look import Look


def brush(look: Look) -> Art:
    """An oval brush of beech, bristles up, with a strap for the hand."""
    pad = smooth(
        [
            (180, 660),
            (230, 540),
            (420, 490),
            (600, 480),
            (780, 490),
            (970, 540),
            (1020, 660),
            (970, 770),
            (600, 800),
            (230, 770),
        ]
    )
    bristles = ""
    for row, (y, count, half) in enumerate(((488, 25, 300), (520, 29, 350), (556, 31, 378))):
        for i in range(count):
            x = 600 - half + 2 * half * i / (count - 1)
            lean = (x - 600) * 0.10
            bristles += line(
                f"M{n(x)} {y}L{n(x + lean)} {n(y - 112 + abs(x - 600) * 0.08)}",
                tone(CREAM, -0.05 * (2 - row)),
                9,
            )
    strap = (
        line("M330 680Q600 610 870 680", shade(look.color, 0.10), 66)
        + line("M330 672Q600 602 870 672", look.color, 58)
        + line("M330 652Q600 582 870 652", light(look.color, 0.12), 5, 0.9, "16 13")
    )
    pins = "".join(fill(ellipse(x, 684, 11), BRASS) for x in (326, 874))
    front = bristles + solid(pad, ASH, shade=36, light=12, stuff="wood") + strap + pins
    groomed = move(cat.lie(cat.CLOUD, "shut"), 560, 1010, 1.1)
    tool = move(move(front, -600, -640), 690, 730, 0.34, 172)
    use = Use(groomed + tool, "before", 0)
    return Art(front, use, shadow=floor_shadow(616, 800, 380, 40), focus=(420, 520, 2.1))


def comb(look: Look) -> Art:
    """A steel comb with long teeth and a back of walnut."""
    back = poly([(170, 470), (1030, 470), (1030, 560), (170, 560)], 40)
    teeth = ""
    for x, wide in [(x, 22) for x in range(210, 610, 42)] + [(x, 12) for x in range(640, 990, 24)]:
        tooth = [(x, 540), (x + wide, 540), (x + wide * 0.7, 800), (x + wide / 2, 812), (x + wide * 0.3, 800)]
        teeth += fill(poly(tooth, 4), shade(STEEL)) + fill(
            poly([(x, 540), (x + wide * 0.62, 540), (x + wide * 0.4, 804)], 2), STEEL
        )
    spine = solid(rect(186, 530, 828, 40, 12), STEEL, shade=9, light=6, stuff="metal")
    inlay = line("M240 508H520", look.color, 14) + fill(ellipse(560, 508, 9), look.color)
    tuft = line(
        "M380 800C340 850 420 880 380 930S300 900 330 860M400 810C440 860 360 900 420 920",
        tone(cat.GINGER.coat, 0.03),
        8,
        0.9,
    )
    front = tuft + teeth + spine + solid(back, WALNUT, shade=18, light=9, stuff="wood") + inlay
    combed = move(cat.loaf(cat.GINGER), 560, 1010, 1.35)
    tool = move(move(front, -600, -640), 700, 695, 0.34, 6)
    return Art(
        about(front, 600, 640, 1, -8),
        Use(combed + tool, "before", 0),
        shadow=hung(_comb_outline(), 18),
        focus=(470, 620, 2.2),
    )


def _comb_outline() -> str:
    """Outline of the comb as it lies, for its shadow."""
    return poly([(160, 535), (1012, 412), (1024, 500), (172, 620)], 30)


def evidence(look: Look) -> Art:
    """A clothes brush that lifts hair, with a pocket for what it found."""
    c = look.color
    handle = solid(
        poly([(560, 470), (640, 470), (660, 250), (620, 190), (580, 190), (540, 250)], 30),
        ASH,
        shade=18,
        light=9,
        stuff="wood",
    )
    head = rect(250, 460, 700, 200, 60)
    pile = rect(270, 640, 660, 250, 30)
    hairs = "".join(
        line(f"M{x} {y}l6 30", light(c, 0.10), 4, 0.6)
        for y in range(660, 880, 36)
        for x in range(286 + (y // 36 % 2) * 14, 930, 28)
    )
    found = "".join(
        line(d, color, 6, 0.95)
        for d, color in (
            ("M340 720q50-50 110-10t90 30", cat.GINGER.coat),
            ("M700 700q60 40 120-10", CREAM),
            ("M560 840q60-60 130-20t60 20", cat.GINGER.coat),
            ("M380 820q40 30 90 0", INK),
            ("M820 810q-30 40-80 30", CREAM),
        )
    )
    front = (
        handle
        + solid(pile, c, shade=24, light=8, stuff="felt", over=hairs)
        + found
        + solid(head, ASH, shade=26, light=10, stuff="wood")
        + mark(600, 560, 110, shade(ASH, 0.26), 0.8)
    )
    witness = move(cat.sit(cat.MILK, look=-10), 830, 1010, 1.1)
    return Art(
        front, Use(witness, "before", 0.6, 360, 1010), shadow=hung(head + pile, 20), focus=(480, 720, 2.2)
    )


DRAWINGS = {
    "hundred-strokes": brush,
    "knotty-subject": comb,
    "evidence-remover": evidence,
}
