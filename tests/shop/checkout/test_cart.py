"""The cart between two orders: what is bought leaves it, what was added meanwhile stays (P1)."""

from datetime import UTC, datetime

import pytest

from microkitten.shop.catalog.models import Category, Product, Variant
from microkitten.shop.checkout.actions import cart as carts
from microkitten.shop.checkout.models import Cart

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def goods() -> list[Variant]:
    """Two things that can be bought."""
    shelf = Category.objects.create(slug="shelf", title="Shelf")
    found = []
    for name in ("ball", "bowl"):
        product = Product.objects.create(
            slug=name, title=name, category=shelf, state="public", created_at=NOW
        )
        found.append(
            Variant.objects.create(product=product, sku=name.upper(), price_minor=500, availability=1)
        )
    return found


def lines(token: str) -> dict[str, int]:
    """Return what lies in the browser's cart, by SKU."""
    cart = carts.find(token)
    return {line.variant.sku: line.quantity for line in cart.lines.all()} if cart else {}


def test_a_bought_cart_is_empty_and_known_to_its_browser(goods: list[Variant]) -> None:
    """After the purchase the browser begins anew, and still sees the order that was its own."""
    token = carts.add(token=None, variant_id=goods[0].pk, quantity=2, at=NOW)
    cart = Cart.objects.get()
    carts.complete(cart_id=cart.pk, bought={goods[0].pk: 2}, at=NOW)
    assert lines(token) == {}
    assert carts.was(cart.pk, token)
    assert not carts.was(cart.pk, "somebody-elses-token")


def test_what_was_added_while_paying_stays(goods: list[Variant]) -> None:
    """Whoever filled the cart in another tab while the card was asked for loses nothing."""
    token = carts.add(token=None, variant_id=goods[0].pk, quantity=2, at=NOW)
    cart = Cart.objects.get()
    carts.add(token=token, variant_id=goods[0].pk, quantity=1, at=NOW)
    carts.add(token=token, variant_id=goods[1].pk, quantity=3, at=NOW)
    carts.complete(cart_id=cart.pk, bought={goods[0].pk: 2}, at=NOW)
    assert lines(token) == {"BALL": 1, "BOWL": 3}
    assert carts.was(cart.pk, token)
    second = carts.find(token)
    assert second is not None
    assert second.pk != cart.pk
    carts.complete(cart_id=second.pk, bought={goods[0].pk: 1, goods[1].pk: 3}, at=NOW)
    carts.complete(cart_id=second.pk, bought={}, at=NOW)
    assert lines(token) == {}
    assert carts.was(second.pk, token)
