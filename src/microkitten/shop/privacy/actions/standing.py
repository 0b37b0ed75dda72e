"""What the page means for whoever reads it now: their own notes, beside the statements they belong to (P43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from microkitten.policy.render import ENGLISH, Words
from microkitten.shop.orders.models import Order
from microkitten.shop.visitors import actions as visitors
from microkitten.vault import door
from microkitten.vault.types import Actor, Held, Opened, Refused, StaffPass, Standing, Standings

# What a note is about, as statements bind it: a note stands beside the first statement that does.
COOKIE, SEEN, ME, CARD = "cookie.__Host-visitor", "group.visitor", "group.customer", "group.payment"
RECEIVERS, SHIPPING, LINK = "group.recipient", "deliver.open", "lock.order-link"
SALE, OWN, STAFF = "lock.never-sold", "rights.own", "operate.staff"
_GROUPS: Final = {"customer": ME, "payment": CARD, "recipient": RECEIVERS}


@dataclass(frozen=True, slots=True)
class Note:
    """One line about the reader; `leads_to` is an address where something can be done about it, `act` its name."""

    text: str
    leads_to: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Yours:
    """All notes by the id of their statement; `held` says whether anything is held of the reader at all."""

    notes: Mapping[str, tuple[Note, ...]] = field(default_factory=dict)
    held: bool = False
    orders: tuple[str, ...] = ()
    signal: bool = False
    opened: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """What the reader's browser brought along: its cookies, its opt-out signal, its staff pass."""

    cookie: str | None
    order_pass: str | None
    says_no: bool
    signal: bool
    staff: StaffPass | None


def yours(reader: Reader, words: Words = ENGLISH) -> Yours:
    """Look up how the reader stands, by the proofs in their own browser and by nothing else.

    At most three questions to the vault, each entered before it is answered; no value leaves it. A proof that the
    vault does not honor counts as none. Promise: P43, P38.
    """
    by_cookie = _browser(reader)
    of_orders = by_pass(reader.order_pass)
    orders = _numbers(of_orders)
    notes: dict[str, list[Note]] = {}
    _of_the_signal(notes, reader, words)
    _of_the_cookie(notes, reader, by_cookie, words)
    if of_orders is not None:
        _of_orders(notes, of_orders, orders, words)
    if reader.staff is not None:
        roles = words.listed(sorted(words.say(role) for role in reader.staff.roles))
        text = words.say(
            "You are signed in as staff ({roles}) until {end}. Whatever you open is written down first.",
            roles=roles, end=_minute(reader.staff.until, words),
        )  # fmt: skip
        notes[STAFF] = [Note(text)]
    found = [one for one in (by_cookie, of_orders) if one is not None]
    return Yours(
        notes=_placed(notes),
        held=any(person.held for one in found for person in one.people),
        orders=tuple(orders.values()),
        signal=reader.signal,
        opened=tuple(one.looked for one in found if one.people),
    )


def _browser(reader: Reader) -> Standings | None:
    if reader.says_no or not visitors.looks_right(reader.cookie):
        return None
    return visitors.standing(str(reader.cookie))


def by_pass(token: str | None) -> Standings | None:
    """Return how everybody stands whom an order's pass covers; None if it is no live pass. Raises `Refused` with
    `rate` alone.
    """
    if not token or len(token) > 100:
        return None
    try:
        return door.standing(by=Actor("person", token))
    except Refused as no:
        if no.why == "rate":
            raise  # something is held: that must not look like nothing
        return None  # it has ended, or was never a pass


def _numbers(found: Standings | None) -> dict[UUID, str]:
    """Return the order numbers of the customers among those found: one query."""
    people = [one.person for one in found.people if one.kind == "customer"] if found else []
    rows = Order.objects.filter(customer__in=people).order_by("drafted_at") if people else []
    return {order.customer: order.number for order in rows}


def _of_the_signal(notes: dict[str, list[Note]], reader: Reader, words: Words) -> None:
    if reader.signal:
        said = "Your browser asks not to be sold: received. There is nothing to opt out of."
        notes[SALE] = [Note(words.say(said))]
    else:
        said = "Nothing about you was sold today, or on any other day."
        notes[SALE] = [Note(words.say(said), "/privacy/never-sold", words.say("Count for yourself"))]


def _of_the_cookie(
    notes: dict[str, list[Note]], reader: Reader, found: Standings | None, words: Words
) -> None:
    held = next((held for one in found.people for held in one.held), None) if found else None
    if held is None:
        said = "Your browser has no lasting cookie. To us it is nobody in particular."
        if reader.says_no:
            said = "Your browser has no lasting cookie: you said no, and that holds."
        if reader.signal:
            said = "Your browser asks not to be known again: received, and it has no lasting cookie."
        notes[COOKIE] = [Note(words.say(said))]
        return
    since = words.say("Your browser has our lasting cookie since {day}.", day=words.day(held.since.date()))
    notes[COOKIE] = [Note(since, "/your-cookie", words.say("See it, or have it forgotten"))]
    hangs = {0: "Nothing hangs on it yet.", 1: "One product hangs on it."}.get(
        held.count or 0, "{count} products hang on it."
    )
    goes = words.say("Without another visit all of it goes on {day}.", day=words.day(held.until.date()))
    notes[SEEN] = [Note(f"{words.say(hangs, count=held.count)} {goes}")]


def _of_orders(
    notes: dict[str, list[Note]], found: Standings, orders: Mapping[UUID, str], words: Words
) -> None:
    numbers = words.listed(list(orders.values())) or words.say("just now")
    for group, key in _GROUPS.items():
        held = [held for one in found.people for held in one.held if held.group == group]
        if held:
            notes[key] = [Note(_held_words(group, held, numbers, words))]
    notes.setdefault(
        ME, [Note(words.say("Of order {order} nothing about you is held any more.", order=numbers))]
    )
    shipping = [
        held.uses["deliver"]
        for one in found.people
        for held in one.held
        if held.group == "recipient" and "deliver" in held.uses
    ]
    if shipping:
        said = (
            "For order {order} the receiver's data may be opened to ship until {day}, and not a day longer."
        )
        notes[SHIPPING] = [Note(words.say(said, order=numbers, day=words.day(max(shipping).date())))]
    elif RECEIVERS in notes:
        notes[SHIPPING] = [Note(words.say("Nobody here can open the receiver's data to ship just now."))]
    see_it = words.say("See it, take it along, put it right, erase it")
    notes[OWN] = [Note(_entries(found.people, words), "/my-data", see_it)]
    if orders:
        number = list(orders.values())[-1]
        said = words.say("This browser holds the pass to order {order}.", order=number)
        notes[LINK] = [Note(said, f"/orders/{number}", words.say("See what we hold"))]


def _held_words(group: str, held: Sequence[Held], numbers: str, words: Words) -> str:
    titles = words.listed(
        [words.told(settings.POLICY.field(name).title) for name in settings.POLICY.fields_of(group)]
    )
    end = max(one.until for one in held)
    if not all(one.is_claimed for one in held):
        said = "You typed {things}, and no order has claimed it yet: it goes by itself at {end}."
        return words.say(said, things=titles, end=_minute(end, words))
    if group == "recipient":
        said = "Order {order}: of one receiver we hold the data until {day}."
        if len(held) > 1:
            said = "Order {order}: of {count} receivers we hold the data until {day}."
    else:
        said = "Order {order}: we hold {things} until {day}."
    return words.say(said, order=numbers, count=len(held), things=titles, day=words.day(end.date()))


def _entries(people: Sequence[Standing], words: Words) -> str:
    count = sum(one.entries for one in people)
    said = "The ledger has {count} entries about you and whom you send to; this look is the latest."
    return words.say(said, count=count)


def _minute(moment: datetime, words: Words) -> str:
    return words.say("{time} UTC on {day}", time=f"{moment:%H:%M}", day=words.day(moment.date()))


def _placed(notes: Mapping[str, Sequence[Note]]) -> dict[str, tuple[Note, ...]]:
    """Put each note beside the first statement that binds what it is about."""
    placed: dict[str, tuple[Note, ...]] = {}
    for statement in settings.POLICY.statements:
        for target in statement.binds:
            if target in notes and not any(set(notes[target]) <= set(told) for told in placed.values()):
                placed[statement.id] = (*placed.get(statement.id, ()), *notes[target])
    return placed
