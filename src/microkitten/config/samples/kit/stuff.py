"""Materials: small repeating tiles that let felt look like felt and cork like cork, the same at each run."""

import math
from collections.abc import Callable, Iterator
from functools import cache

from .path import n


class _Dice:
    """A tiny repeatable source of scatter (LCG of Numerical Recipes): drawings must not differ between runs."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def roll(self, low: float, high: float) -> float:
        """Give the next number between low and high."""
        self._state = (self._state * 1664525 + 1013904223) % 2**32
        return low + (high - low) * self._state / 2**32


def _tile(name: str, size: int, body: str) -> str:
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">{body}</pattern>'
    )


def _around(size: int, x: float, y: float, reach: float) -> Iterator[tuple[float, float]]:
    """Give the place and its twins over the tile's edges, so that no seam shows."""
    for dx in (-size, 0, size):
        for dy in (-size, 0, size):
            if -reach < x + dx < size + reach and -reach < y + dy < size + reach:
                yield x + dx, y + dy


def _specks(seed: int, size: int, count: int, small: float, large: float) -> str:
    dice, d = _Dice(seed), []
    for _ in range(count):
        x, y, r = dice.roll(0, size), dice.roll(0, size), dice.roll(small, large)
        for px, py in _around(size, x, y, r):
            d.append(
                f"M{n(px - r)} {n(py)}a{n(r)} {n(r)} 0 1 1 {n(2 * r)} 0a{n(r)} {n(r)} 0 1 1 {n(-2 * r)} 0"
            )
    return "".join(d)


def _hairs(
    seed: int, size: int, count: int, length: float, bend: float = 0.6, lean: float | None = None
) -> str:
    dice, d = _Dice(seed), []
    for _ in range(count):
        x, y = dice.roll(0, size), dice.roll(0, size)
        angle = dice.roll(0, math.tau) if lean is None else math.radians(lean) + dice.roll(-0.25, 0.25)
        long, curve = dice.roll(length * 0.5, length), dice.roll(-bend, bend)
        dx, dy = math.cos(angle) * long, math.sin(angle) * long
        mx, my = dx / 2 - dy * curve, dy / 2 + dx * curve
        for px, py in _around(size, x, y, length):
            d.append(f"M{n(px)} {n(py)}q{n(mx)} {n(my)} {n(dx)} {n(dy)}")
    return "".join(d)


def _strokes(d: str, color: str, width: float, opacity: float) -> str:
    return (
        f'<path d="{d}" fill="none" stroke="{color}" stroke-width="{width}" stroke-linecap="round" '
        f'stroke-opacity="{opacity}"/>'
    )


def _dots(d: str, color: str, opacity: float) -> str:
    return f'<path d="{d}" fill="{color}" fill-opacity="{opacity}"/>'


def _grain() -> str:
    return _dots(_specks(7, 150, 70, 0.5, 1.3), "#2b2a3a", 0.10) + _dots(
        _specks(8, 150, 46, 0.5, 1.3), "#fff", 0.22
    )


def _felt() -> str:
    return _strokes(_hairs(3, 140, 64, 17), "#2b2a3a", 1.3, 0.10) + _strokes(
        _hairs(4, 140, 58, 17), "#fff", 1.3, 0.22
    )


def _wool() -> str:
    loops = "".join(
        f"M{x} {y}q7 11 14 0"
        for y in (6, 20)
        for x in (0 - (y == 20) * 7, 14 - (y == 20) * 7, 28 - (y == 20) * 7)
    )
    return _strokes(loops, "#2b2a3a", 2.2, 0.13)


def _weave() -> str:
    across = "M0 4h9M14 13h8M0 13h4"
    down = "M13 0v8M4 9v8"
    return _strokes(across, "#fff", 2.6, 0.22) + _strokes(down, "#2b2a3a", 2.2, 0.09)


def _wood() -> str:
    dice, d = _Dice(21), []
    for i in range(13):
        y, wave = i * 14 + dice.roll(-4, 4), dice.roll(-6, 6)
        d.append(f"M-2 {n(y)}C60 {n(y + wave)} 120 {n(y - wave)} 182 {n(y)}")
    flecks = _hairs(22, 180, 26, 26, 0.02, 0)
    return _strokes("".join(d), "#6b3f1d", 1.6, 0.17) + _strokes(flecks, "#6b3f1d", 1.2, 0.20)


def _cork() -> str:
    dark, pale = _specks(31, 130, 34, 1.2, 5.2), _specks(32, 130, 30, 1, 4.2)
    return (
        _dots(dark, "#5d3414", 0.24)
        + _dots(pale, "#fff1d6", 0.30)
        + _strokes(_hairs(33, 130, 16, 12), "#5d3414", 2, 0.22)
    )


def _board() -> str:
    return _strokes("M0 5h90M0 15h90M0 25h90", "#7a4a1c", 1.2, 0.07) + _dots(
        _specks(41, 90, 26, 0.6, 1.5), "#6b3f1d", 0.16
    )


def _sisal() -> str:
    threads = _hairs(51, 90, 46, 22, 0.1, -24)
    return _strokes(threads, "#7d5a22", 1.5, 0.24) + _strokes(
        _hairs(52, 90, 40, 22, 0.1, -20), "#fff6dc", 1.5, 0.32
    )


def _glaze() -> str:
    return _dots(_specks(61, 220, 30, 1, 3), "#6b4a35", 0.26) + _dots(
        _specks(62, 220, 40, 0.7, 1.4), "#6b4a35", 0.20
    )


def _metal() -> str:
    return _strokes(_hairs(71, 120, 34, 60, 0.0, 0), "#fff", 1.1, 0.20) + _strokes(
        _hairs(72, 120, 24, 50, 0.0, 0), "#2b2a3a", 1, 0.06
    )


_STUFFS: dict[str, tuple[int, Callable[[], str]]] = {
    "grain": (150, _grain),
    "felt": (140, _felt),
    "wool": (28, _wool),
    "weave": (18, _weave),
    "wood": (180, _wood),
    "cork": (130, _cork),
    "board": (90, _board),
    "sisal": (90, _sisal),
    "glaze": (220, _glaze),
    "metal": (120, _metal),
}


@cache
def pattern(name: str) -> str:
    """Give the tile of a material by its name; KeyError for one we do not have."""
    size, make = _STUFFS[name]
    return _tile(name, size, make())


def names() -> tuple[str, ...]:
    """Give the names of all materials."""
    return tuple(_STUFFS)
