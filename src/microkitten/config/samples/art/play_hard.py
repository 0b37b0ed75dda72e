"""Play, the hard half: things that roll, crackle and stand in the way."""

from ..kit import cat
from ..kit.color import ASH, CORK, KRAFT, MARIGOLD, ROSE, light, shade
from ..kit.mark import mark
from ..kit.path import ellipse, n, poly, rect
from ..kit.scene import Art, Use
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look


def cork_ball(look: Look) -> Art:
    """One ball; two more beside it when there are three."""

    def ball(x: float, y: float, r: float) -> str:
        band = fill(
            (
                f"M{n(x - r)} {n(y + r * 0.1)}Q{n(x)} {n(y + r * 0.5)} {n(x + r)} {n(y + r * 0.1)}L{n(x + r)} "
                f"{n(y - r * 0.1)}Q{n(x)} {n(y + r * 0.28)} {n(x - r)} {n(y - r * 0.1)}Z"
            ),
            look.color,
        )
        return solid(ellipse(x, y, r), CORK, shade=r * 0.2, light=r * 0.05, stuff="cork", over=band)

    if look.option == "three":
        front = ball(610, 560, 190) + ball(400, 740, 190) + ball(800, 740, 190)
        shadow = floor_shadow(410, 926, 170) + floor_shadow(810, 926, 170)
    else:
        front, shadow = ball(600, 640, 290), floor_shadow(610, 926, 230)
    player = move(cat.side(cat.CLOUD, paw=True, look=-14, tilt=-10), 760, 1010, 1.1)
    return Art(front, Use(player, "before", 0.46, 300, 1030), shadow=shadow, focus=(560, 600, 2.2))


def paper_tunnel(look: Look) -> Art:
    """A crackling tube with a window in its roof."""
    c = KRAFT
    body = "M300 470H900C1010 470 1060 580 1060 700S1010 930 900 930H300Z"
    ribs = "".join(
        line(f"M{x} 472C{x + 108} 520 {x + 108} 880 {x} 928", shade(c, 0.10), 6, 0.6)
        for x in range(400, 920, 82)
    )
    ribs += "".join(
        line(f"M{x + 40} 472C{x + 148} 520 {x + 148} 880 {x + 40} 928", light(c, 0.05), 5, 0.6)
        for x in range(400, 920, 82)
    )
    hoop = solid(ellipse(300, 700, 150, 230), look.color, shade=14, light=10, stuff="weave")
    mouth = solid(
        ellipse(300, 700, 122, 200),
        shade(c, 0.34),
        shade=0,
        light=0,
        over=fill(ellipse(350, 720, 110, 190), shade(c, 0.25)),
    )
    peephole = solid(ellipse(700, 560, 96, 54), shade(c, 0.32), shade=0, light=0) + line(
        ellipse(700, 560, 96, 54), look.color, 16
    )
    hem = line("M906 472C1010 480 1056 580 1056 700S1010 920 906 928", look.color, 26)
    back = solid(body, c, shade=70, light=10, stuff="board", over=ribs + hem) + peephole + hoop + mouth
    inside_cat = inside(ellipse(296, 742, 108, 176), move(cat.head(cat.NIGHT, 0, 0, 0.92), 292, 800))
    return Art(
        "",
        Use(inside_cat, "between", 0.98, 610, 1000, joined=True),
        back=back,
        shadow=floor_shadow(660, 922, 430, 50),
        focus=(560, 640, 1.9),
    )


def puzzle_box(look: Look) -> Art:
    """A wooden box with holes that are larger than a paw and smaller than a plan."""
    top = poly([(330, 520), (1000, 520), (1090, 700), (130, 700)], 18)
    side = poly([(130, 690), (1090, 690), (1070, 920), (150, 920)], 18)
    holes = ""
    for x, y, r in (
        (430, 580, 54),
        (600, 580, 54),
        (775, 580, 54),
        (350, 650, 60),
        (540, 650, 60),
        (735, 650, 60),
        (920, 650, 60),
    ):
        holes += fill(ellipse(x, y, r, r * 0.44), shade(ASH, 0.32)) + inside(
            ellipse(x, y, r, r * 0.44), fill(ellipse(x, y + 14, r, r * 0.44), shade(ASH, 0.22))
        )
    balls = inside(
        ellipse(540, 640, 60, 36), solid(ellipse(545, 650, 40), look.color, shade=12, light=5, stuff="felt")
    )
    balls += inside(
        ellipse(775, 568, 54, 34), solid(ellipse(770, 584, 36), MARIGOLD, shade=10, light=5, stuff="felt")
    )
    window = solid(rect(250, 760, 700, 90, 45), shade(ASH, 0.30), shade=0, light=0)
    for x, color in ((340, look.color), (520, ROSE), (600, MARIGOLD), (850, look.color)):
        window += inside(
            rect(250, 760, 700, 90, 45), solid(ellipse(x, 818, 40), color, shade=12, light=5, stuff="felt")
        )
    front = (
        solid(top, light(ASH, 0.03), shade=0, light=8, stuff="wood")
        + holes
        + balls
        + solid(side, ASH, shade=30, light=8, stuff="wood")
        + window
    )
    thinker = move(cat.side(cat.NIGHT, paw=True, look=-12, tilt=-14), 830, 1000, 0.98)
    return Art(
        front,
        Use(thinker, "before", 0.58, 420, 1040),
        shadow=floor_shadow(616, 918, 480, 46),
        focus=(560, 700, 2.0),
    )


def box(look: Look) -> Art:
    """The box: four flaps, one tape, nothing inside."""
    c = look.color
    back = solid(
        poly([(250, 560), (950, 560), (1010, 470), (190, 470)], 8),
        shade(c, 0.07),
        shade=0,
        light=4,
        stuff="board",
    )
    back += solid(poly([(250, 556), (950, 556), (930, 700), (270, 700)]), shade(c, 0.28), shade=0, light=0)
    left = solid(
        poly([(250, 560), (120, 640), (110, 660), (238, 640)], 8),
        shade(c, 0.05),
        shade=6,
        light=5,
        stuff="board",
    )
    right = solid(
        poly([(950, 560), (1080, 640), (1090, 660), (962, 640)], 8),
        shade(c, 0.10),
        shade=6,
        light=3,
        stuff="board",
    )
    face = solid(
        poly([(240, 600), (960, 600), (940, 926), (260, 926)], 10), c, shade=26, light=8, stuff="board"
    )
    flap = solid(
        poly([(240, 598), (960, 598), (1000, 700), (200, 700)], 10),
        light(c, 0.03),
        shade=10,
        light=7,
        stuff="board",
    )
    tape = fill(rect(560, 702, 80, 224), light(c, 0.09), 0.8)
    stamp = mark(820, 830, 110, shade(c, 0.26), 0.75)
    arrow = line("M340 880v-90M310 820l30-32 30 32M420 880v-90M390 820l30-32 30 32", shade(c, 0.26), 9, 0.75)
    sitter = move(cat.sit(cat.NIGHT), 600, 980, 1.02)
    shadow = floor_shadow(620, 922, 400, 44)
    return Art(
        face + tape + flap + stamp + arrow,
        Use(sitter, "between", 0.86, 600, 1020),
        back=back + left + right,
        shadow=shadow,
        focus=(740, 740, 2.0),
    )


DRAWINGS = {
    "cork-ball": cork_ball,
    "paper-tunnel": paper_tunnel,
    "puzzle-box": puzzle_box,
    "the-box": box,
}
