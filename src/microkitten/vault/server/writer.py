"""The one thread that owns database and keys: several batches a transaction, one commit, and only then the
answers.

So an entry is on disk before anybody hears what it is about, and a batch is in whole or not at all.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid4

from microkitten.ledger.leaf import Kind
from microkitten.policy.words import ACTORS
from microkitten.vault.server.alarms import Alarmed
from microkitten.vault.server.faults import end, report
from microkitten.vault.server.folder import Doubt
from microkitten.vault.server.limits import Charge
from microkitten.vault.server.sealing import NotOpened
from microkitten.vault.server.verbs import Verb, rotate, sweep
from microkitten.vault.server.work import Refusal, Vault, Work
from microkitten.vault.wire import Role

BATCHES_A_COMMIT_MAX: Final = 64
SWEEP: Final = Verb(sweep.sweep, {})
TURN: Final = Verb(rotate.turn, {})
_SWEEP_ASKED: Final = ((SWEEP, MappingProxyType[str, Any]({})),)
_TURN_ASKED: Final = ((TURN, MappingProxyType[str, Any]({})),)
log = logging.getLogger("microkitten.vault")

Reply = dict[str, Any]


@dataclass(slots=True)
class Job:
    """A batch on its way: who asks, what, and where the answer goes."""

    role: Role
    actor: str | None
    token: str
    asks: Sequence[tuple[Verb, Mapping[str, Any]]]
    batch: UUID = field(default_factory=uuid4)  # random, told by the caller, the same when it is sent anew
    reply: SimpleQueue[Reply] = field(default_factory=SimpleQueue)
    charges: Sequence[Charge] = ()  # of its role's minute; none of what the vault does by itself


class Writer:
    """Works off batches in the order in which they come."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._refused: dict[tuple[str, str, str, int], int] = {}
        self._is_turning = False
        self._thread = threading.Thread(target=self._run, name="writer")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what has come, sign for it, and end."""
        self._jobs.put(None)
        self._thread.join()

    def do(self, job: Job) -> Reply:
        """Hand a batch over and wait for its answer."""
        self._jobs.put(job)
        return job.reply.get()

    def sweep(self) -> int:
        """Clear away once. Returns: how many persons were touched."""
        reply = self.do(Job(Role.WORKER, "job:sweep", "", _SWEEP_ASKED))
        return int(reply.get("answers", [0])[0])

    def enter_deployment(self, release: str, *, sha256: str) -> None:
        """Enter which policy and release run from now on, if they are others than before (P0, P42);
        before `start`.

        Params: `sha256` of the policy's file. Raises: Doubt if its version governed before with other words,
        or was replaced.
        """
        vault = self._vault
        last = vault.database.row(
            "SELECT policy, release, version, sha256 FROM vault_deployment ORDER BY entry DESC LIMIT 1"
        )
        if last == (vault.policy.hash, release, vault.policy.version, sha256):
            return
        self._check_version(sha256)
        at = vault.clock.now()
        detail = {
            "policy": vault.policy.hash,
            "release": release,
            "profile": vault.policy.profile,
            "version": vault.policy.version,
            "sha256": sha256,
        }
        vault.database.begin()
        entered = vault.journal.enter(
            Kind.DEPLOYMENT, at=at, purpose="", actor="operator", person=None, detail=detail
        )
        vault.database.run(
            "INSERT INTO vault_deployment (entry, policy, release, version, sha256) VALUES (?, ?, ?, ?, ?)",
            entered.index,
            vault.policy.hash,
            release,
            vault.policy.version,
            sha256,
        )
        self._commit()
        vault.journal.checkpoint()

    def _check_version(self, sha256: str) -> None:
        """Refuse other words under a version that has governed, and one that was replaced: the vault remembers
        what it ran, whoever can write the store's files.
        """
        version = self._vault.policy.version
        rows = self._vault.database.rows("SELECT version, sha256 FROM vault_deployment ORDER BY entry")
        known = [(told, digest) for told, digest in rows if told]
        if not any(told == version for told, _ in known):
            return
        remedy = "bring the policies folder back as it was, or adopt a new version"
        if known[-1][0] != version:
            raise Doubt(f"version {version!r} of the policy was replaced by {known[-1][0]!r}; {remedy}")
        if known[-1][1] != sha256:
            raise Doubt(f"version {version!r} of the policy has governed with other words; {remedy}")

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            jobs = [job]
            while len(jobs) < BATCHES_A_COMMIT_MAX and job is not None:
                try:
                    job = self._jobs.get_nowait()
                except Empty:
                    break
                jobs.append(job)
            self._work_off([job for job in jobs if job is not None])
            self._turn_on(jobs)
            if any(job is not None and job.asks == _SWEEP_ASKED for job in jobs):
                self._tend()
            if jobs[-1] is None:
                self._enter_gathered()
                self._vault.journal.checkpoint()
                return

    def _tend(self) -> None:
        try:
            self._vault.keyring.chain.tend(self._vault.clock.now())
        except Exception as error:  # noqa: BLE001 # the process's loop: a place of the keys must not end the vault
            report(error)

    def _turn_on(self, jobs: Sequence[Job | None]) -> None:
        """Go on changing keys, if that is under way: the next part stands in line with everybody's batches."""
        if any(job is not None and job.asks == _TURN_ASKED for job in jobs):
            self._is_turning = False
        if self._vault.turning and not self._is_turning:
            self._is_turning = True
            self._jobs.put(Job(Role.WORKER, "job:sweep", "", _TURN_ASKED))

    def _work_off(self, jobs: Sequence[Job]) -> None:
        """Do some batches in one transaction and answer them once it is on disk."""
        if not jobs:
            return
        try:
            self._vault.database.begin()
            replies = [self._do(job) for job in jobs]
            self._vault.alarms.write(self._vault.database, self._vault.journal, self._vault.clock.now())
            self._commit()
        except Exception as error:  # noqa: BLE001 # the process's loop: a full disk must not end the vault
            report(error)
            self._take_back()
            replies = [{"error": "failed"}] * len(jobs)
        for job, reply in zip(jobs, replies, strict=True):
            job.reply.put(reply)

    def _commit(self) -> None:
        vault = self._vault
        vault.journal.write()
        # Pending in every place of the keys, decided here, then settled there (vault/server/keys/chain.py).
        vault.keyring.prepare()
        vault.database.commit()
        vault.journal.committed()
        vault.alarms.committed()
        try:
            vault.keyring.settle()
        except Exception as error:  # noqa: BLE001 # whatever it was, what the database has decided must come to hold
            report(error)
            end("the keys did not follow the database")
        if vault.erased:
            # What was erased must not stay readable in the log's old pages when somebody is
            # told that it is gone.
            vault.erased = False
            if not vault.database.truncate_log():
                vault.unclean = True
                log.warning("a reader kept the write-ahead log from being emptied")

    def _take_back(self) -> None:
        """Let nothing of the transaction hold. Where the database cannot say that it does not, end: the next start
        asks it again, and brings the keys to where it stands.
        """
        vault = self._vault
        try:
            vault.database.roll_back()
            is_decided = vault.keyring.is_decided()
        except Exception as error:  # noqa: BLE001 # the database is gone: nothing can be known here any more
            report(error)
            is_decided = True
        if is_decided:
            end("the database does not say whether it has committed")
        vault.journal.failed()
        vault.alarms.failed()
        vault.keyring.abandon()

    def _do(self, job: Job) -> Reply:
        """Do one batch within a savepoint of its own."""
        vault, mark = self._vault, self._vault.journal.mark()
        work = Work(vault, job.role, job.actor or "", job.token, vault.clock.now(), job.batch)
        vault.database.mark()
        try:
            if job.actor is not None:
                work.check_actor()
                work.charge(job.charges)
            answers = [verb.act(work, **parts) for verb, parts in job.asks]
        except Refusal as refusal:
            self._undo(mark)
            self._enter_refusal(work, refusal)
            return {"refused": {"rule": refusal.rule, "statement": refusal.statement, "why": refusal.why}}
        except (NotOpened, Doubt) as error:
            self._undo(mark)
            report(error)
            if isinstance(error, NotOpened):
                vault.alarms.note(Alarmed.NOT_OPENED, role=job.role, actor=job.actor or "")
            return {
                "error": "sealed value does not open at its place"
                if isinstance(error, NotOpened)
                else "in doubt"
            }
        except (sqlite3.Error, MemoryError):
            raise  # about the whole transaction
        except Exception as error:  # noqa: BLE001 # the process's loop: one batch that fails is that batch's answer
            self._undo(mark)
            report(error)
            return {"error": "failed"}
        vault.database.keep()
        vault.keyring.keep()
        return {"answers": answers}

    def _undo(self, mark: int) -> None:
        self._vault.database.undo()
        self._vault.keyring.undo()
        self._vault.journal.undo(mark)

    def _enter_refusal(self, work: Work, refusal: Refusal) -> None:
        """Enter the first refusal of its kind in a minute; the others are counted and entered as one
        when the minute is over.
        """
        actor = work.actor if work.actor in ACTORS else "unknown"
        self._vault.alarms.refused(
            role=work.role, actor=actor, purpose=refusal.purpose, why=refusal.why, at=work.at
        )
        minute = work.at // 60
        for key in [key for key in self._refused if key[3] != minute]:
            more = self._refused.pop(key) - 1
            if more:
                self._enter_refused(key, work.at, count=more, why="again")
        key = (actor, refusal.purpose, refusal.rule, minute)
        self._refused[key] = self._refused.get(key, 0) + 1
        if self._refused[key] == 1:
            self._enter_refused(key, work.at, count=1, why=refusal.why)

    def _enter_gathered(self) -> None:
        """Enter the refusals that are only counted so far, so that a stop within their minute forgets none."""
        gathered = {key: count - 1 for key, count in self._refused.items() if count > 1}
        self._refused.clear()
        try:
            self._vault.database.begin()
            for key, more in gathered.items():
                self._enter_refused(key, self._vault.clock.now(), count=more, why="again")
            self._vault.alarms.write(self._vault.database, self._vault.journal, self._vault.clock.now())
            self._commit()
        except Exception as error:  # noqa: BLE001 # as for a batch: a full disk must not keep a vault from ending
            report(error)
            self._take_back()

    def _enter_refused(self, key: tuple[str, str, str, int], at: int, *, count: int, why: str) -> None:
        actor, purpose, rule, _ = key
        detail = {"outcome": "refused", "rule": rule, "count": count, "why": why}
        self._vault.journal.enter(Kind.USE, at=at, purpose=purpose, actor=actor, person=None, detail=detail)
