"""Somebody writes the database of a vault that runs: what they swap, cut, move or put back does not open (P35).

Each row is put back afterwards and opens again, so that what refused was the harm. test_tampering.py does some of it
while the vault is down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from tests.vault.conftest import OPERATOR, PAY, Sale, a_sale, calling, role
from tests.vault_database import vault_line
from tests.vault_process import RunningVault, remove_vault, start_vault

from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.server import sealing
from microkitten.vault.types import Given, VaultAway

pytestmark = pytest.mark.xdist_group("swapped")
COLUMNS = "id, person, group_name, version, generation, sealed"
Row = dict[str, Any]


@dataclass
class Attacked:
    """A vault with two orders, each with a card that was told twice; and how often something did not open."""

    running: RunningVault
    sales: list[Sale]
    first: dict[UUID, Row]
    tried: list[str] = field(default_factory=list)

    def row(self, person: UUID, group: str) -> Row:
        """Return a record's row."""
        with vault_line(self.running.folder) as line:
            sql = f"SELECT {COLUMNS} FROM vault_record WHERE person = ? AND group_name = ?"
            (found,) = line.execute(sql, (person.hex, group)).fetchall()
        return dict(zip(COLUMNS.split(", "), found, strict=True))

    def put(self, at: Row, row: Row) -> None:
        """Write a row in another's place."""
        with vault_line(self.running.folder) as line:
            line.execute("DELETE FROM vault_record WHERE id = ?", (at["id"],))
            line.execute(
                f"INSERT INTO vault_record ({COLUMNS}, provenance, collected_at, claimed_at, until_at, lapse_at)"
                " VALUES (?, ?, ?, ?, ?, ?, '{}', 1, 1, 9999999999, 9999999999)",
                tuple(row[name] for name in COLUMNS.split(", ")),
            )

    def look(self, sale: Sale, group: str = "payment") -> str:
        """Open a field of the group as its person may."""
        name = {"payment": "payment.last4", "customer": "customer.name"}[group]
        with door.use(purpose.rights, {sale.customer: [name]}, by=sale.me) as opened:
            return str(opened.reveal(sale.customer, name))


def pay(sale: Sale, last4: str) -> None:
    """Tell of a card, as the processor does."""
    told = {"brand": "visa", "last4": last4, "expiry": "12/30"}
    given = {f"payment.{name}": Given(value, f"processor.{name}") for name, value in told.items()}
    with role("worker"):
        door.collect(sale.customer, "customer", given, purpose=purpose.bill, by=PAY)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Made once; every harm is undone."""
    running = start_vault(tmp_path_factory.mktemp("attacked"), profile="classic")
    with calling(running):
        made = Attacked(running, [a_sale(), a_sale()], {})
        for number, sale in enumerate(made.sales):
            pay(sale, f"111{number}")
            made.first[sale.customer] = made.row(sale.customer, "payment")
            pay(sale, f"222{number}")
        yield made
    remove_vault(running)


def changed(where: Callable[[bytes], int], bits: int = 1) -> Callable[[Attacked, Row], Row]:
    """Return a harm that changes a byte."""

    def harm(_: Attacked, row: Row) -> Row:
        data = bytearray(row["sealed"])
        data[where(data)] ^= bits
        return {**row, "sealed": bytes(data)}

    return harm


def cut(part: Callable[[bytes], bytes]) -> Callable[[Attacked, Row], Row]:
    """Return a harm that changes the length."""
    return lambda _, row: {**row, "sealed": part(row["sealed"])}


def of(number: int, group: str, *columns: str) -> Callable[[Attacked, Row], Row]:
    """Return a harm that puts columns of another row in: of the first sale or the second, of a group."""

    def harm(world: Attacked, row: Row) -> Row:
        other = world.row(world.sales[number].customer, group)
        return {**row, **{name: other[name] for name in columns}}

    return harm


def a_detail(world: Attacked, row: Row) -> Row:
    """Put in what another table has of the same person."""
    with vault_line(world.running.folder) as line:
        sql = "SELECT sealed FROM vault_detail WHERE person = ? ORDER BY entry"
        sealed = line.execute(sql, (row["person"],)).fetchone()[0]
    return {**row, "sealed": bytes(sealed)}


def another_id(_: Attacked, row: Row) -> Row:
    """Give the row another id."""
    return {**row, "id": row["id"][:-1] + ("1" if row["id"][-1] == "0" else "0")}


HARMS: dict[str, Callable[[Attacked, Row], Row]] = {
    "another person's value": of(1, "payment", "sealed"),
    "another person's value with its version": of(1, "payment", "sealed", "version"),
    "another person's value with its id": of(1, "payment", "sealed", "version", "id"),
    "another group's value": of(0, "customer", "sealed"),
    "another group's value with its version": of(0, "customer", "sealed", "version"),
    "another group's value with its id": of(0, "customer", "sealed", "version", "id"),
    "another table's value": a_detail,
    "another row's id": another_id,
    "the next version": lambda _, row: {**row, "version": row["version"] + 1},
    "the version before": lambda _, row: {**row, "version": row["version"] - 1},
    "the value before": lambda world, row: {**row, "sealed": world.first[UUID(row["person"])]["sealed"]},
    "the whole row before": lambda world, row: world.first[UUID(row["person"])],
    "suite 0": changed(lambda _: 0),
    "suite 3": changed(lambda _: 0, 2),
    "suite 129": changed(lambda _: 0, 128),
    "the generation in the bytes": changed(lambda _: 4),
    "the nonce": changed(lambda _: sealing.HEAD_BYTES),
    "the first byte of the value": changed(lambda _: sealing.HEAD_BYTES + sealing.NONCE_BYTES),
    "the last byte of the value": changed(lambda data: len(data) - 17),
    "the tag": changed(lambda data: len(data) - 1),
    "nothing": cut(lambda _: b""),
    "the head alone": cut(lambda data: data[: sealing.HEAD_BYTES]),
    "head and nonce alone": cut(lambda data: data[: sealing.HEAD_BYTES + sealing.NONCE_BYTES]),
    "half": cut(lambda data: data[: len(data) // 2]),
    "all but a byte": cut(lambda data: data[:-1]),
    "a byte more": cut(lambda data: data + b"\x00"),
    "twice": cut(lambda data: data + data),
    "zeros": cut(lambda data: bytes(len(data))),
    "the value in the clear": cut(lambda _: sealing.pack({"payment.last4": "9999"})),
}


@pytest.mark.slow
@pytest.mark.parametrize("harm", HARMS)
def test_what_was_put_there_does_not_open(attacked: Attacked, harm: str) -> None:
    """Nobody who writes the database makes the vault show another value than the last one collected."""
    sale = attacked.sales[0]
    assert attacked.look(sale) == "2220"
    row = attacked.row(sale.customer, "payment")
    spoilt = HARMS[harm](attacked, row)
    assert spoilt != row
    aside = None
    if spoilt["id"] != row["id"]:  # an id is there once: the other row goes, as a thief would have it
        aside = next(
            (
                one
                for other, group in ((attacked.sales[1], "payment"), (sale, "customer"))
                if (one := attacked.row(other.customer, group))["id"] == spoilt["id"]
            ),
            None,
        )
        if aside is not None:
            with vault_line(attacked.running.folder) as line:
                line.execute("DELETE FROM vault_record WHERE id = ?", (aside["id"],))
    attacked.put(row, spoilt)
    try:
        with pytest.raises(VaultAway, match="does not open"):
            attacked.look(sale)
        attacked.tried.append(harm)
    finally:
        attacked.put(spoilt, row)
        if aside is not None:
            attacked.put({"id": "0" * 32}, aside)
    assert attacked.look(sale) == "2220"


@pytest.mark.slow
def test_a_record_moved_to_another_person_does_not_open(attacked: Attacked) -> None:
    """Rows exchanged whole, owners and all that the table says of them."""
    first, second = (attacked.row(sale.customer, "payment") for sale in attacked.sales)
    with vault_line(attacked.running.folder) as line:
        for row, owner in ((first, "f" * 32), (second, first["person"]), (first, second["person"])):
            line.execute("UPDATE vault_record SET person = ? WHERE id = ?", (owner, row["id"]))
    for sale in attacked.sales:
        with pytest.raises(VaultAway, match="does not open"):
            attacked.look(sale)
    with vault_line(attacked.running.folder) as line:
        for row, owner in ((first, "f" * 32), (second, second["person"]), (first, first["person"])):
            line.execute("UPDATE vault_record SET person = ? WHERE id = ?", (owner, row["id"]))
    assert [attacked.look(sale) for sale in attacked.sales] == ["2220", "2221"]


@pytest.mark.slow
def test_details_of_entries_stay_with_their_entry_and_person(attacked: Attacked) -> None:
    """Whoever swaps what the ledger's details say, of two entries or of two people, shows nobody anything."""
    mine, theirs = (sale.customer.hex for sale in attacked.sales)
    sql = "SELECT entry, sealed FROM vault_detail WHERE person = ? ORDER BY entry"
    with vault_line(attacked.running.folder) as line:
        before = [(entry, bytes(sealed)) for entry, sealed in line.execute(sql, (mine,)).fetchall()]
        other = [(entry, bytes(sealed)) for entry, sealed in line.execute(sql, (theirs,)).fetchall()]
    for swapped in (before[1][1], other[0][1], before[0][1][:-1]):
        with vault_line(attacked.running.folder) as line:
            line.execute("UPDATE vault_detail SET sealed = ? WHERE entry = ?", (swapped, before[0][0]))
        with pytest.raises(VaultAway, match="does not open"):
            door.entries_of(attacked.sales[0].customer, by=attacked.sales[0].me)
    with vault_line(attacked.running.folder) as line:
        line.execute("UPDATE vault_detail SET sealed = ? WHERE entry = ?", (before[0][1], before[0][0]))
    assert door.entries_of(attacked.sales[0].customer, by=attacked.sales[0].me)


@pytest.mark.slow
def test_each_of_them_alarmed(attacked: Attacked) -> None:
    """Gathered into one, with how often it was, and an entry in the ledger."""
    if len(attacked.tried) < len(HARMS):
        pytest.skip("not all of it was tried before this in the same process")
    door.checkpoint()
    with role("operator"):
        told = [one for one in door.alarms(by=OPERATOR) if one.kind == "does not open"]
    assert sum(one.count for one in told) >= len(HARMS) + 5
    assert {(one.role, one.actor) for one in told} == {("web", "person")}
    for one in told:
        assert one.entry is not None
        assert door.inclusion(one.entry)
    print(f"\n{len(HARMS) + 5} swaps, cuts and old rows on a running vault: none opened, all alarmed")


PARTS = {
    "table": ("record", "detail"),
    "group": ("payment", "customer"),
    "row": (UUID(int=1), UUID(int=2)),
    "person": (UUID(int=3), UUID(int=4)),
    "generation": (1, 2),
    "version": (1, 2),
}


@pytest.mark.parametrize("part", PARTS)
def test_without_a_part_of_its_place_a_value_would_open_elsewhere(part: str) -> None:
    """Taken away from the context once each: then, and only then, the swap goes through. So the part is needed."""
    key = AESGCMSIV(bytes(32))
    here: dict[str, Any] = {name: values[0] for name, values in PARTS.items()}
    there = {**here, part: PARTS[part][1]}

    def without(place: dict[str, Any]) -> bytes:
        return sealing.context(**{**place, part: PARTS[part][0]})

    made = sealing.seal(key, b"Anna", without(here), generation=1)
    assert sealing.open_sealed(key, made, without(there), generation=1) == b"Anna"
    made = sealing.seal(key, b"Anna", sealing.context(**here), generation=1)
    with pytest.raises(sealing.NotOpened):
        sealing.open_sealed(key, made, sealing.context(**there), generation=1)


@pytest.mark.parametrize("part", ["LABEL", "SUITE"])
def test_label_and_suite_are_part_of_the_place(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the same key sealed for another program, or by another suite, opens nowhere here."""
    key = AESGCMSIV(bytes(32))
    place: dict[str, Any] = {name: values[0] for name, values in PARTS.items()}
    true = sealing.context(**place)
    known = {"LABEL": sealing.LABEL, "SUITE": b"\x00\x01" + sealing.SUITE.to_bytes(1, "big")}[part]
    assert sealing._HEAD.count(known) == 1
    other = {"LABEL": b"microkitten sneak", "SUITE": b"\x00\x01\x02"}[part]
    monkeypatch.setattr(sealing, "_HEAD", sealing._HEAD.replace(known, other))
    assert sealing.context(**place) != true
    made = sealing.seal(key, b"Anna", sealing.context(**place), generation=1)
    monkeypatch.undo()
    for suite in (made[:1], b"\x01"):
        with pytest.raises(sealing.NotOpened):
            sealing.open_sealed(key, suite + made[1:], true, generation=1)
