"""The mark of the house: two ears and a dot, in two strokes; it may be read as an M."""

from .path import ellipse, n
from .solid import fill, line


def mark(x: float, y: float, size: float, color: str, opacity: float = 1) -> str:
    """Draw the mark in a square of `size` around (x, y)."""
    u = size / 32

    def at(px: float, py: float) -> str:
        return f"{n(x + (px - 16) * u)} {n(y + (py - 16) * u)}"

    ears = f"M{at(5, 27)}L{at(5, 6)}L{at(12, 12.5)}L{at(20, 12.5)}L{at(27, 6)}L{at(27, 27)}"
    dot = ellipse(x, y + 6.5 * u, 2.7 * u)
    return line(ears, color, 3.4 * u, opacity) + fill(dot, color, opacity)
