"""The verbs of people's rights: what would go, have it gone, take it along, mend it, let it rest, object, take a yes
back; grants for whoever does it for them; notices to parties (P43)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings

from microkitten.policy import Purpose, purpose
from microkitten.vault import consents
from microkitten.vault.door import reading
from microkitten.vault.door.batch import Batch, _entries
from microkitten.vault.door.public import _ask
from microkitten.vault.opened import MAKER, Opened
from microkitten.vault.rights import Export, Grant, HeldGroup, Notice, Preview, Proof, Receipt, Source
from microkitten.vault.standing import Held
from microkitten.vault.types import Actor, Given

T = TypeVar("T")


def preview_erasure(person: UUID, *, by: Actor) -> Preview:
    """Tell what an erasure would do: what goes, what stays, why and until when, who is told. Nothing is done.

    For whoever may erase them; of one who is erased already it has the receipt (`done`). Raises: Refused.
    """
    told = _one(by, "preview_erasure", person=person.hex)
    entries = {} if told["entry"] is None else {person: told["entry"]}
    groups = tuple(reading.fate(one) for one in told["groups"])
    return Preview(
        person=person,
        kind=told["kind"],
        groups=groups,
        parties=tuple(told["parties"]),
        consents=tuple(told["consents"]),
        entries=told["entries"],
        done=None if told["done"] is None else reading.receipt(told["done"]),
        looked=_looked(person, [one.group for one in groups], entries),
    )


def receipt(entry_index: int) -> Proof:
    """Return the proof that an entry lies in the ledger, to take home: `str(proof)` is a `.tlog-proof` file (C2SP).

    Raises: Refused if there is no such entry. Promise: P42.
    """
    told = _ask("receipt", index=entry_index)
    hashes = tuple(bytes.fromhex(one) for one in told["proof"])
    return Proof(told["index"], told["leaf"].encode(), hashes, told["checkpoint"])


def is_confirmed() -> bool:
    """Tell whether every place of the keys holds the last change, so that what was erased is gone from all of them."""
    return bool(_ask("is_confirmed"))


def export(person: UUID, *, by: Actor) -> Export:
    """Open all that is held of a person, with where it came from, why, who got it and until when; their entries too.

    `with made.opened: made.document(policy)` is the file; values can be read in that block alone. Raises: Refused.
    Promise: P43.
    """
    wanted = {"person": person.hex, "purpose": str(purpose.rights)}
    told = _one(by, "export", **wanted, start=0)
    entries, following = list(told["entries"]), told["next"]
    while following is not None and following < told["entry"]:
        more = _one(by, "export", **wanted, start=following)
        entries += more["entries"]
        following = more["next"]
    company = settings.STORE.answers() if hasattr(settings, "STORE") else None
    receipts = tuple(consents.receipt(one, settings.POLICY, company) for one in told["consents"])
    views = tuple(_entries(entries))
    values = {(person, name): value for name, value in told["values"].items()}
    groups = tuple(
        HeldGroup(
            held=_held(name, one),
            lapse=reading.moment(one["lapse"]),
            sources=MappingProxyType({field: Source(*source) for field, source in one["sources"].items()}),
            parties=tuple(
                view for view in views if view.kind == "disclosure" and _touches(view.fields, name)
            ),
        )
        for name, one in told["groups"].items()
    )
    opened = Opened(
        MAKER,
        purpose=purpose.rights,
        asked=[(person, field) for group in groups for field in group.sources],
        values=values,
        entries={person: told["entry"]},
        until=min((group.held.until for group in groups), default=None),
    )
    kept = {name: part for name, part in told.items() if name != "values"}
    kept |= {"entries": entries, "consents": list(receipts)}
    return Export(kept, person=person, opened=opened, groups=groups, consents=receipts, entries=views)


def correct(person: UUID, given: Mapping[str, Given], *, by: Actor) -> int:
    """Put right what is held, fields of one group only; every party that got the old value gets a notice.

    The inputs are those of `vault.corrections`. Returns: the entry. Raises: Refused. Promise: P43.
    """
    values = {field: [one.value, one.source] for field, one in given.items()}
    return int(_one(by, "correct", person=person.hex, given=values)["entry"])


def restrict(person: UUID, *, by: Actor, on: bool, reason: str) -> int:
    """Let somebody's data rest, or end that: meanwhile it serves their rights, the books and the law alone, and all
    else is refused with `restricted`. Returns: the entry. Raises: Refused. Promise: P43.
    """
    return int(_one(by, "restrict", person=person.hex, on=int(on), reason=reason)["entry"])


def object_to(person: UUID, purpose: Purpose, *, by: Actor) -> int:
    """Object to a purpose: from now on all of it is refused with `objected`. Returns: the entry.

    Raises: Refused, with `basis` for what rests on a contract or the law: there one restricts or erases.
    """
    return int(_one(by, "object_to", person=person.hex, purpose=str(purpose))["entry"])


def withdraw(person: UUID, purpose: Purpose, *, by: Actor) -> Receipt:
    """Take a yes back: its key is destroyed, and all that hangs on it. Idempotent. Raises: Refused. Promise: P8."""
    return reading.receipt(_one(by, "withdraw", person=person.hex, purpose=str(purpose)))


def consents_of(person: UUID, *, by: Actor) -> tuple[dict[str, Any], ...]:
    """Return the receipts of what somebody has said yes to, in the parts of ISO/IEC TS 27560. Raises: Refused."""
    company = settings.STORE.answers() if hasattr(settings, "STORE") else None
    told = _one(by, "consents_of", person=person.hex)
    return tuple(consents.receipt(one, settings.POLICY, company) for one in told)


# Grants


def grant(
    person: UUID, groups: Sequence[str], *, purpose: Purpose, seconds: int, reason: str, by: Actor
) -> Grant:
    """Mint leave to open groups of one person for one purpose, at most 900 seconds; entered with its reason (P3).

    Use it as `Actor("operator", grant.token)`; every use under it names its entry. Raises: Refused.
    """
    told = _one(
        by, "grant",
        person=person.hex, groups=list(groups), purpose=str(purpose), seconds=seconds, reason=reason,
    )  # fmt: skip
    return Grant(token=told["token"], entry=told["entry"], until=reading.moment(told["until"]))


def end_grant(token: str, *, by: Actor) -> None:
    """End a grant before its time; nothing happens if there is none."""
    _one(by, "end_grant", token=token)


def find_people(
    field: str, value: str, *, purpose: Purpose, reason: str, by: Actor
) -> list[tuple[UUID, str]]:
    """List whom an e-mail address (`customer.email`) or order number (`order.number`) leads to: ids and kinds alone.

    Raises: Refused. Promise: P16.
    """
    told = _one(by, "find_people", field=field, value=value, purpose=str(purpose), reason=reason)
    return [(UUID(one["person"]), one["kind"]) for one in told]


# Notices to parties


def notices(*, by: Actor) -> list[Notice]:
    """List what parties must be told, those open and due first; for `job:notify`, operator and merchant."""
    return [_notice(one) for one in _one(by, "notices")]


def notice_sent(notice: UUID, *, by: Actor) -> None:
    """Note that a party was told. Idempotent."""
    _one(by, "notice_sent", id=notice.hex)


def notice_acknowledged(notice: UUID, answer: str, *, by: Actor) -> None:
    """Note what a party answered, one line without anybody's data; the first answer stands."""
    _one(by, "notice_acknowledged", id=notice.hex, answer=answer)


# Reading answers


def _one(by: Actor, do: str, **parts: Any) -> Any:
    with Batch(by) as batch:
        answer = batch._ask(do, _same, **parts)
    return answer.value


def _same(answer: T) -> T:
    return answer


def _held(group: str, told: Mapping[str, Any]) -> Held:
    return Held(
        group=group,
        since=reading.moment(told["since"]),
        until=reading.moment(told["until"]),
        is_claimed=told["claimed"],
        count=None,
        uses=MappingProxyType({name: reading.moment(end) for name, end in told["uses"].items()}),
    )


def _touches(fields: Sequence[str], group: str) -> bool:
    return any(name.partition(".")[0] == group for name in fields)


def _looked(person: UUID, groups: Sequence[str], entries: Mapping[UUID, int]) -> Opened:
    asked = [(person, f"{group}.") for group in groups]
    return Opened(MAKER, purpose=purpose.rights, asked=asked, values={}, entries=entries, until=None)


def _notice(told: Mapping[str, Any]) -> Notice:
    times = {
        name: reading.maybe_moment(told[name]) for name in ("made_at", "due_at", "sent_at", "acknowledged_at")
    }
    return Notice(**{**told, **times, "id": UUID(str(told["id"]))})
