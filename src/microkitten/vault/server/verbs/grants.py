"""Grants: leave to open some groups of one person for one purpose, for minutes and for a reason; no grant, no key
(P3)."""

from __future__ import annotations

import secrets
from typing import Any, Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import Decision, Purpose, Question, decide
from microkitten.policy.words import CONDITIONS, GRANTED, GRANTEES, LAPSED
from microkitten.vault.server import index
from microkitten.vault.server.keys import Person
from microkitten.vault.server.work import Work, hashed
from microkitten.vault.values import has_card_number, has_control

GRANT_SECONDS_MAX: Final = 900


def grant(
    work: Work, *, purpose: str, person: UUID, groups: list[str], seconds: int, reason: str
) -> dict[str, Any]:
    """Mint a grant, entered with its reason before anybody has it. Returns: token, entry, groups and end.

    Params: `groups`, none of them for all that the policy opens to this actor for the purpose. Raises: Refusal.
    """
    why = work.purpose(purpose)
    if work.actor not in GRANTEES:
        work.refuse("actor", purpose=purpose)
    if not 0 < seconds <= GRANT_SECONDS_MAX:
        work.refuse("seconds", purpose=purpose)
    check_reason(work, reason, purpose)
    box = work.vault.keyring.of(person)
    if box is None:
        work.refuse("absent" if index.erased(work, person) is None else "erased", purpose=purpose)
    if any(group not in work.vault.policy.groups for group in groups):
        work.refuse("fields", purpose=purpose)
    wanted = groups or _openable(work, box, why)
    rules = {_may(work, box, group, why).rule for group in wanted}
    token, until = secrets.token_urlsafe(32), work.at + seconds
    entered = work.enter(
        Kind.GRANT, why, box,
        how="granted", groups=sorted(wanted), until=until, reason=reason, rule=" ".join(sorted(rules)),
    )  # fmt: skip
    work.vault.database.run(
        "INSERT INTO vault_grant (token_hash, actor, purpose, person, groups, entry, until_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        hashed(token), work.actor, purpose, person.hex, " ".join(sorted(wanted)), entered.index, until,
    )  # fmt: skip
    return {"token": token, "entry": entered.index, "until": until, "groups": sorted(wanted)}


def check_reason(work: Work, reason: str, purpose: str) -> None:
    """Refuse a reason that says nothing, or that no entry should hold. Raises: Refusal."""
    if not reason.strip() or has_control(reason, one_line=True) or has_card_number(reason):
        work.refuse("reason", purpose=purpose)


def _openable(work: Work, person: Person, why: Purpose) -> list[str]:
    """Return the groups of a person that a grant would open to this actor. Raises: Refusal if there are none."""
    policy = work.vault.policy
    groups = [group.name for group in policy.groups.values() if group.person == person.kind]
    found = [group for group in groups if _rule(work, group, why) is not None]
    return found or work.refuse(policy.table.closed.why, purpose=str(why))


def _may(work: Work, person: Person, group: str, why: Purpose) -> Decision:
    """Return the rule that this actor could follow with a grant for the group. Raises: Refusal if there is none."""
    policy = work.vault.policy
    if policy.groups[group].person != person.kind:
        work.refuse("fields", purpose=str(why))
    return _rule(work, group, why) or work.refuse(policy.table.closed.why, purpose=str(why))


def _rule(work: Work, group: str, why: Purpose) -> Decision | None:
    """Return the first rule for a group that asks this actor for a grant, whatever else it asks for."""
    policy, held = work.vault.policy, frozenset(CONDITIONS) - {LAPSED}
    for name in policy.fields_of(group):
        for act in ("use", "erase", "restrict", "collect"):
            decision = decide(policy, Question(name, why, work.actor, None, held, act, 0))
            if decision.allowed and GRANTED in policy.rules[decision.rule].when:
                return decision
    return None


def end_grant(work: Work, *, token: str) -> None:
    """End a grant before its time; nothing happens if there is none."""
    row = work.vault.database.row(
        "SELECT person, purpose, entry FROM vault_grant WHERE token_hash = ? AND actor = ?",
        hashed(token), work.actor,
    )  # fmt: skip
    if row is None:
        return
    box = work.vault.keyring.of(UUID(row[0]))
    work.enter(Kind.GRANT, work.purpose(row[1]), box, how="ended", grant=row[2])
    work.vault.database.run("DELETE FROM vault_grant WHERE token_hash = ?", hashed(token))
