"""Staff: a one-time token becomes a pass of twelve hours; no password exists that could be left at its
default (P35)."""

from __future__ import annotations

import secrets
from typing import Any, Final
from uuid import UUID

from microkitten.ledger.leaf import Kind
from microkitten.policy import purpose
from microkitten.vault.ids import uuid7
from microkitten.vault.server.clock import month
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect
from microkitten.vault.server.work import PASS_HOURS, STAFF, Work, hashed

TOKEN_SECONDS_MAX: Final = 3600
ROLES: Final = "merchant shipping"


def token(work: Work, *, name: str) -> str:
    """Make a one-time token: for a new member of staff if a name is given, else for the first one there
    is. Raises: Refusal.
    """
    decision = work.decide(
        "collect", "staff.token", purpose.operate, work.conditions(None, None, purpose.operate)
    )
    row = work.vault.database.row("SELECT person FROM vault_staff ORDER BY created_at, person LIMIT 1")
    member = UUID(row[0]) if row is not None and not name else _hire(work, name)
    box = work.vault.keyring.of(member)
    work.enter(Kind.COLLECTION, purpose.operate, box, fields=["staff.token"], rule=decision.rule)
    one_time = secrets.token_urlsafe(24)
    work.vault.database.run("DELETE FROM vault_stafftoken WHERE staff = ?", member.hex)
    work.vault.database.run(
        "INSERT INTO vault_stafftoken (token_hash, staff, until_at) VALUES (?, ?, ?)",
        hashed(one_time),
        member.hex,
        work.at + TOKEN_SECONDS_MAX,
    )
    return one_time


def _hire(work: Work, name: str) -> UUID:
    member = uuid7()
    if name:
        given = {"staff.name": Told(name, "operator.name")}
        collect.store(work, person=member, kind="staff", purpose=purpose.operate, given=given)
    else:
        work.vault.keyring.make(member, "staff", together=member, month=month(work.at))
    work.vault.database.run(
        "INSERT INTO vault_staff (person, roles, created_at) VALUES (?, ?, ?)", member.hex, ROLES, work.at
    )
    return member


def sign_in(work: Work, *, token: str) -> dict[str, Any]:
    """Turn a token, once and within its hour, into a pass. Raises: Refusal."""
    decision = work.decide(
        "compare", "staff.token", purpose.operate, work.conditions(None, None, purpose.operate)
    )
    row = work.vault.database.row(
        "SELECT t.staff, s.roles FROM vault_stafftoken t JOIN vault_staff s ON s.person = t.staff"
        " WHERE t.token_hash = ? AND t.until_at > ?",
        hashed(token),
        work.at,
    )
    if row is None:  # only what is wrong is counted: a flood of it keeps nobody out who has the right one
        why = "pass" if work.vault.limits.allow("sign_in") else "rate"
        work.refuse(why, purpose=str(purpose.operate), decision=decision)
    staff, roles = row
    work.vault.database.run("DELETE FROM vault_stafftoken WHERE token_hash = ?", hashed(token))
    minted, until = secrets.token_urlsafe(32), work.at + PASS_HOURS * 3600
    work.vault.database.run(
        "INSERT INTO vault_pass (token_hash, kind, staff, until_at) VALUES (?, ?, ?, ?)",
        hashed(minted),
        STAFF,
        staff,
        until,
    )
    work.enter(Kind.GRANT, purpose.operate, work.vault.keyring.of(UUID(staff)), how="signed in", until=until)
    return {"token": minted, "sign_in": staff, "roles": roles.split(), "until": until}


def check(work: Work, *, token: str) -> dict[str, Any] | None:
    """Return a live pass, or None."""
    row = work.vault.database.row(
        "SELECT p.staff, s.roles, p.until_at FROM vault_pass p JOIN vault_staff s ON s.person = p.staff"
        " WHERE p.token_hash = ? AND p.kind = ? AND p.until_at > ?",
        hashed(token),
        STAFF,
        work.at,
    )
    if row is None:
        return None
    return {"token": token, "sign_in": row[0], "roles": row[1].split(), "until": row[2]}


def sign_out(work: Work, *, token: str) -> None:
    """End a staff pass."""
    work.vault.database.run("DELETE FROM vault_pass WHERE token_hash = ? AND kind = ?", hashed(token), STAFF)
