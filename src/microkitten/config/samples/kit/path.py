"""Outlines: every shape of a drawing is a path string made here from a few points."""

import math
import re
from collections.abc import Sequence
from functools import lru_cache

Point = tuple[float, float]


def n(value: float) -> str:
    """Write a number as short as SVG allows (one decimal)."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def _xy(point: Point) -> str:
    return f"{n(point[0])} {n(point[1])}"


def ellipse(x: float, y: float, rx: float, ry: float | None = None) -> str:
    """Outline an ellipse around (x, y); a circle when `ry` is left out."""
    ry = rx if ry is None else ry
    half = f"A{n(rx)} {n(ry)} 0 1 1"
    return f"M{n(x - rx)} {n(y)}{half} {n(x + rx)} {n(y)}{half} {n(x - rx)} {n(y)}Z"


def poly(points: Sequence[Point], radius: float = 0) -> str:
    """Outline a polygon whose corners are rounded by `radius` (less where an edge is short)."""
    if radius <= 0:
        return "M" + "L".join(_xy(p) for p in points) + "Z"
    parts: list[str] = []
    count = len(points)
    for i, corner in enumerate(points):
        before, after = points[i - 1], points[(i + 1) % count]
        start, end = _toward(corner, before, radius), _toward(corner, after, radius)
        parts.append(f"{'M' if i == 0 else 'L'}{_xy(start)}Q{_xy(corner)} {_xy(end)}")
    return "".join(parts) + "Z"


def _toward(origin: Point, goal: Point, distance: float) -> Point:
    length = math.dist(origin, goal) or 1.0
    part = min(distance, length / 2) / length
    return origin[0] + (goal[0] - origin[0]) * part, origin[1] + (goal[1] - origin[1]) * part


def rect(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """Outline a rectangle with its upper left corner at (x, y)."""
    return poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], radius)


def smooth(points: Sequence[Point], *, closed: bool = True, pull: float = 1.0) -> str:
    """Outline a soft curve through all points (Catmull-Rom); `pull` under 1 makes it tauter."""
    count = len(points)
    parts = ["M" + _xy(points[0])]
    for i in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(i + k - 1) % count] for k in range(4))
        else:
            p0, p1 = points[max(0, i - 1)], points[i]
            p2, p3 = points[i + 1], points[min(count - 1, i + 2)]
        one = p1[0] + (p2[0] - p0[0]) * pull / 6, p1[1] + (p2[1] - p0[1]) * pull / 6
        two = p2[0] - (p3[0] - p1[0]) * pull / 6, p2[1] - (p3[1] - p1[1]) * pull / 6
        parts.append(f"C{_xy(one)} {_xy(two)} {_xy(p2)}")
    return "".join(parts) + ("Z" if closed else "")


def ribbon(points: Sequence[Point], widths: Sequence[float]) -> str:
    """Outline a soft band along the points with a width at each of them, its ends rounded (a tail, a strap)."""
    line, wide = _along(points, widths)
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(line):
        ahead, behind = line[min(i + 1, len(line) - 1)], line[max(i - 1, 0)]
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        length = math.hypot(dx, dy) or 1.0
        ox, oy = -dy / length * wide[i] / 2, dx / length * wide[i] / 2
        left.append((x - ox, y - oy))
        right.append((x + ox, y + oy))
    there = smooth(left, closed=False)
    back = smooth(right[::-1], closed=False)[1:]
    first, last = widths[0] / 2, widths[-1] / 2
    turn = f"A{n(last)} {n(last)} 0 0 1 {back.split('C', 1)[0]}"
    end = f"A{n(first)} {n(first)} 0 0 1 {_xy(left[0])}Z"
    return f"{there}{turn}C{back.split('C', 1)[1]}{end}"


def _along(
    points: Sequence[Point], widths: Sequence[float], steps: int = 5
) -> tuple[list[Point], list[float]]:
    """Sample the soft curve through the points, and the widths beside it."""
    line: list[Point] = []
    wide: list[float] = []
    last = len(points) - 1
    for i in range(last):
        p0, p1, p2, p3 = points[max(0, i - 1)], points[i], points[i + 1], points[min(last, i + 2)]
        for step in range(steps):
            t = step / steps
            line.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
            wide.append(widths[i] + (widths[i + 1] - widths[i]) * t)
    return [*line, points[-1]], [*wide, widths[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t
    )


def turned(points: Sequence[Point], degrees: float, about: Point = (0, 0)) -> list[Point]:
    """Give the points turned clockwise about a point."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        (
            about[0] + (x - about[0]) * c - (y - about[1]) * s,
            about[1] + (x - about[0]) * s + (y - about[1]) * c,
        )
        for x, y in points
    ]


def ring(x: float, y: float, rx: float, ry: float, count: int, start: float = 0) -> list[Point]:
    """Give `count` points evenly around an ellipse, the first at `start` degrees."""
    angles = [math.radians(start + 360 * i / count) for i in range(count)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


_STEP = re.compile(r"([MLHVCSQTAZmlhvcsqtaz])([^MLHVCSQTAZmlhvcsqtaz]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


@lru_cache(maxsize=4096)
def bounds(d: str) -> tuple[float, float, float, float]:
    """Give a box (left, top, right, bottom) that holds the outline; curves count with their control points."""
    x = y = 0.0
    xs: list[float] = []
    ys: list[float] = []
    for letter, rest in _STEP.findall(d):
        numbers = [float(text) for text in _NUMBER.findall(rest)]
        size = _COUNTS[letter.upper()]
        for start in range(0, len(numbers) if size else 0, size or 1):
            px, py = _reach(letter, numbers[start : start + size], x, y)
            xs += px
            ys += py
            x, y = px[-1], py[-1]
    return min(xs), min(ys), max(xs), max(ys)


def _reach(letter: str, numbers: list[float], x: float, y: float) -> tuple[list[float], list[float]]:
    """Give the points one step of an outline may touch from (x, y), the last of them its end."""
    ox, oy = (x, y) if letter.islower() else (0.0, 0.0)
    kind = letter.upper()
    if kind == "H":
        return [ox + numbers[0]], [y]
    if kind == "V":
        return [x], [oy + numbers[0]]
    if kind == "A":
        rx, ry, _, _, _, ax, ay = numbers
        ax, ay = ax + ox, ay + oy
        mx, my = (x + ax) / 2, (y + ay) / 2
        return [mx - rx, mx + rx, ax], [my - ry, my + ry, ay]
    return [ox + v for v in numbers[0::2]], [oy + v for v in numbers[1::2]]
