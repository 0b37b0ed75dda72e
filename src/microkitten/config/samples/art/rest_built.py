"""Rest, the built half: what hangs, stands or is woven."""

from ..kit import cat
from ..kit.color import ASH, CREAM, INK, SISAL, light, shade, tone
from ..kit.path import ellipse, poly, rect, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import fill, floor_shadow, line, move, solid
from .look import Look


def window_hammock(look: Look) -> Art:
    """A deck that hangs from a window, with a view of the neighbors' birds."""
    frame = ""
    for x in (340, 860):
        frame += solid(ellipse(x, 330, 58), tone(CREAM, 0.02), shade=12, light=6) + fill(
            ellipse(x, 330, 24), shade(CREAM, 0.12)
        )
    cords = line("M340 350L236 700M340 350L420 640M860 350L964 700M860 350L780 640", shade(SISAL, 0.16), 9)
    bed = smooth(
        [(196, 700), (240, 650), (600, 640), (960, 650), (1004, 700), (960, 790), (600, 850), (240, 790)]
    )
    well = smooth(
        [(240, 700), (300, 668), (600, 660), (900, 668), (960, 700), (900, 740), (600, 762), (300, 740)]
    )
    back = (
        frame
        + cords
        + solid(bed, look.color, shade=44, light=12, stuff="weave")
        + fill(well, shade(look.color, 0.08))
        + fill(well, "url(#weave)")
    )
    lip = "M196 700C196 800 420 850 600 850S1004 800 1004 700C960 752 760 764 600 764S240 752 196 700Z"
    front = solid(lip, look.color, shade=34, light=10, stuff="weave") + line(
        "M214 724C300 800 460 832 600 832S900 800 986 724", light(look.color, 0.12), 5, 0.8, "16 14"
    )
    panes = (
        fill(rect(150, 70, 900, 900, 14), "#fffdf6")
        + fill(rect(186, 106, 400, 828, 6), "#cfe3ee")
        + fill(rect(614, 106, 400, 828, 6), "#cfe3ee")
    )
    panes += fill("M186 520L586 150V106H420L186 330Z", "#fff", 0.5) + fill(
        "M614 700L1014 330V250L614 610Z", "#fff", 0.5
    )
    dozer = move(cat.curl(cat.GINGER, shadow=False), 600, 740, 1.2)
    return Art(
        front,
        Use(dozer, "between", 0.92, 600, 900, "bare", panes),
        back=back,
        shadow=hung(bed, 16),
        focus=(380, 690, 2.1),
    )


def willow_tray(look: Look) -> Art:
    """A letter tray of willow: whatever lies in it is in progress."""
    c = tone(SISAL, -0.03)
    back = solid(
        poly([(240, 600), (960, 600), (1020, 740), (180, 740)], 20),
        shade(c, 0.10),
        shade=0,
        light=6,
        stuff="sisal",
    )
    cushion = smooth(
        [(216, 740), (250, 650), (600, 620), (950, 650), (984, 740), (900, 790), (600, 800), (300, 790)]
    )
    back += solid(cushion, look.color, shade=30, light=12, stuff="weave")
    wall = poly([(160, 730), (1040, 730), (1000, 920), (200, 920)], 26)
    rods = "".join(line(f"M150 {y}H1050", shade(c, 0.11), 4, 0.7) for y in range(764, 920, 31))
    slats = "".join(
        fill(rect(x + (31 if (row % 2) else 0), 734 + row * 31, 30, 28, 9), light(c, 0.05), 0.9)
        for row in range(6)
        for x in range(150, 1050, 62)
    )
    front = solid(wall, c, shade=26, light=8, stuff="sisal", over=slats + rods)
    front += solid(rect(146, 708, 908, 44, 22), light(c, 0.02), shade=9, light=5, stuff="sisal")
    front += solid(rect(500, 800, 200, 74, 8), CREAM, shade=6, light=3) + line("M540 838h120", INK, 6, 0.55)
    clerk = move(cat.loaf(cat.GINGER, "open"), 600, 864, 1.35)
    return Art(
        front,
        Use(clerk, "between", 0.9, 600, 1010),
        back=back,
        shadow=floor_shadow(616, 914, 420, 40),
        focus=(400, 770, 2.2),
    )


def steps(look: Look) -> Art:
    """Three steps, for those who once needed none."""
    parts = ""
    for i in (2, 1, 0):
        x, y = 230 + i * 250, 790 - i * 170
        parts += solid(
            poly([(x, y), (x + 270, y), (x + 270, 924), (x, 924)], 10), ASH, shade=16, light=8, stuff="wood"
        )
        parts += solid(
            poly([(x + 30, y - 54), (x + 290, y - 54), (x + 272, y + 4), (x - 6, y + 4)], 8),
            light(ASH, 0.04),
            shade=0,
            light=6,
            stuff="wood",
        )
        parts += solid(
            poly([(x + 52, y - 50), (x + 262, y - 50), (x + 246, y - 8), (x + 26, y - 8)], 14),
            look.color,
            shade=7,
            light=5,
            stuff="felt",
        )
    heart = fill("M868 720q-30-52-60-16 0 44 60 84 60-40 60-84-30-36-60 16z", shade(ASH, 0.24), 0.9)
    climber = move(cat.sit(cat.CLOUD), 870, 566, 0.82)
    return Art(
        parts + heart,
        Use(climber, "before", 0.86, 660, 1010),
        shadow=floor_shadow(640, 920, 430, 36),
        focus=(620, 640, 2.1),
    )


DRAWINGS = {
    "upper-deck": window_hammock,
    "in-tray": willow_tray,
    "three-steps": steps,
}
