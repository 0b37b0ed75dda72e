"""No sequence of operations lets an erased value be opened: tried with sequences that nobody wrote down (P43).

A thief copies the database between any two steps, and later puts rows or the whole of it back; keys are turned, time
passes, a step fails just before its commit, the vault starts anew. Whoever was erased opens to nothing ever after, by
any key there is; whoever was not is still there.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.vault.conftest import token
from tests.vault_database import ENGINE

from microkitten.policy import purpose
from microkitten.vault.ids import uuid7
from microkitten.vault.server import process, sealing
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys import Person
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, erase, rotate, sweep
from microkitten.vault.server.work import Record, Vault, Work
from microkitten.vault.wire import Role

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(ENGINE != "sqlite", reason="the thief copies files; a server's are not hers to copy"),
]
DAY = 86_400
EMPTY: list[Path] = []  # the folder of a vault without people, made once
PICK = st.integers(min_value=0, max_value=1_000)


class Failed(Exception):
    """A step that did not come to its commit."""


class NeverAgain(RuleBasedStateMachine):
    """A vault, what it should hold, and what a thief has."""

    @initialize()
    def open(self) -> None:
        """Begin with nobody."""
        self.store = Path(mkdtemp(prefix="never-")) / "store"
        shutil.copytree(EMPTY[0], self.store)
        self.days = 0
        self.values: dict[UUID, str] = {}
        self.erased: dict[UUID, str] = {}
        self.rows: dict[UUID, list[tuple[Any, ...]]] = {}  # every sealed row that ever was
        self.copies: list[Path] = []
        self.start()

    def start(self) -> None:
        """Start the vault, with recovery."""
        self.vault: Vault = process.open_vault(Folder(self.store), Clock(self.days * DAY))

    def stop(self) -> None:
        """End it."""
        self.vault.keyring.close()
        self.vault.database.close()

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "vault"):
            self.stop()
            shutil.rmtree(self.store.parent, ignore_errors=True)

    def work(self, actor: str) -> Work:
        """Begin a batch."""
        return Work(self.vault, Role.WORKER, actor, "", self.vault.clock.now(), uuid4())

    @contextmanager
    def transaction(self, *, fails: bool = False) -> Iterator[None]:
        """Commit as the writer does, or fail where everything is pending."""
        vault = self.vault
        vault.database.begin()
        yield
        vault.journal.write()
        vault.keyring.prepare()
        if fails:
            vault.database.roll_back()
            vault.journal.failed()
            vault.keyring.abandon()
            return
        vault.database.commit()
        vault.journal.committed()
        vault.keyring.settle()

    def box(self, person: UUID) -> Person:
        """Return a box that is there."""
        box = self.vault.keyring.of(person)
        assert box is not None
        return box

    # Steps

    @rule()
    def come(self) -> None:
        """Somebody orders."""
        person, value = uuid7(), token()
        given = {
            "customer.name": Told(value, "checkout.name"),
            "customer.email": Told(f"{value}@x.org", "checkout.email"),
        }
        with self.transaction():
            collect.collect(
                self.work("web:checkout"), person=person, kind="customer", purpose="confirm", given=given
            )
            collect.claim(self.work("web:checkout"), persons=[person])
        self.values[person] = value
        self.remember()

    @precondition(lambda self: self.values)
    @rule(pick=PICK, fails=st.booleans())
    def go(self, pick: int, fails: bool) -> None:
        """Somebody is erased; or nearly."""
        person = sorted(self.values)[pick % len(self.values)]
        with self.transaction(fails=fails):
            erase.destroy(self.work("operator"), self.box(person), purpose.rights, reason="asked")
        if not fails:
            self.erased[person] = self.values.pop(person)

    @rule(fails=st.booleans())
    def new_root(self, fails: bool) -> None:
        """The root is replaced; or nearly."""
        with self.transaction(fails=fails):
            rotate.rotate_root(self.work("operator"))

    @rule()
    def new_keys(self) -> None:
        """Everybody gets new keys."""
        with self.transaction():
            rotate.begin_rekey(self.work("operator"))
        done = 1
        while done:
            with self.transaction():
                done = rotate.rekey(self.work("job:sweep"))
        self.remember()

    @rule(days=st.sampled_from([1, 40]))
    def wait(self, days: int) -> None:
        """Time passes, and what is over is cleared away."""
        self.days += days
        if self.days > 380:  # then everybody's time is over, and nothing is left to look at
            return
        self.restart()
        with self.transaction():
            sweep.sweep(self.work("job:sweep"))
        with self.transaction():
            rotate.retag(self.work("job:sweep"))

    @rule()
    def restart(self) -> None:
        """The vault ends and starts."""
        self.stop()
        self.start()

    @rule()
    def copy(self) -> None:
        """The thief copies database and keys, the root not among them."""
        self.stop()
        to = self.store.parent / f"copy-{len(self.copies)}"
        shutil.copytree(self.store / "vault", to)
        for root in to.glob("root-*"):
            root.unlink()
        self.copies.append(to)
        self.start()

    @precondition(lambda self: self.rows)
    @rule()
    def put_rows_back(self) -> None:
        """The thief writes every row there ever was back into the database."""
        with self.transaction():
            for person, rows in self.rows.items():
                if person in self.erased:
                    for row in rows:
                        self.vault.database.run("DELETE FROM vault_record WHERE id = ?", row[0])
                        self.vault.database.run(
                            "INSERT INTO vault_record (id, person, group_name, version, generation, sealed,"
                            " provenance, collected_at, claimed_at, until_at, lapse_at)"
                            " VALUES (?, ?, ?, ?, ?, ?, '{}', 0, 0, ?, ?)",
                            *row, 2**40, 2**40,
                        )  # fmt: skip
                    self.vault.database.run(
                        "INSERT INTO vault_person (id, kind, month, together, generation)"
                        " VALUES (?, 'customer', '', ?, 1)"
                        " ON CONFLICT DO NOTHING",
                        person.hex, person.hex,
                    )  # fmt: skip

    @precondition(lambda self: self.copies and self.erased)
    @rule(pick=PICK)
    def put_all_back(self, pick: int) -> None:
        """The thief puts an old database, or an old key store, in the place of today's: it does not start."""
        old = self.copies[pick % len(self.copies)]
        self.stop()
        today = self.store.parent / "today"
        shutil.copytree(self.store / "vault", today)
        names = ("keys.sqlite3",) if pick % 2 else ("vault.sqlite3", "keys.sqlite3")
        for name in names:
            for path in (self.store / "vault").glob(f"{name}*"):
                path.unlink()
            shutil.copy(old / name, self.store / "vault")
        try:
            self.start()
        except (Doubt, sealing.NotOpened):
            shutil.rmtree(self.store / "vault")
            today.rename(self.store / "vault")
            self.start()
        else:  # nothing has changed since the copy
            shutil.rmtree(today)
            assert not self.opens_of_old(old)

    def opens_of_old(self, old: Path) -> list[UUID]:
        """Return who of the erased opens from an old copy by the keys of today."""
        with closing(sqlite3.connect(old / "vault.sqlite3")) as line:
            people = {UUID(one) for (one,) in line.execute("SELECT id FROM vault_person")}
        return [person for person in people & self.erased.keys() if self.vault.keyring.of(person) is not None]

    # What must hold

    def remember(self) -> None:
        """Keep every sealed row as it is now."""
        for row in self.vault.database.rows(
            "SELECT id, person, group_name, version, generation, sealed FROM vault_record"
        ):
            known = self.rows.setdefault(UUID(row[1]), [])
            if tuple(row) not in known:
                known.append(tuple(row))

    @invariant()
    def nobody_comes_back(self) -> None:
        """No row that ever was opens by any key of today."""
        if not hasattr(self, "vault"):
            return
        for person in self.erased:
            assert self.vault.keyring.of(person) is None
            for row in self.rows.get(person, []):
                assert not self.opened_by_anything(row)

    def opened_by_anything(self, row: tuple[Any, ...]) -> bool:
        """Try a row with each key of everybody who is here."""
        record, person, group, version, generation, sealed = row
        owner = UUID(person)
        place = sealing.context(
            table="record",
            group=group,
            row=UUID(record),
            person=owner,
            generation=generation,
            version=version,
        )
        for other in self.values:
            box = self.vault.keyring.of(other)
            for name in () if box is None else [name for name in box.keys if len(box.keys[name]) == 32]:
                assert box is not None
                try:
                    sealing.open_sealed(box.cipher(name), sealed, place, generation=generation)
                except sealing.NotOpened:
                    continue
                return True
        return False

    @invariant()
    def everybody_else_is_here(self) -> None:
        """And what they typed."""
        if not hasattr(self, "vault"):
            return
        for person, value in self.values.items():
            work = self.work("operator")
            records = work.records([person]).get(person, {})
            group = self.vault.policy.groups["customer"]
            record: Record = records["customer"]
            assert collect.open_record(work, self.box(person), group, record)["customer.name"] == value


@pytest.mark.usefixtures("made_at_once")
def test_no_sequence_of_operations_opens_what_was_erased(made_at_once: Path, tmp_path: Path) -> None:
    """Hypothesis looks for one."""
    EMPTY[:] = [Path(shutil.copytree(made_at_once, tmp_path / "empty"))]
    machine = settings(
        max_examples=20, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
    )
    NeverAgain.TestCase.settings = machine
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(NeverAgain, settings=machine)
