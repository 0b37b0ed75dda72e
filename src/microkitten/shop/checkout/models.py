"""The cart: kept without a person, known to a browser by a random token (P1)."""

import secrets
import uuid
from hashlib import sha256
from typing import ClassVar, Self

from django.db import models

from microkitten.shop.catalog.models import Variant

QUANTITY_MAX = 99
LINES_MAX = 60


def new_token() -> str:
    """Return the random token that the browser keeps."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """Return what is stored of a token: whoever reads the table cannot take over a cart."""
    return sha256(b"cart\0" + token.encode()).hexdigest()


def sold_hash(token_hash: str, cart_id: uuid.UUID) -> str:
    """Return what a sold cart keeps of its token once the browser goes on filling another one."""
    return sha256(b"sold\0" + token_hash.encode() + cart_id.bytes).hexdigest()


class CartQuerySet(models.QuerySet["Cart"]):
    """Questions about many carts."""

    def of(self, token: str) -> Self:
        """Return the cart of a browser's token, unless it has become an order."""
        return self.filter(token_hash=token_hash(token), completed_at=None)

    def hold(self, cart_id: uuid.UUID) -> "Cart | None":
        """Return a cart, locked until the transaction ends: whoever fills, orders or ends it comes one by one."""
        return self.select_for_update().filter(pk=cart_id).first()


class Cart(models.Model):
    """What a browser wants to buy."""

    classified: ClassVar[dict[str, str]] = {"operational": "id token_hash updated_at completed_at"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    objects = CartQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)


class CartLine(models.Model):
    """So many of one variant."""

    classified: ClassVar[dict[str, str]] = {"operational": "id cart variant quantity"}

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=QUANTITY_MAX), name="cart_line_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.variant_id}"
