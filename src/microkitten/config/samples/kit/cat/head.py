"""The cat of the house: its coats, its one head, and a face that never looks surprised."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..color import INK, shade, tone
from ..path import Point, ellipse, n, poly, turned
from ..solid import fill, line, union

_HEAD: tuple[tuple[str, tuple[Point, ...]], ...] = (
    ("M", ((0, 84),)),
    ("C", ((46, 84), (88, 66), (100, 26))),
    ("C", ((106, 2), (103, -20), (98, -40))),
    ("L", ((99, -108),)),
    ("Q", ((99, -128), (82, -118))),
    ("L", ((38, -82),)),
    ("Q", ((0, -92), (-38, -82))),
    ("L", ((-82, -118),)),
    ("Q", ((-99, -128), (-99, -108))),
    ("L", ((-98, -40),)),
    ("C", ((-103, -20), (-106, 2), (-100, 26))),
    ("C", ((-88, 66), (-46, 84), (0, 84))),
)


@dataclass(frozen=True)
class Fur:
    """What a cat wears: its coat, its eyes, and the inside of its ears."""

    coat: str
    eyes: str
    ears: str


NIGHT = Fur("#33313f", "#f0c25a", "#6d5663")
GINGER = Fur("#d98b4a", "#3a2f2a", "#f0b896")
CLOUD = Fur("#8b8f9c", "#f3e3a8", "#b7a0a6")
MILK = Fur("#f6eee0", "#4b5b4f", "#e9b9ae")


def head_outline(x: float, y: float, scale: float = 1, tilt: float = 0) -> str:
    """Outline the head with its ears around (x, y)."""
    parts = []
    for command, points in _HEAD:
        placed = [(px * scale + x, py * scale + y) for px, py in turned(points, tilt)]
        parts.append(command + " ".join(f"{n(px)} {n(py)}" for px, py in placed))
    return "".join(parts) + "Z"


def head(
    fur: Fur, x: float, y: float, scale: float = 1, tilt: float = 0, eyes: str = "open", look: float = 0
) -> str:
    """Draw the head; eyes are `open`, `shut`, or `none` (seen from behind), looking to one side by `look`."""

    def at(points: Sequence[Point]) -> list[Point]:
        return [(px * scale + x, py * scale + y) for px, py in turned(points, tilt)]

    over = ""
    if eyes != "none":
        for side in (-1, 1):
            ear = poly(at([(side * 86, -98), (side * 52, -68), (side * 86, -40)]), 10 * scale)
            over += fill(ear, fur.ears, 0.75)
    drawn = union(head_outline(x, y, scale, tilt), fur.coat, light=6 * scale, over=over)
    if eyes == "none":
        return drawn
    return drawn + _face(fur, at, scale, eyes, look)


def _face(
    fur: Fur, at: Callable[[Sequence[Point]], list[Point]], scale: float, eyes: str, look: float
) -> str:
    parts = ""
    for side in (-1, 1):
        if eyes == "shut":
            a, b, c = at([(side * 26, 8), (side * 44, 22), (side * 62, 8)])
            parts += line(
                f"M{n(a[0])} {n(a[1])}Q{n(b[0])} {n(b[1])} {n(c[0])} {n(c[1])}", fur.eyes, 6 * scale
            )
        else:
            ((ex, ey),) = at([(side * 43 + look * 0.4, 2)])
            bright = fur.eyes > "#9"
            wide = 17 * scale if bright else 12 * scale
            parts += fill(ellipse(ex, ey, wide, wide * 1.08), fur.eyes)
            if bright:
                ((px, py),) = at([(side * 43 + look, 2)])
                parts += fill(ellipse(px, py, 6 * scale, 13 * scale), INK)
    nose = poly(at([(-10, 30), (10, 30), (0, 42)]), 4 * scale)
    parts += fill(nose, shade(fur.ears, 0.04))
    for side in (-1, 1):
        for dy in (34, 48):
            a, b = at([(side * 58, dy), (side * 128, dy + (dy - 46) * 1.5)])
            parts += line(
                f"M{n(a[0])} {n(a[1])}L{n(b[0])} {n(b[1])}", tone(fur.coat, 0.28), 2.6 * scale, 0.55
            )
    return parts
