"""The edition of the catalog: one number that grows with each visible change, so that pages can be kept."""

import time
from datetime import datetime
from typing import ClassVar

from django.db import models

ONLY_ID = 1
LOOK_SECONDS = 0.25


class Edition(models.Model):
    """The one row that says which edition stands; written in the transaction that changes the catalog."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ID)
    number = models.PositiveBigIntegerField(default=0)
    touched_at = models.DateTimeField()

    classified: ClassVar[dict[str, str]] = {"public": "number", "operational": "id touched_at"}

    # When this process last looked, and what it saw.
    looked: ClassVar[tuple[float, int]] = (float("-inf"), 0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=ONLY_ID), name="there_is_one_edition"),
        ]

    @classmethod
    def touch(cls, at: datetime) -> None:
        """Begin a new edition: whatever was kept of the catalog's pages is old from this commit on."""
        row = cls.objects.filter(pk=ONLY_ID)
        if not row.update(number=models.F("number") + 1, touched_at=at):
            # Of two who begin the first one at once, the second waits for the other's row.
            first = Edition(pk=ONLY_ID, number=0, touched_at=at)
            Edition.objects.bulk_create([first], ignore_conflicts=True)
            row.update(number=models.F("number") + 1, touched_at=at)

    @classmethod
    def current(cls) -> int:
        """Return the number of the edition that stands; 0 before the first change."""
        return cls.objects.filter(pk=ONLY_ID).values_list("number", flat=True).first() or 0

    @classmethod
    def standing(cls) -> int:
        """Return `current()` as it was at most a quarter of a second ago: one query for all pages of that time."""
        at, number = cls.looked
        if time.monotonic() - at > LOOK_SECONDS:
            number = cls.current()
            cls.looked = (time.monotonic(), number)
        return number
