"""Passes that are somebody else's, of another kind, worn out or made up; and what is asked too often."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from microkitten.policy import Purpose, purpose
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, StaffPass
from tests.violations.attempts import attempt, control, nothing
from tests.violations.world import CHECKOUT, ORDERS, PAY, SWEEP, Sale, World, a_sale, role, staff_pass, token


def look(person: UUID, by: Actor, name: str = "recipient.name", why: Purpose = purpose.deliver) -> object:
    """Open one field."""
    with door.use(why, {person: [name]}, by=by) as opened:
        return opened.reveal(person, name)


def without_role(world: World) -> object:
    """Look as shipping by a pass of somebody who does not ship: the role is the vault's row, not the caller's."""
    with role("operator"), door.batch(by=Actor("operator")) as batch:
        one_time = batch._ask("staff_token", str, name="Mel Merchant")
    minted = door.sign_in_staff(one_time.value, by=Actor("web:members"))
    with closing(sqlite3.connect(world.running.folder / "vault/vault.sqlite3", timeout=20)) as line, line:
        line.execute("UPDATE vault_staff SET roles = 'merchant' WHERE person = ?", (minted.sign_in.hex,))
    return look(world.recipient, Actor("shipping", minted.token))


def signed_out(world: World) -> object:
    """Use a staff pass after its sign-out."""
    by = staff_pass()
    look(world.recipient, by)
    door.sign_out_staff(by.token)
    return look(world.recipient, by)


def one_time_twice(world: World) -> object:
    """Sign in twice with a one-time token."""
    with role("operator"), door.batch(by=Actor("operator")) as batch:
        one_time = batch._ask("staff_token", str, name="")
    door.sign_in_staff(one_time.value, by=Actor("web:members"))
    return door.sign_in_staff(one_time.value, by=Actor("web:members"))


def covered(world: World) -> object:
    """Prove who one is, and have the pass cover a stranger."""
    given = Given(str(world.anna.values[world.anna.customer, "customer.email"]), "proof.email")
    return door.prove(world.anna.customer, "customer.email", given, covers=[world.ben.customer], by=ORDERS)


def guessed(world: World) -> object:
    """Guess six times in a day."""
    sale = a_sale()
    for _ in range(6):
        found = door.prove(
            sale.customer,
            "customer.email",
            Given(f"{token()}@example.com", "proof.email"),
            covers=[],
            by=ORDERS,
        )
        assert found is None
    return found


def other_wrong(world: World) -> None:
    """Prove to be Anna by Ben's address."""
    given = Given(str(world.ben.values[world.ben.customer, "customer.email"]), "proof.email")
    assert door.prove(world.anna.customer, "customer.email", given, covers=[], by=ORDERS) is None
    nothing("no pass for another's address")


def overwritten(world: World) -> object:
    """Write over a stranger's record, knowing their id."""
    given = {"recipient.name": Given("Eve", "recipient.name")}
    return door.collect(world.recipient, "recipient", given, purpose=purpose.deliver, by=CHECKOUT)


def covered_by_hand(world: World) -> object:
    """Slip a stranger into the pass of one's own checkout."""
    mine = door.new_person()
    with door.batch(by=CHECKOUT) as batch:
        given = {"recipient.name": Given("Eve", "recipient.name")}
        batch.collect(mine, "recipient", given, purpose=purpose.deliver)
        kept = batch.keep_open([mine, world.recipient])
    return kept.value


def all_or_nothing(world: World) -> object:
    """Hide one look too many among good ones."""
    with door.batch(by=world.anna.me) as batch:
        good = batch.use(purpose.rights, {world.anna.customer: ["customer.name"]})
        batch.use(purpose.rights, {world.ben.customer: ["customer.name"]})
    return good.value


def unclaimed(world: World) -> object:
    """Pack a parcel whose order nobody has placed."""
    return look(a_sale(claimed=False).recipients[0], world.shipping)


def card_of(source: str) -> Callable[[World], object]:
    """Bring card data by an input that is not the processor's."""

    def act(world: World) -> object:
        with role("worker"):
            given = {"payment.last4": Given("4242", source)}
            return door.collect(world.ben.customer, "customer", given, purpose=purpose.bill, by=PAY)

    return act


def told(fact: str, by: Actor) -> None:
    """Tell a fact of somebody's parcel."""
    door.tell(a_sale().recipients, fact, by=by)


def cleared(person: UUID) -> object:
    """Clear somebody of a placed order away, as if they had turned back."""
    with role("worker"):
        return door.erase(person, by=SWEEP, reason="abandoned")


NEEDS_PASS, NEEDS_ROLE = r"needs proven|no row", r"needs .*staff|no row"
GRANTS: dict[str, tuple[Callable[[World], object], str]] = {
    "P6-a-recipient-without-a-pass": (lambda w: look(w.recipient, Actor("person")), NEEDS_PASS),
    "P6-a-recipient-by-a-made-up-pass": (lambda w: look(w.recipient, Actor("person", "a" * 43)), NEEDS_PASS),
    "P6-a-recipient-by-anothers-pass": (lambda w: look(w.recipient, w.ben.me), NEEDS_PASS),
    "P6-a-recipient-by-a-staff-pass-as-person": (
        lambda w: look(w.recipient, Actor("person", w.shipping.token)), NEEDS_PASS
    ),
    "P16-anothers-name-by-ones-own-pass": (
        lambda w: look(w.ben.customer, w.anna.me, "customer.name", purpose.rights), NEEDS_PASS
    ),
    "P5-anothers-card-by-ones-own-pass": (
        lambda w: look(w.anna.customer, w.ben.me, "payment.last4", purpose.rights), NEEDS_PASS
    ),
    "P12-packing-without-a-pass": (lambda w: look(w.recipient, Actor("shipping")), NEEDS_ROLE),
    "P12-packing-by-a-shoppers-pass": (
        lambda w: look(w.recipient, Actor("shipping", w.anna.order_pass.token)), NEEDS_ROLE
    ),
    "P12-packing-by-a-made-up-pass": (lambda w: look(w.recipient, Actor("shipping", "a" * 43)), NEEDS_ROLE),
    "P12-packing-by-a-pass-cut-short": (
        lambda w: look(w.recipient, Actor("shipping", w.shipping.token[:-1])), NEEDS_ROLE
    ),
    "P12-packing-by-a-sign-ins-id": (lambda w: look(w.recipient, Actor("shipping", w.staff.hex)), NEEDS_ROLE),
    "P12-packing-by-the-cookie": (lambda w: look(w.recipient, Actor("shipping", w.cookie)), NEEDS_ROLE),
    "P12-packing-what-nobody-ordered": (unclaimed, "needs claimed"),
    "P35-a-role-that-was-taken-away": (without_role, NEEDS_ROLE),
    "P35-a-pass-after-its-sign-out": (signed_out, NEEDS_ROLE),
    "P35-a-one-time-token-twice": (one_time_twice, "^pass"),
    "P35-a-one-time-token-made-up": (
        lambda w: door.sign_in_staff("a" * 32, by=Actor("web:members")), "^pass"
    ),
    "P35-an-order-pass-at-the-sign-in": (
        lambda w: door.sign_in_staff(w.anna.order_pass.token, by=Actor("web:members")), "^pass"
    ),
    "P3-a-pass-that-covers-a-stranger": (covered, "^cover"),
    "P3-a-sixth-guess": (guessed, "^tries"),
    "P3-a-stranger-slipped-into-a-pass": (covered_by_hand, "^same batch"),
    "P1-writing-over-a-strangers-record": (overwritten, "^claimed|^same batch"),
    "P11-one-look-too-many-in-a-batch": (all_or_nothing, NEEDS_PASS),
    "P42-anothers-entries": (lambda w: door.entries_of(w.ben.customer, by=w.anna.me), NEEDS_PASS),
    "P42-anothers-entries-by-staff": (lambda w: door.entries_of(w.ben.customer, by=w.shipping), "no row"),
    "P7-an-arrival-told-by-a-page": (lambda w: told("arrived", Actor("web:orders")), "^actor"),
    "P7-an-arrival-told-by-whoever-gets-it": (lambda w: told("arrived", w.anna.me), "^actor"),
    "P7-an-arrival-told-by-a-made-up-pass": (lambda w: told("arrived", Actor("shipping", "a" * 43)), "^pass"),
    "P7-a-return-told": (lambda w: told("returned", CHECKOUT), "^facts"),
    "P43-a-placed-order-cleared-away": (lambda w: cleared(w.recipient), "draft|lapsed"),
    "P43-a-customer-cleared-away": (lambda w: cleared(w.anna.customer), "draft|lapsed"),
    "P7-a-kept-address-for-the-books-by-a-page": (
        lambda w: look(w.recipient, Actor("web:orders"), "recipient.address", purpose.books), "no row"
    ),
    "P7-a-calendar-for-a-page": (lambda w: door.calendar(by=Actor("web:orders")), "^actor"),
    "P7-a-calendar-by-a-shoppers-pass": (
        lambda w: door.calendar(by=Actor("merchant", w.anna.order_pass.token)), "^pass"
    ),
    "P4-card-data-by-the-checkout": (card_of("checkout.name"), "^source"),
    "P4-card-data-by-an-input-of-no-form": (card_of("plugin.last4"), "^source"),
}  # fmt: skip
for name_, (act_, says_) in GRANTS.items():
    attempt("grant", name_, act_, says_)
attempt("grant", "P3-anothers-address-as-proof", other_wrong, "no pass")


def checked(world: World) -> None:
    """Ask whether a shopper's pass is staff's."""
    found: StaffPass | None = door.check_staff(world.anna.order_pass.token)
    assert found is None
    nothing("a shopper's pass signs nobody in")


attempt("grant", "P35-a-shoppers-pass-in-the-staff-session", checked, "nobody in")


def own_rightly(world: World) -> None:
    """One's own name by one's own pass."""
    name = look(world.ben.customer, world.ben.me, "customer.name", purpose.rights)
    assert name == world.ben.values[world.ben.customer, "customer.name"]


control("grant", own_rightly)


@dataclass
class Late:
    """A store whose clock has gone on since its passes were minted."""

    world: World
    one_time: str
    unclaimed: UUID
    come: Sale  # whose parcel had come when the clock began


def old_token(late: Late) -> object:
    """Sign in by a token of yesterday."""
    return door.sign_in_staff(late.one_time, by=Actor("web:members"))


def after(hours: float, act: Callable[[Late], object]) -> Callable[[Late], object]:
    """Try it so many hours later, by the vault's own clock."""

    def later(late: Late) -> object:
        if late.world.running.arguments[1] != str(int(hours * 3600)):
            late.world.running.restart(clock_offset=int(hours * 3600))
        return act(late)

    return later


def lapsed(late: Late) -> object:
    """Pack a parcel whose time is over, by a fresh pass."""
    return look(late.world.recipient, staff_pass())


def come_long_ago(late: Late) -> object:
    """Pack a parcel again that came a month ago."""
    return look(late.come.recipients[0], staff_pass())


def come_again(late: Late) -> object:
    """Tell of its arrival once more, as if that began a month anew."""
    with role("worker"):
        door.tell(late.come.recipients, "arrived", by=SWEEP)
    door.claim(late.come.people, by=CHECKOUT)
    return look(late.come.recipients[0], staff_pass())


def reprinted(late: Late) -> object:
    """Write the address anew, so that it counts as fresh."""
    given = {"recipient.address": Given({"line1": "x", "city": "y", "country": "US"}, "recipient.address")}
    with role("worker"):
        return door.collect(late.come.recipients[0], "recipient", given, purpose=purpose.deliver, by=SWEEP)


def booked(late: Late) -> object:
    """Keep the books without anybody having granted it."""
    with role("operator"):
        return look(late.come.recipients[0], Actor("operator"), "recipient.address", purpose.books)


def unclaimed_later(late: Late) -> object:
    """Place an order over what was typed two hours ago."""
    return door.claim([late.unclaimed], by=CHECKOUT)


def ended(late: Late) -> object:
    """Write a mail when the mail service's contract is over."""
    sale = a_sale()
    with role("worker"):
        return door.disclose(
            sale.customer,
            ["customer.email"],
            to="mail",
            purpose=purpose.confirm,
            by=Actor("job:confirm"),
            once=token(),
        )


def ended_cards(late: Late) -> object:
    """Ask for money when the processor's contract is over."""
    sale = a_sale()
    with role("worker"):
        return door.disclose(
            sale.customer, [], to="card_processor", purpose=purpose.bill, by=PAY, once=token(),
            facts={"amount_minor": 1, "currency": "USD", "reference": token()},
        )  # fmt: skip


DAY, YEAR = 24, 24 * 366  # in hours
LATER: dict[str, tuple[float, Callable[[Late], object], str]] = {
    "P1-claiming-what-was-left-lying": (2, unclaimed_later, "^erased"),
    "P35-a-one-time-token-of-an-hour-ago": (2, old_token, "^pass"),
    "P3-an-order-pass-of-yesterday": (13, lambda late: look(late.world.recipient, late.world.anna.me), NEEDS_PASS),
    "P5-a-card-by-a-pass-of-yesterday": (
        13,
        lambda late: look(late.world.anna.customer, late.world.anna.me, "payment.last4", purpose.rights),
        NEEDS_PASS,
    ),
    "P35-a-staff-pass-of-yesterday": (13, lambda late: look(late.world.recipient, late.world.shipping), NEEDS_ROLE),
    "P42-entries-by-a-pass-of-yesterday": (
        13, lambda late: door.entries_of(late.world.anna.customer, by=late.world.anna.me), NEEDS_PASS,
    ),
    "P7-an-address-31-days-after-it-came": (31 * DAY, come_long_ago, "lapsed"),
    "P7-an-address-whose-parcel-came-twice": (31 * DAY, come_again, "lapsed"),
    "P7-an-address-written-again": (31 * DAY, reprinted, "no row|lapsed"),
    "P7-a-kept-address-without-a-grant": (31 * DAY, booked, "needs granted"),
    "P7-an-address-after-its-time": (7 * 31 * DAY, lapsed, "lapsed"),
    "P21-a-mail-after-the-contract": (3 * YEAR, ended, "contract"),
    "P21-a-payment-after-the-contract": (3 * YEAR, ended_cards, "contract"),
    "P21-a-mail-after-an-overdue-review": (1.5 * YEAR, ended, "contract"),
}  # fmt: skip
for name_, (hours_, late_act, says_) in LATER.items():
    attempt("grant", name_, after(hours_, late_act), says_, needs="late")
