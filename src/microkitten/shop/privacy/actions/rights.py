"""Using one's rights from one's own page: mend, set at rest, object, erase; the vault decides and enters each (P43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from microkitten.policy import Purpose, purpose
from microkitten.shop.orders import actions as orders
from microkitten.shop.orders.models import Order
from microkitten.shop.privacy.actions import telling
from microkitten.shop.privacy.actions.held import Person
from microkitten.shop.shipments import actions as shipments
from microkitten.vault import door
from microkitten.vault.types import Actor, Fate, Given, Preview, Receipt, Refused
from microkitten.web.page import Page, render
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave

ENTRIES_MAX: Final = 2**53  # no ledger has more; a number beyond is not even asked for
REASON: Final = "asked on the page of one's own data"


class NotTheSame(Exception):
    """The e-mail address that was typed as the present one is not the one that is held."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who is told of an erasure, and what the policy says of how it erases."""

    title: str
    erasure: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """What an erasure means for one person: `preview` before it, `receipt` after it."""

    who: Person
    fates: tuple[Fate, ...]
    parties: tuple[Party, ...]
    receipt: Receipt | None


# Mending


def correction_page(
    *, request: HttpRequest, who: Person, token: str, context: Mapping[str, Any], status: int = 200
) -> Page:
    """Return the page on which somebody's data is put right, with what is held now. Raises `Refused`."""
    fields = ["customer.name", "customer.email"] if who.position == 0 else shipments.FIELDS
    with door.use(purpose.rights, {who.id: fields}, by=Actor("person", token)) as opened:
        told = {**context, "who": who}
        return render(request, "mine/correction.html", told, opened=[opened], status=status)


def correct(*, order: Order, who: Person, given: Mapping[str, Given], present: str | None, token: str) -> int:
    """Put right what is held, and owe the notices to whoever got it; returns the entry.

    A new e-mail address is taken from somebody who knows the present one: else whoever sits at an open order page
    could lock its owner out (decision 0061). Raises `NotTheSame`, `Refused` (`tries` after five a day).
    """
    if "customer.email" in given and orders.prove(order=order, email=present or "", people=[who.id]) is None:
        raise NotTheSame
    entry = door.correct(who.id, given, by=Actor("person", token))
    with transaction.atomic():
        if "recipient.message" in given:
            order.shipments.filter(position=who.position).update(has_message=True)
        leave(JobName.NOTIFY, key="notify")
    return entry


# Resting and objecting


def restrict(*, who: Person, on: bool, token: str) -> int:
    """Set somebody's data at rest, or use it again; returns the entry. Raises `Refused`."""
    entry = door.restrict(who.id, by=Actor("person", token), on=on, reason=REASON)
    leave(JobName.NOTIFY, key="notify")
    return entry


def object_to(*, who: Person, purpose: Purpose, token: str) -> int:
    """Object to a purpose; returns the entry. Raises `Refused`, with `basis` where one cannot object."""
    return door.object_to(who.id, purpose, by=Actor("person", token))


# Erasing


def erasure_page(
    *, request: HttpRequest, order: Order, who: Sequence[Person], token: str, has_key: bool
) -> Page:
    """Return the page that says what an erasure would do; what it did, of whoever was erased before.

    Params: `has_key` whether the asker holds the order's link, without which nobody hears of an erasure that was.
    Raises `Refused`.
    """
    looks = [door.preview_erasure(one.id, by=Actor("person", token)) for one in who]
    if not has_key and any(_is_gone(look) for look in looks):
        raise Refused(rule="", statement="", why="absent")
    found = [_before(one, look) for one, look in zip(who, looks, strict=True)]
    if all(one.receipt is not None for one in found):
        return _receipt_page(request, order, found)
    context = {
        "order": order,
        "leaving": found,
        "whole": len(who) > 1 or who[0].position == 0,
        "everybody": len(who) > 1,
        "entries": sum(look.entries for look in looks),
    }
    opened = [look.looked for look in looks if look.looked.entries]
    return render(request, "mine/erasure.html", context, opened=opened)


def erase(
    *, request: HttpRequest, order: Order, who: Sequence[Person], token: str, has_key: bool, at: datetime
) -> Page:
    """Erase people of an order, all or nobody, and return the page with the receipts; again gives the same receipts.

    Raises `Refused`.
    """
    if not has_key:
        raise Refused(rule="", statement="", why="absent")
    with door.batch(by=Actor("person", token)) as batch:
        done = [(one, batch.erase(one.id, reason=REASON)) for one in who]
    with transaction.atomic():
        if any(one.position == 0 for one in who):
            Order.objects.filter(pk=order.pk, erased_at=None).update(erased_at=at)
        leave(JobName.NOTIFY, key="notify")
    found = [Leaving(one, promise.value.stays, (), promise.value) for one, promise in done]
    return _receipt_page(request, order, found)


def _receipt_page(request: HttpRequest, order: Order, found: Sequence[Leaving]) -> Page:
    context = {"order": order, "leaving": found, "key": door.ledger_key()}
    return render(request, "mine/erased.html", context)


def _before(who: Person, look: Preview) -> Leaving:
    parties = settings.POLICY.parties
    told = tuple(
        Party(telling.party(name), parties[name].erasure if name in parties else "") for name in look.parties
    )
    return Leaving(who, look.groups, told, look.done)


def _is_gone(look: Preview) -> bool:
    return look.done is not None and not look.looked.entries


def proof(index: int) -> str | None:
    """Return the proof that an entry lies in the ledger (C2SP tlog-proof); None if there is no such entry (P42)."""
    try:
        return str(door.receipt(index)) if index < ENTRIES_MAX else None
    except Refused:
        return None
