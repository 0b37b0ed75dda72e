"""Standing: which groups of somebody are held, since when and until when; decided and entered like a use (P43)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import Decision, Group, Purpose, Question, decide, purpose
from microkitten.vault.server.ends import uses
from microkitten.vault.server.keys import Person
from microkitten.vault.server.verbs.use import open_fields
from microkitten.vault.server.work import Record, Work

LISTS: Final = ("visitor.seen",)  # of these it is told how many there are


def standing(work: Work, *, persons: list[UUID]) -> dict[str, Any]:
    """Tell how persons stand, or without any, whom the pass covers: no value. Raises: Refusal."""
    asked = persons or sorted(work.covered())
    if not asked:
        work.refuse("pass", purpose=str(purpose.rights))
    found = work.records(asked)
    people = {}
    for person in asked:
        if not work.vault.limits.allow("standing", of=person.hex):
            work.refuse("rate", purpose=str(purpose.rights))
        box, records = work.vault.keyring.of(person), found.get(person, {})
        if box is None:
            if persons:
                work.refuse("absent", purpose=str(purpose.rights))
            continue
        people[person.hex] = _person(work, box, records)
    return {"people": people}


def _person(work: Work, person: Person, records: dict[str, Record]) -> dict[str, Any]:
    policy = work.vault.policy
    names: list[str] = []
    rules: set[str] = set()
    anything = policy.group_of(min(policy.kind_fields(person.kind))).name
    for group in records or (anything,):  # whoever has nothing left is asked for as if they had
        allowed = _allowed(work, person, policy.groups[group], records.get(group))
        names += [name for name, _ in allowed]
        rules |= {decision.rule for _, decision in allowed}
    entered = work.enter(
        Kind.USE,
        purpose.rights,
        person,
        fields=sorted(names),
        rule=" ".join(sorted(rules)),
        outcome="standing",
    )
    (entries,) = work.vault.database.row("SELECT COUNT(*) FROM vault_detail WHERE person = ?", person.id.hex)
    groups = {group: _group(work, person, record, names) for group, record in records.items()}
    return {"kind": person.kind, "entry": entered.index, "entries": entries, "groups": groups}


def _allowed(work: Work, person: Person, group: Group, record: Record | None) -> list[tuple[str, Decision]]:
    """Return the group's fields that this actor may see for `rights`: with one of them, they may know that the
    group is held. Raises: Refusal if there is none.
    """
    held = work.conditions(person, record, consented(group))
    age = work.age(record)
    answers = [
        (name, decide(work.vault.policy, Question(name, purpose.rights, work.actor, None, held, "use", age)))
        for name in work.vault.policy.fields_of(group.name)
    ]
    if allowed := [(name, decision) for name, decision in answers if decision.allowed]:
        return allowed
    decision = next((one for _, one in answers if one.rule), answers[0][1])
    return work.refuse(decision.why, purpose=str(purpose.rights), decision=decision)


def consented(group: Group) -> Purpose:
    """Return the purpose whose consent key the group lies under: the one that "consent" asks for."""
    kind, _, name = group.key.partition(":")
    return Purpose.named(name) if kind == "consent" else purpose.rights


def _group(work: Work, person: Person, record: Record, names: list[str]) -> dict[str, Any]:
    """Tell of one record; how many there are of something, only if it is among the `names` that may be seen."""
    (collected_at,) = work.vault.database.row(
        "SELECT collected_at FROM vault_record WHERE id = ?", record.id.hex
    )
    fields = work.vault.policy.fields_of(record.group)
    lists = [name for name in LISTS if name in fields and name in names]
    opened = open_fields(work, person, {record.group: record}, lists)
    return {
        "since": collected_at,
        "until": record.until_at,
        "claimed": record.claimed_at is not None,
        "count": sum(len(opened.get(name, [])) for name in lists) if lists else None,
        "uses": uses(work, record),
    }
