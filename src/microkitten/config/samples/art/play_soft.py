"""Play, the soft half: things of felt, wool and feather."""

from ..kit import cat
from ..kit.color import ASH, CREAM, INK, MARIGOLD, ROSE, SEA, light, shade, tone
from ..kit.path import ellipse, n, poly, rect, ribbon, ring, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import about, fill, floor_shadow, line, move, solid
from .look import Look


def felt_mouse(look: Look) -> Art:
    """A drop-shaped mouse with one round ear that listens and a tail that gives it away."""
    c = look.color
    tail = ribbon([(855, 880), (960, 905), (1030, 850), (1000, 770), (1050, 715)], [26, 24, 20, 16, 10])
    body = smooth(
        [
            (236, 868),
            (300, 770),
            (430, 660),
            (600, 618),
            (770, 660),
            (868, 770),
            (880, 870),
            (800, 926),
            (600, 932),
            (380, 928),
            (262, 912),
        ]
    )
    stitch = line("M330 850C460 905 700 905 850 860", shade(c, 0.16), 5, 0.55, "16 14")
    ears = solid(ellipse(560, 612, 92, 98), shade(c, 0.06), shade=14, stuff="felt")
    ears += solid(ellipse(478, 650, 112, 118), c, shade=20, light=10, stuff="felt")
    ears += fill(ellipse(470, 662, 70, 76), tone(ROSE, 0.14, 0.6), 0.85) + fill(
        ellipse(470, 662, 70, 76), "url(#felt)"
    )
    face = fill(ellipse(356, 790, 16, 18), INK) + fill(ellipse(351, 784, 5), "#fff", 0.8)
    face += solid(ellipse(244, 872, 24, 22), ROSE, shade=8, light=4)
    hairs = line("M290 846L206 812M292 864L196 856M296 880L210 906", INK, 4, 0.45)
    front = (
        solid(tail, ROSE, shade=5, light=3, stuff="felt")
        + solid(body, c, shade=46, light=12, stuff="felt")
        + stitch
        + ears
        + face
        + hairs
    )
    hunter = move(cat.pounce(cat.NIGHT), 800, 1010, 0.92)
    return Art(
        front,
        Use(hunter, "before", 0.46, 250, 1020),
        shadow=floor_shadow(580, 926, 350),
        focus=(455, 730, 2.3),
    )


def felt_fish(look: Look) -> Art:
    """A flat fish with a stitched smile, stuffed with valerian."""
    c = look.color
    tail = poly([(850, 660), (1050, 500), (1010, 670), (1050, 850), (850, 720)], 34)
    fin = smooth([(500, 500), (600, 410), (730, 430), (740, 520)])
    body = smooth(
        [
            (150, 690),
            (250, 560),
            (430, 480),
            (640, 490),
            (820, 610),
            (884, 680),
            (820, 760),
            (640, 880),
            (430, 890),
            (250, 815),
        ]
    )
    scales = "".join(
        line(f"M{520 + column * 80} {604 + row * 86 + column % 2 * 28}q36 36 0 72", shade(c, 0.15), 6, 0.5)
        for column in range(4)
        for row in range(2)
    )
    gill = line("M420 520C360 610 360 760 420 850", light(c, 0.16), 9, 0.9, "22 18")
    eye = solid(ellipse(300, 640, 38), CREAM, shade=8, light=0) + fill(ellipse(298, 640, 17), INK)
    seam = line(
        smooth(
            [
                (172, 690),
                (262, 574),
                (436, 500),
                (636, 510),
                (806, 622),
                (860, 680),
                (806, 748),
                (636, 860),
                (436, 870),
                (262, 800),
            ]
        ),
        light(c, 0.16),
        6,
        0.8,
        "18 16",
    )
    mouth = line("M166 720Q220 736 250 716", INK, 7, 0.7)
    drawn = (
        solid(tail, shade(c, 0.05), stuff="felt")
        + solid(fin, shade(c, 0.05), shade=16, stuff="felt")
        + solid(body, c, shade=44, light=12, stuff="felt")
        + seam
        + scales
        + gill
        + eye
        + mouth
    )
    eater = move(cat.lie(cat.CLOUD, look=-12), 720, 1010, 0.88)
    front = about(drawn, 600, 690, 1, -6)
    return Art(
        front,
        Use(eater, "behind", 0.4, 320, 1060),
        shadow=hung(body, 26) + hung(tail, 22),
        focus=(380, 670, 2.2),
    )


def pompons(look: Look) -> Art:
    """Three round things of wool with an air of astronomy."""

    def tuft(x: float, y: float, r: float, color: str) -> str:
        rim = ring(x, y, r, r, 150)
        dips = ring(x, y, r * 0.978, r * 0.978, 150)
        outer = smooth([rim[i] if i % 2 else dips[i] for i in range(150)])
        hairs = "".join(
            f"M{n(a)} {n(b)}L{n(p)} {n(q)}"
            for k, inner, far in ((40, 0.62, 0.94), (30, 0.3, 0.64))
            for (a, b), (p, q) in zip(
                ring(x - r * 0.08, y - r * 0.08, r * inner, r * inner, k, 4),
                ring(x, y, r * far, r * far, k, 8),
                strict=True,
            )
        )
        return solid(
            outer,
            color,
            shade=r * 0.2,
            light=r * 0.05,
            stuff="felt",
            over=line(hairs, shade(color, 0.11), 5, 0.5) + line(hairs, light(color, 0.08), 3, 0.8),
        )

    planets = (
        tuft(800, 560, 170, MARIGOLD)
        + tuft(470, 660, 265, look.color)
        + tuft(860, 830, 100, tone(ROSE, 0.06))
    )
    player = move(cat.lie(cat.NIGHT, look=-12), 750, 1000, 0.86)
    shadow = floor_shadow(480, 922, 230) + floor_shadow(862, 926, 84)
    return Art(planets, Use(player, "behind", 0.5, 300, 1060), shadow=shadow, focus=(480, 640, 2.2))


def kicker(look: Look) -> Art:
    """A long cushion made to be held with four feet at once."""
    c = look.color
    body = smooth(
        [
            (170, 610),
            (190, 540),
            (300, 520),
            (600, 535),
            (900, 520),
            (1010, 540),
            (1030, 610),
            (1044, 700),
            (1030, 790),
            (1010, 860),
            (900, 880),
            (600, 865),
            (300, 880),
            (190, 860),
            (170, 790),
            (156, 700),
        ]
    )
    stripes = "".join(fill(rect(x, 480, 64, 440), CREAM, 0.92) for x in range(250, 1000, 140))
    tag = solid(rect(1000, 660, 90, 76, 10), CREAM, shade=6, light=3, stuff="weave") + line(
        "M1046 712l-9-18-10 8v20h38v-20l-10-8z", SEA, 5
    )
    seams = line(
        "M212 570C190 650 190 750 212 830M988 570C1010 650 1010 750 988 830", shade(c, 0.16), 6, 0.7, "14 12"
    )
    front = tag + solid(body, c, shade=52, light=12, stuff="weave", over=stripes) + seams
    fighter = move(cat.asleep_back(cat.GINGER), 600, 560, 1.45)
    arms = cat.paw(cat.GINGER, [(500, 500), (440, 580), (490, 660)], 96) + cat.paw(
        cat.GINGER, [(720, 500), (780, 580), (730, 650)], 96
    )
    use = Use(fighter, "behind", 0.56, 610, 770, "bare", over=arms)
    return Art(
        about(front, 600, 700, 0.96, -8), use, shadow=hung(_kicker_outline(), 30), focus=(860, 640, 2.1)
    )


def _kicker_outline() -> str:
    """Outline of the kicker as it lies, for its shadow."""
    return poly([(160, 600), (1010, 470), (1050, 780), (200, 900)], 90)


def feather_wand(look: Look) -> Art:
    """An ash stick, a long string, three feathers: the bird is left out."""
    stick = solid(
        poly([(236, 968), (212, 944), (820, 250), (838, 268)], 10), ASH, shade=7, light=4, stuff="wood"
    )
    grip = solid(
        poly([(262, 938), (236, 912), (330, 806), (358, 830)], 8), look.color, shade=8, light=4, stuff="weave"
    )
    string = line("M828 258C960 250 990 380 930 500", INK, 5, 0.8)

    def feather(turn: float, color: str, size: float) -> str:
        vane = smooth([(0, 0), (58, 90), (72, 210), (40, 320), (0, 372), (-44, 320), (-70, 210), (-54, 90)])
        barbs = "".join(
            f"M0 {y}L{x} {y - 44}M0 {y}L{-x} {y - 44}"
            for y, x in ((130, 56), (185, 62), (240, 58), (295, 46))
        )
        drawn = (
            solid(vane, color, shade=18, light=8)
            + line(barbs, shade(color, 0.1), 4, 0.5)
            + line("M0 -6V350", shade(color, 0.2), 7)
        )
        return move(drawn, 930, 510, size, turn)

    feathers = feather(34, tone(SEA, 0.16), 0.86) + feather(-30, MARIGOLD, 0.9) + feather(3, look.color, 1.08)
    knot = solid(ellipse(930, 508, 26, 24), INK, shade=6, light=4)
    hunter = move(cat.stretch(cat.GINGER), 560, 1040, 1.0, flip=True)
    use = Use(hunter, "before", 0.86, 560, 880)
    flat = hung("M236 968L820 262L838 268L262 980Z", 18)
    return Art(stick + grip + string + feathers + knot, use, shadow=flat, focus=(900, 660, 2.0))


DRAWINGS = {
    "felt-mouse": felt_mouse,
    "feather-wand": feather_wand,
    "felt-fish": felt_fish,
    "three-planets": pompons,
    "kicker": kicker,
}
