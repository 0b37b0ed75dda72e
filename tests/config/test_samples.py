"""The sample goods must be fit to sell: each with its words, prices and three pictures, the same on every machine."""

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

import microkitten.web
from microkitten.config import samples
from microkitten.config.samples.kit import stuff
from microkitten.config.samples.kit.color import TINTS, oklch, to_oklch
from microkitten.config.samples.page_art import page_art

GOODS = samples.catalogue()
SLUGS = [product.slug for product in GOODS.products]
STATIC = Path(microkitten.web.__file__).parent / "static"
LIMITS = {"title": 60, "summary": 110, "text": 330, "materials": 90, "size": 70, "care": 90}
SHOUTS = re.compile(r"!|\b[A-Z]{4,}\b")


def test_the_shop_has_eight_shelves_and_about_sixty_goods() -> None:
    """A first page with gaps looks like a shop that is closing."""
    shelves = [category.slug for category in GOODS.categories]
    assert len(shelves) == 8
    assert 55 <= len(SLUGS) <= 70
    for shelf in shelves:
        assert sum(product.category == shelf for product in GOODS.products) >= 6
    assert all(category.ground in TINTS for category in GOODS.categories)


def test_slugs_and_skus_are_unique_and_plain() -> None:
    """They become addresses and keys."""
    skus = [variant.sku for product in GOODS.products for variant in product.variants]
    assert len(set(SLUGS)) == len(SLUGS)
    assert len(set(skus)) == len(skus)
    assert all(re.fullmatch(r"[a-z0-9-]{3,40}", slug) for slug in SLUGS)
    assert all(re.fullmatch(r"[A-Z0-9-]{3,24}", sku) for sku in skus)


def test_prices_are_whole_or_half_dollars_and_sales_are_cheaper() -> None:
    """A price that ends in .99 is a small lie."""
    for product in GOODS.products:
        for variant in product.variants:
            assert variant.price_minor > 0
            assert variant.price_minor % 50 == 0, variant.sku
            if variant.sale_price_minor is not None:
                assert 0 < variant.sale_price_minor < variant.price_minor
                assert variant.sale_price_minor % 50 == 0


def test_each_state_of_a_product_is_on_the_shelf() -> None:
    """Whoever tries the shop must meet a sale, a sold-out thing and a preorder."""
    goods = GOODS.products
    sold_out = [
        p for p in goods if not p.digital and not p.preorder_note and not any(v.stock for v in p.variants)
    ]
    assert len(sold_out) == 1
    assert sum(bool(p.preorder_note) for p in goods) == 1
    assert not any(p.digital for p in goods), "a file cannot be handed over yet, so none is sold"
    assert sum(p.variants[0].sale_price_minor is not None for p in goods) >= 5
    assert sum(p.featured for p in goods) >= 6
    assert sum(p.new for p in goods) >= 6


def test_variants_name_one_value_of_each_option_and_differ() -> None:
    """Two variants that look alike cannot be chosen between."""
    for product in GOODS.products:
        assert 1 <= len(product.variants) <= 6
        allowed = {option.name: {value.name for value in option.values} for option in product.options}
        for variant in product.variants:
            assert [name for name, _ in variant.values] == list(allowed)
            assert all(value in allowed[name] for name, value in variant.values)
            assert re.fullmatch(r"#[0-9a-f]{6}", variant.color)
        assert len({variant.values for variant in product.variants}) == len(product.variants)
        assert (len(product.variants) > 1) == bool(product.options)


def test_words_are_there_short_and_calm() -> None:
    """The shop does not shout, and a title fits on a phone."""
    for product in GOODS.products:
        for name, limit in LIMITS.items():
            text = getattr(product, name)
            assert text.strip() == text
            assert 0 < len(text) <= limit, (product.slug, name, len(text))
            assert not SHOUTS.search(text), (product.slug, name, text)
        assert product.weight_g > 0 or product.digital


def test_each_picture_is_described_for_each_variant() -> None:
    """Who cannot see the picture must still know the color."""
    for product in GOODS.products:
        for variant in product.variants:
            views = product.views(variant.sku)
            assert tuple(view.name for view in views) == samples.VIEWS
            assert all(15 <= len(view.alt) <= 140 for view in views)
            if product.options and product.options[0].name == "Color":
                assert variant.values[0][1] in views[0].alt


def test_a_fish_is_a_fish_in_words() -> None:
    """The sentence itself, once, so that nobody changes its grammar unawares."""
    assert (
        GOODS.product("felt-mouse").views("PL-MOUSE-OAT")[0].alt == "Felt mouse in oat, seen from the front"
    )
    assert GOODS.product("cork-ball").views("PL-CORK-3")[0].alt == "Cork ball, three, seen from the front"


@pytest.mark.parametrize("slug", SLUGS)
def test_drawings_are_whole_and_refer_to_nothing_outside(slug: str) -> None:
    """Well-formed, deterministic, no script, no style, no font, no address, every reference defined."""
    for view in samples.VIEWS:
        svg = samples.draw(slug, view)
        assert svg == samples.draw(slug, view)
        _assert_self_contained(svg)
        assert len(svg) < 170_000


def _assert_self_contained(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {
        "svg",
        "defs",
        "g",
        "path",
        "ellipse",
        "clipPath",
        "pattern",
        "radialGradient",
        "linearGradient",
        "stop",
    }
    names = {name.rpartition("}")[2] for element in root.iter() for name in element.attrib}
    assert not names & {"href", "style", "class"}
    assert not any(name.startswith("on") for name in names)
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)
    assert "nan" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_colors_follow_the_variant() -> None:
    """Each variant with another color has another picture; sizes share one."""
    for product in GOODS.products:
        drawn = {v.color: samples.draw(product.slug, "front", v.sku) for v in product.variants}
        assert len(set(drawn.values())) == len(drawn), product.slug


def test_unknown_names_are_refused() -> None:
    """A wrong slug, view or SKU must not give somebody else's picture."""
    for arguments in (
        ("no-such", "front", None),
        ("felt-mouse", "back", None),
        ("felt-mouse", "front", "PL-BOX"),
    ):
        with pytest.raises(KeyError):
            samples.draw(*arguments)


@pytest.mark.slow
@pytest.mark.parametrize("view", samples.VIEWS)
def test_every_view_becomes_pixels(view: str) -> None:
    """All of them, small: what cannot be rasterized would be a hole on the first page."""
    for slug in SLUGS:
        picture = Image.open(BytesIO(samples.rasterize(samples.draw(slug, view), 72))).convert("RGB")
        assert picture.size == (72, 72)
        assert len(picture.getcolors(maxcolors=72 * 72) or ()) > 60, slug


@pytest.mark.slow
def test_every_thing_stands_in_the_middle_and_fills_its_ground() -> None:
    """Small things, drawn large: neither lost on the ground nor cut by its edge."""
    for product in GOODS.products:
        svg = samples.draw(product.slug, "front")
        left, top, right, bottom = _extent(svg)
        assert left >= 40, product.slug
        assert right <= 1160, product.slug
        assert max(right - left, bottom - top) >= 600, product.slug
        assert abs((left + right) / 2 - 600) < 90, product.slug
        assert abs((top + bottom) / 2 - 610) < 90, product.slug


def _extent(svg: str) -> tuple[float, float, float, float]:
    """Find where the picture differs from its ground: the ground is drawn first, in two rectangles."""
    body = svg.index("</defs>") + len("</defs>")
    ground = re.match(r"(<path [^>]*/>){2}", svg[body:])
    assert ground
    thing = svg[:body] + svg[body + ground.end() :]
    alpha = Image.open(BytesIO(samples.rasterize(thing, 120))).convert("RGBA").getchannel("A")
    box = alpha.point([255 if value > 140 else 0 for value in range(256)]).getbbox()
    assert box
    return box[0] * 10.0, box[1] * 10.0, box[2] * 10.0, box[3] * 10.0


def test_the_pages_own_drawings_are_the_ones_in_static() -> None:
    """The files are made by the program; when it changes, they must be written again."""
    for path, svg in page_art().items():
        _assert_self_contained(svg)
        assert (STATIC / path).read_text(encoding="utf-8") == svg, path


def test_page_drawings_can_share_a_page() -> None:
    """Inlined side by side, no id of one may be taken for another's."""
    ids = [re.findall(r'id="([^"]+)"', svg) for svg in page_art().values()]
    everything = [name for names in ids for name in names]
    assert len(everything) == len(set(everything))


def test_the_mark_takes_the_color_of_its_text() -> None:
    """It must work in light and dark without being asked."""
    assert 'stroke="currentColor"' in page_art()["mark.svg"]
    assert "currentColor" not in page_art()["favicon.svg"]


def test_colors_survive_the_way_there_and_back() -> None:
    """The tints are given in OKLCH and used as sRGB."""
    for color in (*TINTS.values(), "#000000", "#ffffff", "#2f7f8b"):
        assert oklch(*to_oklch(color)) == color


def test_materials_are_the_same_at_each_run() -> None:
    """Grain is scatter, but not chance: a picture's hash must not change overnight."""
    for name in stuff.names():
        first = stuff.pattern(name)
        stuff.pattern.cache_clear()
        assert stuff.pattern(name) == first
