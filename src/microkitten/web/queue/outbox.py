"""Leaving work for the worker inside the caller's own transaction (the outbox)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from microkitten.web.queue.models import Job
from microkitten.web.queue.names import JobName

_ID: Final = re.compile(r"[0-9a-f-]{1,36}")
_KINDS: Final = frozenset({"confirmation"})  # of mail


def _is_id(value: object) -> bool:
    return type(value) is int or (
        isinstance(value, str) and (value in _KINDS or _ID.fullmatch(value) is not None)
    )


def leave(job: JobName, *, key: str | None = None, delay_seconds: float = 0, **ids: int | str) -> None:
    """Owe one piece of work: stands if and only if the caller's transaction commits.

    `ids` are ids, never personal values; `key` makes it owed once while open; `delay_seconds`
    puts its first try off. Raises `ValueError` for an argument that is no id: the row would keep it (P35).
    """
    for name, value in ids.items():
        if not _is_id(value):
            raise ValueError(f"{name} of job {job.value} is no id, so it is not kept")
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
        # What waits under the key already is written again rather than left alone: so it is locked, and no worker
        # takes it before this transaction has committed what the job is to see (PostgreSQL; SQLite has one writer).
        Job.objects.bulk_create([row], update_conflicts=True, unique_fields=["key"], update_fields=["key"])
