"""Scratch, of cardboard and wood: waves, houses and half a log."""

from ..kit import cat
from ..kit.color import ASH, KRAFT, WALNUT, light, shade, tone
from ..kit.path import ellipse, n, poly, rect, smooth
from ..kit.scene import Art, Use
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look


def edges(d: str, color: str, box: tuple[float, float, float, float], step: float = 17) -> str:
    """Show the open ends of corrugated board inside an outline: layers with small waves between."""
    x0, y0, x1, y1 = box
    rows, y = "", y0
    while y < y1:
        waves = f"M{n(x0)} {n(y + step / 2)}" + "q5 -9 10 0t10 0" * int((x1 - x0) / 20 + 1)
        rows += line(waves, shade(color, 0.15), 3, 0.55) + line(
            f"M{n(x0)} {n(y)}H{n(x1)}", shade(color, 0.20), 3, 0.6
        )
        y += step
    return inside(d, rows)


def wave(look: Look) -> Art:
    """A long wave of cardboard, to lie in the trough of or to surf."""
    c = KRAFT
    body = (
        "M150 770C230 560 330 560 440 690C540 800 640 800 740 690C850 560 970 560 1050 770L1050 "
        "900Q1050 926 1024 926H176Q150 926 150 900Z"
    )
    top = (
        "M150 770C230 560 330 560 440 690C540 800 640 800 740 690C850 560 970 560 1050 770L1010 "
        "700C940 500 840 500 740 610C640 720 560 720 450 610C340 500 260 500 190 700Z"
    )
    ends = solid(rect(130, 740, 36, 190, 10), look.color, shade=7, light=5, stuff="board") + solid(
        rect(1036, 740, 36, 190, 10), look.color, shade=7, light=5, stuff="board"
    )
    lines = "".join(
        line(
            (
                f"M{150 + i * 5} {770 - i * 9}C{230 + i * 5} {560 - i * 8} {330 + i * 2} {560 - i * 8} "
                f"{440 + i} {690 - i * 11}S{640 - i} {800 - i * 11} {740} {690 - i * 11}S{970 - i * 4} "
                f"{560 - i * 8} {1050 - i * 5} {770 - i * 9}"
            ),
            shade(c, 0.10),
            3,
            0.6,
        )
        for i in range(1, 7)
    )
    front = (
        solid(top, light(c, 0.04), shade=0, light=8, stuff="board")
        + lines
        + solid(body, c, shade=24, light=7, stuff="")
        + edges(body, c, (150, 560, 1050, 930))
        + ends
    )
    surfer = move(cat.lie(cat.NIGHT, shadow=False), 590, 800, 0.98)
    return Art(
        front,
        Use(surfer, "behind", 0.95, 600, 1010),
        shadow=floor_shadow(606, 920, 470, 40),
        focus=(420, 700, 2.2),
    )


def half_log(look: Look) -> Art:
    """Half a log: bark for the claws, rings for the curious."""
    bark = WALNUT
    body = "M270 930C230 760 330 600 480 590H900C1010 600 1080 740 1060 930Z"
    grooves = "".join(
        line(f"M{x} {y}q{w} {-10 + (x * 7) % 19} {w * 2} 0", shade(bark, 0.13), 8, 0.75)
        for x, y, w in (
            (520, 640, 80),
            (760, 630, 60),
            (500, 690, 60),
            (680, 684, 90),
            (920, 690, 40),
            (540, 744, 90),
            (780, 740, 110),
            (500, 800, 60),
            (660, 804, 80),
            (880, 800, 70),
            (540, 864, 110),
            (820, 864, 90),
        )
    )
    grooves += "".join(
        line(f"M{x} {y}q{w} -10 {w * 2} 0", light(bark, 0.09), 5, 0.7)
        for x, y, w in (
            (560, 664, 60),
            (780, 660, 70),
            (520, 770, 70),
            (760, 770, 60),
            (920, 764, 40),
            (600, 836, 90),
            (860, 836, 50),
        )
    )
    face = "M140 930C140 720 240 590 370 590S600 720 600 930Z"
    rings = inside(
        face,
        "".join(line(ellipse(370, 950, r * 0.62, r), shade(ASH, 0.12), 6, 0.7) for r in range(60, 360, 46))
        + line("M370 930L330 640M370 930L470 700", shade(ASH, 0.14), 5, 0.6),
    )
    moss = solid(
        smooth([(700, 600), (740, 572), (820, 566), (900, 586), (930, 620), (850, 632), (770, 626)]),
        look.color,
        shade=10,
        light=6,
        stuff="felt",
    )
    leaf = solid("M820 566Q800 500 860 470Q884 530 820 566Z", tone(look.color, 0.05), shade=8, light=5)
    front = (
        solid(body, bark, shade=40, light=12, stuff="grain", over=grooves)
        + solid(face, ASH, shade=0, light=14, stuff="wood")
        + line(face, shade(bark, 0.04), 16)
        + rings
        + moss
        + leaf
    )
    owner = move(cat.side(cat.GINGER), 640, 705, 0.92)
    return Art(
        front,
        Use(owner, "before", 0.9, 560, 1010),
        shadow=floor_shadow(610, 922, 460, 36),
        focus=(520, 740, 2.1),
    )


def bungalow(look: Look) -> Art:
    """A cardboard house whose floor, walls and mortgage may be scratched."""
    c = KRAFT
    wall = poly([(270, 560), (930, 560), (930, 926), (270, 926)], 6)
    roof = poly([(600, 270), (1020, 570), (960, 620), (600, 360), (240, 620), (180, 570)], 12)
    gable = poly([(600, 320), (930, 570), (270, 570)])
    door = "M500 926V760Q500 660 600 660T700 760V926Z"
    window = ellipse(600, 500, 62)
    chimney = solid(rect(770, 300, 80, 170, 6), shade(c, 0.08), shade=10, light=5, stuff="board")
    bricks = "".join(
        line(f"M{x} {y}h54", shade(c, 0.12), 5, 0.5)
        for x, y in (
            (310, 640),
            (390, 680),
            (310, 860),
            (400, 820),
            (770, 660),
            (820, 700),
            (760, 860),
            (840, 820),
        )
    )
    dark = fill(door, shade(c, 0.34)) + inside(door, fill(rect(480, 880, 240, 60), shade(c, 0.22)))
    back = chimney + solid(gable + wall, c, shade=0, light=8, stuff="board") + bricks + dark
    back += fill(window, shade(c, 0.34))
    front = (
        line(window, light(c, 0.05), 14)
        + line("M538 500H662M600 438V562", light(c, 0.05), 10)
        + solid(roof, look.color, shade=14, light=8, stuff="board")
    )
    front += line(door, light(c, 0.05), 14) + solid(
        rect(240, 906, 720, 26, 8), shade(c, 0.06), shade=5, light=4, stuff="board"
    )
    resident = inside(door, move(cat.sit(cat.NIGHT), 600, 1090, 0.72))
    return Art(
        front,
        Use(resident, "between", 0.95, 600, 1010, joined=True),
        back=back,
        shadow=floor_shadow(630, 922, 390, 34),
        focus=(660, 460, 2.1),
    )


DRAWINGS = {
    "wave": wave,
    "half-log": half_log,
    "bungalow": bungalow,
}
