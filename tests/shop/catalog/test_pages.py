"""The catalog's pages: the same for everybody, whole without scripts, in a fixed number of queries."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from microkitten.shop.catalog.actions import changed, show_availability
from microkitten.shop.catalog.models import Availability, Category, Edition, Product, Variant, edition
from microkitten.shop.catalog.models.tile import tiles
from tests.shop.goods import NOW, a_product, some_goods

pytestmark = pytest.mark.django_db

Count = Callable[[int], Any]


@pytest.fixture
def shop(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser on an encrypted connection; the visitor's cookie is another room's business."""
    monkeypatch.setattr(
        "microkitten.shop.visitors.middleware._keep", lambda response, cookie, **signals: None
    )
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    client.defaults |= {"wsgi.url_scheme": "https", "SERVER_NAME": "localhost"}
    return client


def many(folder: Path, count: int) -> None:
    """Fill a shelf."""
    some_goods(
        folder,
        *(
            {"title": f"Mouse {n:03}", "price": f"{count - n}.00", "featured": str(n < 12)}
            for n in range(count)
        ),
    )


def text_of(client: Client, address: str, status: int = 200) -> str:
    """Return a page's HTML."""
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/", 3),
        ("/catalog/", 3),
        ("/catalog/play/", 3),
        ("/catalog/play/?page=2&sort=price", 3),
        ("/search?q=mouse", 3),
        ("/search?q=mouze", 5),
        ("/products/mouse-001", 5),
    ],
)
def test_pages_ask_the_database_a_fixed_number_of_times(
    shop: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Count,
    address: str,
    queries: int,
) -> None:
    """Sixty products on the shelf or six: the same number of queries, and none for the head of the page."""
    monkeypatch.setattr(edition, "LOOK_SECONDS", 3600)
    many(tmp_path, 60)
    shop.get(address)
    with django_assert_num_queries(queries):
        assert "Mouse" in text_of(shop, address)


def test_pages_are_the_same_for_everybody(shop: Client, tmp_path: Path) -> None:
    """With a cookie or without, the bytes are the same and say that they may be kept; no cookie is set (P19)."""
    a_product(tmp_path)
    for address in ("/", "/catalog/", "/catalog/play/", "/products/felt-mouse", "/search?q=mouse"):
        bare = shop.get(address)
        shop.cookies.load({"__Host-visitor": "a" * 22, "__Host-cart": "b" * 22})
        known = shop.get(address)
        shop.cookies.clear()
        assert bare.content == known.content
        assert bare["Cache-Control"].startswith("public")
        assert not bare.cookies
        assert "Cookie" not in bare.get("Vary", "")


def test_a_product_can_be_put_into_the_cart_without_scripts(shop: Client, tmp_path: Path) -> None:
    """The page holds a plain form: radio buttons for variants, a quantity, a button named Add to cart."""
    variants = [
        {"sku": "B-S", "options": {"Color": "Sand", "Size": "Small"}, "stock": "9"},
        {"sku": "B-L", "options": {"Color": "Sand", "Size": "Large"}, "stock": "0", "price": "15.00"},
        {"sku": "B-R", "options": {"Color": "Rose", "Size": "Small"}, "stock": "2"},
    ]
    ball = a_product(tmp_path, "Cork ball", variants=variants)
    html = text_of(shop, "/products/cork-ball")
    form = html[html.index('<form class="buy"') : html.index("</form>", html.index('<form class="buy"'))]
    assert 'method="post" action="/cart/lines"' in form
    assert re.search(r"<button[^>]*>\s*Add to cart\s*</button>", form)
    radios = re.findall(
        r'<input type="radio" name="variant" value="(\d+)" required( checked)?( disabled)?>', form
    )
    keys = list(ball.variants.values_list("pk", flat=True))
    assert radios == [(str(keys[0]), " checked", ""), (str(keys[1]), "", " disabled"), (str(keys[2]), "", "")]
    assert [word in form for word in ("Sand", "Rose", "Sold out", "Only a few left", "$15.00")] == [True] * 5
    chosen = text_of(shop, "/products/cork-ball?variant=B-R")
    assert f'value="{keys[2]}" required checked' in chosen


def test_what_cannot_be_bought_offers_no_button(shop: Client, tmp_path: Path) -> None:
    """Sold out, ended and draft: said in words; a draft has no page at all."""
    product = a_product(tmp_path, stock="0")
    assert "Add to cart" not in (html := text_of(shop, "/products/felt-mouse"))
    assert "Sold out" in html
    Product.objects.filter(pk=product.pk).update(state=Product.State.ENDED)
    assert "We do not sell this any more" in text_of(shop, "/products/felt-mouse")
    Product.objects.filter(pk=product.pk).update(state=Product.State.DRAFT)
    text_of(shop, "/products/felt-mouse", status=404)
    assert "Felt mouse" not in text_of(shop, "/catalog/play/")


def test_preorders_and_files_say_what_they_are(shop: Client, tmp_path: Path) -> None:
    """A preorder can be bought before it is there; a file is never sold out."""
    a_product(tmp_path, "Paper tunnel", stock="0", preorder_note="Ships in April.")
    a_product(tmp_path, "Print at home", digital="true")
    tunnel = text_of(shop, "/products/paper-tunnel")
    assert "Ships in April." in tunnel
    assert "Add to cart" in tunnel
    assert "Add to cart" in text_of(shop, "/products/print-at-home")


def test_a_sale_price_shows_and_holds_within_its_dates(tmp_path: Path) -> None:
    """Before, during and after: the tile and the variant agree on what one costs."""
    product = a_product(tmp_path, price="10.00", sale_price="8.00")
    start, end = NOW + timedelta(days=1), NOW + timedelta(days=2)
    Variant.objects.filter(product=product).update(sale_starts_at=start, sale_ends_at=end)
    for at, minor, before in ((NOW, 1000, None), (start, 800, 1000), (end, 1000, None)):
        (tile,) = tiles(Product.objects.all(), at)
        variant = product.variants.get()
        assert (tile.price.minor, variant.price_at(at).minor) == (minor, minor)
        assert (tile.price_before.minor if tile.price_before else None) == before


def test_lists_are_paged_and_sorted(shop: Client, tmp_path: Path) -> None:
    """24 a page; a page beyond the last is none; what is no number or no order falls back to the first."""
    many(tmp_path, 30)
    cheapest = re.findall(r"Mouse \d+", text_of(shop, "/catalog/play/?sort=price"))[0]
    assert cheapest == "Mouse 029"
    second = text_of(shop, "/catalog/play/?sort=price&page=2")
    assert second.count('<article class="card') == 6
    assert 'href="/catalog/play/?page=1&amp;sort=price"' in second
    text_of(shop, "/catalog/play/?page=3", status=404)
    text_of(shop, "/catalog/play/?page=x&sort=;drop")
    text_of(shop, "/catalog/nowhere/", status=404)


def test_a_shelf_holds_what_stands_below_it(shop: Client, tmp_path: Path) -> None:
    """Goods of a lower shelf are found on the upper one."""
    some_goods(tmp_path, {"title": "Cork ball", "category": "Balls"}, {"title": "Felt mouse"})
    Category.objects.filter(slug="balls").update(parent=Category.objects.get(slug="play"))
    assert "Cork ball" in text_of(shop, "/catalog/play/")
    assert "Felt mouse" not in text_of(shop, "/catalog/balls/")


def test_texts_of_merchants_are_text(shop: Client, tmp_path: Path) -> None:
    """Whatever a title holds, it is shown and not run."""
    evil = "<script>alert(1)</script>'\"{{ 7*7 }}"
    a_product(tmp_path, evil, slug="evil", summary=evil, description=evil, materials=evil)
    for address in ("/", "/products/evil", "/search?q=alert"):
        html = text_of(shop, address)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html
        assert "49" not in re.sub(r"\S*\.(js|css|svg|woff2)\S*", "", html) or "7*7" in html


def test_an_empty_shop_has_pages(shop: Client) -> None:
    """Before the first product everything answers."""
    for address in ("/", "/catalog/", "/search", "/search?q=mouse"):
        text_of(shop, address)
    text_of(shop, "/products/felt-mouse", status=404)


def test_each_visible_change_begins_a_new_edition(tmp_path: Path) -> None:
    """Pages that were kept know by one number that they are old."""
    product = a_product(tmp_path)
    variant = product.variants.get()
    editions = [Edition.current()]
    show_availability(words={variant.pk: Availability.FEW}, at=NOW)
    editions.append(Edition.current())
    changed(products=[product.pk], at=NOW)
    editions.append(Edition.current())
    assert editions == sorted(set(editions))


def test_a_thing_is_new_for_a_month_unless_the_whole_shop_is(tmp_path: Path) -> None:
    """On the first day nothing is new; what comes later is, for thirty days."""
    some_goods(tmp_path, {"title": "Felt mouse", "created_at": "2026-01-05"}, {"title": "Cork ball"})
    for at, new in ((NOW, [False, True]), (NOW + timedelta(days=31), [False, False])):
        assert [tile.is_new for tile in tiles(Product.objects.order_by("pk"), at)] == new
    Product.objects.update(created_at=NOW)
    assert [tile.is_new for tile in tiles(Product.objects.order_by("pk"), NOW)] == [False, False]
