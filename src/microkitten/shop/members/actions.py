"""Signing in with a pass that the vault mints; the web process can invent nobody (P3, P13)."""

from datetime import datetime
from uuid import UUID

from microkitten.shop.members.models import Kind, SignIn
from microkitten.vault import door
from microkitten.vault.types import Actor, Refused, StaffPass


class WrongToken(Exception):
    """The one-time token is unknown, used or too old."""


def sign_in_staff(*, token: str, at: datetime) -> StaffPass:
    """Exchange a one-time token for a pass; makes the sign-in row of a new member of staff.

    Raises `WrongToken`.
    """
    try:
        minted = door.sign_in_staff(token, by=Actor("web:members"))
    except Refused as refused:
        raise WrongToken from refused
    SignIn.objects.get_or_create(
        id=minted.sign_in, defaults={"kind": Kind.STAFF, "is_staff": True, "joined_at": at}
    )
    return minted


def sign_out_staff(*, token: str) -> None:
    """End a pass; it opens nothing any more."""
    door.sign_out_staff(token)


def staff_pass(*, token: str) -> StaffPass | None:
    """Return the live staff pass of this token, or None."""
    return door.check_staff(token)


def staff(*, token: str) -> SignIn | None:
    """Return who holds this pass if the vault still honors it."""
    minted = staff_pass(token=token)
    if minted is None:
        return None
    return SignIn.objects.filter(id=UUID(str(minted.sign_in)), is_active=True, is_staff=True).first()


def actor(token: str) -> Actor:
    """Return the actor as whom staff opens what a shipment needs (P12)."""
    return Actor("shipping", token)
