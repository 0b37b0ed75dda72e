"""Paper for the desk: to send, to read, to wrap, to fold."""

from ..kit import cat
from ..kit.color import CHINA, CREAM, INK, ROSE, SEA, light, shade
from ..kit.mark import mark
from ..kit.path import ellipse, poly, rect, ribbon, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import about, fill, floor_shadow, inside, line, move, solid
from .look import Look
from .paper_wall import sheet


def _vase(x: float, y: float, size: float, color: str, turn: float = 0) -> str:
    pot = smooth(
        [
            (-40, -150),
            (-60, -110),
            (-120, -20),
            (-110, 80),
            (-60, 130),
            (60, 130),
            (110, 80),
            (120, -20),
            (60, -110),
            (40, -150),
        ]
    )
    return move(
        solid(pot, color, shade=24, light=9, stuff="glaze") + line("M-112 0Q0 40 112 0", CREAM, 12),
        x,
        y,
        size,
        turn,
    )


def cards(look: Look) -> Art:
    """A set of cards that say what the cat will not."""
    envelope = (
        hung(rect(360, 520, 640, 430, 6), 16)
        + solid(rect(360, 520, 640, 430, 6), look.color, shade=10, light=7)
        + line("M366 526L680 770L994 526", shade(look.color, 0.12), 8)
        + solid(ellipse(680, 764, 48), ROSE, shade=10, light=6)
        + mark(680, 762, 44, CREAM)
    )
    card = hung(rect(210, 230, 560, 430, 6), 16) + sheet(210, 230, 560, 430)
    shards = "".join(
        solid(poly(p, 4), SEA, shade=5, light=4, stuff="")
        for p in (
            [(330, 570), (390, 540), (400, 590)],
            [(420, 596), (470, 560), (486, 600)],
            [(500, 580), (540, 566), (560, 600), (516, 606)],
        )
    )
    vase = inside(rect(210, 230, 560, 370), _vase(420, 500, 0.85, SEA, 74)) + shards
    sitter = move(cat.sit(cat.NIGHT, look=8), 640, 604, 0.6)
    under = line("M300 626H680", INK, 6, 0.3)
    front = envelope + card + vase + sitter + under
    culprit = move(cat.sit(cat.GINGER, look=10), 800, 945, 1.05)
    broken = _vase(350, 830, 0.86, SEA, 78) + "".join(
        solid(poly(p, 5), SEA, shade=6, light=4, stuff="glaze")
        for p in (
            [(470, 930), (520, 880), (548, 936)],
            [(200, 940), (232, 900), (262, 944)],
            [(560, 950), (590, 926), (610, 952)],
        )
    )
    water = fill(
        smooth([(230, 952), (420, 932), (640, 950), (600, 990), (420, 1000), (260, 986)]), "#9fcbd8", 0.7
    )
    small = move(move(envelope + card + vase + sitter, -600, -600), 620, 1010, 0.22, -5)
    return Art(
        front, Use(water + broken + culprit + small, "before", 0, setting="table"), focus=(480, 480, 2.1)
    )


def bookmark(look: Look) -> Art:
    """A book with a tail hanging out of it."""
    cover = poly([(200, 640), (880, 640), (1010, 800), (330, 800)], 10)
    spine = solid(
        poly([(200, 640), (330, 800), (330, 926), (200, 766)], 10),
        shade(look.color, 0.10),
        shade=0,
        light=7,
        stuff="weave",
    )
    pages = solid(
        poly([(334, 806), (1000, 806), (1000, 916), (334, 916)], 4), CHINA, shade=8, light=0
    ) + "".join(line(f"M340 {y}H996", shade(CHINA, 0.10), 3, 0.7) for y in range(822, 912, 13))
    bottom = solid(poly([(330, 910), (1014, 910), (1014, 932), (330, 932)], 5), look.color, shade=4, light=3)
    board = (
        solid(cover, look.color, shade=0, light=9, stuff="weave")
        + line(poly([(268, 662), (862, 662), (956, 780), (372, 780)], 8), light(look.color, 0.12), 6, 0.8)
        + mark(604, 722, 92, CREAM, 0.9)
    )
    tail = ribbon(
        [(940, 862), (1010, 870), (1080, 912), (1150, 900), (1180, 836), (1146, 790)],
        [40, 46, 48, 46, 42, 34],
    )
    front = spine + solid(tail, cat.NIGHT.coat, shade=9, light=6, stuff="felt") + pages + bottom + board
    reader = move(cat.curl(cat.NIGHT, shadow=False), 590, 800, 1.0)
    return Art(
        about(front, 600, 780, 1, 0),
        Use(reader, "before", 0.8, 600, 1010, "table"),
        shadow=floor_shadow(650, 926, 390, 26),
        focus=(900, 850, 2.1),
    )


def wrapping(look: Look) -> Art:
    """Two rolls of wrapping paper, of which one has been opened by someone else."""

    def roll(x: float, y: float, turn: float, color: str, ink: str) -> str:
        tube = rect(-90, -370, 180, 740, 8)
        marks = "".join(
            mark(px, py, 62, ink, 0.9)
            for py in range(-330, 360, 108)
            for px in (-48 + (py // 108 % 2) * 46, 50 + (py // 108 % 2) * 46)
        )
        ends = (
            solid(ellipse(0, -370, 90, 30), light(color, 0.05), shade=0, light=4)
            + fill(ellipse(0, -370, 52, 17), CREAM)
            + fill(ellipse(0, -370, 34, 11), shade(CREAM, 0.28))
        )
        band = fill(rect(-94, -40, 188, 80), CREAM) + line("M-94 -40H94M-94 40H94", shade(CREAM, 0.10), 4)
        return move(
            hung(tube, 18) + solid(tube, color, shade=34, light=12, over=marks) + band + ends, x, y, 1, turn
        )

    front = roll(470, 600, -14, look.color, CREAM) + roll(740, 610, 12, CREAM, look.color)
    paper = poly(
        [
            (180, 640),
            (300, 600),
            (360, 650),
            (460, 590),
            (540, 640),
            (640, 600),
            (720, 650),
            (820, 600),
            (900, 640),
            (1020, 620),
            (1060, 1020),
            (140, 1020),
        ],
        6,
    )
    marks = "".join(
        mark(px, py, 70, CREAM, 0.9)
        for py in range(720, 1020, 120)
        for px in range(240 + (py // 120 % 2) * 60, 1040, 130)
    )
    sheet = hung(paper, 18) + solid(paper, look.color, shade=16, light=10, over=marks)
    opener = move(cat.peek(cat.GINGER, paws=170), 600, 620, 1.4)
    return Art(
        front,
        Use(
            opener
            + sheet
            + move(cat.paw(cat.GINGER, [(0, -10), (0, 40)], 96), 400, 640)
            + move(cat.paw(cat.GINGER, [(0, -10), (0, 40)], 96), 800, 640),
            "before",
            0,
            setting="bare",
        ),
        focus=(520, 520, 2.0),
    )


def paper_kitten(look: Look) -> Art:
    """A sheet to print, cut and fold, and the kitten that stands up from it."""
    page = hung(rect(180, 210, 560, 760, 3), 16) + sheet(180, 210, 560, 760, "#fffdf8")
    cut = line(cat.head_outline(460, 400, 1.25), INK, 6, 0.75) + line(
        poly([(330, 580), (590, 580), (640, 860), (280, 860)], 8), INK, 6, 0.75
    )
    folds = line("M330 640H590M376 580V860M544 580V860M350 470L570 470", look.color, 5, 0.9, "16 13") + line(
        "M640 700c60-10 60-120 20-130", INK, 6, 0.75
    )
    scissors = (
        line(ellipse(236, 620, 18), INK, 6)
        + line(ellipse(236, 668, 18), INK, 6)
        + line("M252 630L296 664M252 658L296 624", INK, 6)
    )
    kit = move(_folded(look.color), 860, 980, 1.0)
    front = page + cut + folds + scissors + kit
    meeting = move(cat.side(cat.NIGHT, look=-14), 800, 945, 1.05) + move(_folded(look.color), 350, 948, 1.1)
    return Art(front, Use(meeting, "before", 0, setting="table"), focus=(440, 480, 2.1))


def _folded(color: str) -> str:
    """Fold the paper kitten: a box for a body, a box for a head."""
    body = solid(poly([(-110, -220), (70, -220), (90, 0), (-130, 0)], 3), color, shade=0, light=5)
    flank = solid(
        poly([(70, -220), (130, -250), (150, -40), (90, 0)], 3), shade(color, 0.12), shade=0, light=0
    )
    head = solid(
        poly(
            [
                (-130, -420),
                (-130, -490),
                (-70, -430),
                (20, -430),
                (80, -490),
                (80, -420),
                (80, -230),
                (-130, -230),
            ],
            3,
        ),
        light(color, 0.03),
        shade=0,
        light=6,
    )
    cheek = solid(
        poly([(80, -490), (120, -450), (140, -270), (80, -230)], 3), shade(color, 0.10), shade=0, light=0
    )
    face = (
        fill(ellipse(-70, -340, 12, 15), INK)
        + fill(ellipse(22, -340, 12, 15), INK)
        + fill(poly([(-34, -310), (-14, -310), (-24, -298)], 3), ROSE)
    )
    tail = solid(
        poly([(140, -60), (230, -90), (220, -220), (196, -216), (200, -110), (140, -90)], 4),
        shade(color, 0.04),
        shade=0,
        light=4,
    )
    return floor_shadow(20, -4, 160) + tail + body + flank + head + cheek + face


DRAWINGS = {
    "about-the-vase": cards,
    "tail-in-the-book": bookmark,
    "worth-tearing": wrapping,
    "some-assembly": paper_kitten,
}
