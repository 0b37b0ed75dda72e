"""One batch being worked off: who asks, what the vault itself knows of them, and the one way to a
decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, NoReturn
from uuid import UUID

from microkitten import policy
from microkitten.ledger.leaf import Kind
from microkitten.policy import Decision, Policy, Purpose, Question
from microkitten.policy.words import ACTORS, CONTRACT
from microkitten.vault.server import held
from microkitten.vault.server.alarms import Alarmed, Alarms
from microkitten.vault.server.clock import Clock, moment
from microkitten.vault.server.database import Database
from microkitten.vault.server.journal import Entered, Journal
from microkitten.vault.server.keys import Keyring, Person
from microkitten.vault.server.limits import Charge, Limits
from microkitten.vault.wire import Role

STAFF, ORDER = "staff", "order"


class Refusal(Exception):
    """A no, with what the answer and the entry say of it; never a value."""

    def __init__(self, *, rule: str = "", statement: str, why: str, purpose: str = "") -> None:
        self.rule, self.statement, self.why, self.purpose = rule, statement, why, purpose
        super().__init__(why)


class Record(NamedTuple):
    """A sealed record's row."""

    id: UUID
    group: str
    version: int
    sealed: bytes
    claimed_at: int | None
    until_at: int
    lapse_at: int
    arrived_at: int | None
    placed_at: int | None


@dataclass(slots=True)
class Vault:
    """Everything one vault process has; used by its writer alone."""

    policy: Policy
    database: Database
    keyring: Keyring
    journal: Journal
    clock: Clock
    sha256: str  # of the bytes that `policy` was read from
    limits: Limits = field(default_factory=Limits)
    alarms: Alarms = field(default_factory=Alarms)
    # Something was erased since the last commit: the write-ahead log is emptied before anybody is answered.
    erased: bool = False
    # Keys are being changed, a little at a time (verbs/rotate.py).
    turning: bool = True
    # A reader kept it from being emptied: the sweeper tries again.
    unclean: bool = False


@dataclass(slots=True)
class Work:
    """A batch: its actor, its time, the pass that came with it, and whom it has collected so far."""

    vault: Vault
    role: Role
    actor: str
    token: str
    at: int
    together: UUID
    collected: set[UUID] = field(default_factory=set)
    _pass: tuple[str, UUID | None, frozenset[str]] | None = None
    _covered: set[UUID] | None = None
    _grants: list[held.Grant] | None = None

    # Saying no

    def refuse(self, why: str, *, purpose: str = "", decision: Decision | None = None) -> NoReturn:
        """Refuse, quoting the closed list where no rule of the policy is nearer. Raises: Refusal."""
        if decision is not None:
            raise Refusal(rule=decision.rule, statement=decision.statement, why=why, purpose=purpose)
        raise Refusal(statement=self.vault.policy.table.closed.statement, why=why, purpose=purpose)

    def not_opened(self) -> None:
        """Tell the merchant that a sealed value did not open, where the work goes on without it."""
        self.vault.alarms.note(Alarmed.NOT_OPENED, role=self.role, actor=self.actor)

    def check_actor(self) -> None:
        """Refuse an actor that does not exist, or for whom this socket may not speak."""
        if self.actor not in ACTORS or not self.role.speaks_for(self.actor):
            self.refuse("actor")

    def charge(self, charges: Sequence[Charge]) -> None:
        """Take what the batch asks for off its role's minute. Raises: Refusal if less is left (P35)."""
        for one in charges:
            if not self.vault.limits.allow(one.name, take=one.persons):
                self.refuse("rate", purpose=one.purpose)

    def purpose(self, name: str) -> Purpose:
        """Return the purpose of that name. Raises: Refusal."""
        try:
            return Purpose.named(name)
        except policy.UnknownWord:
            return self.refuse("purpose")

    # Deciding

    def decide(
        self,
        act: str,
        name: str | None,
        purpose: Purpose,
        conditions: frozenset[str],
        *,
        party: str | None = None,
        age: int | None = None,
    ) -> Decision:
        """Ask the policy; whatever is not a yes is a refusal. Params: `age` of the record, in seconds. Raises:
        Refusal.
        """
        self.heed(act, purpose, conditions)
        if party is not None and self.contract_runs(party):
            conditions |= {CONTRACT}
        question = Question(name, purpose, self.actor, party, conditions, act, age)
        decision = policy.decide(self.vault.policy, question)
        if not decision.allowed:
            # Asked again as if the contract ran: is it the contract alone that is missing?
            with_it = question._replace(conditions=conditions | {CONTRACT})
            why = CONTRACT if policy.decide(self.vault.policy, with_it).allowed else decision.why
            self.refuse(why, purpose=str(purpose), decision=decision)
        return decision

    def decide_any(
        self, act: str, name: str, conditions: frozenset[str], *, age: int | None = None
    ) -> tuple[Purpose, Decision]:
        """Find the purpose for which the policy allows this actor the act, where the verb itself
        names none: of several, the one whose rule asks for most, for it fits the case best, and of two such the one
        that serves somebody's rights. Raises: Refusal.
        """
        answers = [
            (
                purpose,
                policy.decide(
                    self.vault.policy, Question(name, purpose, self.actor, None, conditions, act, age)
                ),
            )
            for purpose in Purpose.every()
        ]
        for purpose, decision in answers:
            if decision.allowed:
                self.heed(act, purpose, conditions)
        rules = self.vault.policy.rules
        if allowed := [(purpose, decision) for purpose, decision in answers if decision.allowed]:
            rights = policy.purpose.rights
            return max(allowed, key=lambda one: (len(rules[one[1].rule].when), one[0] is rights))
        # Quote the rule that comes nearest, if there is one for this actor at all.
        purpose, decision = next(((p, d) for p, d in answers if d.rule), answers[0])
        return self.refuse(decision.why, purpose=str(purpose) if decision.rule else "", decision=decision)

    def heed(self, act: str, purpose: Purpose, conditions: frozenset[str]) -> None:
        """Refuse what the person has had restricted, or has objected to. Raises: Refusal."""
        if why := held.hindrance(act, purpose, conditions):
            self.refuse(why, purpose=str(purpose))

    def conditions(
        self, person: Person | None, record: Record | None, purpose: Purpose | None
    ) -> frozenset[str]:
        """Return which of the policy's conditions hold, by what the vault itself knows (see `held`)."""
        return held.conditions(self, person, record, purpose)

    def consents(self, person: Person, purpose: str) -> bool:
        """Tell whether a consent to the purpose holds: while its words are those it was given to (P42)."""
        return held.consents(self, person, purpose)

    def grants(self) -> list[held.Grant]:
        """Return the grant that came along, if it is live and its actor may show one."""
        if self._grants is None:
            self._grants = held.grants_of(self, hashed(self.token)) if self.token else []
        return self._grants

    def age(self, record: Record | None) -> int | None:
        """Return how many seconds ago the life of the record's group began: at the order, the last visit or the
        entry; None if it has not begun. Where there is no record there is nothing that could be too old.
        """
        if record is None:
            return 0
        return None if record.claimed_at is None else self.at - record.claimed_at

    def contract_runs(self, party: str) -> bool:
        """Tell whether the party may be given anything today, UTC: asked anew for each hand-over, since a batch
        may begin before midnight and go on after it (P21).
        """
        known = self.vault.policy.parties.get(party)
        at = max(self.at, self.vault.clock.now())
        return known is not None and known.contract.running(moment(at).date())

    # Passes

    def pass_(self) -> tuple[str, UUID | None, frozenset[str]]:
        """Return kind, member of staff and roles of the pass that came along; nothing of each if it
        is no live pass.
        """
        if self._pass is None:
            self._pass = ("", None, frozenset())
            if self.token:
                row = self.vault.database.row(
                    "SELECT p.kind, p.staff, s.roles FROM vault_pass p LEFT JOIN vault_staff s ON s.person = p.staff"
                    " WHERE p.token_hash = ? AND p.until_at > ?",
                    hashed(self.token),
                    self.at,
                )
                if row is not None:
                    staff = None if row[1] is None else UUID(row[1])
                    self._pass = (row[0], staff, frozenset((row[2] or "").split()))
        return self._pass

    def roles(self) -> frozenset[str]:
        """Return the roles of the member of staff whose pass came along."""
        kind, _, roles = self.pass_()
        return roles if kind == STAFF else frozenset()

    def covered(self) -> set[UUID]:
        """Return whom the order's pass that came along covers."""
        if self._covered is None:
            self._covered = set()
            if self.pass_()[0] == ORDER:
                rows = self.vault.database.rows(
                    "SELECT person FROM vault_covered WHERE token_hash = ?", hashed(self.token)
                )
                self._covered = {UUID(person) for (person,) in rows}
        return self._covered

    # Records and entries

    def records(self, persons: Iterable[UUID], *, lapsed: bool = False) -> dict[UUID, dict[str, Record]]:
        """Return people's records by group, also what law alone still keeps; those whose last end has come only if
        asked for.
        """
        found: dict[UUID, dict[str, Record]] = {}
        known = {person.hex: person for person in persons}
        for row in self.vault.database.among(
            "SELECT person, id, group_name, version, sealed, claimed_at, until_at, lapse_at, arrived_at, placed_at"
            " FROM vault_record WHERE person IN (?)",
            list(known),
        ):
            record = Record(UUID(row[1]), *row[2:])
            if lapsed or record.until_at > self.at:
                found.setdefault(known[row[0]], {})[record.group] = record
        return found

    def enter(
        self,
        kind: Kind,
        purpose: Purpose | str,
        person: Person | None,
        *,
        keep_detail: bool = True,
        **detail: Any,
    ) -> Entered:
        """Enter what this batch is about to do; under a grant, by which (P3)."""
        for grant in self.grants():
            if person is not None and person.id == grant.person and kind is not Kind.GRANT:
                detail["grant"] = grant.entry
        return self.vault.journal.enter(
            kind,
            at=self.at,
            purpose=str(purpose),
            actor=self.actor,
            person=person,
            detail=detail,
            keep_detail=keep_detail,
        )


PASS_HOURS: Final = 12


def hashed(token: str) -> str:
    """Return the hash under which a token is kept; tokens have 256 random bits, so a plain hash gives
    none of them away.
    """
    return hashlib.sha256(b"microkitten pass " + token.encode()).hexdigest()
