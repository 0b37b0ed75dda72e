"""Facts that the shop tells of somebody's order: they take rights away or bring an end nearer, and do nothing else
(P7, P43)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import purpose
from microkitten.policy.words import PASSES, STAFF
from microkitten.vault.server.clock import moment
from microkitten.vault.server.keys import LOG, Person
from microkitten.vault.server.work import Record, Work

ARRIVED, PLACED = "arrived", "placed"
# Who may tell it besides the programs of the worker.
_TELLERS: Final = {ARRIVED: STAFF, PLACED: frozenset({"web:checkout"})}


def tell(work: Work, *, persons: list[UUID], fact: str) -> None:
    """Take a fact about the order or parcel of some persons: `placed` ends the right to clear it away as a draft,
    `arrived` begins the last days of its daily use. Told again, or of nobody, it changes nothing. Raises: Refusal.
    """
    if fact not in _TELLERS:
        work.refuse("facts", purpose=str(purpose.deliver))
    if not work.actor.startswith("job:") and work.actor not in _TELLERS[fact]:
        work.refuse("actor", purpose=str(purpose.deliver))
    if work.actor in PASSES and work.actor not in work.roles():
        work.refuse("pass", purpose=str(purpose.deliver))
    for person, records in work.records(persons).items():
        box = work.vault.keyring.of(person)
        for record in records.values():
            if box is None or record.claimed_at is None:
                continue
            if fact == PLACED:
                _placed(work, record)
            else:
                _arrived(work, box, record)


def _placed(work: Work, record: Record) -> None:
    if record.placed_at is None:
        work.vault.database.run("UPDATE vault_record SET placed_at = ? WHERE id = ?", work.at, record.id.hex)


def _arrived(work: Work, person: Person, record: Record) -> None:
    """Bring the end of daily use nearer, if this does: by the vault's clock, never by a time that is told."""
    arrival = work.vault.policy.groups[record.group].arrival
    if arrival is None or record.arrived_at is not None or record.lapse_at <= work.at:
        return
    # Of whom was erased meanwhile only the parcel on its way still needed it: its use ends with the arrival (P43).
    end = moment(work.at) if LOG not in person.keys else arrival.after(moment(work.at))
    lapse = min(record.lapse_at, int(end.timestamp()))
    work.enter(Kind.COLLECTION, purpose.deliver, person, fields=[], outcome="told", told=ARRIVED, lapse=lapse)
    work.vault.database.run(
        "UPDATE vault_record SET arrived_at = ?, lapse_at = ? WHERE id = ?", work.at, lapse, record.id.hex
    )
