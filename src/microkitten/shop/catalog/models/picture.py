"""Pictures of products: one master, and the sizes the worker has made of it so far."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from django.db import models
from django.db.models import Q

from microkitten.shop.catalog.models.product import Product
from microkitten.shop.catalog.models.variant import Variant
from microkitten.web import store

MEDIA_ADDRESS = "/media/"
WIDTHS = (320, 640, 1280)
FORMATS = {"avif": "image/avif", "webp": "image/webp"}  # best first: the browser takes the first it knows
MEDIA_TYPES = {**FORMATS, "png": "image/png", "jpg": "image/jpeg"}
# the only names that exist in the media folder: a content hash, perhaps a width, a known ending
_NAME = re.compile(
    r"(?P<hash>[0-9a-f]{40})(-(?P<width>[0-9]{1,4}))?\.(?P<ending>avif|webp|png|jpg)", re.ASCII
)


class Source(NamedTuple):
    """One better form of a picture: its media `type` and its `srcset`."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as a page shows it: the master as `src`, and the better `sources` made so far."""

    src: str
    width: int
    height: int
    alt: str
    credit: str
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Shown:
        """Build it from the columns master, width, height, alt, credit and made of one read row."""
        stem = str(row["master"]).rpartition(".")[0]
        sources = tuple(
            Source(
                media_type, ", ".join(f"{MEDIA_ADDRESS}{stem}-{width}.{ending} {width}w" for width in widths)
            )
            for ending, media_type in FORMATS.items()
            if (widths := (row["made"] or {}).get(ending))
        )
        return cls(
            src=MEDIA_ADDRESS + str(row["master"]),
            width=int(row["width"]),
            height=int(row["height"]),
            alt=str(row["alt"]),
            credit=str(row["credit"]),
            sources=sources,
        )


class Picture(models.Model):
    """A picture of a product, or of one of its variants; `master` is its file's name in the media folder."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    variant = models.ForeignKey(
        Variant, null=True, blank=True, on_delete=models.SET_NULL, related_name="pictures"
    )
    position = models.PositiveIntegerField(default=0)
    alt = models.CharField(max_length=300)
    credit = models.CharField(max_length=200, blank=True)
    master = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    made = models.JSONField(default=dict, blank=True)

    classified: ClassVar[dict[str, str]] = {
        "public": "id product variant position alt credit master width height made",
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="picture_has_an_area"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["product", "position", "id"], name="picture_by_product"),
        ]

    def __str__(self) -> str:
        return self.alt

    def shown(self) -> Shown:
        """Return what a page needs to show it."""
        return Shown.of(
            {name: getattr(self, name) for name in ("master", "width", "height", "alt", "credit", "made")}
        )

    def widths(self) -> tuple[int, ...]:
        """Return the widths worth making: those not above the master's, or its own if it is small."""
        return tuple(width for width in WIDTHS if width <= self.width) or (self.width,)

    def size_name(self, ending: str, width: int) -> str:
        """Return the file name of one size."""
        return f"{self.master.rpartition('.')[0]}-{width}.{ending}"


def media_file(name: str) -> Path | None:
    """Return where a media file of this name stands, or None for a name that no file of ours can have.

    The shape of the name is the whole defense: no slash, no dot-dot, no other ending comes through.
    """
    if not (match := _NAME.fullmatch(name)):
        return None
    return store.current().folder / "media" / match["hash"][:2] / name


def media_type(name: str) -> str:
    """Return the media type of a media file's name."""
    return MEDIA_TYPES[name.rpartition(".")[2]]
