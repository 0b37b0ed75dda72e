"""Steps of preparing a store that need the shop's own code: tables, static files, sample goods, imports.

Each runs in a process of its own, so that the supervisor stays small and, as root, a user without rights does it.
"""

import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from microkitten.config import check_database, identities, samples
from microkitten.config.processes import PICTURES_DRAWN, STYLES, environment
from microkitten.config.reporting import timed
from microkitten.config.store import read

PICTURE_PIXELS = 1280
# Good for every tile, and drawn in a quarter of the time: the shop opens with these.
FIRST_PIXELS = 640
PAGES_LIVE_SECONDS = 120
Progress = Callable[[int, int], None]


class CannotImport(Exception):
    """What is wrong with the rows of a file, and what to write instead; nothing was written."""


def run(part: str, folder: Path) -> None:
    """Do one part: `shop` (tables, static files, sample goods), `pictures` (the rest of the samples')."""
    store, serving = read(folder)
    if part == "shop":
        _style_sheet(folder)  # before the settings are read, which look for its folder
    _settle(folder)
    if part == "shop":
        _tables_and_files(folder)
        if store.sample:
            _goods(with_pictures=serving.pictures != "none")
    elif part == "pictures":
        os.nice(10)  # shoppers come first
        _remaining_pictures(folder)


def import_file(folder: Path, file: Path, progress: Progress) -> dict[str, int]:
    """Import products from `file` into the store; returns how many were made, changed and found the same.

    Raises `CannotImport` with what is wrong in each row; nothing is written then.
    """
    _, serving = read(folder)
    who = identities.choose(folder, serving.uids_base)
    if who.separate:  # what root wrote, the shop could not change later
        identities.becoming(who.worker, dies_with_parent=False)()
    _settle(folder)
    from microkitten.shop.catalog.actions import ImportRefused
    from microkitten.shop.stock.actions import import_products

    try:
        imported = import_products(file.resolve(), at=datetime.now(UTC), progress=progress)
    except ImportRefused as error:
        raise CannotImport(str(error)) from None
    return {"made": imported.made, "changed": imported.changed, "same": imported.same}


def _settle(folder: Path) -> None:
    os.environ.update(environment(folder, "worker"))
    import django  # late, as all of the shop below: its settings are read from the environment just set

    django.setup()
    from django.db import connection

    check_database.knock(connection)


def _tables_and_files(folder: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    with timed("shop's database"):
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
    with timed("static files"):
        call_command("collectstatic", verbosity=0, interactive=False, clear=(folder / "static").is_dir())


def _style_sheet(folder: Path) -> None:
    """Put the shop's style sheet together, the theme's own styles after it, for static files to collect."""
    from microkitten.web import styles

    place = folder / STYLES
    place.mkdir(exist_ok=True)
    theme = sorted((folder / "theme").glob("*.css"))
    parts = [styles.assemble(), *(path.read_text(encoding="utf-8") for path in theme)]
    (place / "shop.css").write_text("\n".join(parts), encoding="utf-8")


def _goods(*, with_pictures: bool) -> None:
    """Load the sample goods once, with the pictures that the first pages show; never over what is there."""
    from django.db import connection

    from microkitten.shop.catalog.models import Product
    from microkitten.shop.stock.actions import import_products

    if Product.objects.exists():
        return
    connection.close()  # no connection is carried into the processes that draw
    goods = samples.catalogue()
    with tempfile.TemporaryDirectory(prefix="mk-samples-") as place:
        if with_pictures:
            with timed(f"{len(goods.products)} first pictures"):
                _draw_many([product.slug for product in goods.products], Path(place))
        with timed(f"{len(goods.products)} sample goods"):
            path = Path(place, "goods.json")
            path.write_text(json.dumps(_document(goods, with_pictures=with_pictures)), encoding="utf-8")
            import_products(path, at=datetime.now(UTC))


def _draw_many(slugs: list[str], place: Path) -> None:
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as pool:
        for slug, png in zip(slugs, pool.map(_front, slugs), strict=True):
            (place / f"{slug}.png").write_bytes(png)


def _front(slug: str) -> bytes:
    return samples.rasterize(samples.draw(slug, "front"), FIRST_PIXELS)


def _document(goods: samples.Catalogue, *, with_pictures: bool) -> dict[str, Any]:
    """Return the goods as an import file has them: samples take the same way in as a merchant's own."""
    columns = ("slug", "title", "summary", "text", "materials", "size", "care", "category", "preorder_note")
    categories = [
        {"slug": c.slug, "title": c.title, "text": c.text, "ground": c.ground, "position": str(c.position)}
        for c in goods.categories
    ]
    opened = (datetime.now(UTC) - timedelta(days=60)).date().isoformat()  # so that the new ones are newer
    products = [
        {name: getattr(product, name) for name in columns}
        | ({} if product.new else {"created_at": opened})
        | {
            "weight_g": str(product.weight_g),
            "featured": product.featured,
            "digital": product.digital,
            "position": str(position),
            "options": [
                {"title": o.name, "values": [{"title": v.name, "color": v.color} for v in o.values]}
                for o in product.options
            ],
            "variants": [_variant(variant, product.digital) for variant in product.variants],
            "pictures": [_picture(product)] if with_pictures else [],
        }
        for position, product in enumerate(goods.products)
    ]
    return {"categories": categories, "products": products}


def _variant(variant: samples.SampleVariant, is_digital: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "sku": variant.sku,
        "price": _amount(variant.price_minor),
        "stock": "" if is_digital else str(variant.stock),  # what is not made of anything is not counted
        "options": dict(variant.values),
    }
    if variant.sale_price_minor is not None:
        row["sale_price"] = _amount(variant.sale_price_minor)
    return row


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _picture(product: samples.SampleProduct) -> dict[str, str]:
    return {"file": f"{product.slug}.png", "alt": product.views()[0].alt}


def _remaining_pictures(folder: Path) -> None:
    """Draw what is not there yet in full size: fronts of all goods, then their variants, then other views.

    Done once: what the merchant takes away later does not come back.
    """
    from microkitten.shop.catalog.actions import add_picture
    from microkitten.shop.catalog.models import Picture, Product, Variant

    small: list[Path] = []
    for product, view, sku in _wanted():
        alt = next(v.alt for v in product.views(sku) if v.name == view)
        row = Product.objects.filter(slug=product.slug).first()
        variant = Variant.objects.filter(sku=sku).first() if sku else None
        if row is None or (sku and variant is None):
            continue  # the merchant has taken it out
        there = Picture.objects.filter(product=row, variant=variant, alt=alt).first()
        if there is not None and there.width >= PICTURE_PIXELS:
            continue
        png = BytesIO(samples.rasterize(samples.draw(product.slug, view, sku), PICTURE_PIXELS))
        if there is None:
            add_picture(product=row, file=png, alt=alt, variant=variant, at=datetime.now(UTC))
        else:
            small += _enlarge(there, png)
    (folder / PICTURES_DRAWN).touch()
    time.sleep(PAGES_LIVE_SECONDS)  # pages that browsers still hold show the small ones
    for path in small:
        path.unlink(missing_ok=True)


def _enlarge(picture: Any, png: BytesIO) -> list[Path]:
    """Put a larger master in the place of a picture's own; returns the files that nothing will name any more."""
    from django.db import transaction

    from microkitten.shop.catalog.actions import keep_master
    from microkitten.shop.catalog.models import Edition
    from microkitten.shop.catalog.models.picture import FORMATS, media_file
    from microkitten.web.queue.names import JobName
    from microkitten.web.queue.outbox import leave

    names = [picture.master, *(picture.size_name(e, w) for e in FORMATS for w in picture.widths())]
    master = keep_master(png)
    with transaction.atomic():
        picture.master, picture.width, picture.height = master.name, master.width, master.height
        picture.made = {}
        picture.save(update_fields=["master", "width", "height", "made"])
        leave(JobName.MAKE_PICTURE, key=f"picture-{picture.pk}", picture=picture.pk)
        Edition.touch(datetime.now(UTC))
    return [path for name in names if (path := media_file(name)) is not None]


def _wanted() -> Iterator[tuple[samples.SampleProduct, str, str | None]]:
    products = samples.catalogue().products
    yield from ((product, "front", None) for product in products)
    for product in products:
        seen = {(product.variant().color, product.variant().drawn)}
        for variant in product.variants[1:]:
            if (variant.color, variant.drawn) not in seen:
                seen.add((variant.color, variant.drawn))
                yield product, "front", variant.sku
    yield from ((product, view, None) for view in ("use", "detail") for product in products)
