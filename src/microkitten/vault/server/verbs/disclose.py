"""Disclose: what one party may have of one person, once, signed so that no provider could have made it
(P22)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from microkitten.ledger.leaf import Kind, canonical
from microkitten.policy import Purpose
from microkitten.vault.disclosure import LABEL
from microkitten.vault.server.keys import Keyring, Person
from microkitten.vault.server.verbs.use import open_fields
from microkitten.vault.server.work import Record, Work
from microkitten.vault.values import fact_fits

DISCLOSURE_SECONDS_MAX: Final = 900


def disclose(
    work: Work,
    *,
    person: UUID,
    fields: list[str],
    to: str,
    purpose: str,
    facts: dict[str, int | str],
    once: str,
) -> dict[str, str]:
    """Enter, open and sign. Returns: the signed bytes and their signature. Raises: Refusal."""
    why = work.purpose(purpose)
    box = work.vault.keyring.of(person)
    records = work.records([person]).get(person, {})
    rule = _decide(work, box, records, fields, to, why)
    told = work.vault.policy.facts(to, why)
    if not facts.keys() <= told or not all(fact_fits(name, fact) for name, fact in facts.items()):
        work.refuse("facts", purpose=purpose)
    if box is None:
        work.refuse("erased", purpose=purpose)
    wanted = [name for name in fields if name.partition(".")[0] in records]
    # Which act this is: asked again under the same name with anything else, it would be another act
    # under an old entry.
    request = canonical([person.hex, sorted(fields), to, purpose, facts])
    act, entry = _act(
        work, box, once, hashlib.sha256(request).hexdigest(), why, to, sorted(fields), facts, rule
    )
    values = open_fields(work, box, records, wanted)
    if any(name not in values and not work.vault.policy.field(name).optional for name in fields):
        work.refuse("absent", purpose=purpose)
    signed = canonical(
        {
            "v": 1, "id": act.hex, "party": to, "purpose": purpose, "fields": values, "facts": facts, "entry": entry,
            "until": min(work.at + DISCLOSURE_SECONDS_MAX, _contract_ends(work, to)),
        }
    )  # fmt: skip
    signature = signing_key(work.vault.keyring).sign(LABEL + signed)
    return {"signed": signed.decode(), "signature": signature.hex()}


def _contract_ends(work: Work, to: str) -> int:
    """Return the midnight, UTC, at which the party's contract ends or its review is due: what was signed before
    it is not sent after it.
    """
    ends = work.vault.policy.parties[to].contract.ends
    return int(datetime.combine(ends, time(), UTC).timestamp())


def _decide(
    work: Work, person: Person | None, records: dict[str, Record], fields: list[str], to: str, why: Purpose
) -> str:
    """Decide the hand-over itself and each field. Returns: the rule. Raises: Refusal."""
    if to not in work.vault.policy.parties:
        work.refuse("party", purpose=str(why))
    # The hand-over as such is about the person as a whole: claimed if anything of theirs is.
    whole = max(records.values(), key=lambda record: record.claimed_at or 0, default=None)
    held = work.conditions(person, whole, why)
    decision = work.decide("disclose", None, why, held, party=to, age=work.age(whole))
    for name in fields:
        record = records.get(name.partition(".")[0])
        held = work.conditions(person, record, why)
        decision = work.decide("disclose", name, why, held, party=to, age=work.age(record))
    return decision.rule


def _act(
    work: Work,
    person: Person,
    once: str,
    request: str,
    why: Purpose,
    to: str,
    fields: list[str],
    facts: dict[str, Any],
    rule: str,
) -> tuple[UUID, int]:
    """Return id and entry of this act, entered now unless it was before. Raises: Refusal."""
    name = hmac.digest(work.vault.keyring.service("once"), once.encode(), hashlib.sha256).hex()
    known = work.vault.database.row("SELECT id, request, entry FROM vault_act WHERE once = ?", name)
    if known is not None:
        if known[1] != request:
            work.refuse("once", purpose=str(why))
        return UUID(known[0]), known[2]
    entered = work.enter(Kind.DISCLOSURE, why, person, fields=fields, party=to, facts=facts, rule=rule)
    act = uuid4()
    work.vault.database.run(
        "INSERT INTO vault_act (once, id, person, request, entry) VALUES (?, ?, ?, ?, ?)",
        name,
        act.hex,
        person.id.hex,
        request,
        entered.index,
    )
    return act, entered.index


def signing_key(keyring: Keyring) -> Ed25519PrivateKey:
    """Return the key that signs disclosures and nothing else."""
    return Ed25519PrivateKey.from_private_bytes(keyring.service("disclosure"))
