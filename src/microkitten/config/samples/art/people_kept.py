"""For people, to have at hand: coffee, a bag, a key."""

from ..kit import cat
from ..kit.color import BRASS, CHINA, CREAM, INK, STEEL, light, shade
from ..kit.mark import mark
from ..kit.path import ellipse, poly, rect
from ..kit.scene import Art, Use, hung
from ..kit.solid import about, fill, floor_shadow, inside, line, move, solid
from .look import Look


def mug(look: Look) -> Art:
    """A wide mug with a low center of gravity and a face at the bottom of the coffee."""
    c = look.color
    body = "M270 430C270 430 280 780 300 860Q316 930 400 930H720Q804 930 820 860C840 780 850 430 850 430Z"
    handle = (
        line("M840 540C990 520 1010 760 826 770", shade(c, 0.09), 64)
        + line("M836 534C986 514 1006 754 822 764", c, 54)
        + line("M850 520C950 516 980 600 972 660", light(c, 0.10), 8, 0.7)
    )
    rim = solid(ellipse(560, 430, 290, 76), light(c, 0.06), shade=0, light=7, stuff="glaze")
    coffee = fill(ellipse(560, 438, 258, 58), "#6a4632") + line(
        "M380 442C430 410 520 404 600 408", "#8a6247", 8, 0.8
    )
    steam = line("M480 350C440 300 520 270 480 210M600 350C560 290 640 260 600 180", "#ffffff", 14, 0.75)
    glaze = inside(body, fill("M250 800C360 850 500 780 600 820S800 860 870 800V960H250Z", CHINA))
    tag = mark(560, 640, 190, CREAM if c < "#9" else INK, 0.95)
    front = (
        steam + handle + solid(body, c, shade=50, light=12, stuff="glaze", over=glaze) + rim + coffee + tag
    )
    pusher = move(cat.side(cat.NIGHT, paw=True, look=-14, tilt=-4), 795, 935, 1.0)
    return Art(
        front,
        Use(pusher, "before", 0.48, 330, 945, "table"),
        shadow=floor_shadow(580, 924, 270, 32),
        focus=(460, 560, 2.1),
    )


def tote(look: Look) -> Art:
    """A tote of thick canvas that stands by itself, in case of passengers."""
    c = look.color
    back = line("M430 470C430 220 770 220 770 470", shade(c, 0.10), 42)
    bag = poly([(270, 440), (930, 440), (900, 930), (300, 930)], 14)
    over_arm, ends = "M420 470V460C420 200 780 200 780 460V470", "M420 462V560M780 462V560"
    handle = line(over_arm, c, 42) + line(over_arm, light(c, 0.10), 4, 0.9, "14 11")
    tabs = line(ends, c, 42) + line(ends, light(c, 0.10), 4, 0.9, "14 11")
    hem = line("M276 486H924", shade(c, 0.10), 5, 0.7, "14 11") + line("M300 876H904", shade(c, 0.10), 5, 0.5)
    crosses = line("M402 530l36 36M438 530l-36 36M762 530l36 36M798 530l-36 36", light(c, 0.14), 6, 0.9)
    dark = c < "#9"
    print_ = mark(600, 720, 250, CREAM if dark else INK, 0.92)
    inner = solid(poly([(270, 440), (930, 440), (900, 500), (300, 500)], 6), shade(c, 0.22), shade=0, light=0)
    front = solid(bag, c, shade=40, light=11, stuff="weave") + hem + print_ + tabs + crosses
    passenger = move(cat.peek(cat.GINGER, paws=150), 600, 570, 1.25)
    return Art(
        front,
        Use(passenger, "between", 0.92, 600, 1010),
        back=back + inner + handle,
        shadow=floor_shadow(616, 922, 330, 34),
        focus=(560, 620, 2.0),
    )


def key_ring(look: Look) -> Art:
    """A leather key ring with ears and a loop of brass."""
    c = look.color
    ring_ = (
        line(ellipse(600, 340, 130), shade(BRASS, 0.10), 34)
        + line(ellipse(597, 336, 130), BRASS, 26)
        + line(ellipse(592, 330, 132), light(BRASS, 0.1), 5, 0.9)
    )
    leather = poly(
        [(420, 560), (424, 440), (510, 500), (690, 500), (776, 440), (780, 560), (760, 940), (440, 940)], 40
    )
    stitch = line(
        poly(
            [(446, 570), (450, 490), (510, 528), (690, 528), (750, 490), (754, 570), (736, 912), (464, 912)],
            30,
        ),
        light(c, 0.16),
        6,
        0.9,
        "18 14",
    )
    rivet = solid(ellipse(600, 560, 26), BRASS, shade=7, light=5, stuff="metal")
    key = (
        solid(ellipse(880, 560, 84), STEEL, shade=16, light=8, stuff="metal")
        + fill(ellipse(880, 540, 34), look.tint)
        + solid(rect(858, 630, 44, 240, 8), STEEL, shade=9, light=5, stuff="metal")
    )
    key += solid(
        poly(
            [(900, 760), (950, 760), (950, 790), (926, 790), (926, 820), (960, 820), (960, 850), (900, 850)],
            5,
        ),
        STEEL,
        shade=5,
        light=3,
        stuff="metal",
    )
    front = (
        about(key, 700, 420, 1, 8)
        + solid(leather, c, shade=30, light=11, stuff="grain")
        + stitch
        + mark(600, 750, 190, CREAM, 0.95)
        + ring_
        + rivet
    )
    keeper = move(cat.loaf(cat.NIGHT, "open"), 560, 925, 1.25)
    return Art(
        front,
        Use(keeper, "behind", 0.36, 860, 1060, "table"),
        shadow=hung(leather, 20),
        focus=(560, 560, 2.1),
    )


DRAWINGS = {
    "nearly-push-proof": mug,
    "bag-also-for-people": tote,
    "key-to-the-kitten": key_ring,
}
