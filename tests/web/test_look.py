"""What people see keeps its budgets, asks no other host, holds no inline code, and can be read in both modes."""

import gzip
import math
import re
from pathlib import Path

import brotli
import pytest
from jinja2 import Environment

from microkitten.web import styles
from microkitten.web.declares import Declarations
from microkitten.web.jinja import PersonalTag

PACKAGE = Path(styles.__file__).resolve().parent.parent
STATIC = PACKAGE / "web/static"
TEMPLATES = sorted([*PACKAGE.glob("web/templates/**/*.*"), *PACKAGE.glob("shop/*/templates/**/*.*")])
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and "mail" not in path.parent.name]
TOKENS = (styles.SOURCES / "tokens.css").read_text(encoding="utf-8")

GROUNDS = ["apricot", "blossom", "lilac", "sky", "lagoon", "sage", "hero"]
BODY = [("ink", ground) for ground in ["paper", "paper-2", "slip", "sea-ground", "rose-ground", *GROUNDS]]
SMALL = [
    ("ink-2", "paper"), ("ink-2", "paper-2"), ("ink-2", "slip"), ("sea", "paper"), ("sea", "paper-2"), ("sea", "slip"),
    ("rose", "paper"), ("rose", "paper-2"), ("rose", "rose-ground"), ("slip", "rose"),
    ("paper", "ink"), ("slip", "sea"),
    ("on-marigold", "marigold"), ("on-marigold", "marigold-2"), *[("ink-2", ground) for ground in GROUNDS],
    *[("sea", ground) for ground in GROUNDS],
]  # fmt: skip
EDGES = [
    ("edge", "paper"),
    ("edge", "paper-2"),
    ("edge", "slip"),
    ("sea", "sea-ground"),
    ("rose", "rose-ground"),
]


def test_style_sheet_is_small() -> None:
    """All CSS of the shop in at most 12 KB, as a browser receives it."""
    assert len(gzip.compress(styles.assemble().encode())) <= 12 * 1024


def test_style_sheet_loses_nothing_but_blanks() -> None:
    """Squeezing keeps every rule: as many braces and declarations of custom properties as in the sources."""
    whole = styles.assemble()
    assert whole.count("{") == whole.count("}")
    source = "".join(path.read_text() for layer in styles.LAYERS for path in styles.sources(layer))
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    assert whole.count("{") == bare.count("{") + len(styles.LAYERS)
    assert len(re.findall(r"--[a-z0-9-]+:", whole)) == len(re.findall(r"--[a-z0-9-]+:", bare))


def test_scripts_are_small() -> None:
    """htmx and our own script in at most 20 KB, compressed."""
    total = sum(len(brotli.compress(path.read_bytes())) for path in STATIC.rglob("*.js"))
    assert total <= 20 * 1024


def test_font_is_small_and_licensed() -> None:
    """One face, at most 32 KB, its license beside it."""
    fonts = list(STATIC.rglob("*.woff2"))
    assert [font.name for font in fonts] == ["bricolage.woff2"]
    assert fonts[0].stat().st_size <= 32 * 1024
    assert "SIL Open Font License" in (fonts[0].parent / "bricolage.OFL.txt").read_text()


def test_nothing_leads_to_another_host() -> None:
    """P1: neither style nor icon nor page loads anything from elsewhere."""
    assert not re.findall(r"url\(\s*[\"']?(?:[a-z]+:|//)", styles.assemble())
    for path in PAGES:
        loads = re.findall(
            r"<(?:link|script|img|source|iframe)[^>]+(?:src|href|srcset)=[\"'](?:https?:)?//",
            path.read_text(),
        )
        assert not loads, path
    for path in STATIC.rglob("*.svg"):
        without_names = re.sub(r'xmlns(:\w+)?="[^"]*"', "", path.read_text())
        assert "//" not in re.sub(r"<!--.*?-->", "", without_names, flags=re.DOTALL), path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_inline_code(path: Path) -> None:
    """The content security policy allows none, so none is written: no style, no script, no handler."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"hx-on|hx-vals=[\"']js:|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_parse_and_stay_short(path: Path) -> None:
    """Each is a page one can read at a sitting."""
    text = path.read_text(encoding="utf-8")
    Environment(extensions=[PersonalTag, Declarations], autoescape=True).parse(text)
    assert text.count("\n") < 300


def test_every_icon_is_in_the_sprite() -> None:
    """A name that is written in a template is drawn."""
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for path in PAGES for name in re.findall(r'icon\("([a-z0-9-]+)"\)', path.read_text())}
    assert named <= drawn


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), BODY)
def test_body_text_reaches_seven_to_one(text: str, ground: str, mode: str) -> None:
    """WCAG 1.4.6, in both modes."""
    assert contrast(token(text, mode), token(ground, mode)) >= 7


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), SMALL)
def test_other_text_reaches_four_and_a_half(text: str, ground: str, mode: str) -> None:
    """WCAG 1.4.3, in both modes."""
    assert contrast(token(text, mode), token(ground, mode)) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_can_be_seen(edge: str, ground: str, mode: str) -> None:
    """WCAG 1.4.11, in both modes."""
    assert contrast(token(edge, mode), token(ground, mode)) >= 3


def token(name: str, mode: str) -> tuple[float, float, float]:
    """Return a color token as OKLCH (lightness 0-1, chroma, hue in degrees)."""
    value = re.search(rf"--{name}: (.+);", TOKENS)
    assert value, name
    colors = re.findall(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", value.group(1))
    lightness, chroma, hue = colors[-1 if mode == "dark" else 0]
    return float(lightness) / 100, float(chroma), float(hue)


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the contrast ratio of two colors (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: tuple[float, float, float]) -> float:
    """Return the relative luminance of an OKLCH color, what sRGB cannot show clipped as screens do."""
    lightness, chroma, hue = color
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
