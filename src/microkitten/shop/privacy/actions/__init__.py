"""What the promise shows: the policy laid out, the ledger's checkpoint, and what hangs on a browser's cookie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from microkitten.policy.export import export
from microkitten.policy.render import Page as PolicyPage
from microkitten.policy.render import Words
from microkitten.policy.render import page as lay_out
from microkitten.shop.catalog.models import Product, Tile
from microkitten.shop.catalog.models.tile import tiles
from microkitten.shop.visitors import actions as visitors
from microkitten.vault import door
from microkitten.vault.types import Opened, Restore, VaultAway
from microkitten.web.store import company, current

LATELY = 6


class NotSpoken(LookupError):
    """A language that this store's policy is not shown in."""


def words(language: str | None = None) -> Words:
    """Return the words of the page in one of the store's languages, the first one if none is named (P42).

    Raises: NotSpoken.
    """
    try:
        return settings.SPOKEN[language or first_language()]
    except KeyError:
        raise NotSpoken(language) from None


def first_language() -> str:
    """Return the language of `/privacy`; the others have addresses of their own."""
    return current().languages[0]


def languages() -> tuple[Words, ...]:
    """Return the words of each language that the policy is shown in, in the merchant's order."""
    return tuple(settings.SPOKEN.values())


def policy_page(language: str | None = None) -> PolicyPage:
    """Return the policy in force, laid out for the page in one of the store's languages (P0, P42).

    Raises: NotSpoken.
    """
    return lay_out(settings.POLICY, company(), words(language))


def exported(what: str) -> str:
    """Return the policy in force in one of the forms that other programs read (P0)."""
    return export(settings.POLICY, company(), what)


def checkpoint() -> str:
    """Return the ledger's signed checkpoint (C2SP tlog-checkpoint)."""
    return door.checkpoint()


def proof_of_life() -> bool:
    """Return whether the vault answers, under the same policy and release as ours."""
    try:
        return bool(door.checkpoint())
    except VaultAway:
        return False


def latest_checkpoint() -> str | None:
    """Return the checkpoint for /security, or None if the vault does not answer just now (P40)."""
    try:
        return door.checkpoint()
    except VaultAway:
        return None


def restores() -> tuple[Restore, ...]:
    """Return when an old copy of the vault was brought back; none if the vault does not answer just now (P42)."""
    try:
        return door.restores()
    except VaultAway:
        return ()


def shelf(slugs: Sequence[str], *, at: datetime) -> list[Tile]:
    """Return the products of these slugs as tiles, in this order; those that are gone are left out."""
    found = {tile.slug: tile for tile in tiles(Product.objects.public().filter(slug__in=slugs), at)}
    return [found[slug] for slug in slugs if slug in found]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Products that a browser has seen, and the openings that the page's receipt tells of."""

    tiles: list[Tile]
    opened: tuple[Opened, ...]


def hangs_on(cookie: str | None, *, at: datetime) -> Shelf | None:
    """Return what hangs on a browser's cookie; None if there is no cookie that the vault knows."""
    found = visitors.seen(str(cookie)) if visitors.looks_right(cookie) else None
    return None if found is None else Shelf(shelf(found.slugs, at=at), (found.opened,))


def see(cookie: str | None, slug: str, *, at: datetime) -> Shelf | None:
    """Note that a product was looked at, if the browser has the cookie; return what it saw before (P9)."""
    if not visitors.looks_right(cookie) or not Product.objects.public().filter(slug=slug).exists():
        return None
    found = visitors.see(str(cookie), slug)
    return None if found is None else Shelf(shelf(found.slugs[:LATELY], at=at), (found.opened,))


def lately(cookie: str | None, *, at: datetime) -> Shelf | None:
    """Return what a browser lately looked at, for the home page."""
    found = hangs_on(cookie, at=at)
    return None if found is None else Shelf(found.tiles[:LATELY], found.opened)
