"""The door to the vault, for actions alone: each verb is one round trip, decided by the policy and entered
before it is answered.

Who calls and where to is told by the environment: `MICROKITTEN_STORE` (the store's folder) and
`MICROKITTEN_ROLE` (`web`, `worker`, `operator`). All verbs block, use one connection a thread, and raise
`Refused` (nothing was done) or `VaultAway` (not reached within three seconds).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from microkitten.policy import Purpose
from microkitten.vault.disclosure import Disclosure
from microkitten.vault.door.alarms import alarm_seen, alarms
from microkitten.vault.door.batch import Batch, Fact, Promise, _staff_pass
from microkitten.vault.door.calendar import calendar, tell
from microkitten.vault.door.public import (
    _ask,
    checkpoint,
    consistency,
    counts,
    deployments,
    inclusion,
    ledger_key,
    policy_hash,
    restores,
)
from microkitten.vault.door.rights import (
    consents_of,
    correct,
    end_grant,
    export,
    find_people,
    grant,
    is_confirmed,
    notice_acknowledged,
    notice_sent,
    notices,
    object_to,
    preview_erasure,
    receipt,
    restrict,
    withdraw,
)
from microkitten.vault.door.standing import standing
from microkitten.vault.ids import uuid7
from microkitten.vault.opened import Opened
from microkitten.vault.types import Actor, EntryView, Given, Pass, Receipt, StaffPass

__all__ = [
    "Batch",
    "Promise",
    "alarm_seen",
    "alarms",
    "assign_visitor",
    "batch",
    "calendar",
    "check_staff",
    "checkpoint",
    "claim",
    "collect",
    "consent_visitor",
    "consents_of",
    "consistency",
    "correct",
    "counts",
    "deployments",
    "disclose",
    "end_grant",
    "entries_of",
    "erase",
    "export",
    "find",
    "find_order",
    "find_people",
    "forget_visitor",
    "grant",
    "inclusion",
    "index_order",
    "is_confirmed",
    "keep_open",
    "ledger_key",
    "new_person",
    "notice_acknowledged",
    "notice_sent",
    "notices",
    "object_to",
    "policy_hash",
    "preview_erasure",
    "prove",
    "receipt",
    "restores",
    "restrict",
    "sign_in_staff",
    "sign_out_staff",
    "standing",
    "tell",
    "use",
    "withdraw",
]


def new_person() -> UUID:
    """Return the id of a person who is not there yet (UUIDv7); they come to be with the first `collect`."""
    return uuid7()


def batch(by: Actor) -> Batch:
    """Begin several asks of one actor; the block's end sends them in one round trip, all or nothing."""
    return Batch(by)


def collect(person: UUID, kind: str, given: Mapping[str, Given], *, purpose: Purpose, by: Actor) -> UUID:
    """Seal what a person typed, and return the record's id.

    Fields of one group only; a second time for the same person it replaces the fields given and keeps the
    others. What belongs to an order stays unclaimed until `claim`, and erases itself after an hour.
    Params: `kind` as the policy names the group's person. Raises: Refused (also for a source that the
    field does not name, and for values with a flaw). Promise: P1, P4.
    """
    with batch(by) as one:
        record = one.collect(person, kind, given, purpose=purpose)
    return record.value


def claim(persons: Sequence[UUID], *, by: Actor) -> None:
    """Say that the order of these persons is placed: their unclaimed records stay for the life of their
    groups. Idempotent.

    For `web:checkout` and `job:` actors. Raises: Refused with `erased` if one of them is gone.
    """
    with batch(by) as one:
        one.claim(persons)


def keep_open(persons: Sequence[UUID], *, by: Actor) -> Pass:
    """Mint the pass with which a shopper sees their own order: only inside a batch that collects these
    very persons (P3).
    """
    with batch(by) as one:
        minted = one.keep_open(persons)
    return minted.value


def use(
    purpose: Purpose,
    wanted: Mapping[UUID, Sequence[str]],
    *,
    by: Actor,
    facts: Mapping[str, Fact] | None = None,
) -> Opened:
    """Open fields of persons for a purpose: `with door.use(purpose.deliver, {person: ["recipient.name"]},
    by=...) as opened:`.

    A person or field that is not there (optional, lapsed, erased) reveals None and has no entry. `facts`
    are told, and kept sealed in the entry's detail. Raises: Refused. Promise: P11.
    """
    with batch(by) as one:
        opened = one.use(purpose, wanted, facts=facts)
    return opened.value


def disclose(
    person: UUID,
    fields: Sequence[str],
    *,
    to: str,
    purpose: Purpose,
    by: Actor,
    once: str,
    facts: Mapping[str, Fact] | None = None,
) -> Disclosure:
    """Make what one party may have of one person for one purpose, signed by the vault (P22).

    Params: `once` names this act; asked again with the same name it is the same act: same id, same entry,
    and a fresh end. Raises: Refused (also `facts` for a fact that the rule does not name, `absent` if a
    field that is not optional is gone, `once` if the same name was given to another act).
    """
    with batch(by) as one:
        made = one.disclose(person, fields, to=to, purpose=purpose, once=once, facts=facts)
    return made.value


def erase(person: UUID, *, by: Actor, reason: str) -> Receipt:
    """Destroy a person's keys and rows. Idempotent: the second time gives the same receipt (P43).

    What the books must keep, and a parcel on its way, stays and stands in the receipt; `preview_erasure` tells it
    before. Params: `reason`, a word or two without values, kept nowhere. Raises: Refused.
    """
    with batch(by) as one:
        done = one.erase(person, reason=reason)
    # Asked once more after the commit, which every place of the keys has to follow.
    return replace(done.value, confirmed=is_confirmed())


def prove(person: UUID, field: str, given: Given, *, covers: Sequence[UUID], by: Actor) -> Pass | None:
    """Compare what somebody typed with what is sealed, inside the vault, and mint a pass if it is the
    same (P3).

    Params: `covers`, whom the pass shall cover: persons collected in one batch with this one. Returns:
    None if it is not the same. Raises: Refused with `tries` after five tries in a day, `cover` for a
    person from elsewhere.
    """
    with batch(by) as one:
        minted = one.prove(person, field, given, covers=covers)
    return minted.value


def find(field: str, value: str, *, by: Actor) -> UUID | None:
    """Look a person up by the exact value of an indexed field (`customer.email`, `visitor.cookie`); the
    newest if several.
    """
    with batch(by) as one:
        found = one.find(field, value)
    return found.value


def index_order(person: UUID, number: str, *, by: Actor) -> None:
    """Make a person findable by order number; for `web:checkout`, before the person is claimed."""
    with batch(by) as one:
        one.index_order(person, number)


def find_order(number: str, *, by: Actor) -> UUID | None:
    """Look the person of an order number up."""
    with batch(by) as one:
        found = one.find_order(number)
    return found.value


def assign_visitor(*, by: Actor) -> str:
    """Mint a cookie value (22 characters) at a visit, as the profile `classic` does; refused in `strict`
    (P8).
    """
    with batch(by) as one:
        cookie = one.assign_visitor()
    return cookie.value


def consent_visitor(*, by: Actor) -> str:
    """Mint a cookie value (22 characters) upon a yes, entered as a consent (P8)."""
    with batch(by) as one:
        cookie = one.consent_visitor()
    return cookie.value


def forget_visitor(cookie: str, *, by: Actor) -> None:
    """End a cookie: its key and all that hangs on it are destroyed; entered, and a withdrawal too where
    there was a consent.
    """
    with batch(by) as one:
        one.forget_visitor(cookie)


def sign_in_staff(token: str, *, by: Actor) -> StaffPass:
    """Turn a one-time token into a pass of twelve hours. Raises: Refused with `pass` if it is unknown,
    used or too old.
    """
    with batch(by) as one:
        minted = one.sign_in_staff(token)
    return minted.value


def check_staff(token: str) -> StaffPass | None:
    """Return the live pass of this token, or None."""
    answer = _ask("check_staff", token=token)
    return None if answer is None else _staff_pass(answer)


def sign_out_staff(token: str) -> None:
    """End a staff pass; nothing happens if there is none."""
    _ask("sign_out_staff", token=token)


def entries_of(person: UUID, *, by: Actor) -> list[EntryView]:
    """List the ledger's entries about a person, for themselves (actor `person` with a pass) or whom the
    policy lets see them (P42).
    """
    with batch(by) as one:
        entries = one.entries_of(person)
    return entries.value
