"""Each actor asks, by its own socket and with the best pass it could hold, for what the table has no row for."""

from __future__ import annotations

import random
from collections.abc import Iterator

from microkitten import policy
from microkitten.policy import Purpose, Question, purpose
from microkitten.policy.words import ACTORS, CONDITIONS
from microkitten.vault import door
from microkitten.vault.types import Given
from tests.violations.attempts import attempt, control
from tests.violations.world import World, token

RULES = policy.packaged("classic")
CHANCE = random.Random(48)
NAMED = {"payment": "P5", "recipient": "P6", "visitor": "P9", "staff": "P35", "customer": "P11"}
NO_ROW = r"^(the policy has no row for this|actor|rule )"


def forbidden(act: str, name: str | None, why: Purpose, actor: str, party: str | None = None) -> bool:
    """Tell whether the policy has no row for this, whatever else were true."""
    held = frozenset(CONDITIONS) - {"lapsed"}  # which takes rights away
    return not policy.decide(RULES, Question(name, why, actor, party, held, act, 0)).allowed


def promise(name: str) -> str:
    """Return the promise that a group of the policy falls under first."""
    return NAMED[name.partition(".")[0]]


# Every forbidden look: whoever asks, for whatever.
def use(name: str, why: Purpose, actor: str) -> None:
    """Add an attempt to open a field for a purpose."""

    def act(world: World) -> object:
        with (
            world.speaking(actor),
            door.use(why, {world.of(name): [name]}, by=world.actor(actor)) as opened,
        ):
            return opened.reveal(world.of(name), name)

    attempt("door", f"{promise(name)}-use-{name}-for-{why}-by-{actor}", act, NO_ROW)


def disclose(name: str, why: Purpose, actor: str, party: str) -> None:
    """Add an attempt to hand a field over."""

    def act(world: World) -> object:
        with world.speaking(actor):
            return door.disclose(
                world.of(name), [name], to=party, purpose=why, by=world.actor(actor), once=token()
            )

    attempt("gateway", f"P22-{name}-to-{party}-for-{why}-by-{actor}", act, NO_ROW)


def collect(name: str, why: Purpose, actor: str) -> None:
    """Add an attempt to write a field, with the mark of the very input that may."""
    group = RULES.group_of(name)
    value: object = {"line1": "x"} if name.endswith(".address") else ["x"] if name == "visitor.seen" else "x"

    def act(world: World) -> object:
        given = {name: Given(value, RULES.field(name).forms[0])}  # type: ignore[arg-type] # a value of its shape
        with world.speaking(actor):
            return door.collect(world.of(name), group.person, given, purpose=why, by=world.actor(actor))

    says = "source" if name in {"visitor.cookie", "staff.token"} else NO_ROW
    attempt("door", f"P1-collect-{name}-for-{why}-by-{actor}", act, says)


def looks() -> Iterator[tuple[str, Purpose, str]]:
    """Yield every look that no row allows."""
    for name in RULES.fields:
        for why in Purpose.every():
            yield from ((name, why, actor) for actor in ACTORS if forbidden("use", name, why, actor))


LOOKS = sorted(looks(), key=str)
# P5, P6, P7, P9: each field of these groups for each purpose it must not serve, by an actor drawn by lot.
BARRED = sorted({(name, why) for name, why, _ in LOOKS if promise(name) in {"P5", "P6", "P9"}}, key=str)
DRAWN = [
    CHANCE.choice([one for one in LOOKS if one[:2] == pair])
    for pair in BARRED
    if all(forbidden("use", *pair, actor) for actor in ACTORS)
]
for one in DRAWN + CHANCE.sample([one for one in LOOKS if one not in DRAWN], 24):
    use(*one)

HANDED = [
    (name, why, actor, party)
    for name in RULES.fields
    for why in Purpose.every()
    for actor in ACTORS
    for party in RULES.parties
    if forbidden("disclose", name, why, actor, party)
]
for given_away in CHANCE.sample(sorted(HANDED, key=str), 24):
    disclose(*given_away)

WRITTEN = [
    (name, why, actor)
    for name in RULES.fields
    for why in Purpose.every()
    for actor in ACTORS
    if forbidden("collect", name, why, actor)
]
for written in CHANCE.sample(sorted(WRITTEN, key=str), 14):
    collect(*written)


def look_rightly(world: World) -> None:
    """The very same call with a row behind it."""
    at = world.recipient
    with door.use(purpose.deliver, {at: ["recipient.name"]}, by=world.shipping) as opened:
        assert opened.reveal(at, "recipient.name") == world.anna.values[at, "recipient.name"]


def hand_rightly(world: World) -> None:
    """The very same call for the one mail that there is."""
    with world.speaking("job:confirm"):
        made = door.disclose(
            world.anna.customer, ["customer.email"], to="mail", purpose=purpose.confirm,
            by=world.actor("job:confirm"), once=token(),
        )  # fmt: skip
    made.verify()


control("door", look_rightly)
control("gateway", hand_rightly)


# The gateway's own list: P20, P21, P22, P25, P30.
def to_mail(world: World, **other: object) -> object:
    """Hand over to the mail service as the confirmation does, parts of it changed."""
    parts = {
        "person": world.anna.customer, "fields": ["customer.name", "customer.email"], "to": "mail",
        "purpose": purpose.confirm, "by": world.actor("job:confirm"), "once": token(),
    } | other  # fmt: skip
    with world.speaking("job:confirm"):
        return door.disclose(parts.pop("person"), parts.pop("fields"), **parts)  # type: ignore[arg-type] # as named


def to_cards(world: World, **other: object) -> object:
    """Hand over to the card processor as a payment does, parts of it changed."""
    facts = {"amount_minor": 1, "currency": "USD", "reference": "a" * 22, **other}
    with world.speaking("job:pay"):
        return door.disclose(
            world.anna.customer, [], to="card_processor", purpose=purpose.bill, by=world.actor("job:pay"),
            facts=facts, once=token(),
        )  # type: ignore[arg-type] # as named  # fmt: skip


GATE = {
    "P21-to-nobody-we-know": ({"to": "data_broker"}, "^party"),
    "P20-to-whoever-rents": ({"to": "rent"}, "^party"),
    "P21-another-spelling-of-mail": ({"to": "mail2"}, "^party"),
    "P22-a-field-that-is-not": ({"fields": ["customer.email", "customer.ssn"]}, "no row"),
    "P22-one-surplus-field": ({"fields": ["customer.name", "customer.email", "payment.last4"]}, "no row"),
    "P22-a-whole-group": ({"fields": ["customer"]}, "no row"),
    "P22-an-aliased-field": ({"fields": ["customer.email", "recipient.name"]}, "no row"),
    "P25-facts-beyond-the-rule": ({"facts": {"campaign": "spring"}}, "^facts"),
    "P25-a-value-in-the-kind": ({"facts": {"kind": "anna carter"}}, "^facts"),
    "P25-a-value-in-the-order-number": ({"facts": {"order_number": "Anna Carter"}}, "^facts"),
    "P25-an-address-in-the-message-id": ({"facts": {"message_id": "anna@example.com"}}, "^facts"),
    "P25-amount-to-the-mail-service": ({"facts": {"amount_minor": 1}}, "^facts"),
}
for name_, (other_, says_) in GATE.items():
    attempt("gateway", name_, lambda world, other=other_: to_mail(world, **other), says_)
CARDS = {
    "P30-a-name-in-the-reference": {"reference": "Anna Carter"},
    "P30-a-product-in-the-currency": {"currency": "felt mouse"},
    "P30-a-text-as-amount": {"amount_minor": "12"},
    "P30-a-description": {"description": "felt mouse"},
    "P30-an-email-for-receipts": {"receipt_email": "anna@example.com"},
    "P30-metadata": {"metadata": "anna"},
}
for name_, other_ in CARDS.items():
    attempt("gateway", name_, lambda world, other=other_: to_cards(world, **other), "^facts")


def twice(world: World) -> object:
    """Give one name to two acts."""
    once = token()
    to_mail(world, once=once)
    return to_mail(world, once=once, fields=["customer.email"])


attempt("gateway", "P22-one-name-for-two-acts", twice, "^once")
attempt(
    "gateway", "P20-a-list-of-people",
    lambda world: to_mail(world, person=[world.anna.customer, world.ben.customer]),
    "no attribute 'hex'", AttributeError,
)  # fmt: skip
attempt(
    "gateway", "P22-somebody-who-is-not",
    lambda world: to_mail(world, person=door.new_person()), "erased|claimed",
)  # fmt: skip
