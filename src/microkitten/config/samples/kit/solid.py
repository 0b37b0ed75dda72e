"""Lit shapes: flat color, one light from the upper left, a slight grain, and shadows that stand on the ground."""

import zlib

from .color import light as lit_side
from .color import shade as dark_side
from .path import bounds, ellipse, n


def _beyond(d: str, margin: float) -> str:
    """Outline a rectangle around an outline: enough to stand for "everything else", no larger.

    The renderer gives each clipped group a layer as large as its content, so a huge rectangle costs seconds.
    """
    left, top, right, bottom = bounds(d)
    return f"M{n(left - 2)} {n(top - 2)}H{n(right + margin)}V{n(bottom + margin)}H{n(left - 2)}Z"


def _clip(d: str) -> tuple[str, str]:
    """Give the reference and the definition of a clip; equal outlines share one, gathered by `scene`."""
    name = f"k{zlib.crc32(d.encode()):08x}"
    return name, f'<clipPath id="{name}"><path d="{d}"/></clipPath>'


def inside(d: str, body: str) -> str:
    """Show the body only where the outline is."""
    name, definition = _clip(d)
    return f'{definition}<g clip-path="url(#{name})">{body}</g>'


def fill(d: str, color: str, opacity: float = 1) -> str:
    """Fill an outline with one flat color."""
    fade = "" if opacity >= 1 else f' fill-opacity="{opacity:.2f}"'
    return f'<path d="{d}" fill="{color}"{fade}/>'


def line(d: str, color: str, width: float, opacity: float = 1, dash: str = "") -> str:
    """Draw along an outline with round ends; `width` in units of the drawing."""
    fade = "" if opacity >= 1 else f' stroke-opacity="{opacity:.2f}"'
    gaps = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{d}" fill="none" stroke="{color}" stroke-width="{n(width)}" stroke-linecap="round"'
        f' stroke-linejoin="round"{gaps}{fade}/>'
    )


def solid(
    d: str,
    color: str,
    *,
    shade: float = 30,
    light: float = 9,
    stuff: str = "grain",
    over: str = "",
    depth: float = 0.085,
) -> str:
    """Draw a lit thing: shade as a crescent at the lower right, light at the upper left, its stuff's texture.

    `shade` and `light` are the crescents' widths, `over` is drawn upon the thing and kept inside its outline.
    """
    body = fill(d, color)
    if light:
        body = (
            fill(d, lit_side(color))
            + f'<path d="{d}" fill="{color}" transform="translate({n(light)} {n(light)})"/>'
        )
    body += over
    if shade:
        body += (
            f'<path d="{_beyond(d, shade + 2)}{d}" fill="{dark_side(color, depth)}" fill-rule="evenodd" '
            f'transform="translate({n(-shade * 0.8)} {n(-shade)})"/>'
        )
    if stuff:
        body += f'<path d="{d}" fill="url(#{stuff})"/>'
    return inside(d, body)


def union(d: str, color: str, *, light: float = 7, stuff: str = "grain", over: str = "") -> str:
    """Draw overlapping outlines as one silhouette with a rim of light."""
    body = fill(d, lit_side(color, 0.09)) if light else fill(d, color)
    if light:
        body += f'<path d="{d}" fill="{color}" transform="translate({n(light)} {n(light)})"/>'
    body += over
    if stuff:
        body += f'<path d="{d}" fill="url(#{stuff})"/>'
    return inside(d, body)


def move(
    body: str, x: float = 0, y: float = 0, scale: float = 1, turn: float = 0, *, flip: bool = False
) -> str:
    """Place a body: turned and scaled about its own origin, then moved; `flip` mirrors it left to right."""
    steps = []
    if x or y:
        steps.append(f"translate({n(x)} {n(y)})")
    if turn:
        steps.append(f"rotate({n(turn)})")
    if flip or scale != 1:
        steps.append(f"scale({-scale if flip else scale:.3f} {scale:.3f})")
    return f'<g transform="{" ".join(steps)}">{body}</g>' if steps else body


def about(body: str, x: float, y: float, scale: float = 1, turn: float = 0) -> str:
    """Turn and scale a body about a point that stays where it is."""
    return move(move(body, -x, -y), x, y, scale, turn)


def floor_shadow(x: float, y: float, rx: float, ry: float = 0) -> str:
    """Draw the shadow of a standing thing: soft and leaning to the right, dark where it touches the ground."""
    ry = ry or rx * 0.13
    soft = (
        f'<ellipse cx="{n(x + rx * 0.12)}" cy="{n(y + ry * 0.1)}" rx="{n(rx * 1.22)}" ry="{n(ry * 1.45)}" '
        'fill="url(#soft)"/>'
    )
    touch = (
        f'<ellipse cx="{n(x + rx * 0.02)}" cy="{n(y)}" rx="{n(rx * 0.97)}" ry="{n(ry * 0.62)}" '
        'fill="#2b2a3a" fill-opacity="0.20"/>'
    )
    return soft + touch


def flat_shadow(d: str, height: float = 16) -> str:
    """Draw the shadow of a thing that lies or hangs flat: its outline, moved away from the light."""
    parts = ""
    for share, opacity in ((1.7, 0.05), (1.0, 0.07), (0.45, 0.10)):
        shift = f"translate({n(height * share * 0.8)} {n(height * share)})"
        parts += f'<path d="{d}" fill="#2b2a3a" fill-opacity="{opacity}" transform="{shift}"/>'
    return parts


def pebble(x: float, y: float, rx: float, ry: float, color: str) -> str:
    """Draw a small round thing cheaply: one of very many."""
    return fill(ellipse(x, y, rx, ry), dark_side(color)) + fill(
        ellipse(x - rx * 0.10, y - ry * 0.16, rx * 0.88, ry * 0.82), color
    )
