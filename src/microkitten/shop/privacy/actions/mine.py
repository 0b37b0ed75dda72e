"""Everything that is held of whoever reads, shown to them or made into their own file: by what their browser proves and
by nothing else (P43)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from microkitten.shop.orders.models import Order
from microkitten.shop.privacy import actions
from microkitten.shop.privacy.actions import standing, telling
from microkitten.shop.privacy.actions.held import Person, in_words
from microkitten.shop.privacy.actions.standing import Reader
from microkitten.shop.shipments.models import ShipmentState
from microkitten.shop.visitors import actions as visitors
from microkitten.vault import door
from microkitten.vault.types import Actor, Export, Refused
from microkitten.web.page import NotEncrypted, Page, render
from microkitten.web.store import current

FORMAT: Final = "microkitten own data 1"


@dataclass(frozen=True, slots=True)
class Found:
    """All that the proofs of a browser lead to; `exports` hold values while their blocks are open."""

    exports: tuple[tuple[Person | None, Export], ...]
    numbers: tuple[str, ...]


def page(*, request: HttpRequest, reader: Reader, done: str, at: datetime) -> Page | None:
    """Return the page of one's own data; None if the browser proves nothing that anything is held of.

    Raises `Refused` with `rate` alone.
    """
    with _opened(reader) as found:
        if not found.exports:
            return None
        shelf = _shelf(found, reader, at=at)
        opened = [export.opened for _, export in found.exports] + list(shelf.opened if shelf else ())
        context = {**_context(found, at=at), "tiles": shelf.tiles if shelf else [], "done": done}
        return render(request, "mine/data.html", context, opened=opened)


def paper(*, request: HttpRequest, reader: Reader, at: datetime) -> Page | None:
    """Return the same to be printed, with nothing folded; None as above. Raises `Refused` with `rate` alone."""
    with _opened(reader) as found:
        if not found.exports:
            return None
        shelf = _shelf(found, reader, at=at)
        opened = [export.opened for _, export in found.exports] + list(shelf.opened if shelf else ())
        context = {**_context(found, at=at), "tiles": shelf.tiles if shelf else [], "made_at": at}
        return render(request, "mine/paper.html", context, opened=opened)


def file(*, request: HttpRequest, reader: Reader, at: datetime) -> Page | None:
    """Return the same as a JSON file for its owner (decision 0061); None as above. Raises `Refused` with `rate` alone,
    `NotEncrypted`.
    """
    if not request.is_secure():
        raise NotEncrypted
    with _opened(reader) as found:
        if not found.exports:
            return None
        told = {
            "format": FORMAT,
            "made_at": at.isoformat(timespec="seconds"),
            "store": {"name": current().name, "address": current().address, "company": current().company},
            "orders": list(found.numbers),
            "people": [
                {
                    "who": "this browser" if who is None else who.title,
                    "order": None if who is None else who.number,
                    **export.document(settings.POLICY),
                }
                for who, export in found.exports
            ],
        }
        return Page(text=json.dumps(told, indent=1, ensure_ascii=False) + "\n", is_personal=True)


def person(number: str, position: int) -> tuple[Order, Person] | None:
    """Return whom an address names, whether or not the asker may do anything for them: that is the vault's to say."""
    order = _orders().filter(number=number).first()
    return (
        None
        if order is None
        else next(((order, one) for one in people(order) if one.position == position), None)
    )


def people(order: Order) -> tuple[Person, ...]:
    """Return everybody of an order: who ordered, then each receiver."""
    shipments = list(order.shipments.all())
    several = len(shipments) > 1
    return (
        Person(order.number, 0, order.customer, "You", may_correct=order.is_placed),
        *(
            Person(
                order.number,
                one.position,
                one.recipient,
                f"Whoever gets parcel {one.position}" if several else "Whoever gets the parcel",
                may_correct=order.is_placed and one.state == ShipmentState.OPEN,
            )
            for one in shipments
        ),
    )


def check(who: Person, *, token: str) -> None:
    """Ask the vault whether the asker may see this person at all. Raises `Refused` if not."""
    door.standing([who.id], by=Actor("person", token))


def _orders() -> Any:
    return Order.objects.prefetch_related("shipments")


# What is held


@contextmanager
def _opened(reader: Reader) -> Iterator[Found]:
    """Open everything that the browser's proofs lead to, while the block lasts."""
    with ExitStack() as stack:
        found = _found(reader)
        for _, export in found.exports:
            stack.enter_context(export.opened)
        yield found


def _found(reader: Reader) -> Found:
    exports: list[tuple[Person | None, Export]] = []
    by_pass, numbers = standing.by_pass(reader.order_pass), list[str]()
    if by_pass is not None:
        covered = {one.person for one in by_pass.people}
        asked = Q(customer__in=covered) | Q(shipments__recipient__in=covered)
        for order in _orders().filter(asked).distinct().order_by("-drafted_at"):
            numbers.append(order.number)
            for one in people(order):
                made = _export(one.id, Actor("person", str(reader.order_pass))) if one.id in covered else None
                if made is not None:
                    exports.append((one, made))
    browser = None if reader.says_no else visitors.known(reader.cookie)
    made = None if browser is None else _export(browser, Actor("web:visitors"))
    if made is not None:
        exports.append((None, made))
    return Found(tuple(exports), tuple(numbers))


def _export(person: UUID, by: Actor) -> Export | None:
    try:
        return door.export(person, by=by)
    except Refused as no:
        if no.why == "rate":
            raise  # something is held: that must not look like nothing
        return None  # gone between two questions


def _shelf(found: Found, reader: Reader, *, at: datetime) -> actions.Shelf | None:
    has_browser = any(who is None for who, _ in found.exports)
    return actions.hangs_on(reader.cookie, at=at) if has_browser else None


# In words


def _context(found: Found, *, at: datetime) -> dict[str, Any]:
    mine = tuple(in_words(who, export, at=at) for who, export in found.exports)
    told = [
        ("" if len(found.exports) == 1 else one.title, view)
        for one, (_, export) in zip(mine, found.exports, strict=True)
        for view in export.entries
    ]
    timeline, older = telling.lines(told)
    return {
        "mine": mine,
        "numbers": found.numbers,
        "timeline": timeline,
        "older": older,
        "entries": len(told),
    }
