"""The drawings of the shop's own pages: the mark, the hero, and the kitten for each kind of bad or good news.

They are made here once and kept as files in `web/static`; a test compares them, so neither drifts.
"""

from collections.abc import Callable

from .art.look import Look
from .art.people_kept import tote
from .art.play_hard import box
from .art.rest_soft import wool_cave
from .kit import cat, scene
from .kit.color import CREAM, INK, KRAFT, MARIGOLD, light, shade
from .kit.mark import mark
from .kit.path import ellipse, poly, rect
from .kit.solid import fill, floor_shadow, line, move, solid


def _mark() -> str:
    """The mark in the color of the text around it."""
    return scene.wrap(mark(16, 16, 32, "currentColor"), 32, 32)


def _favicon() -> str:
    """The mark on marigold: readable on light and dark tabs without asking which."""
    return scene.wrap(fill(rect(0, 0, 32, 32, 8), MARIGOLD) + mark(16, 15.6, 25, "#241f33"), 32, 32)


def _stage(name: str, body: str, frame: tuple[float, float, float, float]) -> str:
    """Cut a drawing to its frame (x, y, width, height), without a ground: pages have their own, light or dark."""
    x, y, width, height = frame
    return scene.wrap(move(body, -x, -y), width, height, prefix=name)


def _hero() -> str:
    """The box, large, and who came with it."""
    art = box(Look(KRAFT))
    owner = move(cat.head(cat.NIGHT, 0, -70, 1, 0, "open", -4), 600, 600, 1.9)
    return _stage("hero", art.shadow + art.back + owner + art.front + _paws(), (80, 140, 1060, 860))


def _paws() -> str:
    """Two paws over the front flap, which is already theirs."""
    return move(cat.peek_paws(cat.NIGHT, 168), 600, 592, 1.75)


def _looking_away() -> str:
    """A kitten that looks the other way: for pages where something went wrong."""
    return _stage("away", move(cat.kitten_behind(cat.GINGER, 4), 285, 570, 1.12), (0, 0, 600, 600))


def _empty_cart() -> str:
    """A bag with nothing in it, and someone who has checked."""
    art = tote(Look("#ece0c8"))
    bag = move(move(art.shadow + art.back + art.front, -600, -930), 560, 700, 0.66)
    checker = move(cat.side(cat.GINGER, look=12), 190, 660, 0.98, flip=True)
    return _stage("empty", checker + bag, (-190, -40, 1030, 860))


def _waiting() -> str:
    """A cat with its paws put away: for pages that need a moment."""
    return _stage("waiting", move(cat.loaf(cat.CLOUD, "open"), 270, 350, 1.05), (10, 0, 540, 390))


def _parcel() -> str:
    """A parcel, closed, with an inspector on top: for thanks."""
    face = solid(
        poly([(200, 520), (900, 520), (880, 900), (220, 900)], 12), KRAFT, shade=28, light=9, stuff="board"
    )
    top = solid(
        poly([(260, 440), (840, 440), (900, 524), (200, 524)], 8),
        light(KRAFT, 0.04),
        shade=0,
        light=7,
        stuff="board",
    )
    tape = fill(poly([(520, 440), (580, 440), (590, 524), (510, 524)]), MARIGOLD) + fill(
        rect(510, 520, 80, 120), MARIGOLD
    )
    label = solid(rect(640, 620, 190, 130, 8), CREAM, shade=6, light=4) + line(
        "M664 656h110M664 688h140M664 720h80", INK, 8, 0.5
    )
    inspector = move(cat.loaf(cat.NIGHT), 560, 482, 1.1)
    body = (
        floor_shadow(570, 896, 370, 40)
        + face
        + top
        + tape
        + label
        + mark(320, 780, 120, shade(KRAFT, 0.26), 0.75)
        + inspector
    )
    return _stage("parcel", body, (160, 110, 800, 850))


def _nothing_found() -> str:
    """A cave with only eyes in it: for a search without results."""
    art = wool_cave(Look("#7f8f78"))
    eyes = "".join(
        fill(ellipse(x, 740, 26, 28), cat.NIGHT.eyes) + fill(ellipse(x + 4, 740, 9, 21), INK)
        for x in (515, 601)
    )
    return _stage("nothing", art.shadow + art.back + eyes + art.front, (150, 210, 940, 780))


PAGE_ART: dict[str, Callable[[], str]] = {
    "mark.svg": _mark,
    "favicon.svg": _favicon,
    "art/hero.svg": _hero,
    "art/error.svg": _looking_away,
    "art/empty-cart.svg": _empty_cart,
    "art/waiting.svg": _waiting,
    "art/parcel.svg": _parcel,
    "art/nothing-found.svg": _nothing_found,
}


def page_art() -> dict[str, str]:
    """Draw all of them: SVG text by its path below `web/static`."""
    return {path: make() + "\n" for path, make in PAGE_ART.items()}
