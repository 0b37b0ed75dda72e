"""What a restore makes of keys that a power cut left half changed, and of a copy from before people's keys changed:
no root is lost, nobody is left who can neither be served nor erased (P35, P43)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import DjangoDbBlocker
from tests.vault import at_once, copies
from tests.vault_database import empty_database

from microkitten import policy
from microkitten.policy import purpose
from microkitten.vault.server import custody, process
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.copies import tables
from microkitten.vault.server.custody.files import destroy
from microkitten.vault.server.folder import Doubt, Folder
from microkitten.vault.server.keys.held import Held
from microkitten.vault.server.places import places
from microkitten.vault.server.verbs import collect, disclose, erase, grants, lapse, rights, rotate, tell

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Path:
    """A vault that does not run."""
    (tmp_path / "store").mkdir()
    return at_once.make(tmp_path / "store", django_db_blocker)


@contextmanager
def opened(store: Path) -> Iterator[at_once.AtOnce]:
    """Open a vault as its start does; what was done and not committed is rolled back."""
    vault = process.open_vault(Folder(store), Clock())
    vault.database.begin()
    try:
        yield at_once.AtOnce(vault, vault.clock.now())
    finally:
        vault.database.roll_back()
        vault.keyring.close()
        vault.database.close()


def commit(one: at_once.AtOnce) -> None:
    """Commit as the writer does."""
    vault = one.vault
    vault.journal.write()
    vault.keyring.prepare()
    vault.database.commit()
    vault.journal.committed()
    vault.keyring.settle()
    vault.journal.checkpoint()
    vault.database.begin()


def pend(store: Path, *, is_kept: bool) -> None:
    """Leave the keys as a power cut leaves them in the middle of a change that takes one away."""
    with opened(store) as one:
        keyring = one.vault.keyring
        change = keyring._tree.change([], new_root=True)  # as `Keyring.prepare` does
        held, epoch = keyring.chain.primary, keyring.chain.epoch + 1
        if is_kept:
            held.prepare(epoch, change, slots=1)
        else:
            held.store.write_pending(epoch, change, slots=1)


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_change_whose_root_was_never_kept_is_not_gone_on_with(store: Path, *, is_kept: bool) -> None:
    """The database is lost with it: the root that opens the keys stays, and the copy comes back."""
    with opened(store) as one:
        anna, _, _ = one.sale()
        commit(one)
    copy = copies.back_up(store, store.parent / "copy.sqlite3")
    (root,) = custody.epochs(store / "vault")
    pend(store, is_kept=is_kept)
    pending = custody.epochs(store / "vault")[-1]
    empty_database(store)
    done = copies.attempt(store, copy)
    assert done.returncode == 0, done.stderr
    assert (pending != root) == is_kept
    (left,) = custody.epochs(store / "vault")
    assert left == pending
    with opened(store) as one:
        assert one.vault.keyring.of(anna) is not None


@pytest.mark.parametrize("is_decided", [False, True])
def test_no_root_goes_before_the_one_that_stays_has_opened_the_keys(store: Path, *, is_decided: bool) -> None:
    """Whatever the database tells: where that one is missing, all that is there stays as it is."""
    pend(store, is_kept=True)
    folder = store / "vault"
    last, pending = custody.epochs(folder)
    destroy(folder / f"root-{pending if is_decided else last}.key")
    held = Held(places(store)[0])
    with pytest.raises(Doubt):
        held.recover(pending if is_decided else held.store.epoch)
    assert custody.epochs(folder) == [last if is_decided else pending]
    assert (held.store.pending == pending) == is_decided
    held.close()


def mail(one: at_once.AtOnce, person: UUID, *, once: str) -> None:
    """Hand a customer's address to whoever sends mail."""
    facts = {
        "kind": "confirmation", "message_id": "00000000-0000-4000-8000-000000000001.confirmation",
        "order_number": "AAAA-BBBB",
    }  # fmt: skip
    disclose.disclose(
        one.work("job:confirm"), person=person, fields=["customer.name", "customer.email"], to="mail",
        purpose="confirm", facts=facts, once=once,
    )  # fmt: skip


def rekey(one: at_once.AtOnce) -> None:
    """Give everybody new keys, to the end."""
    rotate.begin_rekey(one.work("operator"))
    while rotate.turn(one.work("job:sweep")):
        pass


def served(one: at_once.AtOnce, person: UUID) -> None:
    """Do for somebody what they have a right to, up to their erasure."""
    for act in (
        lambda token: rights.export(one.work("operator", token), person=person, purpose="rights", start=0),
        lambda token: rights.preview_erasure(one.work("operator", token), person=person),
        lambda token: erase.erase(one.work("operator", token), person=person, reason="asked"),
    ):
        granted = grants.grant(
            one.work("operator"), purpose="rights", person=person, groups=[], seconds=300, reason="a letter"
        )
        act(str(granted["token"]))


def test_of_a_copy_from_before_new_keys_nothing_is_left_that_nobody_can_open(store: Path) -> None:
    """The database is lost: who has nothing but noise is gone; who can be served can be erased, and re-keyed."""
    with opened(store) as one:
        anna, bea, _ = one.sale()
        mail(one, anna, once="first")
        commit(one)
    copy = copies.back_up(store, store.parent / "copy.sqlite3")
    with opened(store) as one:
        rekey(one)
        commit(one)
    empty_database(store)
    told = copies.restore(store, copy)
    assert (told["found"]["people"], told["found"]["gone"]) == (0, 2)
    with opened(store) as one:
        for who in (anna, bea):
            assert one.vault.keyring.of(who) is None
            for table, column in (tables.PERSONAL | {"detail": "person", "record": "person"}).items():
                assert one.rows(table, f'"{column}" = ?', who.hex) == 0, table
        rekey(one)


def test_of_whom_some_still_opens_what_does_not_is_dropped(store: Path) -> None:
    """The keys of a person's records were kept, and the one of their entries not: they are served all the same."""
    with opened(store) as one:
        anna, _, _ = one.sale()
        mail(one, anna, once="first")
        commit(one)
    copy = copies.back_up(store, store.parent / "copy.sqlite3")
    with opened(store) as one:
        box = one.vault.keyring.of(anna)
        assert box is not None
        one.vault.keyring.change(one.vault.keyring.change(box, drop=["log"]), add="log")
        commit(one)
    empty_database(store)
    assert copies.restore(store, copy)["found"]["gone"] == 0
    with opened(store) as one:
        assert one.rows("detail", "person = ?", anna.hex) == one.rows("act", "person = ?", anna.hex) == 0
        assert one.rows("find", "person = ?", anna.hex) == 1
        rekey(one)
        served(one, anna)
        assert one.vault.keyring.of(anna) is None


def with_books() -> str:
    """Return a policy whose books keep something of a customer: so an erasure leaves a box."""
    told = policy.packaged_text("classic", day=datetime.now(UTC).date())
    for old, new in (
        (
            'key = "life"\nlife = "P13M"\nsince = "claim"\n\n[field.payment',
            'key = "life"\nlife = "P13M"\nsince = "claim"\nlaw = "P7Y"\n\n[field.payment',
        ),
        (
            '[rule.books.open]\nact = "use"\nfields = ["recipient.name", "recipient.address"]',
            '[rule.books.open]\nact = "use"\nfields = ["recipient.name", "recipient.address", "payment.brand"]',
        ),
    ):
        assert told.count(old) == 1
        told = told.replace(old, new)
    return told


def test_whom_only_the_law_keeps_is_found_by_nothing_of_an_old_copy(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    """Erased but for what the books keep; the database is lost: no index, no detail, no act of them comes back."""
    (tmp_path / "store").mkdir()
    store = at_once.make(tmp_path / "store", django_db_blocker, text=with_books())
    with opened(store) as one:
        anna, bea, token = one.sale()
        one.pay(anna)
        collect.claim(one.work("web:checkout"), persons=[anna])
        tell.tell(one.work("web:checkout"), persons=[anna, bea], fact="placed")
        mail(one, anna, once="first")
        work, box = one.work("job:sweep"), one.vault.keyring.of(anna)
        assert box is not None
        record = work.records([anna], lapsed=True)[anna]["payment"]
        lapse.pass_over(
            work, box, record, purpose.books, reason="lapsed"
        )  # so a copy has what the books keep
        commit(one)
    copy = copies.back_up(store, tmp_path / "copy.sqlite3")
    with opened(store) as one:
        erase.erase(one.work("person", token), person=anna, reason="asked")
        commit(one)
        box = one.vault.keyring.of(anna)
        assert box is not None
        assert set(box.keys) == {"law:payment"}
    empty_database(store)
    copies.restore(store, copy)
    with opened(store) as one:
        assert one.vault.keyring.of(anna) is not None
        assert one.rows("record", "person = ?", anna.hex) == 1
        for table in ("find", "consent", "worded", "try", "detail", "act"):
            assert one.rows(table, "person = ?", anna.hex) == 0, table
        found = rights.find_people(
            one.work("operator"),
            field="customer.email",
            value="a@example.com",
            purpose="rights",
            reason="a letter",
        )
        assert found == []
        granted = grants.grant(
            one.work("operator"), purpose="rights", person=anna, groups=[], seconds=300, reason="a letter"
        )
        erase.erase(one.work("operator", str(granted["token"])), person=anna, reason="asked")


def test_what_an_erasure_drops_no_restore_brings_back() -> None:
    """Each table that an erasure empties of a person is one that a restore empties, or ends for everybody."""
    emptied = {statement.split()[2].removeprefix("vault_") for statement in erase._DELETE}
    assert emptied == {*tables.ERASED, "stafftoken", "pass"}
    assert {"stafftoken", "pass"} <= {*tables.ENDED}
