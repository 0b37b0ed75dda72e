"""Pictures coming in: checked, stripped of what a camera wrote about its owner, kept by content hash (P1)."""

import os
import secrets
import warnings
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from microkitten.shop.catalog.models import Edition, Picture, Product, Variant
from microkitten.shop.catalog.models.picture import FORMATS, media_file
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave

FILE_BYTES_MAX = 25 * 1024 * 1024
PIXELS_MAX = 50_000_000
SIDE_PIXELS_MAX = 12_000
MASTER_SIDE_PIXELS_MAX = 2_560
ACCEPTED = ("PNG", "JPEG", "WEBP", "AVIF")  # drawings with scripts in them (SVG) are not taken from merchants


class NotAPicture(Exception):
    """The file is no picture that we take; the message says what to send instead."""


@dataclass(frozen=True, slots=True)
class Master:
    """A picture that has been checked, stripped and written to the media folder, `name` its file's name."""

    name: str
    width: int
    height: int


def keep_master(file: BinaryIO) -> Master:
    """Check a picture and keep its pixels as a master, outside of any transaction. Raises `NotAPicture`.

    Whatever the camera wrote into the file (place, time, device, owner) is gone: only pixels are kept,
    turned upright and in sRGB.
    """
    image = _opened(file)
    buffer = BytesIO()
    if image.mode == "RGBA" or image.info.get("lossless"):
        ending = "png"
        image.save(buffer, "PNG")
    else:
        ending = "jpg"
        image.save(buffer, "JPEG", quality=92, optimize=True)
    content = buffer.getvalue()
    name = f"{sha256(content).hexdigest()[:40]}.{ending}"
    _write(name, content)
    return Master(name, image.width, image.height)


def add_picture(
    *,
    product: Product,
    file: BinaryIO,
    alt: str,
    at: datetime,
    credit: str = "",
    variant: Variant | None = None,
) -> Picture:
    """Keep a picture of a product: its master at once, its sizes by the worker. Raises `NotAPicture`."""
    return place_picture(
        product=product, master=keep_master(file), alt=alt, credit=credit, variant=variant, at=at
    )


@transaction.atomic
def place_picture(
    *,
    product: Product,
    master: Master,
    alt: str,
    at: datetime,
    credit: str = "",
    variant: Variant | None = None,
) -> Picture:
    """Put a kept master after the product's other pictures; the same one twice stays one."""
    if same := Picture.objects.filter(product=product, variant=variant, master=master.name).first():
        return same
    last: int | None = product.pictures.aggregate(last=Max("position"))["last"]
    picture = Picture.objects.create(
        product=product, variant=variant, position=0 if last is None else last + 1, alt=alt, credit=credit,
        master=master.name, width=master.width, height=master.height,
    )  # fmt: skip
    leave(JobName.MAKE_PICTURE, key=f"picture-{picture.pk}", picture=picture.pk)
    Edition.touch(at)
    return picture


def _opened(file: BinaryIO) -> Image.Image:
    """Return the upright sRGB pixels of a picture within limits (a small file may unpack to gigabytes)."""
    content = file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise NotAPicture(f"The file is larger than {FILE_BYTES_MAX // 1024**2} MB; send a smaller one.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=ACCEPTED)
            too_large = image.width * image.height > PIXELS_MAX or max(image.size) > SIDE_PIXELS_MAX
            if too_large:  # known from the header: nothing has been unpacked yet
                raise NotAPicture(
                    f"The picture has {image.width} x {image.height} pixels; send a smaller one."
                )
            image.load()
            return _plain(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise NotAPicture("This is no PNG, JPEG, WebP or AVIF picture; send one of these.") from problem
    except (OSError, SyntaxError, ValueError, EOFError) as problem:  # what Pillow says of broken files
        raise NotAPicture("The picture is damaged; save it again and send that.") from problem


def _plain(image: Image.Image) -> Image.Image:
    """Return nothing but pixels: upright, sRGB, at most 2,560 a side, no words about the maker."""
    lossless = image.format == "PNG"
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    mode = "RGBA" if upright.has_transparency_data else "RGB"
    if profile and upright.mode in {"RGB", "RGBA"}:
        upright = _in_srgb(upright, profile)
    plain = upright.convert(mode)
    if max(plain.size) > MASTER_SIDE_PIXELS_MAX:
        plain.thumbnail((MASTER_SIDE_PIXELS_MAX, MASTER_SIDE_PIXELS_MAX), Image.Resampling.LANCZOS)
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    bare.info = {"lossless": True} if lossless else {}
    return bare


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture in sRGB; a profile that cannot be read is left aside."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return image
    return image if turned is None else turned


def make_sizes(*, picture_id: int, at: datetime) -> None:
    """Make the sizes of a picture in each format; may be repeated. A picture that is gone needs none."""
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None or (source := media_file(picture.master)) is None:
        return
    with Image.open(source, formats=("PNG", "JPEG")) as master:
        master.load()
        for width in picture.widths():
            small = master.copy()
            small.thumbnail((width, SIDE_PIXELS_MAX), Image.Resampling.LANCZOS)
            for ending in FORMATS:
                name = picture.size_name(ending, width)
                if not _exists(name):
                    _write(name, _encoded(small, ending))
    with transaction.atomic():
        Picture.objects.filter(pk=picture_id).update(made={e: list(picture.widths()) for e in FORMATS})
        Edition.touch(at)


def _encoded(image: Image.Image, ending: str) -> bytes:
    buffer = BytesIO()
    if ending == "avif":
        image.save(buffer, "AVIF", quality=62, speed=8)
    else:
        image.save(buffer, "WEBP", quality=80, method=4)
    return buffer.getvalue()


def remove_picture(*, picture: Picture, at: datetime) -> None:
    """Take a picture off its product; its files go once no other picture shows them."""
    names = [picture.master, *(picture.size_name(e, w) for e in FORMATS for w in picture.widths())]
    with transaction.atomic():
        Picture.objects.filter(pk=picture.pk).delete()
        Edition.touch(at)
        if not Picture.objects.filter(master=picture.master).exists():
            transaction.on_commit(lambda: _unlink(names))


def media_bytes(name: str) -> bytes | None:
    """Return the content of a media file, or None if there is none of this name."""
    path = media_file(name)
    if path is None or not path.is_file():
        return None
    return path.read_bytes()


def _exists(name: str) -> bool:
    path = media_file(name)
    return path is not None and path.is_file()


def _write(name: str, content: bytes) -> None:
    """Write a media file whole or not at all; what already stands under its content's name is the same."""
    path = media_file(name)
    assert path is not None, name
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_bytes(content)
    os.replace(beside, path)


def _unlink(names: list[str]) -> None:
    for name in names:
        if path := media_file(name):
            path.unlink(missing_ok=True)
