"""The lasting cookie: minted by the vault with the key of its purpose, so that code which skips the question
has nothing to set (P8, P9)."""

from __future__ import annotations

import secrets
from typing import Final

from microkitten.ledger.leaf import Kind
from microkitten.policy import purpose
from microkitten.vault.ids import uuid7
from microkitten.vault.server import index
from microkitten.vault.server.clock import month
from microkitten.vault.server.shapes import Told
from microkitten.vault.server.verbs import collect, consents, erase
from microkitten.vault.server.work import Work

COOKIE: Final = "__Host-visitor"
COOKIE_BYTES: Final = 16  # 128 random bits and nothing else: 22 characters


def assign(work: Work) -> str:
    """Mint a cookie at a visit, entered as a collection: where the policy assigns on visit, and only
    there. Raises: Refusal.
    """
    if work.vault.policy.cookies[COOKIE].assign != "on_visit":
        work.refuse("profile", purpose=str(purpose.customize))
    return _mint(work, Kind.COLLECTION)


def consent(work: Work) -> str:
    """Mint a cookie upon a yes, entered as a consent. Raises: Refusal."""
    return _mint(work, Kind.CONSENT)


def _mint(work: Work, entry: Kind) -> str:
    if not work.vault.limits.allow("visitor"):
        work.refuse("rate", purpose=str(purpose.customize))
    if work.actor != "web:visitors":
        work.refuse("actor", purpose=str(purpose.customize))
    person, cookie = uuid7(), secrets.token_urlsafe(COOKIE_BYTES)
    box = work.vault.keyring.make(person, "visitor", together=person, month=month(work.at))
    wording = work.vault.policy.wording(purpose.customize)
    work.vault.keyring.consent(box, str(purpose.customize), wording=wording)
    given = {"visitor.cookie": Told(cookie, "visit.cookie")}
    stored = collect.store(
        work, person=person, kind="visitor", purpose=purpose.customize, given=given, entry=entry
    )
    if entry is Kind.CONSENT:
        consents.give(work, box, purpose.customize, act="cookie choice", entry=stored.entry)
    return cookie


def forget(work: Work, *, cookie: str) -> None:
    """Destroy the cookie's key and all under it; a withdrawal where there was a consent. An unknown
    cookie is forgotten already.
    """
    if not work.vault.limits.allow("cookie"):
        work.refuse("rate")
    person = index.look_up(work, "visitor.cookie", cookie)
    box = None if person is None else work.vault.keyring.of(person)
    why = erase.decide(work, box) if box is not None else purpose.rights
    if box is None:
        work.decide_any("erase", "visitor.cookie", work.conditions(None, None, None))
        return
    if work.vault.database.row("SELECT 1 FROM vault_consent WHERE person = ?", box.id.hex):
        work.enter(Kind.WITHDRAWAL, purpose.customize, box)
    erase.destroy(work, box, why, reason="forget")
