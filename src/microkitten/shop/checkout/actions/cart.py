"""Filling a cart; it knows goods and no person (P1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from microkitten.shop.catalog.models import Availability, Money, Picture, Product, Variant
from microkitten.shop.catalog.models.picture import Shown
from microkitten.shop.checkout.models import (
    LINES_MAX,
    QUANTITY_MAX,
    Cart,
    CartLine,
    new_token,
    sold_hash,
    token_hash,
)
from microkitten.web.turns import in_turn


class CartFull(Exception):
    """The cart holds as many different things as it can."""


class NotForSale(Exception):
    """The variant does not exist or is not sold any more."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the cart as pages show it, at the price of the moment; `problem` says why it cannot be bought."""

    id: int
    variant: int
    sku: str
    title: str
    variant_name: str
    url: str
    picture: Shown | None
    ground: str
    quantity: int
    unit: Money
    problem: str | None

    @property
    def total(self) -> Money:
        """Price of all of them."""
        return self.unit * self.quantity


def find(token: str | None) -> Cart | None:
    """Return the browser's open cart, if there is one."""
    return Cart.objects.of(token).first() if token else None


def was(cart_id: UUID, token: str | None) -> bool:
    """Return whether this cart was, or is, the cart of the browser that holds the token."""
    if token is None:
        return False
    known = [token_hash(token), sold_hash(token_hash(token), cart_id)]
    return Cart.objects.filter(pk=cart_id, token_hash__in=known).exists()


@transaction.atomic
def complete(*, cart_id: UUID, bought: Mapping[int, int], at: datetime) -> None:
    """End a cart whose goods (variant id to quantity) have been bought; what was added meanwhile stays in a new one."""
    cart = Cart.objects.hold(cart_id)
    if cart is None or cart.completed_at is not None:
        return
    rest = {line.variant_id: line.quantity - bought.get(line.variant_id, 0) for line in cart.lines.all()}
    token = cart.token_hash
    cart.completed_at = at
    if any(quantity > 0 for quantity in rest.values()):
        cart.token_hash = sold_hash(token, cart_id)
    cart.save(update_fields=["completed_at", "token_hash"])
    if cart.token_hash != token:
        again = Cart.objects.create(token_hash=token, updated_at=at)
        CartLine.objects.bulk_create(
            CartLine(cart=again, variant_id=variant, quantity=quantity)
            for variant, quantity in rest.items()
            if quantity > 0
        )


def _held(token: str | None) -> Cart | None:
    """Return the browser's open cart, locked. Asked again if it is none: it may have been sold while we waited for it,
    and what was not bought lies in a new one.
    """
    if token is None:
        return None
    open_carts = Cart.objects.of(token).select_for_update()
    return open_carts.first() or open_carts.first()


@in_turn
def add(*, token: str | None, variant_id: int, quantity: int, at: datetime) -> str:
    """Put so many of a variant into the browser's cart, a new one if need be; returns the cart's token.

    Raises `NotForSale`, `CartFull`.
    """
    # A file cannot be handed over yet, so it is not sold either.
    if not Variant.objects.sellable().filter(pk=variant_id, product__digital=False).exists():
        raise NotForSale(variant_id)
    cart = _held(token)
    if cart is None or token is None:
        token = new_token()
        cart = Cart.objects.create(token_hash=token_hash(token), updated_at=at)
    line = cart.lines.filter(variant_id=variant_id).first()
    if line is not None:
        line.quantity = min(line.quantity + quantity, QUANTITY_MAX)
        line.save(update_fields=["quantity"])
    elif cart.lines.count() >= LINES_MAX:
        raise CartFull(LINES_MAX)
    else:
        CartLine.objects.create(cart=cart, variant_id=variant_id, quantity=min(quantity, QUANTITY_MAX))
    Cart.objects.filter(pk=cart.pk).update(updated_at=at)
    return token


@in_turn
def change(*, cart: Cart, line_id: int, quantity: int, at: datetime) -> None:
    """Set how many of a line are wanted; 0 takes it out. A line that is gone already stays gone."""
    Cart.objects.hold(cart.pk)
    lines = cart.lines.filter(pk=line_id)
    if quantity <= 0:
        lines.delete()
    else:
        lines.update(quantity=min(quantity, QUANTITY_MAX))
    Cart.objects.filter(pk=cart.pk).update(updated_at=at)


def count(token: str | None) -> int:
    """Return how many things lie in the browser's cart."""
    if not token:
        return 0
    lines = CartLine.objects.filter(cart__token_hash=token_hash(token), cart__completed_at=None)
    return lines.aggregate(n=Sum("quantity"))["n"] or 0


def items(cart: Cart, *, at: datetime) -> list[Item]:
    """Return the lines of a cart as they would be sold at `at`."""
    lines = list(cart.lines.all())
    variants = (
        Variant.objects.with_names()
        .select_related("product__category")
        .in_bulk([x.variant_id for x in lines])
    )
    products = {variant.product_id for variant in variants.values()}
    shown: dict[int, Shown] = {}
    for picture in Picture.objects.filter(product_id__in=products).order_by("-position", "-id"):
        shown[picture.product_id] = picture.shown()
    found = []
    for line in lines:
        variant = variants[line.variant_id]
        product = variant.product
        found.append(
            Item(
                id=line.pk,
                variant=line.variant_id,
                sku=variant.sku,
                title=product.title,
                variant_name=variant.name,
                url=f"/products/{product.slug}",
                picture=shown.get(product.pk),
                ground=product.category.ground,
                quantity=line.quantity,
                unit=variant.price_at(at),
                problem=_problem(variant),
            )
        )
    return found


def _problem(variant: Variant) -> str | None:
    if not variant.is_active or variant.product.state != Product.State.PUBLIC:
        return "This is not sold any more. Please take it out."
    if variant.availability == Availability.SOLD_OUT:
        return "This is sold out just now. Please take it out."
    return None
