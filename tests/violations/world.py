"""The store that is attacked: a real vault with two shoppers, staff and a browser in it, every value a token."""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from microkitten import __version__
from microkitten.policy import purpose
from microkitten.policy.words import ACTORS
from microkitten.vault import door, wire
from microkitten.vault.door import line
from microkitten.vault.ids import uuid7
from microkitten.vault.types import Actor, Given, Refused
from tests.vault.conftest import (
    CHECKOUT,
    ORDERS,
    PAY,
    SWEEP,
    VISITORS,
    Sale,
    a_sale,
    calling,
    role,
    staff_pass,
    token,
)
from tests.vault_process import RunningVault, remove_vault, start_vault

__all__ = [
    "CHECKOUT", "ORDERS", "PAY", "SWEEP", "VISITORS", "Sale", "World", "a_sale", "role", "staff_pass", "token",
]  # fmt: skip
TOKEN = re.compile(r"kq[bcdfghjkmnpqrstvwxz]{14}")
ASK = line.ask
ROLES = {"job": "worker", "operator": "operator"}


@dataclass
class World:
    """Whose data there is, who may ask for it, and every refusal of the vault so far by (actor, rule)."""

    running: RunningVault
    anna: Sale
    ben: Sale
    shipping: Actor
    staff: UUID
    cookie: str
    visitor: UUID
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def recipient(self) -> UUID:
        """Anna's recipient."""
        return self.anna.recipients[0]

    def of(self, name: str) -> UUID:
        """Return somebody who has this field of the policy."""
        group = name.partition(".")[0]
        people = {"visitor": self.visitor, "staff": self.staff, "recipient": self.recipient}
        return people.get(group, self.anna.customer)

    def actor(self, name: str) -> Actor:
        """Return an actor with the best pass that they could hold."""
        if name == "person":
            return self.anna.me
        return Actor(name, self.shipping.token if name in {"shipping", "merchant"} else "")

    @contextmanager
    def speaking(self, actor: str) -> Iterator[None]:
        """Call by the socket that speaks for an actor."""
        with role(ROLES.get(actor.partition(":")[0], "web")):
            yield

    def blank(self, shown: object) -> str:
        """Return a text that holds none of anybody's values; raises AssertionError otherwise."""
        text = shown.decode("latin-1") if isinstance(shown, bytes) else str(shown)
        held = {*TOKEN.findall(str(self.anna.values)), *TOKEN.findall(str(self.ben.values))}
        assert len(held) >= 10
        found = {one for one in TOKEN.findall(text.lower()) if one in held or one[::-1] in held}
        assert not found, f"shows {found}"
        return text

    # Speaking past the door

    def dial(self, role_: str = "web", **other: Any) -> socket.socket:
        """Connect and greet, parts of the greeting changed."""
        found = socket.socket(socket.AF_UNIX)
        found.settimeout(10)
        found.connect(str((self.running.folder / "run").resolve() / f"{role_}.sock"))
        ours = {
            "protocol": wire.PROTOCOL,
            "role": role_,
            "policy": door.policy_hash(),
            "release": __version__,
        }
        wire.send(found, {**ours, **other})
        wire.receive(found, wait_seconds=5)
        return found

    def say(self, message: object, role_: str = "web", **greeting: Any) -> Any:
        """Send one message as it stands; return the answers. Raises Refused, ConnectionError if hung up on."""
        if isinstance(message, dict) and message.get("id") == "0" * 32:
            message = {**message, "id": uuid7().hex}  # the vault answers each batch once
        with self.dial(role_, **greeting) as found:
            try:
                wire.send(found, message)
                reply = wire.receive(found, wait_seconds=8)
            except wire.Gone:
                raise ConnectionError("the vault hung up") from None
        if "refused" in reply:
            told = reply["refused"]
            self.note(message, told["rule"])
            raise Refused(rule=told["rule"], statement=told["statement"], why=told["why"])
        if "error" in reply:
            raise ConnectionError(f"the vault hung up: {reply['error']}")
        return reply["answers"]

    def note(self, message: Any, rule: str) -> None:
        """Count a refusal as the ledger should have it."""
        actor = message["by"]["name"] if message["by"] else ""
        self.refused[actor if actor in ACTORS else "unknown", rule] += 1

    def entries(self) -> int:
        """Return how long the ledger is."""
        return int(door._ask("status")["entries"])


def ask(do: str, by: str = "web:checkout", token_: str = "", **parts: Any) -> dict[str, Any]:
    """Return a batch of one ask as it stands on the line."""
    return {"by": {"name": by, "token": token_}, "asks": [{"do": do, **parts}], "id": "0" * 32}


@contextmanager
def a_world(folder: Path, *, offset: int = 0) -> Iterator[World]:
    """Start a vault in a folder and fill it; every refusal from then on is counted."""
    running = start_vault(folder, profile="classic", clock_offset=offset)
    with pytest.MonkeyPatch.context() as patch, calling(running):
        cookie = door.consent_visitor(by=VISITORS)
        visitor = door.find("visitor.cookie", cookie, by=VISITORS)
        assert visitor is not None
        seen = {"visitor.seen": Given([token()], "product.page")}
        door.collect(visitor, "visitor", seen, purpose=purpose.customize, by=VISITORS)
        shipping, anna = staff_pass(), a_sale()
        door.tell(anna.people, "placed", by=CHECKOUT)
        world = World(running, anna, a_sale(), shipping, _staff(shipping), cookie, visitor)
        with role("worker"):
            card = {"brand": "visa", "last4": "4242", "expiry": "12/34"}
            given = {f"payment.{name}": Given(value, f"processor.{name}") for name, value in card.items()}
            door.collect(anna.customer, "customer", given, purpose=purpose.bill, by=PAY)

        def counted(message: dict[str, Any], *, repeatable: bool) -> list[Any]:
            try:
                return ASK(message, repeatable=repeatable)
            except Refused as refused:
                world.note(message, refused.rule)
                raise

        patch.setattr(line, "ask", counted)
        try:
            yield world
        finally:
            remove_vault(running)


def _staff(shipping: Actor) -> UUID:
    found = door.check_staff(shipping.token)
    assert found is not None
    return found.sign_in
