"""Who may see or restrict what of somebody for `rights`: the one question behind every verb of theirs (P43)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from microkitten.policy import Decision, Purpose, Question, decide, purpose
from microkitten.vault.server import index
from microkitten.vault.server.keys import Person
from microkitten.vault.server.verbs.standing import consented
from microkitten.vault.server.work import Record, Work

Answers = list[tuple[str, Decision]]


def somebody(work: Work, person: UUID) -> tuple[Person, dict[str, Record]]:
    """Return a person's box and records, those that only the law keeps among them. Raises: Refusal."""
    box = work.vault.keyring.of(person)
    if box is None:
        why = "absent" if index.erased(work, person) is None else "erased"
        work.refuse(why, purpose=str(purpose.rights))
    return box, work.records([person]).get(person, {})


def allowed(
    work: Work, person: Person, records: Mapping[str, Record], act: str, why: Purpose = purpose.rights
) -> Answers:
    """Return the fields of theirs with which this actor may do the act for a purpose, each with its rule.

    Whoever has nothing left is asked for as if they had. Raises: Refusal if there is none.
    """
    policy = work.vault.policy
    groups = {name: records.get(name) for name in records} or {
        policy.group_of(name).name: None for name in policy.kind_fields(person.kind)
    }
    answers: Answers = []
    for name, record in groups.items():
        group = policy.groups[name]
        # "consent" is asked of the purpose whose key the group lies under, "granted" of the one it is opened for.
        held = work.conditions(person, record, why)
        held |= work.conditions(person, record, consented(group)) & {"consent"}
        work.heed(act, why, held)
        age = work.age(record)
        answers += [
            (field, decide(policy, Question(field, why, work.actor, None, held, act, age)))
            for field in policy.fields_of(name)
        ]
    if found := [(field, decision) for field, decision in answers if decision.allowed]:
        limit(work, person.id, why)
        return found
    decision = next((one for _, one in answers if one.rule), answers[0][1])
    return work.refuse(decision.why, purpose=str(why), decision=decision)


def limit(work: Work, person: UUID, why: Purpose) -> None:
    """Count a look at somebody by whoever may look: a stranger's tries take nothing from theirs. Raises: Refusal."""
    if not work.vault.limits.allow("standing", of=person.hex):
        work.refuse("rate", purpose=str(why))


def rules_of(found: Iterable[tuple[str, Decision]]) -> str:
    """Return the rules that allowed it, as an entry names them."""
    return " ".join(sorted({decision.rule for _, decision in found}))
