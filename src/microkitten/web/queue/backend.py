"""django-tasks over our own table: the interface that Django 6 has built in, with leases and retries."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.serves import purpose_of


def work(task: Task[..., Any]) -> Callable[..., object]:
    """Return what the worker calls for a task; raises `ImproperlyConfigured` if it declares no purpose (P11)."""
    if purpose_of(task.func) is None:
        raise ImproperlyConfigured(f"{task.func.__module__}.{task.func.__name__} needs @serves(purpose...)")
    return task.call


def job_name(task: Task[..., Any]) -> JobName:
    """Return the job name of a task: its function's name with hyphens; raises `ValueError` if not listed."""
    return JobName(task.func.__name__.replace("_", "-"))


class QueueBackend(BaseTaskBackend):
    """Puts a task into the `Job` table, in the caller's own transaction."""

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Owe the task; takes keyword arguments only, and they are ids."""
        self.validate_task(task)
        if args:
            raise TypeError("tasks take keyword arguments only")
        name = job_name(task)
        leave(name, **kwargs)
        return TaskResult(
            task=task, id=name.value, status=TaskResultStatus.READY, enqueued_at=None, started_at=None,
            last_attempted_at=None, finished_at=None, args=[], kwargs=kwargs, backend=self.alias, errors=[],
            worker_ids=[],
        )  # fmt: skip
