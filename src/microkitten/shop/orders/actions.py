"""The customer's way back to an order: the link from the mail and something known (P3, P15)."""

from datetime import datetime
from uuid import UUID

from microkitten.shop.orders.models import Order
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, Receipt, Refused

PASS_COOKIE = "__Host-orders"  # noqa: S105 # a cookie's name
BY = Actor("web:orders")


def by_number(number: str) -> Order | None:
    """Return the order of this number, however it was typed, if it is not a mere draft."""
    plain = number.upper().replace("-", "").replace(" ", "")
    if len(plain) != 8:
        return None
    return Order.objects.select_related("payment").filter(number=f"{plain[:4]}-{plain[4:]}").first()


def prove(*, order: Order, email: str, people: list[UUID]) -> str | None:
    """Return a pass for everybody in the order if the e-mail is the order's; None if not.

    The comparison is the vault's, in constant time, five tries a day (P3). Raises `Refused` with `tries`.
    """
    given = Given(email, "proof.email")
    minted = door.prove(order.customer, "customer.email", given, covers=people, by=BY)
    return None if minted is None else minted.token


def erasure(order: Order, *, at: datetime) -> Receipt | None:
    """Return the receipt of whoever placed an order, if the vault says that they were erased (P43).

    The order remembers it, so that its link can say so at once.
    """
    try:
        done = door.preview_erasure(order.customer, by=Actor("person")).done
    except Refused:
        return None
    if done is not None and order.erased_at is None:
        Order.objects.filter(pk=order.pk).update(erased_at=at)
    return done
