"""Taking turns at the database: what two transactions kept each other from doing is done again (PostgreSQL)."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

TRIES_MAX = 5
PAUSE_SECONDS = 0.02
# Deadlock, serialization failure: the server has undone all of the transaction, and says to begin anew.
_AGAIN = frozenset({"40P01", "40001"})

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


def in_turn(act: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """Run a function in a transaction, and again, at most five times, if the database had to choose another's.

    The function does nothing that a rollback does not undo. Inside another transaction it is a part of that one,
    which is repeated as a whole. Two that wait for each other are rare: rows are locked in one order.
    """

    @wraps(act)
    def turn(*args: Parameters.args, **options: Parameters.kwargs) -> Returned:
        tries = 1 if connection.in_atomic_block else TRIES_MAX
        while True:
            tries -= 1
            try:
                with transaction.atomic():
                    return act(*args, **options)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in _AGAIN or not tries:
                    raise
            time.sleep(PAUSE_SECONDS * (1 + random.random()))  # noqa: S311 # so that the two do not meet again

    return turn
