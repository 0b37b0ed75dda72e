"""A vault in the test's own process, real but for line and threads: what one verb refuses is then seen alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.utils import load_backend
from pytest_django import DjangoDbBlocker
from tests.vault_database import give_database

from microkitten import policy
from microkitten.vault.ids import uuid7
from microkitten.vault.server import process, setup
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.database import MIGRATIONS, django_settings
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, passes, staff, visitors
from microkitten.vault.server.work import Refusal, Vault, Work
from microkitten.vault.wire import Role

HOUR, DAY = 3_600, 86_400
ADDRESS = {"line1": "1 Elm St", "city": "Troy", "country": "US"}


class Spent:
    """Limits of which nothing is left under some names."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def allow(self, name: str, *, of: str = "") -> bool:
        """Return whether anything is left."""
        return name not in self._names


@dataclass
class AtOnce:
    """The vault and its time."""

    vault: Vault
    at: int

    def work(self, actor: str, token: str = "", *, together: UUID | None = None) -> Work:
        """Begin a batch; its end is the next one's beginning."""
        return Work(self.vault, Role.WEB, actor, token, self.at, together or uuid4())

    def spend(self, *names: str) -> None:
        """Leave nothing of some limits."""
        self.vault.limits = cast(Any, Spent(*names))

    def told(self, person: UUID) -> dict[str, Any]:
        """Return the detail of a person's last entry."""
        box = self.vault.keyring.of(person)
        assert box is not None
        detail: dict[str, Any] = json.loads(self.vault.journal.details_of(box)[-1][-1])
        return detail

    def rows(self, table: str, where: str = "1 = 1", *values: Any) -> int:
        """Count the rows of a table."""
        (count,) = self.vault.database.row(f"SELECT COUNT(*) FROM vault_{table} WHERE {where}", *values)
        return int(count)

    @property
    def entered(self) -> int:
        """How many entries there are."""
        return self.rows("entry")

    # What tests begin with

    def customer(
        self, *, claimed: bool = True, work: Work | None = None, email: str = "a@example.com"
    ) -> UUID:
        """Collect a customer at the checkout."""
        person = uuid7()
        given = {
            "customer.name": Told("Anna", "checkout.name"),
            "customer.email": Told(email, "checkout.email"),
        }
        collect.collect(
            work or self.work("web:checkout"), person=person, kind="customer", purpose="confirm", given=given
        )
        if claimed:
            collect.claim(self.work("web:checkout"), persons=[person])
        return person

    def recipient(self, *, claimed: bool = True, work: Work | None = None) -> UUID:
        """Collect a recipient at the checkout."""
        person = uuid7()
        given = {
            "recipient.name": Told("Bea", "recipient.name"),
            "recipient.address": Told(dict(ADDRESS), "recipient.address"),
        }
        collect.collect(
            work or self.work("web:checkout"), person=person, kind="recipient", purpose="deliver", given=given
        )
        if claimed:
            collect.claim(self.work("web:checkout"), persons=[person])
        return person

    def pay(self, person: UUID) -> None:
        """Collect what the card processor tells of a card."""
        told = {"brand": "visa", "last4": "4242", "expiry": "12/30"}
        given = {f"payment.{name}": Told(value, f"processor.{name}") for name, value in told.items()}
        collect.collect(self.work("job:pay"), person=person, kind="customer", purpose="bill", given=given)

    def sale(self) -> tuple[UUID, UUID, str]:
        """Collect a customer and a recipient in one batch. Returns: both, and the pass of their order."""
        work = self.work("web:checkout")
        anna, bea = self.customer(claimed=False, work=work), self.recipient(claimed=False, work=work)
        minted = passes.keep_open(work, persons=[anna, bea])
        collect.claim(self.work("web:checkout"), persons=[anna, bea])
        return anna, bea, str(minted["token"])

    def visitor(self, *, asked: bool = False) -> tuple[UUID, str]:
        """Mint a cookie, upon a yes if `asked`. Returns: the person and the cookie."""
        work = self.work("web:visitors")
        cookie = (visitors.consent if asked else visitors.assign)(work)
        (row,) = self.vault.database.row("SELECT person FROM vault_find ORDER BY id DESC LIMIT 1")
        return UUID(row), cookie

    def clerk(self) -> tuple[UUID, str]:
        """Hire somebody and sign them in. Returns: the person and their pass."""
        one_time = staff.token(self.work("operator"), name="Ida")
        minted = staff.sign_in(self.work("web:members"), token=one_time)
        return UUID(str(minted["sign_in"])), str(minted["token"])


def make(store: Path, django: DjangoDbBlocker, *, text: str = "", profile: str = "classic") -> Path:
    """Make a vault in a folder. Params: `django`, which lets its tables be made. Returns: the folder."""
    give_database(store)
    today = datetime.now(UTC).date()
    (store / "policy.toml").write_text(text or policy.packaged_text(profile, day=today))
    # Another process would be hardened and have Django's settings of its own; this one goes on being a test.
    with (
        django.unblock(),
        patch.object(setup, "harden", lambda: None),
        patch.object(setup, "migrate_tables", _tables),
    ):
        setup.migrate(Folder(store))
    return store


@contextmanager
def opened(store: Path) -> Iterator[AtOnce]:
    """Open a vault within one transaction, which is rolled back at the end."""
    vault = process.open_vault(Folder(store), Clock())
    vault.database.begin()
    try:
        yield AtOnce(vault, vault.clock.now())
    finally:
        vault.database.roll_back()
        vault.database.close()


def _tables(folder: Folder) -> None:
    """Make the tables by the vault's own migrations."""
    usual = connections["default"]
    ours = {**usual.settings_dict, "OPTIONS": {}, **django_settings(folder)}
    line = load_backend(ours["ENGINE"]).DatabaseWrapper(ours, "default")
    connections["default"] = line
    state, recorder = ProjectState(), MigrationRecorder(line)
    recorder.ensure_schema()
    for name in sorted(path.stem for path in MIGRATIONS.glob("0*.py")):
        migration = import_module(f"microkitten.vault.server.migrations.{name}").Migration(name, "vault")
        with line.schema_editor() as editor:
            state = migration.apply(state, editor)
        recorder.record_applied("vault", name)
    line.close()
    connections["default"] = usual


@contextmanager
def refused(why: str, *, purpose: str | None = None) -> Iterator[None]:
    """Demand a refusal with this reason and, if given, for this purpose."""
    with pytest.raises(Refusal) as no:
        yield
    assert no.value.why == why
    assert purpose is None or no.value.purpose == purpose
