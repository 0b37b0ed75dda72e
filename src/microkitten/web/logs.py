"""Logs that hold nobody: one line an event, an error by its class and place, never by its words (P27)."""

import logging
import sys
import traceback
from collections.abc import Mapping


class Plain(logging.Formatter):
    """Formats a record without the words of an error: they may quote what a person typed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line; for an error its class and the places it passed, without values."""
        where = ""
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            places = " < ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in reversed(frames))
            where = f" {record.exc_info[0].__name__} at {places}"
        return f"{self.formatTime(record)} {record.levelname.lower()} {record.name}: {self._words(record)}{where}"

    def _words(self, record: logging.LogRecord) -> str:
        # Django logs the path and query of a failed request, into which anybody can type anything.
        if record.name.startswith("django"):
            return f"status {getattr(record, 'status_code', '-')}"
        return record.getMessage()


def configure(_settings: Mapping[str, object]) -> None:
    """Set up logging to standard error (Django's `LOGGING_CONFIG`)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
