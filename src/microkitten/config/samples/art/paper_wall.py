"""Paper for the wall: prints, a poster, a calendar."""

from ..kit import cat
from ..kit.color import ASH, CREAM, INK, MARIGOLD, PAPER, ROSE, shade, tone
from ..kit.mark import mark
from ..kit.path import ellipse, poly, rect
from ..kit.scene import Art, Use, hung
from ..kit.solid import fill, inside, line, move, solid
from .look import Look


def sheet(x: float, y: float, width: float, height: float, color: str = PAPER) -> str:
    """Lay a sheet of good paper."""
    return solid(rect(x, y, width, height, 3), color, shade=6, light=4)


def _framed(x: float, y: float, width: float, height: float, picture: str) -> str:
    """Hang a picture in a frame of ash."""
    frame = rect(x - 26, y - 26, width + 52, height + 52, 4)
    return hung(frame, 18) + solid(frame, ASH, shade=9, light=6, stuff="wood") + picture


def closed_door(look: Look) -> Art:
    """A print: a door, closed, and two ears that disagree."""
    x, y, w, h = 290, 170, 620, 860
    wall = rect(x + 50, y + 50, w - 100, h - 100)
    scene = fill(wall, look.color) + fill(rect(x + 50, 800, w - 100, 180), shade(look.color, 0.12))
    door = solid(rect(470, 330, 270, 520, 4), CREAM, shade=9, light=7) + "".join(
        line(rect(502 + (i % 2) * 112, 370 + (i // 2) * 240, 92, 200, 4), shade(CREAM, 0.12), 6)
        for i in range(4)
    )
    door += solid(ellipse(716, 600, 15), MARIGOLD, shade=4, light=3) + line(
        rect(456, 316, 298, 540), shade(look.color, 0.14), 9
    )
    sitter = inside(wall, move(cat.behind(cat.NIGHT), 590, 940, 0.5))
    picture = sheet(x, y, w, h) + scene + door + sitter
    critic = move(cat.behind(cat.GINGER, -4), 600, 1130, 0.88)
    framed = _framed(x, y, w, h, picture)
    use = Use(move(move(framed, -600, -600), 600, 380, 0.62) + critic, "before", 0)
    return Art(picture, use, shadow=hung(rect(x, y, w, h), 18), focus=(600, 760, 2.2))


def warm_places(look: Look) -> Art:
    """A print: the plan of a flat, in which only the warm places are marked."""
    x, y, w, h = 240, 210, 720, 800
    wall = INK
    plan = line(f"M{x + 90} {y + 100}H{x + w - 90}V{y + h - 110}H{x + 90}Z", wall, 14)
    plan += line(
        (
            f"M{x + 90} {y + 380}H{x + 300}M{x + 390} {y + 380}H{x + w - 90}M{x + 400} {y + 100}V{y + 240}"
            f"M{x + 400} {y + 320}V{y + 380}M{x + 330} {y + 380}V{y + 520}M{x + 330} {y + 610}V{y + h - 110}"
        ),
        wall,
        11,
    )
    sun = "".join(
        fill(d, color, 0.95)
        for d, color in (
            (poly([(360, 340), (470, 340), (540, 450), (430, 450)]), MARIGOLD),
            (poly([(700, 640), (850, 640), (850, 760), (740, 760)]), MARIGOLD),
            (ellipse(430, 800, 54, 40), tone(ROSE, 0.08)),
            (ellipse(800, 420, 48), tone(ROSE, 0.08)),
            (rect(604, 850, 130, 34, 17), MARIGOLD),
        )
    )
    rug = (
        line(ellipse(720, 700, 96, 62), look.color, 8, 0.9)
        + line(rect(362, 480, 130, 60, 10), look.color, 8, 0.9)
        + line(rect(690, 350, 90, 50, 8), look.color, 8, 0.9)
        + line(rect(350, 740, 90, 130, 12), look.color, 8, 0.9)
    )
    paws = "".join(
        fill(ellipse(px, py, 8, 10), INK, 0.6)
        for px, py in ((500, 500), (540, 560), (560, 640), (610, 690), (660, 730), (500, 420))
    )
    legend = "".join(
        fill(ellipse(340 + i * 46, 956, 13), c)
        for i, c in enumerate((MARIGOLD, tone(ROSE, 0.08), look.color))
    )
    picture = sheet(x, y, w, h) + sun + plan + rug + paws + legend + mark(850, 956, 50, INK)
    owner = move(cat.curl(cat.NIGHT, shadow=False), 700, 720, 0.92)
    return Art(
        picture,
        Use(owner, "before", 1.0, 600, 950, "bare"),
        shadow=hung(rect(x, y, w, h), 18),
        focus=(480, 460, 2.1),
    )


def positions(look: Look) -> Art:
    """A poster: twelve ways of lying down, as in a field guide."""
    x, y, w, h = 270, 160, 660, 880
    poses = (
        cat.loaf(cat.NIGHT),
        cat.curl(cat.GINGER),
        cat.asleep_back(cat.CLOUD),
        cat.lie(cat.GINGER, "shut"),
        cat.curl(cat.MILK),
        cat.loaf(cat.CLOUD),
        cat.asleep_back(cat.GINGER),
        cat.lie(cat.NIGHT, "shut"),
        cat.curl(cat.CLOUD),
        cat.loaf(cat.MILK),
        cat.lie(cat.CLOUD, "shut"),
        cat.asleep_back(cat.NIGHT),
    )
    parts = sheet(x, y, w, h, look.color)
    for i, pose in enumerate(poses):
        px, py = 375 + i % 3 * 225, 350 + i // 3 * 190
        upside = i in (2, 6, 11)
        parts += move(pose, px, py - (70 if upside else 0), 0.27, 20 if upside else 0)
        parts += line(f"M{px - 34} {py + 44}h{52 + i * 7 % 23}", INK, 5, 0.45)
    parts += (
        line("M340 214H640", INK, 12, 0.85) + line("M340 244H540", INK, 6, 0.5) + mark(840, 226, 64, INK, 0.9)
    )
    student = move(cat.curl(cat.NIGHT), 600, 1090, 0.95)
    use = Use(move(move(_framed(x, y, w, h, parts), -600, -600), 600, 420, 0.72) + student, "before", 0)
    return Art(parts, use, shadow=hung(rect(x, y, w, h), 18), focus=(590, 420, 2.3))


def calendar(look: Look) -> Art:
    """Twelve months, twelve naps, one nail."""
    x, y, w, h = 310, 240, 580, 780
    top = solid(rect(x, y, w, 410, 3), look.color, shade=8, light=5)
    scene = inside(
        rect(x, y, w, 410),
        fill(ellipse(740, 360, 90), MARIGOLD)
        + fill(rect(x, 560, w, 100), shade(look.color, 0.08))
        + move(cat.loaf(cat.NIGHT), 580, 600, 0.9),
    )
    page = sheet(x, y + 410, w, 370)
    days = ""
    for i in range(31):
        col, row = (i + 2) % 7, (i + 2) // 7
        px, py = x + 74 + col * 72, y + 500 + row * 56
        nap = i in (4, 11, 18, 25)
        days += fill(ellipse(px, py, 18), MARIGOLD) if nap else fill(ellipse(px, py, 8), INK, 0.7)
        days += line(f"M{px - 8} {py}q8 8 16 0", INK, 4) if nap else ""
    title = line(f"M{x + 50} {y + 450}h150", INK, 11, 0.85)
    coil = "".join(
        line(f"M{px} {y - 18}v34", shade(INK, -0.1), 7, 0.8) for px in range(x + 40, x + w - 20, 36)
    )
    nail = line(f"M500 {y - 14}L600 {y - 84}L700 {y - 14}", INK, 5, 0.6) + fill(ellipse(600, y - 88, 11), INK)
    front = nail + top + scene + page + days + title + coil
    napper = move(cat.loaf(cat.CLOUD), 600, 1090, 1.0)
    use = Use(move(move(hung(rect(x, y, w, h), 16) + front, -600, -600), 600, 400, 0.7) + napper, "before", 0)
    return Art(front, use, shadow=hung(rect(x, y, w, h), 18), focus=(600, 560, 2.1))


DRAWINGS = {
    "closed-door": closed_door,
    "warm-places": warm_places,
    "field-guide": positions,
    "twelve-naps": calendar,
}
