"""Leaving work for the worker inside the caller's own transaction (the outbox)."""

from datetime import UTC, datetime, timedelta

from microkitten.web.queue.models import Job
from microkitten.web.queue.names import JobName


def leave(job: JobName, *, key: str | None = None, delay_seconds: float = 0, **ids: int | str) -> None:
    """Owe one piece of work: stands if and only if the caller's transaction commits.

    `ids` are ids, never personal values; `key` makes it owed once while open; `delay_seconds`
    puts its first try off.
    """
    now = datetime.now(UTC)
    row = Job(
        name=job.value,
        key=key,
        arguments=ids,
        next_at=now + timedelta(seconds=delay_seconds),
        created_at=now,
    )
    if key is None:
        row.save(force_insert=True)
    else:
        Job.objects.bulk_create([row], ignore_conflicts=True)
