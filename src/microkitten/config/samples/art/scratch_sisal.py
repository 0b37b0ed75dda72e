"""Scratch, of sisal: posts, mats and a mountain."""

from ..kit import cat
from ..kit.color import ASH, SISAL, WALNUT, light, shade
from ..kit.path import ellipse, n, poly, rect
from ..kit.scene import Art, Use, hung
from ..kit.solid import fill, floor_shadow, line, move, solid
from .look import Look


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


def alp(look: Look) -> Art:
    """A cone of sisal with a summit of felt."""
    cone = (
        "M600 260C640 260 660 300 680 350L930 870Q950 926 890 926H310Q250 926 270 870L520 350"
        "C540 300 560 260 600 260Z"
    )
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
            (
                f"M{n(600 - (y - 260) * 0.52 - 30)} {y + 10}Q600 {y + 44} {n(600 + (y - 260) * 0.52 + 30)} "
                f"{y + 4}"
            ),
            light(SISAL, 0.06),
            4,
            0.6,
        )
        for y in range(300, 930, 24)
    )
    snow = (
        "M600 244C646 244 668 296 690 350L730 436Q690 470 660 424Q630 480 596 430Q560 484 530 "
        "424Q504 460 470 436L510 350C532 296 554 244 600 244Z"
    )
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
    "post-office": post,
    "sofa-deputy": corner,
    "ruined-doormat": doormat,
    "small-alp": alp,
}
