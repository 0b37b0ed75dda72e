"""Scratch: what the sofa recommends."""

from ..kit import cat
from ..kit.color import ASH, KRAFT, SISAL, WALNUT, light, shade, tone
from ..kit.path import ellipse, n, poly, rect, smooth
from ..kit.scene import Art, Use, hung
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
    body = "M150 770C230 560 330 560 440 690C540 800 640 800 740 690C850 560 970 560 1050 770L1050 900Q1050 926 1024 926H176Q150 926 150 900Z"
    top = "M150 770C230 560 330 560 440 690C540 800 640 800 740 690C850 560 970 560 1050 770L1010 700C940 500 840 500 740 610C640 720 560 720 450 610C340 500 260 500 190 700Z"
    ends = solid(rect(130, 740, 36, 190, 10), look.color, shade=7, light=5, stuff="board") + solid(
        rect(1036, 740, 36, 190, 10), look.color, shade=7, light=5, stuff="board"
    )
    lines = "".join(
        line(
            f"M{150 + i * 5} {770 - i * 9}C{230 + i * 5} {560 - i * 8} {330 + i * 2} {560 - i * 8} {440 + i} {690 - i * 11}S{640 - i} {800 - i * 11} {740} {690 - i * 11}S{970 - i * 4} {560 - i * 8} {1050 - i * 5} {770 - i * 9}",
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


def post(look: Look) -> Art:
    """A sisal post with a ball on top, on a base that stays."""
    base = solid(
        poly([(300, 850), (900, 850), (960, 900), (240, 900)], 10),
        light(ASH, 0.04),
        shade=0,
        light=6,
        stuff="wood",
    ) + solid(rect(240, 892, 720, 40, 8), ASH, shade=10, light=4, stuff="wood")
    shaft = rect(510, 290, 180, 590, 8)
    turns = "".join(
        line(f"M500 {y}Q600 {y + 26} 700 {y - 4}", shade(SISAL, 0.15), 5, 0.7) for y in range(290, 890, 19)
    )
    glow = "".join(
        line(f"M506 {y + 8}Q600 {y + 34} 694 {y + 4}", light(SISAL, 0.06), 3, 0.7)
        for y in range(290, 890, 19)
    )
    cap = solid(rect(486, 262, 228, 46, 14), ASH, shade=10, light=6, stuff="wood")
    ball = solid(ellipse(600, 190, 82), look.color, shade=20, light=9, stuff="felt")
    foot = solid(ellipse(600, 872, 120, 26), shade(ASH, 0.10), shade=0, light=0)
    front = (
        base
        + foot
        + solid(
            shaft,
            SISAL,
            shade=0,
            light=8,
            stuff="sisal",
            over=turns + glow + fill(rect(648, 280, 50, 620), shade(SISAL, 0.16), 0.55),
        )
        + cap
        + ball
    )
    scratcher = move(cat.stretch(cat.CLOUD, "shut"), 700, 1000, 1.02)
    return Art(
        front,
        Use(scratcher, "before", 0.98, 480, 1010),
        shadow=floor_shadow(630, 926, 370, 30),
        focus=(590, 330, 2.2),
    )


def corner(look: Look) -> Art:
    """A sisal guard laid around the arm of a sofa."""
    c = look.color
    sofa = solid(
        "M80 930V560Q80 470 170 470H330Q420 470 420 560V640H1120V930Z",
        "#8e98ad",
        shade=0,
        light=12,
        stuff="weave",
    )
    seat = solid(rect(424, 590, 700, 150, 40), "#99a3b7", shade=26, light=10, stuff="weave")
    legs = solid(poly([(130, 926), (190, 926), (176, 990), (148, 990)]), WALNUT, shade=6, light=3) + solid(
        poly([(1020, 926), (1080, 926), (1062, 990), (1034, 990)]), WALNUT, shade=6, light=3
    )
    guard = (
        "M64 900V556Q64 452 170 452H330Q436 452 436 556V900H350V560Q350 540 330 540H170Q150 540 150 560V900Z"
    )
    panel = rect(120, 520, 270, 390, 14)
    threads = "".join(
        line(f"M110 {y}q70 12 140 0t140 0", shade(SISAL, 0.14), 4, 0.6) for y in range(524, 916, 15)
    )
    front = (
        legs
        + sofa
        + seat
        + solid(guard, c, shade=12, light=7, stuff="felt")
        + solid(panel, SISAL, shade=14, light=6, stuff="sisal", over=threads)
    )
    front += line(rect(108, 508, 294, 412, 18), light(c, 0.14), 6, 0.9, "18 14")
    scratcher = move(cat.stretch(cat.NIGHT), 610, 1010, 0.9)
    return Art(
        front,
        Use(scratcher, "before", 0.82, 640, 960),
        shadow=floor_shadow(620, 980, 540, 30),
        focus=(300, 600, 2.1),
    )


def doormat(look: Look) -> Art:
    """A mat that asks to be ruined."""
    mat = rect(210, 380, 780, 500, 26)
    rows = "".join(
        line(f"M200 {y}" + "q13 11 26 0t26 0" * 16, shade(SISAL, 0.13), 4, 0.6) for y in range(392, 880, 17)
    )
    claw = "".join(
        line(f"M{x} {y}q-26 90-8 {ln}", shade(SISAL, 0.26), 12, 0.8)
        for x, y, ln in ((470, 500, 190), (530, 480, 230), (590, 480, 230), (650, 500, 190))
    )
    claw += "".join(
        line(f"M{x - 26} {y + ln - 16}l34-18M{x - 20} {y + ln + 10}l30-12", light(SISAL, 0.06), 5, 0.9)
        for x, y, ln in ((470, 500, 190), (530, 480, 230), (590, 480, 230), (650, 500, 190))
    )
    band = line(rect(228, 398, 744, 464, 18), look.color, 22)
    front = solid(mat, SISAL, shade=12, light=8, stuff="sisal", over=rows) + band + claw
    scratcher = move(cat.behind(cat.GINGER), 640, 1130, 1.15)
    return Art(
        move(move(front, -600, -630), 600, 630, 1, 4),
        Use(scratcher, "before", 1.02, 580, 860, "bare"),
        shadow=hung(mat, 16),
        focus=(520, 560, 2.2),
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


def alp(look: Look) -> Art:
    """A cone of sisal with a summit of felt."""
    cone = "M600 260C640 260 660 300 680 350L930 870Q950 926 890 926H310Q250 926 270 870L520 350C540 300 560 260 600 260Z"
    turns = "".join(
        line(
            f"M{n(600 - (y - 260) * 0.52 - 30)} {y}Q600 {y + 34} {n(600 + (y - 260) * 0.52 + 30)} {y - 6}",
            shade(SISAL, 0.15),
            6,
            0.7,
        )
        for y in range(300, 930, 24)
    )
    glow = "".join(
        line(
            f"M{n(600 - (y - 260) * 0.52 - 30)} {y + 10}Q600 {y + 44} {n(600 + (y - 260) * 0.52 + 30)} {y + 4}",
            light(SISAL, 0.06),
            4,
            0.6,
        )
        for y in range(300, 930, 24)
    )
    snow = "M600 244C646 244 668 296 690 350L730 436Q690 470 660 424Q630 480 596 430Q560 484 530 424Q504 460 470 436L510 350C532 296 554 244 600 244Z"
    flag = solid(rect(594, 120, 12, 140, 5), WALNUT, shade=3, light=2) + solid(
        "M606 126C650 110 680 150 730 132V206C680 224 650 184 606 200Z", look.color, shade=9, light=6
    )
    side = fill("M600 260L680 350L930 870Q950 926 890 926H730Q760 700 600 260Z", shade(SISAL, 0.16), 0.45)
    front = (
        flag
        + solid(cone, SISAL, shade=0, light=10, stuff="sisal", over=turns + glow + side)
        + solid(snow, "#f7f2e8", shade=14, light=6, stuff="felt")
    )
    climber = move(cat.stretch(cat.NIGHT), 815, 1010, 0.95, -8)
    return Art(
        front,
        Use(climber, "before", 0.9, 470, 1010),
        shadow=floor_shadow(620, 918, 340, 34),
        focus=(600, 420, 2.1),
    )


DRAWINGS = {
    "wave": wave,
    "post-office": post,
    "sofa-deputy": corner,
    "ruined-doormat": doormat,
    "half-log": half_log,
    "bungalow": bungalow,
    "small-alp": alp,
}
