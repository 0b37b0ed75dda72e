"""For people, to wear: the staff needs clothes."""

from ..kit import cat
from ..kit.color import BRASS, CREAM, INK, light, shade
from ..kit.mark import mark
from ..kit.path import ellipse, n, poly, rect, smooth
from ..kit.scene import Art, Use, hung
from ..kit.solid import fill, floor_shadow, inside, line, move, solid
from .look import Look


def tee(look: Look) -> Art:
    """A plain tee with the mark where a pocket would be."""
    c = look.color
    dark = c < "#9"
    body = (
        "M430 260C480 320 720 320 770 260L900 310Q930 322 950 356L1050 560Q1058 580 1040 590L910 "
        "650Q892 656 884 640L860 590V940Q860 962 838 962H362Q340 962 340 940V590L316 640Q308 656 "
        "290 650L160 590Q142 580 150 560L250 356Q270 322 300 310Z"
    )
    collar = line("M430 262C480 324 720 324 770 262", light(c, 0.06) if dark else shade(c, 0.05), 22)
    inner = fill("M446 268C500 300 700 300 754 268C720 248 480 248 446 268Z", shade(c, 0.14))
    seams = line(
        "M340 590C338 520 330 470 316 430M860 590C862 520 870 470 884 430", shade(c, 0.09), 6, 0.7
    ) + line("M362 930H838", shade(c, 0.09), 5, 0.6, "12 10")
    seams += line("M174 576L300 632M1026 576L900 632", shade(c, 0.09), 5, 0.6, "12 10")
    folds = line("M420 940C440 820 430 720 410 660M760 940C750 860 770 780 790 720", shade(c, 0.07), 8, 0.5)
    front = (
        solid(body, c, shade=40, light=11, stuff="weave", over=folds)
        + inner
        + collar
        + seams
        + mark(720, 480, 120, CREAM if dark else INK, 0.95)
    )
    helper = move(cat.curl(cat.GINGER, shadow=False), 600, 830, 1.15)
    return Art(
        front, Use(helper, "before", 1.0, 600, 930, "bare"), shadow=hung(body, 22), focus=(690, 430, 2.3)
    )


def socks(look: Look) -> Art:
    """A pair of socks with ears at the cuff and a face that looks up."""
    c = look.color

    def sock(x: float, y: float, turn: float) -> str:
        leg = "M-90 -300H90V90C90 140 130 160 220 190C330 230 340 330 240 340H20C-60 340 -90 290 -90 200Z"
        toe = fill("M150 150C330 200 380 340 240 360H140Z", CREAM)
        heel = fill(ellipse(-60, 280, 100, 90), CREAM)
        bands = fill(rect(-100, -160, 200, 26), CREAM) + fill(rect(-100, -110, 200, 12), CREAM)
        ribs = "".join(line(f"M{rx} -296v80", shade(c, 0.10), 6, 0.6) for rx in range(-72, 90, 24))
        ears = solid(
            poly([(-88, -290), (-84, -376), (-20, -290)], 16), c, shade=6, light=5, stuff="wool"
        ) + solid(poly([(88, -290), (84, -376), (20, -290)], 16), c, shade=9, light=4, stuff="wool")
        eyes = (
            fill(ellipse(-34, -36, 10, 13), INK)
            + fill(ellipse(34, -36, 10, 13), INK)
            + fill(poly([(-11, -8), (11, -8), (0, 6)], 4), "#d98a84")
        )
        eyes += line("M-60 -6l-34-6M-60 8l-34 6M60 -6l26-6M60 8l26 6", INK, 4, 0.5)
        drawn = ears + solid(leg, c, shade=20, light=8, stuff="wool", over=toe + heel + bands + ribs) + eyes
        shadow = hung(leg, 16)
        return move(shadow + drawn, x, y, 1.08, turn)

    front = sock(400, 610, 8) + sock(720, 610, -6)
    thief = move(cat.walk(cat.NIGHT), 680, 1000, 1.2)
    prize = move(sock(0, 0, 0), 300, 810, 0.42, 70)
    return Art(front, Use(thief + prize, "before", 0), focus=(420, 480, 2.1))


def pin(look: Look) -> Art:
    """An enamel pin: a head, a halo of brass, no opinion."""
    outline = cat.head_outline(600, 640, 3.3)
    plate = solid(outline, BRASS, shade=20, light=12, stuff="metal")
    enamel = move(solid(cat.head_outline(0, 0, 3.02), look.color, shade=24, light=10, stuff=""), 600, 644)
    ears = fill(poly([(340, 370), (440, 450), (350, 530)], 24), "#d98a84", 0.95) + fill(
        poly([(860, 370), (760, 450), (850, 530)], 24), "#d98a84", 0.95
    )
    eyes = "".join(line(f"M{x - 50} 640q50 54 100 0", BRASS, 15) for x in (460, 740))
    nose = fill(poly([(566, 720), (634, 720), (600, 762)], 14), BRASS)
    whiskers = line("M420 740L300 720M424 776L310 796M780 740L900 720M776 776L890 796", BRASS, 9)
    gleam = fill(smooth([(400, 560), (470, 520), (480, 536), (420, 590)]), "#fff", 0.5)
    front = plate + enamel + ears + eyes + nose + whiskers + gleam
    denim = "#5d7296"
    torso = solid(
        smooth(
            [
                (600, 470),
                (760, 480),
                (920, 560),
                (990, 760),
                (1010, 1300),
                (190, 1300),
                (210, 760),
                (280, 560),
                (440, 480),
            ]
        ),
        denim,
        shade=50,
        light=14,
        stuff="weave",
    )
    lapels = solid(
        poly([(470, 450), (600, 640), (450, 800), (350, 500)], 20),
        light(denim, 0.04),
        shade=10,
        light=8,
        stuff="weave",
    ) + solid(
        poly([(730, 450), (600, 640), (750, 800), (850, 500)], 20),
        light(denim, 0.03),
        shade=14,
        light=6,
        stuff="weave",
    )
    shirt = fill(poly([(480, 440), (720, 440), (600, 650)], 8), CREAM) + line(
        "M600 660V1200", shade(denim, 0.1), 8, 0.8
    )
    rider = move(cat.lie(cat.CLOUD, look=-12, shadow=False), 800, 520, 0.86)
    use = Use(
        rider + torso + shirt + lapels + move(move(front, -600, -640), 390, 880, 0.24),
        "before",
        0,
        setting="bare",
    )
    return Art(front, use, shadow=hung(outline, 26), focus=(430, 470, 2.1))


def apron(look: Look) -> Art:
    """An apron for cooking beside someone who sheds."""
    c = look.color
    bib = (
        "M460 330H740L770 520C830 540 900 560 930 590V920Q930 944 906 944H294Q270 944 270 920"
        "V590C300 560 370 540 430 520Z"
    )
    neck = line("M470 340C440 160 760 160 730 340", shade(c, 0.04), 26) + line(
        "M280 600C200 620 150 680 130 760M920 600C1000 620 1050 680 1070 760", shade(c, 0.04), 24
    )
    pocket = (
        solid(rect(400, 660, 400, 190, 24), light(c, 0.02), shade=12, light=8, stuff="weave")
        + line("M600 664V846", shade(c, 0.10), 5, 0.7, "12 10")
        + line("M414 690H786", light(c, 0.12), 5, 0.9, "12 10")
    )
    paws = "".join(solid(ellipse(x, 664, 42, 30), cat.CLOUD.coat, shade=0, light=5) for x in (470, 560))
    face = inside(rect(380, 400, 440, 262, 0), move(cat.head(cat.CLOUD, 0, 0, 0.9), 515, 622))
    tabs = fill(ellipse(474, 356, 13), BRASS) + fill(ellipse(726, 356, 13), BRASS)
    stripes = "".join(fill(rect(x, 300, 10, 660), light(c, 0.10), 0.55) for x in range(300, 940, 52))
    front = neck + solid(bib, c, shade=40, light=11, stuff="weave", over=stripes) + tabs + pocket
    cook = face + paws
    return Art(
        front,
        Use(cook, "before", 1.0, 600, 950, "bare", joined=True),
        shadow=hung(bib, 20),
        focus=(480, 660, 2.2),
    )


def beanie(look: Look) -> Art:
    """A knitted hat with two ears, so that one may listen as well."""
    c = look.color
    dome = "M260 790C240 520 360 350 600 350S960 520 940 790Z"
    ears = solid(poly([(330, 520), (300, 270), (540, 390)], 40), c, shade=18, light=12, stuff="wool") + solid(
        poly([(870, 520), (900, 270), (660, 390)], 40), c, shade=26, light=8, stuff="wool"
    )
    inner = fill(poly([(360, 470), (344, 340), (470, 400)], 26), shade(c, 0.10), 0.8) + fill(
        poly([(840, 470), (856, 340), (730, 400)], 26), shade(c, 0.12), 0.8
    )
    ribs = "".join(
        line(
            f"M{n(600 + dx)} 790C{n(600 + dx)} 620 {n(600 + dx * 0.7)} 450 {n(600 + dx * 0.2)} 362",
            shade(c, 0.08),
            7,
            0.5,
        )
        for dx in range(-300, 301, 60)
    )
    cuff = rect(230, 760, 740, 166, 50)
    cables = "".join(line(f"M{x} 772v142", shade(c, 0.10), 9, 0.6) for x in range(262, 960, 34))
    label = solid(rect(720, 800, 120, 84, 10), CREAM, shade=6, light=4, stuff="weave") + mark(
        780, 842, 56, INK
    )
    front = (
        ears
        + inner
        + solid(dome, c, shade=50, light=14, stuff="wool", over=ribs)
        + solid(cuff, light(c, 0.02), shade=22, light=10, stuff="wool", over=cables)
        + label
    )
    upside = move(solid(dome, c, shade=0, light=14, stuff="wool", over=ribs), 1200, 0, 1, 0, flip=True)
    bowl = move(
        move(upside + solid(cuff, light(c, 0.02), shade=0, light=10, stuff="wool", over=cables), -600, -640),
        600,
        790,
        0.9,
        180,
    )
    use = Use(
        floor_shadow(610, 1046, 220) + move(cat.head(cat.NIGHT, 0, 0, 1.3), 600, 480) + bowl, "before", 0
    )
    return Art(front, use, shadow=floor_shadow(612, 920, 370, 34), focus=(440, 720, 2.1))


DRAWINGS = {
    "off-duty-tee": tee,
    "cold-feet": socks,
    "badge-of-service": pin,
    "fur-before-guests": apron,
    "listening-hat": beanie,
}
