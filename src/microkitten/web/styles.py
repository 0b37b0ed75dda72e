"""The shop's one style sheet, put together from a file for each component so that each can be read alone."""

import re
from pathlib import Path

SOURCES = Path(__file__).parent / "css"
LAYERS = ("reset", "tokens", "elements", "layout", "components", "pages", "print")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Blanks that mean nothing; those around + and - stay, calc() needs them.
_LOOSE = re.compile(r"\s*([{};,>])\s*")


def assemble() -> str:
    """Return `shop.css`: every source in its cascade layer, comments and idle blanks taken out."""
    layers = [f"@layer {','.join(LAYERS)};"]
    layers += [f"@layer {name}{{{_squeezed(name)}}}" for name in LAYERS]
    return "".join(layers) + "\n"


def sources(layer: str) -> list[Path]:
    """Return the files of a layer in the order of their names: one file, or a folder of them."""
    single = SOURCES / f"{layer}.css"
    return [single] if single.exists() else sorted((SOURCES / layer).glob("*.css"))


def _squeezed(layer: str) -> str:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources(layer))
    text = re.sub(r"\s+", " ", _COMMENT.sub("", text))
    text = _LOOSE.sub(r"\1", text).replace(";}", "}")
    return re.sub(r"(?<=[{;])([a-z-]+|--[a-z0-9-]+): ", r"\1:", text).strip()
