"""A real vault for each module of tests, in a folder of its own, and people whose every field is a unique
token."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker
from tests.vault import at_once
from tests.vault_process import RunningVault, remove_vault, start_vault

from microkitten import policy
from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.door import line
from microkitten.vault.types import Actor, Given, Pass

CHECKOUT = Actor("web:checkout")
ORDERS = Actor("web:orders")
VISITORS = Actor("web:visitors")
CONFIRM = Actor("job:confirm")
PAY = Actor("job:pay")
SWEEP = Actor("job:sweep")
OPERATOR = Actor("operator")


@contextmanager
def calling(running: RunningVault, role: str = "web") -> Iterator[None]:
    """Make this process call that vault, in that role, by its own policy."""
    before = {name: os.environ.get(name) for name in ("MICROKITTEN_STORE", "MICROKITTEN_ROLE")}
    rules = getattr(settings, "POLICY", None)
    os.environ |= {"MICROKITTEN_STORE": str(running.folder), "MICROKITTEN_ROLE": role}
    settings.POLICY = policy.load(running.folder / "policy.toml")
    try:
        yield
    finally:
        line.hang_up()
        settings.POLICY = rules
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def role(name: str) -> Iterator[None]:
    """Call the present vault in another role for a while."""
    before = os.environ["MICROKITTEN_ROLE"]
    os.environ["MICROKITTEN_ROLE"] = name
    try:
        yield
    finally:
        os.environ["MICROKITTEN_ROLE"] = before


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVault]:
    """A vault of the profile `classic`."""
    made = start_vault(tmp_path_factory.mktemp("store"), profile="classic")
    yield made
    remove_vault(made)


@pytest.fixture(scope="session")
def made_at_once(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """The folder of a vault of the profile `classic` that this process opens by itself."""
    return at_once.make(tmp_path_factory.mktemp("at-once"), django_db_blocker)


@pytest.fixture
def one(made_at_once: Path) -> Iterator[at_once.AtOnce]:
    """That vault, as it was made."""
    with at_once.opened(made_at_once) as made:
        yield made


@pytest.fixture
def called(running: RunningVault) -> Iterator[RunningVault]:
    """The module's vault, called as `web`."""
    with calling(running):
        yield running


def token() -> str:
    """Return a word that is nowhere else."""
    return "kq" + "".join(secrets.choice("bcdfghjkmnpqrstvwxz") for _ in range(14))


@dataclass
class Sale:
    """One placed checkout: who, what they typed, and the pass that the vault minted for it."""

    customer: UUID
    recipients: list[UUID]
    order_pass: Pass
    values: dict[tuple[UUID, str], object] = field(default_factory=dict)

    @property
    def me(self) -> Actor:
        """Return the shopper, who holds the pass."""
        return Actor("person", self.order_pass.token)

    @property
    def people(self) -> list[UUID]:
        """Return everybody of the sale."""
        return [self.customer, *self.recipients]


def a_sale(*, recipients: int = 1, claimed: bool = True) -> Sale:
    """Collect a checkout as the shop does: one batch, one pass; every value is a token."""
    customer, others = door.new_person(), [door.new_person() for _ in range(recipients)]
    values: dict[tuple[UUID, str], object] = {
        (customer, "customer.name"): token(),
        (customer, "customer.email"): f"{token()}@example.com",
    }
    for other in others:
        values[other, "recipient.name"] = token()
        values[other, "recipient.address"] = {"line1": token(), "city": token(), "country": "US"}
        values[other, "recipient.phone"] = "+1 415 555 0100"
    with door.batch(by=CHECKOUT) as batch:
        batch.collect(customer, "customer", typed(values, customer), purpose=purpose.confirm)
        for other in others:
            batch.collect(other, "recipient", typed(values, other), purpose=purpose.deliver)
        minted = batch.keep_open([customer, *others])
    sale = Sale(customer, others, minted.value, values)
    if claimed:
        door.claim(sale.people, by=CHECKOUT)
    return sale


def typed(values: dict[tuple[UUID, str], object], person: UUID) -> dict[str, Given]:
    """Return one person's values with the marks of their inputs."""
    return {
        name: Given(value, name.replace("customer.", "checkout."))  # type: ignore[arg-type] # tokens
        for (who, name), value in values.items()
        if who == person
    }


def staff_pass() -> Actor:
    """Return a shipping worker with a live pass."""
    with role("operator"), door.batch(by=OPERATOR) as batch:
        one_time = batch._ask("staff_token", str, name="")
    return Actor("shipping", door.sign_in_staff(one_time.value, by=Actor("web:members")).token)


def bytes_of(folder: Path) -> bytes:
    """Return every byte of every file below a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
