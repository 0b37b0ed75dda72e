"""Pictures: only pixels are kept, within limits, under names that lead nowhere else (P1)."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image, PngImagePlugin

from microkitten.shop.catalog.actions import NotAPicture, add_picture, make_sizes, remove_picture
from microkitten.shop.catalog.models import Edition, Picture, Product
from microkitten.shop.catalog.models.picture import media_file
from microkitten.web.queue.models import Job
from tests.shop.goods import NOW, a_product, some_goods

pytestmark = pytest.mark.django_db
CANARY = "Anna Canary, 12 Larkspur Lane"


@pytest.fixture
def mouse(tmp_path: Path) -> Product:
    """A product without pictures."""
    return a_product(tmp_path)


def a_file(
    kind: str = "JPEG", size: tuple[int, int] = (1600, 900), mode: str = "RGB", **options: object
) -> BytesIO:
    """Return a picture file: left half red, right half blue."""
    image = Image.new(mode, size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    file = BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def kept(picture: Picture) -> bytes:
    """Return the master's bytes."""
    path = media_file(picture.master)
    assert path is not None
    return path.read_bytes()


def test_what_a_camera_wrote_is_gone(mouse: Product) -> None:
    """Name, place and time of the photograph do not reach the shop; the picture stands upright."""
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = CANARY, 6  # artist; turned by 90 degrees
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 30.0)  # latitude
    picture = add_picture(
        product=mouse, file=a_file(exif=exif, comment=CANARY.encode()), alt="A mouse", at=NOW
    )
    assert CANARY.encode() not in kept(picture)
    with Image.open(BytesIO(kept(picture))) as image:
        assert not image.getexif()
        assert "comment" not in image.info
        assert image.size == (900, 1600) == (picture.width, picture.height)
        red, _, blue = image.convert("RGB").getpixel((450, 100))  # type: ignore[misc] # three bands of RGB
        assert red > 200 > blue, "what was left is up"


def test_texts_in_other_formats_are_gone_too(mouse: Product) -> None:
    """PNG's text chunks and WebP's metadata are as talkative as EXIF."""
    words = PngImagePlugin.PngInfo()
    words.add_itxt("Author", CANARY)
    exif = Image.Exif()
    exif[0x013B] = CANARY
    files = [a_file("PNG", pnginfo=words), a_file("WEBP", exif=exif), a_file("AVIF", exif=exif)]
    for file in files:
        assert CANARY.encode() in file.getvalue(), "the control: it was in there"
        assert CANARY.encode() not in kept(add_picture(product=mouse, file=file, alt="A mouse", at=NOW))


def a_bomb(width: int, height: int) -> BytesIO:
    """Return a small PNG file that claims to be enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(20))  # a tenth of what was promised
    return BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (a_bomb(60_000, 60_000), "no PNG|pixels"),
        (a_bomb(20_000, 10), "pixels"),
        (a_bomb(10, 10), "damaged"),
        (BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), "PNG, JPEG, WebP or AVIF"),
        (a_file("GIF"), "PNG, JPEG, WebP or AVIF"),
        (a_file("TIFF"), "PNG, JPEG, WebP or AVIF"),
        (BytesIO(b""), "PNG, JPEG, WebP or AVIF"),
        (BytesIO(a_file().getvalue()[:2000]), "damaged"),
        (BytesIO(bytes(26 * 1024 * 1024)), "larger than 25 MB"),
    ],
)
def test_what_is_no_picture_of_ours_is_refused(mouse: Product, file: BytesIO, said: str) -> None:
    """Bombs, drawings that may hold scripts, other formats and broken files: a sentence each, nothing kept."""
    with pytest.raises(NotAPicture, match=said):
        add_picture(product=mouse, file=file, alt="x", at=NOW)
    assert not Picture.objects.exists()


def test_sizes_are_made_by_the_worker_and_pages_show_the_master_until_then(mouse: Product) -> None:
    """The row is there at once, the job is left with ids only, and the second making changes nothing."""
    picture = add_picture(product=mouse, file=a_file(), alt="A mouse", credit="Ann", at=NOW)
    assert list(Job.objects.values_list("name", "arguments")) == [("make-picture", {"picture": picture.pk})]
    assert picture.shown().src == f"/media/{picture.master}"
    assert picture.shown().sources == ()
    edition = Edition.current()
    make_sizes(picture_id=picture.pk, at=NOW)
    picture.refresh_from_db()
    assert picture.made == {"avif": [320, 640, 1280], "webp": [320, 640, 1280]}
    assert Edition.current() > edition
    for ending, kind in (("avif", "AVIF"), ("webp", "WEBP")):
        for width in (320, 640, 1280):
            path = media_file(picture.size_name(ending, width))
            assert path is not None
            with Image.open(path) as image:
                assert (image.format, image.width) == (kind, width)
    types = [source.type for source in picture.shown().sources]
    assert types == ["image/avif", "image/webp"]
    assert " 640w" in picture.shown().sources[0].srcset
    make_sizes(picture_id=picture.pk, at=NOW)
    make_sizes(picture_id=10**9, at=NOW)


def test_a_small_picture_is_not_blown_up(mouse: Product) -> None:
    """It keeps its own width; transparency stays."""
    picture = add_picture(product=mouse, file=a_file("PNG", (200, 100), "RGBA"), alt="A mouse", at=NOW)
    assert picture.master.endswith(".png")
    assert picture.widths() == (200,)


def test_the_same_picture_is_kept_once_and_goes_with_its_last_use(
    mouse: Product, tmp_path: Path, django_capture_on_commit_callbacks: object
) -> None:
    """Given twice to one product it stands once; its file stays while another product shows it."""
    first = add_picture(product=mouse, file=a_file(), alt="A mouse", at=NOW)
    assert add_picture(product=mouse, file=a_file(), alt="A mouse", at=NOW) == first
    other = add_picture(product=a_product(tmp_path, "Cork ball"), file=a_file(), alt="A ball", at=NOW)
    path = media_file(first.master)
    assert path is not None
    for picture, is_there in ((first, True), (other, False)):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator] # pytest-django's fixture
            remove_picture(picture=picture, at=NOW)
        assert path.is_file() == is_there


def test_media_files_have_strict_names_and_are_kept_for_ever(client: Client, mouse: Product) -> None:
    """No name leads out of the folder; what is there says what it is and never changes."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    picture = add_picture(product=mouse, file=a_file(), alt="A mouse", at=NOW)
    response = client.get(f"/media/{picture.master}", secure=True, headers={"host": "localhost"})
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content == kept(picture)
    stem = picture.master[:40]
    for name in (
        "../store.toml",
        "..%2fstore.toml",
        f"{stem}.svg",
        f"{stem}.jpg%00",
        f".{stem}.jpg",
        stem,
        f"{stem}-1.jpg",
    ):
        assert client.get(f"/media/{name}", secure=True, headers={"host": "localhost"}).status_code == 404
    for name in ("../x.jpg", f"{stem}.jpg/..", f"a/{stem}.jpg", f"{stem}.jpg\n", f"{stem.upper()}.jpg"):
        assert media_file(name) is None


def test_an_import_brings_its_pictures(tmp_path: Path) -> None:
    """Files beside the import file go the same way as an upload."""
    (tmp_path / "mouse.png").write_bytes(a_file("PNG").getvalue())
    some_goods(
        tmp_path,
        {
            "title": "Felt mouse",
            "sku": "M",
            "pictures": [{"file": "mouse.png", "alt": "A mouse", "sku": "M"}],
        },
    )
    picture = Picture.objects.get()
    assert (picture.product.title, picture.variant and picture.variant.sku, picture.alt) == (
        "Felt mouse",
        "M",
        "A mouse",
    )
