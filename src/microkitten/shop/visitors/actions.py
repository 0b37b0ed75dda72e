"""The one cookie that recognizes a browser: assigned, chosen, forgotten; its profile lies in the vault (P8, P9)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, Opened, Refused, Standings

COOKIE = "__Host-visitor"
CHOICE = "__Host-choice"
SEEN_MAX = 12
SIGN_LENGTH = 12
BY = Actor("web:visitors")

_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")


def looks_right(cookie: str | None) -> bool:
    """Return whether a cookie's value has the shape of ours; anything else is treated as none."""
    return cookie is not None and _SHAPE.fullmatch(cookie) is not None


def answer(cookies: Mapping[str, str]) -> str:
    """Return what a browser has chosen: "no", "yes" to the present words, or nothing; a no outlasts words (P42)."""
    kept = cookies.get(CHOICE, "")
    return kept if kept == "no" else "yes" if kept == told("yes") else ""


def told(choice: str) -> str:
    """Return what the browser keeps of a choice: a yes with the sign of the words it is said to, the same for all."""
    return f"yes-{settings.POLICY.wording(purpose.customize)[:SIGN_LENGTH]}" if choice == "yes" else "no"


def assigns_on_visit() -> bool:
    """Return whether the store's profile gives every browser the cookie at its first page (`classic`, P8)."""
    return bool(settings.POLICY.profile == "classic")


def assign() -> str | None:
    """Return a new identifier minted by the vault, or None if it mints no more just now (`classic` only)."""
    try:
        return door.assign_visitor(by=BY)
    except Refused:
        return None


def consent() -> str:
    """Return a new identifier for somebody who said yes; the consent is entered in the ledger (P8)."""
    return door.consent_visitor(by=BY)


def forget(cookie: str) -> None:
    """Destroy the key of everything that hangs on the cookie; doing it twice is once (P8)."""
    door.forget_visitor(cookie, by=BY)


@dataclass(frozen=True, slots=True)
class Seen:
    """The products (slugs, newest first) that hang on a cookie, and the opening by which they were read."""

    slugs: tuple[str, ...]
    opened: Opened


def anew(cookie: str | None) -> str | None:
    """Return a new identifier for a browser whose own the vault no longer knows, such as one that was assigned
    under other words (`classic`, P42); None where there is nothing to replace.
    """
    if not looks_right(cookie) or not assigns_on_visit() or seen(str(cookie)) is not None:
        return None
    return assign()


def see(cookie: str, slug: str) -> Seen | None:
    """Note that a product was looked at and return what was seen before it; None if the vault knows no such cookie."""
    person = door.find("visitor.cookie", cookie, by=BY)
    if person is None:
        return None
    before = _seen(person)
    now = [slug, *(s for s in before.slugs if s != slug)][:SEEN_MAX]
    if now != list(before.slugs):
        values = {"visitor.seen": Given(now, "product.page")}
        door.collect(person, "visitor", values, purpose=purpose.customize, by=BY)
    return Seen(tuple(s for s in before.slugs if s != slug), before.opened)


def seen(cookie: str) -> Seen | None:
    """Return what hangs on a cookie; None if the vault does not know it."""
    person = door.find("visitor.cookie", cookie, by=BY)
    return None if person is None else _seen(person)


def _seen(person: UUID) -> Seen:
    with door.use(purpose.customize, {person: ["visitor.seen"]}, by=BY) as opened:
        slugs = opened.reveal(person, "visitor.seen")
    return Seen(tuple(slugs) if isinstance(slugs, list) else (), opened)


def known(cookie: str | None) -> UUID | None:
    """Return the browser that a cookie recognizes, an id; None if the vault knows no such cookie."""
    return door.find("visitor.cookie", str(cookie), by=BY) if looks_right(cookie) else None


def standing(cookie: str) -> Standings | None:
    """Return how the browser of a cookie stands: since when, until when, how much hangs on it; no value (P43).

    None if the vault does not know the cookie. Raises: VaultAway; Refused if it was asked for too often.
    """
    person = door.find("visitor.cookie", cookie, by=BY)
    try:
        return None if person is None else door.standing([person], by=BY)
    except Refused as no:
        if no.why == "rate":
            raise  # something is held: that must not look like nothing
        return None  # forgotten between the two questions
