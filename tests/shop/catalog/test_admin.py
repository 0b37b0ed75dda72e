"""The back office of goods: what staff save there, search, price history, stock and pages follow."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from PIL import Image

from microkitten.shop.catalog.actions import search
from microkitten.shop.catalog.models import Availability, Category, Edition, Picture, Product
from microkitten.shop.members.models import SignIn
from microkitten.shop.stock.actions import reserve
from microkitten.shop.stock.models import Movement, StockItem
from tests.shop.goods import NOW, a_product, a_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora() -> SignIn:
    """A clerk at work."""
    return SignIn.objects.create(kind="staff", is_staff=True, joined_at=NOW)


def send(dora: SignIn, model: type[Any], data: dict[str, Any] | None, key: int | None = None) -> HttpResponse:
    """Send a form of the back office (None: look at it)."""
    request: Any = RequestFactory().get("/") if data is None else RequestFactory().post("/", data)
    request.user, request.now, request.session = dora, NOW, {}
    request._messages = CookieStorage(request)
    request._dont_enforce_csrf_checks = True
    view = admin.site._registry[model]
    response: Any = view.changeform_view(request, str(key) if key else None)
    if hasattr(response, "render"):
        response.render()
    return response  # type: ignore[no-any-return] # a template's answer is one


def png() -> SimpleUploadedFile:
    """Return a picture as a browser uploads it."""
    file = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(file, "PNG")
    return SimpleUploadedFile("mouse.png", file.getvalue(), "image/png")


def a_form(**columns: Any) -> dict[str, Any]:
    """Return a filled product form with a variant and a picture."""
    play, _ = Category.objects.get_or_create(slug="play", defaults={"title": "Play"})
    form = {
        "title": "Felt mouse", "slug": "felt-mouse", "category": play.pk, "state": "public", "position": 0,
        "tax_class": "standard", "attributes": "{}",
        "variants-TOTAL_FORMS": 1, "variants-INITIAL_FORMS": 0, "variants-0-sku": "M-1",
        "variants-0-price_minor": "12.50", "variants-0-position": 0, "variants-0-is_active": "on",
        "pictures-TOTAL_FORMS": 1, "pictures-INITIAL_FORMS": 0, "pictures-0-file": png(),
        "pictures-0-alt": "A gray mouse", "pictures-0-position": 0,
    }  # fmt: skip
    return {**form, **columns}


def test_a_product_is_entered_with_variant_and_picture(dora: SignIn) -> None:
    """One form: afterwards it is found, its price is noted, its picture is kept, and the pages are new."""
    edition = Edition.current()
    assert send(dora, Product, a_form()).status_code == 302
    product = Product.objects.get()
    variant = product.variants.get()
    assert (product.created_at, variant.price_minor) == (NOW, 1250)
    assert [tile.title for tile in search(query="felt", at=NOW).tiles] == ["Felt mouse"]
    assert variant.price_changes.count() == 1
    assert Picture.objects.get().alt == "A gray mouse"
    assert Edition.current() > edition
    assert variant.availability == Availability.SOLD_OUT
    shown = send(dora, Product, None, product.pk).content
    assert b"Felt mouse" in shown
    assert b'value="12.50"' in shown


@pytest.mark.parametrize("price", ["", "12.505", "a lot", "-1", "12.50 USD"])
def test_a_price_that_is_none_is_explained(dora: SignIn, price: str) -> None:
    """The form comes back; nothing is saved."""
    assert send(dora, Product, a_form(**{"variants-0-price_minor": price})).status_code == 200
    assert not Product.objects.exists()


@pytest.mark.parametrize("file", [SimpleUploadedFile("x.png", b"<svg/>", "image/png"), ""])
def test_what_is_no_picture_is_refused_in_the_form(dora: SignIn, file: object) -> None:
    """The form comes back with the sentence; nothing is saved."""
    response = send(dora, Product, a_form(**{"pictures-0-file": file}))
    assert response.status_code == 200
    assert b"no PNG, JPEG" in response.content or b"Choose a picture" in response.content
    assert not Product.objects.exists()


def test_a_price_changed_by_hand_is_remembered(dora: SignIn, tmp_path: Path) -> None:
    """The price history holds both; a picture that is ticked off goes."""
    send(dora, Product, a_form())
    product, variant, picture = (
        Product.objects.get(),
        Product.objects.get().variants.get(),
        Picture.objects.get(),
    )
    form = a_form(**{
        "variants-INITIAL_FORMS": 1, "variants-0-id": variant.pk, "variants-0-product": product.pk,
        "variants-0-price_minor": "9.90", "pictures-INITIAL_FORMS": 1, "pictures-0-id": picture.pk,
        "pictures-0-product": product.pk, "pictures-0-file": "", "pictures-0-DELETE": "on",
    })  # fmt: skip
    assert send(dora, Product, form, product.pk).status_code == 302
    assert [row.price_minor for row in variant.price_changes.all()] == [1250, 990]
    assert not Picture.objects.exists()


def test_stock_is_counted_with_its_cause(dora: SignIn, tmp_path: Path) -> None:
    """The number goes through the one way that keeps the movement, and cannot take away what is promised."""
    variant = a_variant(tmp_path)
    item = StockItem.objects.get()
    form = {"on_hand": 3, "cause": "Friday's count"}
    assert send(dora, StockItem, form, item.pk).status_code == 302
    item.refresh_from_db()
    variant.refresh_from_db()
    assert (item.on_hand, variant.availability) == (3, Availability.FEW)
    assert Movement.objects.latest("pk").cause == "Friday's count"
    reserve(holder=dora.pk, wants={variant.pk: 2}, until=NOW, at=NOW)
    send(dora, StockItem, {"on_hand": 1, "cause": "Theft"}, item.pk)
    item.refresh_from_db()
    assert item.on_hand == 3


def test_a_new_variant_gets_its_stock_item(dora: SignIn) -> None:
    """What was entered by hand is counted for the first time by hand."""
    send(dora, Product, a_form())
    variant = Product.objects.get().variants.get()
    send(dora, StockItem, {"variant": variant.pk, "on_hand": 9, "cause": "First delivery"})
    variant.refresh_from_db()
    assert variant.availability == Availability.IN_STOCK


def test_renaming_a_shelf_reaches_the_search(dora: SignIn, tmp_path: Path) -> None:
    """Its products are found by the new name."""
    a_product(tmp_path)
    shelf = Category.objects.get()
    send(dora, Category, {"title": "Chase", "slug": "play", "position": 0, "attributes": "{}"}, shelf.pk)
    assert search(query="chase", at=NOW).total == 1
