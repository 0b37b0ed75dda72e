"""Synthetic people for the bench: a vault of many, each with a card and the entries of ten orders."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from microkitten import policy
from microkitten.ledger.leaf import Kind
from microkitten.policy import purpose
from microkitten.vault.ids import uuid7
from microkitten.vault.server import process, setup
from microkitten.vault.server.bench import Figure
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.sealing import NOBODY
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, passes
from microkitten.vault.server.work import Vault, Work
from microkitten.vault.wire import Role

ORDERS_EACH: Final = 10
PERSONS_A_COMMIT: Final = 1_000


@dataclass(slots=True)
class Town:
    """A vault and whom it knows."""

    vault: Vault
    people: list[UUID] = field(default_factory=list)
    recipients: list[UUID] = field(default_factory=list)
    token: str = ""  # a pass that covers the first customer and all recipients
    page: tuple[UUID, UUID, str] = (NOBODY, NOBODY, "")  # an order of one parcel, and the pass that opens it
    plain_bytes: int = 0  # of the personal values as a plain table would hold them

    def work(self, actor: str, token: str = "") -> Work:
        """Begin a batch of an actor."""
        role = Role.OPERATOR if actor == "operator" else Role.WORKER if actor.startswith("job:") else Role.WEB
        return Work(self.vault, role, actor, token, self.vault.clock.now(), uuid4())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does as the writer would."""
        vault = self.vault
        vault.database.begin()
        yield
        vault.journal.write()
        vault.keyring.prepare()
        vault.database.commit()
        vault.journal.committed()
        vault.keyring.settle()

    def close(self) -> None:
        """Close."""
        self.vault.keyring.close()
        self.vault.database.close()


def found(store: Path) -> Town:
    """Make an empty vault in a folder whose `vault/database.toml`, if any, names its database."""
    (store / "policy.toml").write_text(policy.packaged_text("classic", day=datetime.now(UTC).date()))
    setup.migrate(Folder(store))
    return Town(process.open_vault(Folder(store), Clock()))


def settle(town: Town, number: int, *, orders: int = ORDERS_EACH) -> Iterator[int]:
    """Let people move in, a part at a time. Yields: how many there are."""
    while len(town.people) < number:
        with town.transaction():
            for _ in range(min(PERSONS_A_COMMIT, number - len(town.people))):
                _customer(town, orders)
        yield len(town.people)


def sale(town: Town, *, recipients: int) -> None:
    """Let one order be placed that a pass covers: a customer and recipients."""
    with town.transaction():
        work = town.work("web:checkout")
        who, others = uuid7(), [uuid7() for _ in range(recipients)]
        _collect(town, work, who, "customer", purpose.confirm, _customer_values(0))
        for number, other in enumerate(others):
            _collect(town, work, other, "recipient", purpose.deliver, _recipient_values(number))
        token = str(passes.keep_open(work, persons=[who, *others])["token"])
        collect.claim(town.work("web:checkout"), persons=[who, *others])
    town.people.insert(0, who)
    if recipients == 1:
        town.page = who, others[0], token
    else:
        town.recipients, town.token = others, token


def _customer(town: Town, orders: int) -> None:
    who, number = uuid7(), len(town.people)
    _collect(town, town.work("web:checkout"), who, "customer", purpose.confirm, _customer_values(number))
    _collect(town, town.work("job:pay"), who, "customer", purpose.bill, _card(number))
    collect.claim(town.work("web:checkout"), persons=[who])
    _orders(town, who, number, orders)
    town.vault.keyring.keep()
    town.people.append(who)


def _orders(town: Town, who: UUID, number: int, orders: int) -> None:
    box, work = town.vault.keyring.of(who), town.work("job:confirm")
    for order in range(orders):
        work.enter(
            Kind.DISCLOSURE, purpose.confirm, box,
            fields=["customer.email", "customer.name"], party="mail", rule="confirm.mail",
            facts={"kind": "confirmation", "message_id": f"{number}.{order}@example.com", "order_number": str(order)},
        )  # fmt: skip


def _collect(
    town: Town, work: Work, who: UUID, kind: str, why: policy.Purpose, values: dict[str, Told]
) -> None:
    collect.collect(work, person=who, kind=kind, purpose=str(why), given=values)
    town.plain_bytes += sum(len(str(told.value)) for told in values.values())


def _customer_values(number: int) -> dict[str, Told]:
    return {
        "customer.name": Told(f"Johanna Example {number}", "checkout.name"),
        "customer.email": Told(f"johanna.{number}@example.com", "checkout.email"),
    }


def _card(number: int) -> dict[str, Told]:
    told = {"brand": "visa", "last4": f"{number % 10_000:04}", "expiry": "12/30"}
    return {f"payment.{name}": Told(value, f"processor.{name}") for name, value in told.items()}


def _recipient_values(number: int) -> dict[str, Told]:
    address = {
        "line1": f"{number} Long Elm Street", "line2": "Apartment 4", "city": "Springfield", "region": "IL",
        "postcode": "62701", "country": "US",
    }  # fmt: skip
    return {
        "recipient.name": Told(f"Robert Receiver {number}", "recipient.name"),
        "recipient.address": Told(address, "recipient.address"),
        "recipient.phone": Told("+1 217 555 0100", "recipient.phone"),
        "recipient.message": Told("Happy birthday, and see you in spring!", "recipient.message"),
    }


def engine_url(store: Path) -> str | None:
    """Return the address of the server's database, or None on SQLite."""
    path = store / "vault/database.toml"
    return str(tomllib.loads(path.read_text())["url"]) if path.exists() else None


def orders_of_the_first(town: Town, orders: int) -> None:
    """Let the first customer have as many orders: what an export then has to tell."""
    with town.transaction():
        _orders(town, town.people[0], 0, orders)


def sizes(town: Town, store: Path) -> Iterator[Figure]:
    """How many bytes sealing costs: of the personal columns, and of the whole database with its keys."""
    database = town.vault.database
    (sealed,) = database.row("SELECT SUM(LENGTH(sealed)) FROM vault_record")
    people, plain = len(town.people) + len(town.recipients), town.plain_bytes
    yield Figure("sealed against plain, personal columns", sealed / plain, "times", "<= 2", sealed <= 2 * plain,
                 f"{sealed / people:.0f} bytes a person, plain {plain / people:.0f}")  # fmt: skip
    whole = _whole(town, store)
    without = whole - (sealed - plain)
    yield Figure("the same, whole database", whole / without, "times", "<= 1.2", whole <= 1.2 * without,
                 f"{whole / 1e6:.0f} MB")  # fmt: skip
    keys = sum(path.stat().st_size for path in (store / "vault").glob("keys.sqlite3*"))
    yield Figure("and with the key store, which is in no backup", (whole + keys) / without, "times", "-", True,
                 f"{keys / 1e6:.0f} MB of keys")  # fmt: skip


def _whole(town: Town, store: Path) -> int:
    if engine_url(store) is None:
        town.vault.database.truncate_log()
        return (store / "vault/vault.sqlite3").stat().st_size
    (size,) = town.vault.database.row("SELECT pg_database_size(current_database())")
    return int(size)
