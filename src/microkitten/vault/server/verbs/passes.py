"""Passes: how somebody becomes "the person themselves" to the vault, by having just typed it or by a blind
comparison (P3)."""

from __future__ import annotations

import hmac
import secrets
from typing import Any, Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import purpose
from microkitten.vault.server.clock import moment
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs.use import open_fields
from microkitten.vault.server.work import ORDER, PASS_HOURS, Work, hashed
from microkitten.vault.values import normalized

TRIES_A_DAY_MAX: Final = 5


def keep_open(work: Work, *, persons: list[UUID]) -> dict[str, Any]:
    """Mint a pass for whom this batch has brought to the vault, and for nobody else. Raises: Refusal."""
    if not persons or not work.collected.issuperset(persons):
        work.refuse("same batch")
    return _mint(work, persons, how="kept open")


def prove(work: Work, *, person: UUID, field: str, given: Told, covers: list[UUID]) -> dict[str, Any] | None:
    """Compare what was typed with what is sealed. Returns: a pass, or None. Raises: Refusal."""
    if not work.vault.limits.allow("prove"):
        work.refuse("rate", purpose=str(purpose.verify))
    if not work.vault.policy.may_compare(given.source, field) or type(given.value) is not str:
        work.refuse("source", purpose=str(purpose.verify))
    box = work.vault.keyring.of(person)
    records = work.records([person]).get(person, {})
    record = records.get(field.partition(".")[0])
    held = work.conditions(box, record, purpose.verify)
    decision = work.decide("compare", field, purpose.verify, held, age=work.age(record))
    _count(work, person)
    if box is None or record is None:
        return None
    if any(other is None or other.together != box.together for other in map(work.vault.keyring.of, covers)):
        work.refuse("cover", purpose=str(purpose.verify), decision=decision)
    sealed = open_fields(work, box, records, [field]).get(field, "")
    is_same = hmac.compare_digest(normalized(given.value).encode(), normalized(str(sealed)).encode())
    if not is_same or not sealed:
        work.enter(Kind.USE, purpose.verify, box, fields=[field], rule=decision.rule, outcome="differs")
        return None
    return _mint(work, covers, how="proven")


def _count(work: Work, person: UUID) -> None:
    """Count a try, whoever makes it, and whether or not there is such a person. Raises: Refusal after the
    fifth of the day.
    """
    day = moment(work.at).date().isoformat()
    work.vault.database.run(
        "INSERT INTO vault_try (person, day, count) VALUES (?, ?, 1)"
        " ON CONFLICT (person, day) DO UPDATE SET count = vault_try.count + 1",
        person.hex,
        day,
    )
    (count,) = work.vault.database.row(
        "SELECT count FROM vault_try WHERE person = ? AND day = ?", person.hex, day
    )
    if count > TRIES_A_DAY_MAX:
        work.refuse("tries", purpose=str(purpose.verify))


def _mint(work: Work, persons: list[UUID], *, how: str) -> dict[str, Any]:
    token, until = secrets.token_urlsafe(32), work.at + PASS_HOURS * 3600
    work.vault.database.run(
        "INSERT INTO vault_pass (token_hash, kind, until_at) VALUES (?, ?, ?)", hashed(token), ORDER, until
    )
    for person in persons:
        work.vault.database.run(
            "INSERT INTO vault_covered (token_hash, person) VALUES (?, ?)", hashed(token), person.hex
        )
        work.enter(Kind.GRANT, purpose.verify, work.vault.keyring.of(person), how=how, until=until)
    return {"token": token, "until": until}
