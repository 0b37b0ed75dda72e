"""What a drawing is told about the variant it shows: its color, its size, its ground."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """The shown variant; `color` is an sRGB hex, `option` the name of its size or kind (empty if it has none)."""

    color: str
    option: str = ""
    tint: str = "#ffffff"
