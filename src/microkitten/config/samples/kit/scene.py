"""Scenes: a thing on its ground, the same thing from near, and the same thing with its cat."""

import re
from dataclasses import dataclass

from . import stuff
from .color import TINTS, light, shade, tone
from .path import n, rect
from .solid import fill, flat_shadow, move

SIZE = 1200
FLOOR = 930
_CLIP = re.compile(r'<clipPath id="(k[0-9a-f]{8})">.*?</clipPath>')
_SOFT = (
    '<radialGradient id="soft"><stop offset="0" stop-color="#2b2a3a" stop-opacity="0.34"/>'
    '<stop offset="0.55" stop-color="#2b2a3a" stop-opacity="0.16"/>'
    '<stop offset="1" stop-color="#2b2a3a" stop-opacity="0"/></radialGradient>'
)
# A straight fall of light costs the renderer half of what a round one does, on every picture.
_GLOW = (
    '<linearGradient id="glow" x1="0" y1="0" x2="0.8" y2="1">'
    '<stop offset="0" stop-color="#fff" stop-opacity="0.6"/>'
    '<stop offset="0.8" stop-color="#fff" stop-opacity="0"/></linearGradient>'
)


@dataclass(frozen=True)
class Use:
    """How a thing is used: where it stands in the scene, its cat, and which of the two is in front.

    `layer` is `behind`, `between` (inside the thing) or `before`; `setting` is `floor`, `table` or `bare`.
    `extra` is drawn before all, `over` after all, both in the scene's own coordinates; a `joined` cat is drawn
    in the thing's coordinates and moves with it. `scale` 0 leaves the thing out (the cat wears it).
    """

    cat: str
    layer: str = "before"
    scale: float = 0.8
    x: float = 600
    y: float = FLOOR
    setting: str = "floor"
    extra: str = ""
    over: str = ""
    joined: bool = False


@dataclass(frozen=True)
class Art:
    """One thing, drawn around (600, 930) as its standing point, in the layers a cat may slip between."""

    front: str
    use: Use
    back: str = ""
    shadow: str = ""
    focus: tuple[float, float, float] = (600, 700, 2.1)


def _ground(tint: str, setting: str) -> str:
    body = fill(rect(0, 0, SIZE, SIZE), tint) + fill(rect(0, 0, SIZE, SIZE), "url(#glow)")
    if setting == "floor":
        body += fill(rect(0, 800, SIZE, 400), tone(tint, -0.032, 1.2))
    if setting == "table":
        top = "#d9b98c"
        body += fill(rect(0, 920, SIZE, 280), top) + fill(rect(0, 920, SIZE, 280), "url(#wood)")
        body += fill(rect(0, 1090, SIZE, 110), shade(top, 0.10)) + fill(
            rect(0, 1088, SIZE, 4), light(top, 0.06)
        )
    return body


def front(art: Art, tint: str, fit: tuple[float, float, float] = (600, 600, 1)) -> str:
    """Show the thing alone, with much air; `fit` is the point to stand in the middle, and the scale."""
    x, y, scale = fit
    body = move(move(art.shadow + art.back + art.front, -x, -y), SIZE / 2, SIZE / 2 + 10, scale)
    return _svg(_ground(tint, "bare") + body)


def detail(art: Art, tint: str) -> str:
    """Show the thing from so near that its material can be seen."""
    x, y, zoom = art.focus
    near = move(move(art.shadow + art.back + art.front, -x, -y), SIZE / 2, SIZE / 2, zoom)
    return _svg(_ground(tone(tint, -0.012, 1.25), "bare") + near)


def use(art: Art, tint: str) -> str:
    """Show the thing at work, with a cat."""
    u = art.use

    def placed(body: str) -> str:
        return move(move(body, -600, -FLOOR), u.x, u.y, u.scale) if body and u.scale else ""

    animal = placed(u.cat) if u.joined else u.cat
    layers = {
        "behind": placed(art.shadow) + animal + placed(art.back + art.front),
        "between": placed(art.shadow + art.back) + animal + placed(art.front),
        "before": placed(art.shadow + art.back + art.front) + animal,
    }
    return _svg(_ground(tint, u.setting) + u.extra + layers[u.layer] + u.over)


def _svg(body: str) -> str:
    return wrap(body, SIZE, SIZE)


def wrap(body: str, width: float, height: float, prefix: str = "", attributes: str = "") -> str:
    """Close a drawing: gather its clips and materials once, and give it its view box.

    `prefix` keeps the ids of several drawings on one page apart.
    """
    clips = {m.group(1): m.group(0) for m in _CLIP.finditer(body)}
    body = _CLIP.sub("", body)
    tiles = "".join(stuff.pattern(name) for name in stuff.names() if f"url(#{name})" in body)
    lights = (_SOFT if "url(#soft)" in body else "") + (_GLOW if "url(#glow)" in body else "")
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {n(width)} {n(height)}"{attributes}>'
        f"<defs>{lights}{tiles}{''.join(clips.values())}</defs>{body}</svg>"
    ).replace("<defs></defs>", "")
    if prefix:
        text = re.sub(r'(id="|url\(#)', rf"\g<1>{prefix}-", text)
    return text


def hung(d: str, height: float = 16) -> str:
    """Give the shadow of a flat thing for `Art.shadow`."""
    return flat_shadow(d, height)


def tint(name: str) -> str:
    """Give the sRGB hex of a ground by its name; KeyError for one we do not have."""
    return TINTS[name]
