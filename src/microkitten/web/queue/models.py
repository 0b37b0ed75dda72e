"""One row for each piece of work that is owed; ids only, never a personal value."""

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """Work owed: taken under a lease, repeated with back-off, kept on failure, deleted when done."""

    classified: ClassVar[dict[str, str]] = {
        "operational": "id name key arguments next_at lease_until attempts failed_at failure created_at",
    }
    leads_to: ClassVar[dict[str, str]] = {"arguments": "orders.Order?"}
    holds: ClassVar[dict[str, str]] = {"arguments": "ids by name, and the kind of a mail (web.queue.outbox)"}

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40)
    # The same key waits once: a second `leave` of it adds nothing until a worker has taken the first.
    key = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 # null = no key; '' would clash
    arguments = models.JSONField(default=dict)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    # The class of the last error: its text could carry what it was about.
    failure = models.CharField(max_length=100, default="")
    created_at = models.DateTimeField()

    # Of the run that took it, not of the row: the key under which it waits again if that run fails.
    waited_under: str | None = None

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(failed_at=None), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"
