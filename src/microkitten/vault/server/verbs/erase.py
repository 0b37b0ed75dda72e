"""Erase: the keys first, then the rows, and the write-ahead log before anybody hears that it is done
(P43)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import Purpose
from microkitten.vault.server import index
from microkitten.vault.server.keys import LAW, Person
from microkitten.vault.server.work import Work

# Every table with something of a person, but for their records and box, which may have a part under the law
# key.
_DELETE: Final = (
    "DELETE FROM vault_find WHERE person = ?",
    "DELETE FROM vault_consent WHERE person = ?",
    "DELETE FROM vault_worded WHERE person = ?",
    "DELETE FROM vault_covered WHERE person = ?",
    "DELETE FROM vault_try WHERE person = ?",
    "DELETE FROM vault_act WHERE person = ?",
    "DELETE FROM vault_detail WHERE person = ?",
    "DELETE FROM vault_staff WHERE person = ?",
    "DELETE FROM vault_stafftoken WHERE staff = ?",
    "DELETE FROM vault_pass WHERE staff = ?",
)


def erase(work: Work, *, person: UUID, reason: str) -> dict[str, str | int]:
    """Erase a person; a second time gives the first receipt. Raises: Refusal."""
    done = index.erased(work, person)
    box = work.vault.keyring.of(person)
    purpose = decide(work, box)
    if done is None:
        if box is None:
            work.refuse("absent", purpose=str(purpose))
        done = destroy(work, box, purpose, reason=reason)
    return {"entry": done[0], "leaf_hash": done[1]}


def decide(work: Work, person: Person | None) -> Purpose:
    """Ask the policy for every field that the person has; for one who has none, whether the actor erases
    at all. Raises: Refusal.
    """
    policy = work.vault.policy
    records = {} if person is None else work.records([person.id], lapsed=True).get(person.id, {})
    purpose = None
    for group, record in records.items():
        for name in policy.fields_of(group):
            purpose, _ = work.decide_any("erase", name, work.conditions(person, record, None))
    if purpose is None:
        kind = "customer" if person is None else person.kind
        name = min(policy.kind_fields(kind))
        purpose, _ = work.decide_any("erase", name, work.conditions(person, None, None) | {"lapsed"})
    return purpose


def destroy(work: Work, person: Person, purpose: Purpose, *, reason: str) -> tuple[int, str]:
    """Destroy keys and rows of a person; what lies under the law key stays with that key alone. Returns:
    the receipt.
    """
    database, keyring = work.vault.database, work.vault.keyring
    entered = work.enter(Kind.ERASURE, purpose, person, keep_detail=False, reason=reason)
    groups, who = work.vault.policy.groups, person.id.hex
    records = work.records([person.id], lapsed=True).get(person.id, {}).values()
    stays = {one.id for one in records if groups[one.group].key == LAW and one.until_at > work.at}
    if stays:
        keyring.change(person, drop=[name for name in person.keys if not name.startswith(f"{LAW}:")])
    else:
        keyring.destroy(person.id)
    database.many(
        "DELETE FROM vault_record WHERE id = ?", [(one.id.hex,) for one in records if one.id not in stays]
    )
    for statement in _DELETE:
        database.run(statement, who)
    leaf_hash = entered.leaf_hash.hex()
    index.mark_erased(work, person.id, entered.index, leaf_hash)
    work.vault.erased = True
    return entered.index, leaf_hash
