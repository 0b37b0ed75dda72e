"""The worker's loop: takes jobs under a lease, runs their tasks, repeats what failed with back-off."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, close_old_connections, connection, models, transaction

from microkitten.vault.types import Refused
from microkitten.web.queue.models import Job
from microkitten.web.queue.names import JobName

log = logging.getLogger("microkitten.queue")

# A lease is short, so that what a killed worker held is soon taken up, and renewed while its job runs.
LEASE_SECONDS = 12
ATTEMPTS_MAX = 30
BACKOFF_SECONDS_MAX = 600
CONTRACT_WAIT_SECONDS = 300
# Each thread by itself: a file is looked into for nothing; of a server, three that ask in turn are enough.
POLL_SECONDS = {"sqlite": 0.025, "postgresql": 0.1}
QUICK_THREADS = 3
SLOW_NICENESS = 10
# What takes seconds of computing: never before, and never instead of, what a shopper is waiting for.
SLOW = frozenset({JobName.MAKE_PICTURE})

Tasks = Mapping[JobName, Callable[..., object]]


def take(*, at: datetime, limit: int = 1, slow: bool | None = None) -> list[Job]:
    """Lease up to `limit` jobs that are due at `at`; a lease that ran out (a killed worker) is due again.

    `slow` asks for slow jobs alone, or for quick ones alone; None for any.
    """
    if not _is_any_due(at, slow):
        return []
    due = Job.objects.filter(failed_at=None, next_at__lte=at).filter(
        models.Q(lease_until=None) | models.Q(lease_until__lte=at)
    )
    if slow is not None:
        due = due.filter(name__in=SLOW) if slow else due.exclude(name__in=SLOW)
    with transaction.atomic():
        jobs = list(due.select_for_update(skip_locked=True).order_by("next_at", "id")[:limit])
        for job in jobs:
            # Its workers died under it; jobs that fail are counted where they are put back.
            if job.attempts >= ATTEMPTS_MAX:
                job.failed_at, job.failure = at, "Killed"
            job.attempts += 1
            job.lease_until = at + _lease(job)
            # What is left from now on may ask about something newer than this run will see.
            job.key, job.waited_under = None, job.key
            job.save(update_fields=["attempts", "lease_until", "key", "failed_at", "failure"])
    return [job for job in jobs if job.failed_at is None]


def _is_any_due(at: datetime, slow: bool | None) -> bool:
    """Return whether `take` would find something: a plain read, so that an idle worker holds no write lock.

    In SQL, since all threads ask up to forty times a second, and building the same query anew each time kept a tenth
    of a core busy in a shop where nothing happened.
    """
    statement = (
        "SELECT 1 FROM queue_job WHERE failed_at IS NULL AND next_at <= %s "
        "AND (lease_until IS NULL OR lease_until <= %s)"
    )
    moment = connection.ops.adapt_datetimefield_value(at)
    values = [moment, moment]
    if slow is not None:
        marks = ", ".join(["%s"] * len(SLOW))
        statement += f" AND name {'' if slow else 'NOT '}IN ({marks})"
        values += sorted(name.value for name in SLOW)
    with connection.cursor() as cursor:
        cursor.execute(statement + " LIMIT 1", values)
        return cursor.fetchone() is not None


def _lease(job: Job) -> timedelta:
    """Return how long a job is held: longer each time, so that one that kills its worker comes back ever later."""
    return timedelta(seconds=min(LEASE_SECONDS * 2 ** min(job.attempts - 1, 20), BACKOFF_SECONDS_MAX))


def renew(jobs: Iterable[Job], *, at: datetime) -> None:
    """Hold jobs that are still running longer, once a third of their lease is over."""
    for job in jobs:
        if job.lease_until is not None and job.lease_until - at < _lease(job) * 2 / 3:
            job.lease_until = at + _lease(job)
            _still_held(job).filter(lease_until__isnull=False).update(lease_until=job.lease_until)


def _still_held(job: Job) -> "models.QuerySet[Job]":
    """Return the job's row, unless its lease ran out and somebody else has taken it since."""
    return Job.objects.filter(pk=job.pk, attempts=job.attempts)


def run(job: Job, tasks: Tasks) -> bool:
    """Run one leased job; deletes it when done, puts it back or gives it up when it failed. True if done."""
    try:
        tasks[JobName(job.name)](**job.arguments)
    except Exception as error:  # noqa: BLE001 # the process loop: one failing job must not stop the others
        _put_back(job, error, at=datetime.now(UTC))
        return False
    _still_held(job).delete()
    return True


def _put_back(job: Job, error: Exception, *, at: datetime) -> None:
    if isinstance(error, Refused) and error.waits:
        _let_wait(job, error, at=at)
        return
    permanent = bool(getattr(error, "permanent", False)) or job.attempts >= ATTEMPTS_MAX
    wait = min(0.25 * 2 ** min(job.attempts, 20), BACKOFF_SECONDS_MAX)
    # Only the error's class is kept: its words may quote what it was about (P27). An error that says whether it
    # is permanent was written for this line, and names nobody.
    words = f": {error}" if hasattr(error, "permanent") else ""
    log.warning(
        "job %s %s failed (%s%s), try %s%s",
        job.name, job.pk, type(error).__name__, words, job.attempts, ", given up" if permanent else "",
    )  # fmt: skip
    try:
        with transaction.atomic():
            _still_held(job).update(
                key=None if permanent else job.waited_under,
                lease_until=None,
                next_at=at + timedelta(seconds=wait),
                failed_at=at if permanent else None,
                failure=type(error).__name__,
            )
    except IntegrityError:
        _still_held(job).delete()  # the same was left again meanwhile, and waits under the key


def _let_wait(job: Job, refused: Refused, *, at: datetime) -> None:
    """Keep a job until its party has a contract again, however long that takes: a wait is no try, and what was
    promised to a shopper is not given up because of a date (P15, P21).
    """
    log.error(
        "job %s %s waits: %s, rule %s: the party's contract has ended or its review is overdue; "
        "write the new dates into policy.toml",
        job.name, job.pk, refused.statement, refused.rule,
    )  # fmt: skip
    wait = {"lease_until": None, "next_at": at + timedelta(seconds=CONTRACT_WAIT_SECONDS)}
    try:
        with transaction.atomic():
            _still_held(job).update(key=job.waited_under, attempts=job.attempts - 1, **wait)
    except IntegrityError:
        _still_held(job).delete()  # the same was left again meanwhile, and waits under the key


def drain(tasks: Tasks) -> int:
    """Run everything that is due now and return how many jobs were done (for tests and commands)."""
    done = 0
    while jobs := take(at=datetime.now(UTC)):
        done += sum(run(job, tasks) for job in jobs)
    return done


class Worker:
    """Runs jobs in a few threads until stopped, and leaves the sweep once a minute."""

    def __init__(self, tasks: Tasks, *, every_minute: Callable[[], None]) -> None:
        self._tasks = tasks
        self._every_minute = every_minute
        self._stop = threading.Event()
        self._running: dict[int, Job] = {}

    def stop(self) -> None:
        """Ask the threads to end after their present job."""
        self._stop.set()

    def serve(self) -> None:
        """Run until `stop`; returns when all threads have ended."""
        threads = [threading.Thread(target=self._loop, args=(False,)) for _ in range(QUICK_THREADS)]
        threads.append(threading.Thread(target=self._loop, args=(True,)))
        for thread in threads:
            thread.start()
        minute = time.monotonic()
        while alive := [thread for thread in threads if thread.is_alive()]:
            if not self._stop.is_set() and time.monotonic() >= minute:
                self._guarded(self._every_minute)
                minute += 60
            self._guarded(lambda: renew(list(self._running.values()), at=datetime.now(UTC)))
            alive[0].join(LEASE_SECONDS / 4)

    def _loop(self, slow: bool) -> None:
        if slow:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), SLOW_NICENESS)
        while not self._stop.is_set():
            if not self._guarded(lambda: self._step(slow)):
                time.sleep(POLL_SECONDS[connection.vendor])
        connection.close()

    def _step(self, slow: bool) -> bool:
        close_old_connections()
        jobs = take(at=datetime.now(UTC), slow=slow)
        for job in jobs:
            self._running[job.pk] = job
            try:
                run(job, self._tasks)
            finally:
                del self._running[job.pk]
        return bool(jobs)

    def _guarded(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 # the process loop: a database that is away comes back
            log.warning("worker: %s", type(error).__name__)
            connection.close()
            self._stop.wait(1)
            return False
