"""Colors as the eye sees them: OKLCH in, sRGB hex out, so that shades and tints keep their character."""

import math
from functools import cache

INK = "#2b2a3a"
PAPER = "#faf6ee"
MARIGOLD = "#eaa235"
SEA = "#2f7f8b"
ROSE = "#c9625f"
CREAM = "#f4ead8"
CHINA = "#f7f2e8"
ASH = "#dcb985"
WALNUT = "#8f6446"
CORK = "#c6966a"
KRAFT = "#cda06c"
SISAL = "#d5b783"
STEEL = "#bcc3cb"
BRASS = "#cfa448"
LEATHER = "#a5673f"


def _linear(byte: int) -> float:
    value = byte / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _byte(value: float) -> int:
    value = min(1.0, max(0.0, value))
    curved = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(curved * 255)


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Give the sRGB hex of an OKLCH color (lightness 0-1, hue in degrees); out-of-gamut channels are clipped."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return f"#{_byte(red):02x}{_byte(green):02x}{_byte(blue):02x}"


@cache
def to_oklch(color: str) -> tuple[float, float, float]:
    """Give lightness, chroma and hue of an sRGB hex color (`#rrggbb`)."""
    red, green, blue = (_linear(int(color[i : i + 2], 16)) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


@cache
def tone(color: str, by: float, chroma: float = 1.0) -> str:
    """Give the color lighter (`by` > 0) or darker (`by` < 0) in steps of OKLCH lightness, chroma scaled."""
    lightness, strength, hue = to_oklch(color)
    return oklch(min(0.995, max(0.06, lightness + by)), strength * chroma, hue)


@cache
def shade(color: str, depth: float = 0.085) -> str:
    """Give the side turned away from the light: darker, a little cooler, a little fuller."""
    lightness, strength, hue = to_oklch(color)
    drift = (-90.0 if 20 < hue < 140 else 60.0) * min(depth, 0.12)
    return oklch(max(0.06, lightness - depth), strength * max(0.55, 1.12 - 1.6 * depth) + 0.004, hue + drift)


@cache
def light(color: str, height: float = 0.06) -> str:
    """Give the side turned to the light: lighter, a little warmer."""
    lightness, strength, hue = to_oklch(color)
    return oklch(min(0.99, lightness + height), strength * 0.9, hue)


# The six grounds: one hue each, near the same lightness, so that no category outshines another.
TINTS = {
    "apricot": oklch(0.935, 0.042, 72),
    "blossom": oklch(0.932, 0.027, 28),
    "lilac": oklch(0.928, 0.030, 303),
    "sky": oklch(0.930, 0.025, 243),
    "sea": oklch(0.932, 0.025, 195),
    "sage": oklch(0.934, 0.034, 135),
}
