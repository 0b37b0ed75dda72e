"""Rest, the soft half: places to be found asleep in."""

from ..kit import cat
from ..kit.color import CREAM, INK, light, shade
from ..kit.path import ellipse, n, poly, rect, ring, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look


def wool_cave(look: Look) -> Art:
    """A felted egg with a door, and dark inside as a cave should be."""
    c = look.color
    shell = smooth(
        [
            (190, 800),
            (200, 620),
            (300, 440),
            (480, 320),
            (620, 300),
            (780, 340),
            (930, 460),
            (1012, 640),
            (1016, 800),
            (960, 900),
            (800, 932),
            (400, 932),
            (250, 900),
        ]
    )
    door = smooth(
        [
            (360, 760),
            (390, 620),
            (500, 548),
            (630, 560),
            (732, 650),
            (756, 770),
            (700, 858),
            (560, 884),
            (420, 856),
        ]
    )
    peak = solid(
        smooth([(560, 318), (590, 250), (640, 236), (664, 270), (660, 316)]),
        c,
        shade=12,
        light=8,
        stuff="felt",
    )
    hole = fill(door, shade(c, 0.30)) + inside(door, fill(ellipse(620, 830, 240, 90), shade(c, 0.20)))
    rim = line(door, light(c, 0.05), 24) + line(door, shade(c, 0.12), 4, 0.6, "14 16")
    back = peak + solid(shell, c, shade=80, light=16, stuff="felt") + hole
    sleeper = inside(door, move(cat.head(cat.NIGHT, 0, 0, 1.05), 560, 760))
    return Art(
        rim,
        Use(sleeper, "between", 0.95, 600, 1010, joined=True),
        back=back,
        shadow=floor_shadow(610, 918, 410, 50),
        focus=(470, 650, 2.1),
    )


def sun_mat(look: Look) -> Art:
    """A round woven mat in the color of four in the afternoon."""
    c = look.color
    tips, dips = ring(600, 620, 396, 396, 24), ring(600, 620, 336, 336, 24, 7.5)
    star = poly([point for pair in zip(tips, dips, strict=True) for point in pair], 22)
    rays = solid(star, light(c, 0.05), shade=14, light=8, stuff="weave")
    disk = ellipse(600, 620, 326)
    rings = "".join(
        line(ellipse(600, 620, r), shade(c, 0.10) if i % 2 else light(c, 0.06), 7, 0.7)
        for i, r in enumerate(range(40, 320, 38))
    )
    front = rays + solid(disk, c, shade=24, light=10, stuff="weave", over=rings)
    sleeper = move(cat.asleep_back(cat.NIGHT), 610, 590, 1.3, 24)
    return Art(
        front, Use(sleeper, "before", 1.1, 600, 940, "bare"), shadow=hung(star, 14), focus=(420, 420, 2.3)
    )


def cushion(look: Look) -> Art:
    """A round cushion with one button; no pea."""
    c = look.color
    body = smooth(
        [
            (170, 760),
            (200, 660),
            (380, 590),
            (600, 575),
            (820, 590),
            (1000, 660),
            (1030, 760),
            (1000, 860),
            (820, 920),
            (600, 930),
            (380, 920),
            (200, 860),
        ]
    )
    tucks = "".join(
        line(
            f"M600 690Q{n(600 + dx * 0.5)} {n(690 + dy * 0.4)} {n(600 + dx)} {n(690 + dy)}",
            shade(c, 0.10),
            6,
            0.7,
        )
        for dx, dy in (
            (-330, -40),
            (-240, 60),
            (-60, 110),
            (140, 100),
            (290, 40),
            (330, -40),
            (-180, -84),
            (40, -96),
            (220, -76),
        )
    )
    piping = line("M186 770C260 850 420 868 600 868S940 850 1014 770", light(c, 0.09), 12) + line(
        "M186 782C260 862 420 880 600 880S940 862 1014 782", shade(c, 0.12), 5, 0.6
    )
    button = (
        solid(ellipse(600, 690, 40, 28), CREAM, shade=8, light=5)
        + fill(ellipse(590, 690, 5), INK, 0.6)
        + fill(ellipse(610, 690, 5), INK, 0.6)
    )
    front = solid(body, c, shade=60, light=14, stuff="weave") + tucks + piping + button
    dreamer = move(cat.curl(cat.MILK, shadow=False), 600, 800, 1.3)
    return Art(
        front,
        Use(dreamer, "before", 0.95, 600, 1010),
        shadow=floor_shadow(610, 912, 420, 46),
        focus=(560, 740, 2.2),
    )


def blanket(look: Look) -> Art:
    """A folded throw; the fringe is the part that survives."""
    c = look.color
    parts = ""
    for i, (y, color) in enumerate(((800, c), (690, light(c, 0.03)), (580, c))):
        edge = rect(210 + i * 8, y, 780 - i * 16, 124, 56)
        bands = fill(rect(700, y, 40, 130), CREAM, 0.9) + fill(rect(770, y, 16, 130), CREAM, 0.9)
        parts += solid(edge, color, shade=18, light=9, stuff="wool", over=bands)
    fringe = "".join(
        line(f"M{x} 690q-6 40 2 {70 + x % 3 * 8}", light(c, 0.07), 9) for x in range(262, 520, 22)
    )
    corner = solid(
        poly([(244, 560), (540, 560), (530, 700), (250, 700)], 22),
        light(c, 0.05),
        shade=14,
        light=8,
        stuff="wool",
    )
    bump = smooth(
        [(220, 1000), (250, 800), (400, 640), (620, 590), (860, 660), (1010, 840), (1080, 1000), (640, 1030)]
    )
    stripes = fill("M760 560L850 1060H920L820 560Z", CREAM, 0.9) + fill(
        "M850 560L946 1060H966L866 560Z", CREAM, 0.9
    )
    covered = solid(bump, c, shade=60, light=16, stuff="wool", over=stripes) + line(
        "M420 700C520 640 700 660 800 720", shade(c, 0.09), 8, 0.6
    )
    covered += "".join(
        line(f"M{x} {1004 + (x > 500) * 10}q-5 30 3 44", light(c, 0.06), 9) for x in range(250, 1080, 24)
    )
    covered += move(cat.head(cat.NIGHT, 0, 0, 1.35, -8, "shut"), 310, 860)
    use = Use(floor_shadow(640, 1020, 460) + covered, "before", 0)
    return Art(parts + corner + fringe, use, shadow=floor_shadow(616, 918, 400, 36), focus=(420, 690, 2.2))


def doughnut(look: Look) -> Art:
    """A round bed with a raised rim, like the other kind, without sugar."""
    c = look.color
    outer = smooth(
        [
            (150, 770),
            (190, 660),
            (380, 590),
            (600, 572),
            (820, 590),
            (1010, 660),
            (1050, 770),
            (1000, 870),
            (800, 924),
            (600, 932),
            (400, 924),
            (200, 870),
        ]
    )
    well = ellipse(600, 706, 262, 84)
    tufts = "".join(
        line(f"M{x} {y}q10 26-4 46", light(c, 0.08), 6, 0.7)
        for x, y in (
            (240, 740),
            (300, 800),
            (400, 840),
            (520, 856),
            (660, 852),
            (780, 838),
            (890, 800),
            (960, 740),
            (330, 660),
            (470, 610),
            (720, 606),
            (860, 652),
            (590, 888),
            (420, 886),
            (780, 884),
        )
    )
    back = solid(outer, c, shade=50, light=16, stuff="felt") + solid(
        well,
        shade(c, 0.12),
        shade=0,
        light=0,
        stuff="felt",
        over=fill(ellipse(620, 736, 240, 74), shade(c, 0.05)),
    )
    rim = (
        "M158 740C180 860 380 932 600 932S1020 860 1042 740C1030 690 960 640 862 706C850 760 740 "
        "790 600 790S350 760 338 706C240 640 170 690 158 740Z"
    )
    front = solid(rim, c, shade=46, light=0, stuff="felt") + tufts
    sleeper = move(cat.curl(cat.NIGHT, shadow=False), 600, 800, 1.12)
    return Art(
        front,
        Use(sleeper, "between", 0.95, 600, 1010),
        back=back,
        shadow=floor_shadow(610, 914, 430, 46),
        focus=(400, 740, 2.1),
    )


DRAWINGS = {
    "wool-cave": wool_cave,
    "square-of-sun": sun_mat,
    "pea-free-cushion": cushion,
    "borrowed-blanket": blanket,
    "plain-doughnut": doughnut,
}
