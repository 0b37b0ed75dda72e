"""Looking somebody up by an exact value, and the person's own view of their entries (P42)."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from microkitten import policy
from microkitten.ledger.leaf import Kind
from microkitten.policy import Question, purpose
from microkitten.vault.server import index
from microkitten.vault.server.clock import moment
from microkitten.vault.server.work import Work

RENEW_SECONDS: Final = (
    86_400  # a visit moves the cookie's end at most once a day: less to write, and less to tell
)


def find(work: Work, *, field: str, value: str) -> str | None:
    """Look a person up; finding a browser again is a visit, and renews its cookie. Raises: Refusal."""
    if field not in index.COLUMNS:
        work.refuse("fields")
    if not work.vault.limits.allow("cookie" if field == "visitor.cookie" else "find"):
        work.refuse("rate")
    person = index.look_up(work, field, value)
    box = None if person is None else work.vault.keyring.of(person)
    is_lapsed = (
        field == "visitor.cookie" and box is not None and not work.consents(box, str(purpose.customize))
    )
    if person is None or box is None or is_lapsed:  # under other words there is no such browser any more
        work.decide_any("compare", field, work.conditions(None, None, None) | {"consent"}, age=0)
        return None
    record = work.records([person]).get(person, {}).get(field.partition(".")[0])
    held = work.conditions(box, record, purpose.customize)
    why, decision = work.decide_any("compare", field, held, age=work.age(record))
    if record is None:
        return None
    work.enter(Kind.USE, why, box, fields=[field], rule=decision.rule, outcome="found")
    group = work.vault.policy.groups[record.group]
    until = int(group.life.after(moment(work.at)).timestamp())
    if group.since == "visit" and until > record.until_at + RENEW_SECONDS:
        work.vault.database.run(
            "UPDATE vault_record SET claimed_at = ?, lapse_at = ?, until_at = ? WHERE id = ?",
            work.at,
            until,
            until,
            record.id.hex,
        )
    return person.hex


def index_order(work: Work, *, person: UUID, number: str) -> None:
    """Make a person findable by an order number, in the batch that collects them. Raises: Refusal."""
    if work.actor != "web:checkout" or person not in work.collected:
        work.refuse("same batch")
    index.put(work, index.ORDER, number, person)


def find_order(work: Work, *, number: str) -> str | None:
    """Look the person of an order number up: an id, and nothing about them. Raises: Refusal."""
    if not work.vault.limits.allow("find"):
        work.refuse("rate")
    person = index.look_up(work, index.ORDER, number)
    return None if person is None else person.hex


def entries_of(work: Work, *, person: UUID) -> list[dict[str, Any]]:
    """List what the ledger has about a person, for whom the policy lets see any field of theirs under
    `rights`. Raises: Refusal.
    """
    box = work.vault.keyring.of(person)
    if box is None:
        work.refuse("absent", purpose=str(purpose.rights))
    records = work.records([person]).get(person, {})
    decisions = []
    for name in sorted(work.vault.policy.kind_fields(box.kind)):
        record = records.get(name.partition(".")[0])
        held, age = work.conditions(box, record, purpose.customize), work.age(record)
        asked = Question(name, purpose.rights, work.actor, None, held, "use", age)
        decisions.append(policy.decide(work.vault.policy, asked))
    decision = next((one for one in decisions if one.allowed), decisions[0])
    if not decision.allowed:
        work.refuse(decision.why, purpose=str(purpose.rights), decision=decision)
    work.enter(Kind.USE, purpose.rights, box, fields=[], rule=decision.rule, outcome="entries")
    return [view(*one) for one in work.vault.journal.details_of(box)]


def view(number: int, leaf: bytes, salt: bytes, detail: bytes) -> dict[str, Any]:
    """Return an entry as it travels to its person."""
    public, told = json.loads(leaf), json.loads(detail)
    return {
        "index": number,
        "at": public["t"],
        "kind": public["k"],
        "purpose": public["p"],
        "policy": public["policy"],
        "actor": told["by"],
        "fields": told.get("fields", []),
        "party": told.get("party", ""),
        "outcome": told.get("outcome", told.get("how", "")),
        "leaf": leaf.decode(),
        "salt": salt.hex(),
        "detail": detail.decode(),
    }
