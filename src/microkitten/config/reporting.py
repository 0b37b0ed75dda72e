"""Tells where the time of a start goes: one line a step, with its seconds, on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Write one line for the operator, apart from what programs read on standard output."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how many seconds the block took."""
    began = time.monotonic()
    yield
    say(f"{what:<34} {time.monotonic() - began:6.1f} s")
