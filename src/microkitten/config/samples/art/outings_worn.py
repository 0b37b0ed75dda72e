"""Outings, worn: harness, poncho, collar, tag and the lead between."""

from ..kit import cat
from ..kit.color import BRASS, CREAM, INK, LEATHER, STEEL, WALNUT, light, shade, tone
from ..kit.path import ellipse, poly, rect, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look


def harness(look: Look) -> Art:
    """Two loops and a strap between: the vest of someone who has a say."""
    c = look.color
    neck = line(ellipse(440, 470, 170, 150), shade(c, 0.09), 52) + line(ellipse(440, 464, 170, 150), c, 46)
    chest = line(ellipse(700, 690, 240, 200), shade(c, 0.09), 52) + line(ellipse(700, 684, 240, 200), c, 46)
    stitch = line(ellipse(440, 464, 170, 150), light(c, 0.16), 5, 0.9, "16 13") + line(
        ellipse(700, 684, 240, 200), light(c, 0.16), 5, 0.9, "16 13"
    )
    bridge = solid(
        poly([(500, 520), (590, 480), (680, 540), (600, 620)], 26),
        shade(c, 0.03),
        shade=12,
        light=7,
        stuff="weave",
    )
    ring = line(ellipse(592, 470, 34), shade(STEEL, 0.08), 15) + line(
        ellipse(588, 466, 34), light(STEEL, 0.06), 5
    )
    buckle = solid(rect(880, 640, 100, 110, 18), INK, shade=10, light=7) + fill(
        rect(906, 668, 48, 54, 8), tone(INK, 0.14)
    )
    slide = solid(rect(290, 420, 40, 90, 10), BRASS, shade=6, light=4, stuff="metal")
    lead = line("M592 436C600 330 720 250 850 300S1060 440 1010 330", shade(c, 0.08), 24) + line(
        "M592 432C600 326 720 246 850 296S1060 436 1010 326", light(c, 0.05), 8, 0.7
    )
    walker = move(cat.walk(cat.GINGER), 640, 1000, 1.25)
    band = (
        line("M520 680C512 760 520 820 540 850", c, 40)
        + line("M452 655C440 740 470 780 520 760", c, 34)
        + line("M545 670C640 560 840 420 1010 130", shade(c, 0.05), 16)
        + line(ellipse(536, 676, 16), STEEL, 9)
    )
    use = Use(walker + band, "before", 0)
    return Art(
        lead + neck + chest + stitch + bridge + ring + buckle + slide, use, shadow="", focus=(610, 560, 2.2)
    )


def poncho(look: Look) -> Art:
    """A rain cape with a hood and two holes for ears, which is the whole idea."""
    c = look.color
    cape = (
        "M600 440C700 450 780 520 830 640C890 760 950 830 980 890Q880 934 780 912Q690 950 600 "
        "926Q510 950 420 912Q320 934 220 890C250 830 310 760 370 640C420 520 500 450 600 440Z"
    )
    hood = "M600 250C720 250 790 340 790 440C790 540 700 580 600 580S410 540 410 440C410 340 480 250 600 250Z"
    ears = solid(poly([(440, 330), (430, 200), (560, 268)], 26), c, shade=10, light=8, stuff="") + solid(
        poly([(760, 330), (770, 200), (640, 268)], 26), c, shade=14, light=5, stuff=""
    )
    face = ellipse(600, 432, 120, 108)
    drops = "".join(
        fill(f"M{x} {y}q-16 26 0 34q16-8 0-34Z", "#fff", 0.75)
        for x, y in (
            (430, 720),
            (500, 820),
            (700, 700),
            (790, 800),
            (640, 860),
            (360, 840),
            (560, 640),
            (860, 860),
        )
    )
    toggles = (
        line("M560 570q-10 60-20 90M640 570q10 60 20 90", CREAM, 9)
        + solid(ellipse(538, 672, 16, 20), WALNUT, shade=5, light=3)
        + solid(ellipse(662, 672, 16, 20), WALNUT, shade=5, light=3)
    )
    folds = line(
        "M470 640C440 740 430 820 424 900M730 640C760 740 770 820 776 900M600 700V916", shade(c, 0.10), 7, 0.6
    )
    hem = line(
        "M232 880Q326 918 420 896Q510 934 600 910Q690 934 780 896Q874 918 968 880", light(c, 0.10), 8, 0.9
    )
    back = (
        ears
        + solid(cape, c, shade=40, light=12, stuff="grain", over=folds)
        + hem
        + solid(hood, light(c, 0.01), shade=22, light=10)
    )
    empty = fill(face, shade(c, 0.26)) + line(face, shade(c, 0.06), 12)
    wearer = inside(ellipse(600, 432, 118, 106), move(cat.head(cat.NIGHT, 0, 0, 1.18), 600, 430))
    feet = "".join(solid(ellipse(x, 926, 52, 30), cat.NIGHT.coat, shade=0, light=5) for x in (520, 680))
    rain = "".join(
        line(f"M{x} {y}l-14 62", "#7fa0b5", 7, 0.5)
        for x, y in (
            (120, 120),
            (300, 60),
            (470, 140),
            (760, 90),
            (930, 170),
            (1080, 80),
            (160, 420),
            (1040, 400),
            (90, 680),
            (1120, 640),
            (260, 280),
            (900, 330),
        )
    )
    use = Use(
        feet + wearer + line(face, shade(c, 0.06), 12), "between", 0.95, 600, 1020, extra=rain, joined=True
    )
    return Art(
        toggles + drops, use, back=back + empty, shadow=floor_shadow(610, 912, 370, 32), focus=(600, 480, 2.1)
    )


def lead(look: Look) -> Art:
    """A rope, coiled, with a brass hook at the cat's end."""
    c = look.color
    coils = ""
    for i, r in enumerate((300, 240, 180)):
        ring = ellipse(600, 660 - i * 12, r, r * 0.72)
        coils += line(ring, shade(c, 0.16), 52) + line(ellipse(598, 652 - i * 12, r, r * 0.72), c, 44)
        coils += line(ellipse(598, 652 - i * 12, r, r * 0.72), light(c, 0.12), 30, 0.55, "3 22")
    tail = (
        line("M880 600C980 520 1010 420 900 360", shade(c, 0.16), 50)
        + line("M878 594C978 514 1008 414 898 354", c, 44)
        + line("M878 594C978 514 1008 414 898 354", light(c, 0.12), 30, 0.55, "3 22")
    )
    whip = solid(poly([(850, 310), (930, 330), (920, 400), (840, 382)], 12), LEATHER, shade=8, light=5)
    hook = line(
        "M850 340C780 320 720 300 690 250C670 210 700 170 740 180C780 190 780 240 750 262",
        shade(BRASS, 0.10),
        30,
    ) + line("M848 334C778 314 718 294 688 244C668 204 698 164 738 174C778 184 778 234 748 256", BRASS, 24)
    loop = (
        line("M330 760C220 860 260 940 380 930S560 880 520 850", shade(c, 0.16), 50)
        + line("M328 754C218 854 258 934 378 924S558 874 518 844", c, 44)
        + line("M328 754C218 854 258 934 378 924S558 874 518 844", light(c, 0.12), 30, 0.55, "3 22")
    )
    flat = f'<g transform="translate(14 20)" opacity="0.14">{line(ellipse(600, 660, 300, 216), INK, 52)}</g>'
    sleeper = move(cat.curl(cat.CLOUD, "open", shadow=False), 600, 880, 1.05)
    return Art(
        coils + tail + whip + hook + loop,
        Use(sleeper, "before", 1.0, 600, 1040),
        shadow=flat,
        focus=(830, 420, 2.1),
    )


def collar(look: Look) -> Art:
    """A collar with a bell and a clasp that lets go."""
    c = look.color
    band = line(ellipse(600, 520, 330, 190), shade(c, 0.20), 78) + line(
        "M270 520A330 190 0 0 0 930 520", c, 78
    )
    band += line("M270 505A330 190 0 0 0 930 505", light(c, 0.10), 6, 0.9, "18 14") + line(
        "M270 540A330 190 0 0 0 930 540", light(c, 0.10), 6, 0.9, "18 14"
    )
    clasp = solid(rect(830, 560, 110, 90, 16), INK, shade=10, light=6)
    ring = line(ellipse(600, 772, 26), shade(BRASS, 0.08), 12)
    bell = (
        solid(ellipse(600, 870, 88), BRASS, shade=26, light=9, stuff="metal")
        + line("M516 876Q600 904 684 876", shade(BRASS, 0.2), 9)
        + fill(ellipse(600, 926, 12), shade(BRASS, 0.34))
        + line("M600 926v28", shade(BRASS, 0.34), 9)
    )
    wearer = move(cat.sit(cat.MILK), 600, 1060, 1.55)
    on = (
        line("M498 560Q600 620 702 560", c, 46)
        + line("M498 552Q600 612 702 552", light(c, 0.1), 4, 0.9, "12 10")
        + line(ellipse(600, 620, 12), shade(BRASS, 0.08), 7)
        + solid(ellipse(600, 664, 38), BRASS, shade=11, light=5, stuff="metal")
        + line("M564 668q36 12 72 0", shade(BRASS, 0.2), 5)
    )
    return Art(
        band + clasp + ring + bell,
        Use(wearer + on, "before", 0),
        shadow=hung(ellipse(600, 870, 84), 12),
        focus=(560, 760, 2.2),
    )


def tag(look: Look) -> Art:
    """A round tag with ears and room for a number to call."""
    disk = "M600 330C800 330 920 470 920 640S790 940 600 940S280 810 280 640S400 330 600 330Z"
    ears = solid(
        poly([(330, 500), (300, 290), (520, 380)], 40), BRASS, shade=14, light=9, stuff="metal"
    ) + solid(poly([(870, 500), (900, 290), (680, 380)], 40), BRASS, shade=20, light=5, stuff="metal")
    hole = fill(ellipse(600, 410, 38), shade(BRASS, 0.30)) + line(
        ellipse(600, 410, 38), light(BRASS, 0.08), 9
    )
    words = line("M440 600h320M470 676h260M520 752h160", shade(BRASS, 0.24), 16, 0.9)
    rim = line(
        "M600 362C780 362 888 486 888 640S772 908 600 908S312 794 312 640S420 362 600 362Z",
        light(BRASS, 0.08),
        7,
        0.9,
    )
    loop = line("M600 400C560 300 580 220 640 220S700 300 612 420", shade(STEEL, 0.08), 20) + line(
        "M598 396C558 296 578 216 638 216S698 296 610 416", light(STEEL, 0.05), 8
    )
    enamel = fill(ellipse(600, 836, 26), look.color)
    wearer = (
        move(cat.head(cat.NIGHT, 0, 0, 2.1), 600, 560)
        + line("M430 790Q600 880 770 790", look.color, 60)
        + line("M430 780Q600 870 770 780", light(look.color, 0.1), 5, 0.9, "14 11")
    )
    chest = cat.shape(
        smooth([(440, 720), (760, 720), (860, 980), (900, 1300), (300, 1300), (340, 980)]), cat.NIGHT
    )
    small = move(
        solid(disk, BRASS, shade=40, light=12, stuff="metal") + words, 600 - 600 * 0.2, 850 - 330 * 0.2, 0.2
    )
    use = Use(chest + wearer + small, "before", 0, setting="bare")
    front = ears + solid(disk, BRASS, shade=44, light=12, stuff="metal") + rim + hole + words + enamel + loop
    return Art(front, use, shadow=hung(disk, 24), focus=(560, 500, 2.1))


DRAWINGS = {
    "a-say": harness,
    "weather-permitting": poncho,
    "other-end": lead,
    "announced-arrival": collar,
    "only-out": tag,
}
