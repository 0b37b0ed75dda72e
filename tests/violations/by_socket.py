"""The line itself: each role for each actor it may not speak for, greetings that do not fit, and asks that are none."""

from __future__ import annotations

from typing import Any

from microkitten.policy.words import ACTORS
from microkitten.vault.wire import Role
from tests.violations.attempts import attempt, control, nothing
from tests.violations.world import World, ask

GOOD = {"deliver": "recipient.name"}


def look(world: World, actor: str) -> dict[str, Any]:
    """Ask for a recipient's name as the packing page does, whoever speaks."""
    who = world.actor(actor)
    wanted = {world.recipient.hex: ["recipient.name"]}
    return ask("use", who.name, who.token, purpose="deliver", persons=wanted, facts={})


for role in Role:
    for actor in ACTORS:
        if not role.speaks_for(actor):
            attempt(
                "socket", f"P11-{actor}-over-the-socket-of-{role}",
                lambda world, role=role, actor=actor: world.say(look(world, actor), role), "^actor",
            )  # fmt: skip

INVENTED = ("root", "admin", "web", "job:", "job:export", "web:admin", "clerk", "WEB:checkout", "shipping ", "person\n",
            "statistician", "")  # fmt: skip
for actor in INVENTED:
    attempt(
        "socket", f"P11-an-invented-actor-{actor!r}",
        lambda world, actor=actor: world.say(look(world, actor)), "^actor",
    )  # fmt: skip

GREETINGS: dict[str, dict[str, Any]] = {
    "P0-an-old-protocol": {"protocol": 0},
    "P0-a-newer-protocol": {"protocol": 99},
    "P0-a-policy-of-yesterday": {"policy": "0" * 64},
    "P0-no-policy": {"policy": None},
    "P0-another-release": {"release": "0.0"},
    "P35-the-role-of-worker-on-the-web-socket": {"role": "worker"},
    "P35-the-role-of-operator-on-the-web-socket": {"role": "operator"},
    "P35-two-roles": {"role": ["web", "worker"]},
}
for name, greeting in GREETINGS.items():
    attempt(
        "socket", name,
        lambda world, greeting=greeting: world.say(look(world, "shipping"), **greeting), "hung up", ConnectionError,
    )  # fmt: skip

# No verb of that name or shape: the line is closed before the writer sees it, so there is no entry either.
UNKNOWN: dict[str, dict[str, Any]] = {
    "P11-a-verb-for-lists": ask("people"),
    "P20-a-verb-for-selling": ask("sell", party="data_broker"),
    "P20-a-verb-for-exports": ask("export", group="customer"),
    "P35-a-verb-by-its-python-name": ask("__class__"),
    "P35-the-sweep-as-a-verb": ask("sweep"),
    "P35-sql-as-a-verb": ask("SELECT * FROM vault_record"),
    "P11-conditions-told-by-the-caller": ask(
        "use", purpose="deliver", persons={}, facts={}, conditions=["staff", "proven", "claimed"]
    ),
    "P11-a-rule-told-by-the-caller": ask("use", purpose="deliver", persons={}, facts={}, rule="deliver.open"),
    "P11-two-purposes-at-once": ask("use", purpose=["deliver", "rights"], persons={}, facts={}),
    "P11-a-purpose-that-is-none": ask("use", purpose=None, persons={}, facts={}),
    "P22-all-people": ask("use", purpose="deliver", persons="*", facts={}),
    "P22-a-person-by-pattern": ask("use", purpose="deliver", persons={"%": ["recipient.name"]}, facts={}),
    "P22-a-field-by-pattern": ask("use", purpose="deliver", persons={"0" * 32: ["recipient.*"]}, facts={}),
    "P22-more-people-than-a-page": ask(
        "use", purpose="deliver", persons={f"{n:032x}": ["recipient.name"] for n in range(1001)}, facts={}
    ),
    "P1-a-value-without-a-source": ask(
        "collect", person="0" * 32, kind="customer", purpose="confirm", given={"customer.name": "x"}
    ),
    "P35-nobody-asks": {**ask("claim", persons=[]), "by": None},
    "P35-roles-told-by-the-caller": {
        **ask("checkpoint"), "by": {"name": "shipping", "token": "", "roles": ["shipping"]},
    },
    "P35-a-uid-told-by-the-caller": {**ask("checkpoint"), "uid": 0},
    "P3-guesses-by-the-dozen": {
        **ask("checkpoint"),
        "asks": [
            {"do": "prove", "person": "0" * 32, "field": "customer.email", "given": ["a", "proof.email"], "covers": []}
        ] * 12,
    },
}  # fmt: skip
for name, message in UNKNOWN.items():
    attempt(
        "socket",
        name,
        lambda world, message=message: world.say(message),
        "hung up: malformed",
        ConnectionError,
    )


def no_people(world: World) -> None:
    """Ask for the counts that anybody may ask for."""
    nothing("counts alone: " + world.blank(world.say({**ask("status"), "by": None})))


attempt("socket", "P20-the-public-verbs", no_people, "counts alone")

ASKED: dict[str, tuple[dict[str, Any], str]] = {
    "P35-a-token-for-staff-by-a-page": (ask("staff_token", "web:members", name="Eve"), "no row"),
    "P35-a-token-for-staff-by-shipping": (ask("staff_token", "shipping", name="Eve"), "no row"),
    "P8-a-cookie-minted-by-the-checkout": (ask("assign_visitor", "web:checkout"), "actor"),
    "P8-a-yes-said-by-the-checkout": (ask("consent_visitor", "web:checkout"), "actor|no row"),
    "P9-somebody-by-their-cookie-at-checkout": (
        ask("find", "web:checkout", field="visitor.cookie", value="a" * 22), "no row"
    ),
    "P16-somebody-by-their-name": (ask("find", "web:orders", field="customer.name", value="Anna"), "fields"),
    "P16-somebody-by-their-telephone": (ask("find", "web:orders", field="recipient.phone", value="1"), "fields"),
    "P22-an-unknown-party": (
        ask("disclose", person="0" * 32, fields=[], to="broker", purpose="confirm", facts={}, once="x"), "party"
    ),
    "P11-a-purpose-of-another-shop": (
        ask("use", purpose="offers", persons={}, facts={}), "^purpose"
    ),
    "P11-statistics-without-a-rule": (ask("use", purpose="statistics", persons={}, facts={}), "^purpose"),
    "P11-a-purpose-in-other-letters": (ask("use", purpose="deliver.open", persons={}, facts={}), "^purpose"),
    "P35-a-claim-by-a-visitors-page": (ask("claim", "web:visitors", persons=["0" * 32]), "^actor"),
    "P43-erasing-by-the-checkout": (ask("erase", person="0" * 32, reason="x"), "no row"),
    "P35-a-number-indexed-for-a-stranger": (
        ask("index_order", person="0" * 32, number="AAAA-AAAA"), "same batch"
    ),
    "P3-a-pass-for-strangers": (ask("keep_open", persons=["0" * 32]), "same batch"),
    "P3-a-pass-for-nobody": (ask("keep_open", persons=[]), "same batch"),
}  # fmt: skip
for name, (message, says) in ASKED.items():
    attempt("socket", name, lambda world, message=message: world.say(message), says)


def speak_rightly(world: World) -> None:
    """The very same frame over the right socket."""
    answer = world.say(look(world, "shipping"), "web")
    assert answer[0]["values"] == {
        world.recipient.hex: {"recipient.name": world.anna.values[world.recipient, "recipient.name"]}
    }


control("socket", speak_rightly)
