"""Outings, carried: bags with windows and a bowl that folds."""

from ..kit import cat
from ..kit.color import BRASS, CREAM, LEATHER, light, shade
from ..kit.path import ellipse, rect
from ..kit.scene import Art, Use
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look


def carrier(look: Look) -> Art:
    """A soft suitcase with a mesh window and a leather handle."""
    c = look.color
    body = (
        "M180 900V620C180 470 300 430 420 430H780C900 430 1020 470 1020 620V900Q1020 930 990 930"
        "H210Q180 930 180 900Z"
    )
    handle = line("M440 440C450 290 750 290 760 440", LEATHER, 34) + line(
        "M440 440C450 290 750 290 760 440", light(LEATHER, 0.08), 6, 0.8
    )
    door = rect(270, 530, 440, 330, 70)
    mesh = fill(door, shade(c, 0.26)) + inside(
        door,
        "".join(
            line(f"M{x} 520l-340 350M{x - 340} 520l340 350", light(c, 0.06), 3, 0.45)
            for x in range(300, 1060, 34)
        ),
    )
    zip_line = line(door, CREAM, 15) + line(door, shade(c, 0.25), 5, 0.9, "3 11")
    pull = solid(rect(690, 690, 28, 74, 10), BRASS, shade=6, light=4, stuff="metal")
    pocket = (
        solid(rect(770, 620, 190, 220, 26), shade(c, 0.03), shade=10, light=6, stuff="weave")
        + solid(
            "M764 620Q764 604 780 604H950Q966 604 966 620V668Q865 716 764 668Z",
            light(c, 0.03),
            shade=8,
            light=5,
            stuff="weave",
        )
        + fill(ellipse(865, 672, 13), BRASS)
    )
    straps = solid(rect(402, 426, 60, 120, 8), LEATHER, shade=6, light=4) + solid(
        rect(738, 426, 60, 120, 8), LEATHER, shade=6, light=4
    )
    base = fill(rect(180, 876, 840, 60), LEATHER, 0.95)
    shell = solid(body, c, shade=44, light=12, stuff="weave", over=base)
    traveler = inside(door, move(cat.head(cat.GINGER, 0, 0, 1.15), 480, 740))
    window = fill(door, shade(c, 0.26))
    net = inside(
        door,
        "".join(
            line(f"M{x} 520l-340 350M{x - 340} 520l340 350", light(c, 0.06), 3, 0.3)
            for x in range(300, 1060, 34)
        ),
    )
    use = Use(window + traveler + net, "between", 0.95, 600, 1010, joined=True)
    return Art(
        zip_line + pull + straps,
        use,
        back=handle + shell + pocket + mesh,
        shadow=floor_shadow(616, 922, 410, 38),
        focus=(740, 560, 2.1),
    )


def folding_bowl(look: Look) -> Art:
    """A bowl of waxed canvas that folds to the size of a sandwich."""
    c = look.color
    outside = "M230 560C250 760 330 900 420 926H780C870 900 950 760 970 560Z"
    creases = line("M330 640L440 920M600 670V926M870 640L760 920", shade(c, 0.13), 7, 0.8)
    rim = solid(ellipse(600, 560, 370, 100), light(c, 0.05), shade=0, light=7, stuff="weave")
    well = ellipse(600, 566, 330, 78)
    water = inside(
        well,
        fill(ellipse(600, 606, 330, 78), "#9fcbd8", 0.95) + line(ellipse(600, 612, 180, 34), "#fff", 5, 0.7),
    )
    snap = solid(ellipse(600, 790, 24), BRASS, shade=6, light=4, stuff="metal")
    strap = solid(rect(570, 640, 60, 180, 14), LEATHER, shade=7, light=4)
    front = (
        solid(outside, c, shade=48, light=12, stuff="weave", over=creases)
        + rim
        + fill(well, shade(c, 0.14))
        + water
        + strap
        + snap
    )
    drinker = move(cat.lie(cat.NIGHT, look=-14), 770, 1010, 0.8)
    return Art(
        front,
        Use(drinker, "before", 0.54, 270, 1040),
        shadow=floor_shadow(610, 920, 240, 28),
        focus=(420, 640, 2.1),
    )


def porthole(look: Look) -> Art:
    """A backpack with a round window, for passengers who like to comment."""
    c = look.color
    body = "M270 860V500C270 330 420 260 600 260S930 330 930 500V860Q930 930 860 930H340Q270 930 270 860Z"
    loop = line("M520 270C520 180 680 180 680 270", LEATHER, 30)
    straps = line("M280 480C200 560 200 760 280 860M920 480C1000 560 1000 760 920 860", shade(c, 0.10), 46)
    window = ellipse(600, 540, 200)
    glass = fill(window, "#cfe3ea") + inside(window, fill("M380 640L640 330H540L380 520Z", "#fff", 0.55))
    rim = line(window, LEATHER, 32) + line(window, light(LEATHER, 0.10), 5, 0.9, "12 16")
    rivets = "".join(
        fill(ellipse(600 + dx, 540 + dy, 9), BRASS)
        for dx, dy in (
            (0, -200),
            (141, -141),
            (200, 0),
            (141, 141),
            (0, 200),
            (-141, 141),
            (-200, 0),
            (-141, -141),
        )
    )
    pocket = (
        solid(rect(380, 780, 440, 120, 26), shade(c, 0.03), shade=10, light=7, stuff="weave")
        + line("M400 800H800", BRASS, 8)
        + solid(rect(770, 794, 20, 50, 8), BRASS, shade=4, light=3)
    )
    back = (
        straps
        + loop
        + solid(body, c, shade=50, light=14, stuff="weave")
        + pocket
        + fill(window, shade(c, 0.25))
        + glass
    )
    passenger = (
        fill(window, shade(c, 0.22))
        + inside(window, move(cat.head(cat.NIGHT, 0, 0, 1.35), 600, 600))
        + inside(window, fill("M380 640L640 330H580L380 560Z", "#fff", 0.25))
    )
    return Art(
        rim + rivets,
        Use(passenger, "between", 0.95, 600, 1010, joined=True),
        back=back,
        shadow=floor_shadow(616, 922, 320, 34),
        focus=(720, 640, 2.1),
    )


DRAWINGS = {
    "good-suitcase": carrier,
    "lunch-folded": folding_bowl,
    "porthole": porthole,
}
