"""Rights that are somebody else's: exports, erasures, corrections and grants asked for by whoever may not (P3, P43)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from microkitten.policy import Purpose, purpose
from microkitten.vault import door
from microkitten.vault.types import Actor, Given, Grant
from tests.violations.attempts import attempt, control
from tests.violations.world import World, a_sale

OPERATOR, NOTIFY = Actor("operator"), Actor("job:notify")
NEEDS = r"needs (proven|granted|draft|lapsed|consent)|no row"
Right = Callable[[UUID, Actor], object]
RIGHTS: dict[str, Right] = {
    "preview": lambda who, by: door.preview_erasure(who, by=by),
    "erase": lambda who, by: door.erase(who, by=by, reason="asked"),
    "export": lambda who, by: door.export(who, by=by),
    "restrict": lambda who, by: door.restrict(who, by=by, on=True, reason="asked"),
    "object": lambda who, by: door.object_to(who, purpose.customize, by=by),
    "consents": lambda who, by: door.consents_of(who, by=by),
}
ASKERS: dict[str, Callable[[World], Actor]] = {
    "another-shopper": lambda world: world.ben.me,
    "a-made-up-pass": lambda _world: Actor("person", "a" * 43),
    "staff-as-the-person": lambda world: Actor("person", world.shipping.token),
    "whoever-packs": lambda world: world.shipping,
    "the-merchant": lambda world: Actor("merchant", world.shipping.token),
    "the-order-page": lambda _world: Actor("web:orders"),
    "the-operator-without-a-grant": lambda _world: OPERATOR,
    "the-operator-with-a-shoppers-pass": lambda world: Actor("operator", world.anna.order_pass.token),
}


def of(name: str, asker: str, whose: str) -> None:
    """Add an attempt at a right of the customer's or the receiver's."""

    def act(world: World) -> object:
        by = ASKERS[asker](world)
        with world.speaking(by.name):
            return RIGHTS[name](world.anna.customer if whose == "customer" else world.recipient, by)

    attempt("rights", f"P43-{name}-of-a-{whose}-by-{asker}", act, NEEDS)


def granted(world: World, *groups: str, why: Purpose = purpose.rights, seconds: int = 60) -> Grant:
    """Mint a grant for Anna."""
    return door.grant(
        world.anna.customer,
        groups or ["customer"],
        purpose=why,
        seconds=seconds,
        reason="letter",
        by=OPERATOR,
    )


def under(world: World, who: UUID, field: str, why: Purpose = purpose.rights) -> object:
    """Open a field under a grant for Anna's customer group and her rights."""
    with world.speaking("operator"):
        by = Actor("operator", granted(world).token)
        with door.use(why, {who: [field]}, by=by) as opened:
            return opened.reveal(who, field)


def ended(world: World) -> object:
    """Use a grant that was ended."""
    with world.speaking("operator"):
        grant = granted(world)
        door.end_grant(grant.token, by=OPERATOR)
        return door.export(world.anna.customer, by=Actor("operator", grant.token))


def in_the_web(world: World) -> object:
    """Show a grant at the web's socket, as the person."""
    with world.speaking("operator"):
        grant = granted(world)
    return door.export(world.anna.customer, by=Actor("person", grant.token))


def minted(**told: object) -> Callable[[World], object]:
    """Mint a grant that there is no right to."""

    def act(world: World) -> object:
        asked = {"groups": ["customer"], "why": purpose.rights, "seconds": 60, "reason": "letter", **told}
        with world.speaking("operator"):
            return door.grant(
                world.anna.customer, asked["groups"], purpose=asked["why"], seconds=asked["seconds"],  # type: ignore[arg-type] # as told
                reason=asked["reason"], by=OPERATOR,  # type: ignore[arg-type] # as told
            )  # fmt: skip

    return act


def by_web(world: World) -> object:
    """Mint a grant from a page."""
    return door.grant(
        world.anna.customer,
        ["customer"],
        purpose=purpose.rights,
        seconds=60,
        reason="x",
        by=Actor("web:orders"),
    )


def looked_up(world: World) -> object:
    """Look a person up from a page, as the operator may."""
    email = str(world.ben.values[world.ben.customer, "customer.email"])
    asked = {"purpose": purpose.rights, "reason": "x"}
    return door.find_people("customer.email", email, by=Actor("web:orders"), **asked)  # type: ignore[arg-type] # as told


def mended(source: str, field: str = "customer.name") -> Callable[[World], object]:
    """Correct a stranger's field, or one's own by an input that may not."""

    def act(world: World) -> object:
        stranger = source == "correction.name"
        who = world.ben.customer if stranger else world.anna.customer
        return door.correct(who, {field: Given("Eve", source)}, by=world.anna.me)

    return act


def after_erasure(world: World) -> object:
    """Write to somebody who was erased, with the pass that still covers them."""
    sale = a_sale()
    door.erase(sale.customer, by=sale.me, reason="asked")
    assert world
    return door.correct(sale.customer, {"customer.name": Given("Eve", "correction.name")}, by=sale.me)


def noticed(by: Actor) -> Callable[[World], object]:
    """Read the notices."""

    def act(world: World) -> object:
        with world.speaking(by.name):
            return door.notices(by=by)

    return act


for right_ in RIGHTS:
    for asker_ in ASKERS:
        for whose_ in ("customer", "recipient"):
            of(right_, asker_, whose_)

OTHERS: dict[str, tuple[Callable[[World], object], str]] = {
    "P3-a-grant-for-another-person": (lambda w: under(w, w.ben.customer, "customer.name"), "needs granted"),
    "P3-a-grant-for-another-group": (lambda w: under(w, w.anna.customer, "payment.last4"), "needs granted"),
    "P3-a-grant-for-another-purpose": (
        lambda w: under(w, w.recipient, "recipient.name", purpose.books), "needs granted"
    ),
    "P3-a-grant-for-no-purpose-of-its": (
        lambda w: under(w, w.anna.customer, "customer.name", purpose.confirm), "no row"
    ),
    "P3-a-grant-after-its-end": (ended, "needs granted"),
    "P3-a-grant-at-the-webs-socket": (in_the_web, "needs proven"),
    "P3-a-grant-minted-by-a-page": (by_web, "^actor"),
    "P3-a-grant-for-a-day": (minted(seconds=86_400), "^seconds"),
    "P3-a-grant-without-a-reason": (minted(reason=" "), "^reason"),
    "P3-a-grant-with-a-card-for-a-reason": (minted(reason="4242 4242 4242 4242"), "^reason"),
    "P3-a-grant-to-ship": (minted(why=purpose.deliver), "no row"),
    "P3-a-grant-to-customize": (minted(why=purpose.customize), "no row"),
    "P3-a-grant-for-another-kinds-group": (minted(groups=["recipient"]), "^fields"),
    "P16-looked-up-from-a-page": (looked_up, "no row"),
    "P43-a-stranger-corrected": (mended("correction.name"), "needs proven"),
    "P43-corrected-by-another-input": (mended("profile.name"), "^source"),
    "P43-a-card-corrected": (mended("correction.name", "payment.last4"), "^source|^absent|needs proven"),
    "P43-an-erased-person-written-to": (after_erasure, "^erased"),
    "P43-a-strangers-yes-taken-back": (
        lambda w: door.withdraw(w.visitor, purpose.customize, by=w.anna.me), NEEDS
    ),
    "P43-notices-read-by-a-page": (noticed(Actor("web:orders")), "^actor"),
    "P43-notices-read-by-a-shopper": (noticed(Actor("person")), "^actor"),
    "P43-notices-read-by-the-mail-program": (noticed(Actor("job:confirm")), "^actor"),
}  # fmt: skip
for name_, (act_, says_) in OTHERS.items():
    attempt("rights", name_, act_, says_)


def rightly(world: World) -> object:
    """Use one's own rights, and the operator's under a grant."""
    sale = a_sale()
    assert door.export(sale.customer, by=sale.me).groups
    with world.speaking("operator"):
        assert door.export(world.anna.customer, by=Actor("operator", granted(world).token)).groups
    with world.speaking("job:notify"):
        door.notices(by=NOTIFY)
    return door.erase(sale.customer, by=sale.me, reason="asked")


control("rights", rightly)
