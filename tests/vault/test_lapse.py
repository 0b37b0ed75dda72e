"""Daily use of an address ends by the vault's clock alone; the books keep what they need under another key (P7)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from tests.vault.conftest import CHECKOUT, ORDERS, SWEEP, Sale, a_sale, calling, role, staff_pass, token
from tests.vault_database import keep_database, put_back_database, vault_line
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten.policy import Purpose, purpose
from microkitten.vault import door
from microkitten.vault.server.work import hashed
from microkitten.vault.types import Actor, Given, Refused, VaultAway

pytestmark = pytest.mark.slow
DAY = 86_400
ARRIVAL, CEILING, LAW = 30 * DAY, 186 * DAY, (7 * 366 + 2) * DAY


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[RunningVault]:
    """A vault of this test's alone, whose clock may be moved."""
    made = start_vault(tmp_path, profile="classic")
    with calling(made):
        yield made
    remove_vault(made)


def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that the vault does by itself."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def row(running: RunningVault, person: UUID) -> tuple[Any, ...]:
    """Return version, claim, lapse, end, arrival and passing of a recipient's record."""
    with vault_line(running.folder) as line:
        found = line.execute(
            "SELECT version, claimed_at, lapse_at, until_at, arrived_at, passed_at FROM vault_record"
            f" WHERE person = '{person.hex}' AND group_name = 'recipient'"
        ).fetchall()
    return tuple(found[0]) if found else ()


def grant(running: RunningVault, person: UUID, why: Purpose, *, at: int) -> Actor:
    """Return whoever runs the server, with a grant for a recipient that is live for a quarter of an hour."""
    minted = secrets.token_urlsafe(32)
    with vault_line(running.folder) as line:
        line.execute(
            "INSERT INTO vault_grant (token_hash, actor, purpose, person, groups, entry, until_at) VALUES"
            f" ('{hashed(minted)}', 'operator', '{why}', '{person.hex}', 'recipient', 0, {at + 900})"
        )
    return Actor("operator", minted)


def opens(person: UUID, by: Actor, why: Purpose, name: str = "recipient.name") -> object:
    """Return what an actor is shown of a recipient; the words of the refusal if nothing."""
    with role("operator" if by.name == "operator" else "web"):
        try:
            with door.use(why, {person: [name]}, by=by) as opened:
                return opened.reveal(person, name)
        except Refused as refused:
            return refused.why


def placed(*, recipients: int = 1) -> Sale:
    """Return a sale whose order is placed, and told to be."""
    sale = a_sale(recipients=recipients)
    door.tell(sale.people, "placed", by=CHECKOUT)
    return sale


def arrived(*persons: UUID) -> None:
    """Tell that parcels have come, as the worker does."""
    with role("worker"):
        door.tell(persons, "arrived", by=SWEEP)


def proven(sale: Sale) -> Actor:
    """Return the shopper with a new pass."""
    email = Given(cast("str", sale.values[sale.customer, "customer.email"]), "proof.email")
    again = door.prove(sale.customer, "customer.email", email, covers=sale.people, by=ORDERS)
    assert again is not None
    return Actor("person", again.token)


def test_on_day_31_after_the_arrival_nobody_ships_by_an_address_any_more(fresh: RunningVault) -> None:
    """A day before it opens; a day after it does not, swept or not, and the refusal is P7's."""
    sale = placed()
    (bea,) = sale.recipients
    name = sale.values[bea, "recipient.name"]
    arrived(bea)
    fresh.restart(clock_offset=ARRIVAL - 3600)
    assert opens(bea, staff_pass(), purpose.deliver) == name
    fresh.restart(clock_offset=ARRIVAL + 3600)
    with pytest.raises(Refused) as no:
        door.use(purpose.deliver, {bea: ["recipient.name"]}, by=staff_pass())
    assert (no.value.rule, no.value.statement) == ("deliver.open", "P7")
    assert "lapsed" in no.value.why
    until(lambda: row(fresh, bea)[5] is not None)
    assert "lapsed" in str(opens(bea, staff_pass(), purpose.deliver))


def test_a_told_arrival_brings_the_end_nearer_and_nothing_brings_it_farther(fresh: RunningVault) -> None:
    """Told once it counts; told again, by another, later, or after the end, it changes nothing."""
    one, other = placed(), placed()
    ends = row(fresh, one.recipients[0])
    arrived(*one.people)
    told = row(fresh, one.recipients[0])
    assert told[2] - told[4] == ARRIVAL
    assert told[2] < ends[2]
    assert (told[0], told[1], told[3], told[5]) == (ends[0], ends[1], ends[3], None)
    fresh.restart(clock_offset=10 * DAY)
    arrived(one.recipients[0])
    door.tell([one.recipients[0]], "arrived", by=staff_pass())
    door.claim(one.people, by=CHECKOUT)
    assert row(fresh, one.recipients[0]) == told
    late = row(fresh, other.recipients[0])
    fresh.restart(clock_offset=late[2] - late[1] - 5 * DAY)
    arrived(other.recipients[0])
    assert row(fresh, other.recipients[0])[2] == late[2]  # the ceiling stands
    for person in (one.customer, door.new_person()):
        arrived(person)  # has no such clock, or is nobody: no error, no effect


@pytest.mark.parametrize(
    ("actor", "fact"),
    [("web:orders", "arrived"), ("web:checkout", "arrived"), ("person", "arrived"), ("web:orders", "placed"),
     ("shipping", "arrived"), ("shipping", "placed"), ("web:checkout", "left"), ("web:checkout", "returned")],
)  # fmt: skip
def test_nobody_else_tells_and_nothing_else_is_told(fresh: RunningVault, actor: str, fact: str) -> None:
    """A page without a pass, staff without theirs, a word there is not."""
    sale = placed()
    before = row(fresh, sale.recipients[0])
    with pytest.raises(Refused):
        door.tell(sale.recipients, fact, by=Actor(actor, token()))
    assert row(fresh, sale.recipients[0]) == before


def test_an_order_kept_open_for_ever_meets_the_ceiling(fresh: RunningVault) -> None:
    """Nobody ever tells of an arrival: staff end after 60 days, and half a year after the order it lapses."""
    sale = placed()
    (bea,) = sale.recipients
    fresh.restart(clock_offset=61 * DAY)
    assert "its time is over" in str(opens(bea, staff_pass(), purpose.deliver))
    assert row(fresh, bea)[5] is None
    fresh.restart(clock_offset=CEILING)
    until(lambda: row(fresh, bea)[5] is not None)
    assert "lapsed" in str(opens(bea, staff_pass(), purpose.deliver))


def test_after_the_lapse_the_books_and_the_person_see_what_is_kept_and_nobody_sees_the_rest(
    fresh: RunningVault,
) -> None:
    """Name and address stay, under a grant; telephone number and message are gone for everybody."""
    sale = placed()
    (bea,) = sale.recipients
    name, address = (sale.values[bea, f"recipient.{one}"] for one in ("name", "address"))
    arrived(bea)
    fresh.restart(clock_offset=ARRIVAL + DAY)
    until(lambda: row(fresh, bea)[5] is not None)
    now = int(time.time()) + ARRIVAL + DAY
    for why in (purpose.books, purpose.legal):
        granted = grant(fresh, bea, why, at=now)
        assert opens(bea, granted, why) == name
        assert opens(bea, granted, why, "recipient.address") == address
        assert "no row" in str(opens(bea, granted, why, "recipient.phone"))
        assert "granted" in str(opens(bea, Actor("operator", token()), why))
        other = purpose.legal if why is purpose.books else purpose.books
        assert "granted" in str(opens(bea, granted, other))
    me = proven(sale)
    assert opens(bea, me, purpose.rights) == name
    assert opens(bea, me, purpose.rights, "recipient.phone") is None
    assert "lapsed" in str(opens(bea, me, purpose.deliver))
    with pytest.raises(Refused, match="lapsed"):
        door.collect(
            bea,
            "recipient",
            {"recipient.name": Given("Bob", "correction.name")},
            purpose=purpose.rights,
            by=me,
        )


def test_a_grant_ends_by_itself(fresh: RunningVault) -> None:
    """A quarter of an hour by the vault's clock (P3)."""
    sale = placed()
    (bea,) = sale.recipients
    granted = grant(fresh, bea, purpose.books, at=int(time.time()))
    assert opens(bea, granted, purpose.books) == sale.values[bea, "recipient.name"]
    assert "granted" in str(opens(sale.customer, granted, purpose.books, "recipient.name"))
    fresh.restart(clock_offset=1000)
    assert "granted" in str(opens(bea, granted, purpose.books))


def test_when_the_law_s_time_is_over_row_and_keys_are_gone(fresh: RunningVault) -> None:
    """Nothing is left of the person in any table that names them."""
    sale = placed()
    (bea,) = sale.recipients
    arrived(bea)
    fresh.restart(clock_offset=CEILING)
    until(lambda: row(fresh, bea)[5] is not None)
    fresh.restart(clock_offset=LAW)
    until(lambda: row(fresh, bea) == ())
    with vault_line(fresh.folder) as line:
        for table in ("vault_person", "vault_detail", "vault_record"):
            column = "id" if table == "vault_person" else "person"
            found = line.execute(f"SELECT COUNT(*) FROM {table} WHERE {column} = '{bea.hex}'").fetchall()
            assert found == [(0,)], table
    assert run_vault(fresh.folder, "verify").returncode == 0


def test_a_database_from_before_the_lapse_brings_nothing_back(tmp_path: Path) -> None:
    """Last month's rows under today's keys: the vault does not start with them, and no key it has would open them."""
    running = start_vault(tmp_path, profile="classic")
    with calling(running):
        sale = placed()
        (bea,) = sale.recipients
        arrived(bea)
        running.stop()
        kept = keep_database(tmp_path)
        running.restart(clock_offset=ARRIVAL + DAY)
        until(lambda: row(running, bea)[5] is not None)
        running.stop()
        put_back_database(tmp_path, kept)
        with pytest.raises((RuntimeError, VaultAway)):
            running.restart(clock_offset=ARRIVAL + DAY)
    remove_vault(running)


def test_an_order_that_is_placed_is_no_draft_to_be_cleared_away(fresh: RunningVault) -> None:
    """Once it is told, the sweeping program erases nobody of it any more; of a draft it does (P1, P43)."""
    draft, sold = a_sale(), placed()
    with role("worker"):
        for person in sold.people:
            with pytest.raises(Refused, match="lapsed|draft"):
                door.erase(person, by=SWEEP, reason="abandoned")
        for person in draft.people:
            door.erase(person, by=SWEEP, reason="abandoned")
    assert row(fresh, sold.recipients[0])
    assert row(fresh, draft.recipients[0]) == ()


def test_a_draft_that_was_never_placed_is_nothing_for_the_books(fresh: RunningVault) -> None:
    """Claimed and forgotten by the shop: at the end of its life it goes, whole."""
    draft = a_sale()
    fresh.restart(clock_offset=CEILING)
    until(lambda: row(fresh, draft.recipients[0]) == ())


def test_the_calendar_counts_what_lapses_and_leaves_and_names_nobody(fresh: RunningVault) -> None:
    """By group and month, and the weeks since the order of what can still be opened to ship."""
    old = [placed(recipients=2) for _ in range(2)]
    fresh.restart(clock_offset=15 * DAY)
    new = placed()
    arrived(old[0].recipients[0])
    with role("operator"):
        told = door.calendar(by=Actor("operator"))
    groups = {group.name: group for group in told.groups}
    assert groups["recipient"].held == 5
    assert groups["customer"].held == 3
    assert sum(groups["recipient"].lapses.values()) == sum(groups["recipient"].leaves.values()) == 5
    assert len(groups["recipient"].lapses) >= 2
    assert min(groups["recipient"].leaves) > max(groups["recipient"].lapses)
    assert told.ages == (1, 0, 4)
    assert not any(person.hex in repr(told) for sale in [*old, new] for person in sale.people)
    fresh.restart(clock_offset=50 * DAY)
    with role("operator"):
        later = door.calendar(by=Actor("operator"))
    assert sum(later.ages) == 4
    fresh.restart(clock_offset=77 * DAY)
    with role("operator"):
        assert sum(door.calendar(by=Actor("operator")).ages) == 0
    for actor in (CHECKOUT, ORDERS, Actor("merchant"), Actor("merchant", token()), staff_pass()):
        with pytest.raises(Refused):
            door.calendar(by=actor)
