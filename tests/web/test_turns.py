"""Two at once at the database: who was undone begins anew, and no job is taken before what it is to see (P14)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction

from microkitten.web.queue.models import Job
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.queue.worker import take
from microkitten.web.turns import TRIES_MAX, in_turn
from tests import engine

on_a_server = pytest.mark.skipif(not engine.IS_POSTGRESQL, reason="SQLite has one writer at a time")
SECONDS = 20


class Undone(Exception):
    """What the driver says of a transaction that lost."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def losing(times: int, sqlstate: str) -> tuple[Callable[[], int], list[int]]:
    """Return a function that leaves a job and is undone so many times, and the list of its tries."""
    tries: list[int] = []

    @in_turn
    def act() -> int:
        tries.append(1)
        leave(JobName.SWEEP)
        if len(tries) <= times:
            raise OperationalError from Undone(sqlstate)
        return len(tries)

    return act, tries


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_what_the_database_undid_is_done_again(sqlstate: str) -> None:
    """Nothing of the lost tries is left."""
    act, _ = losing(2, sqlstate)
    assert act() == 3
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("sqlstate", "tries_made"), [("40P01", TRIES_MAX), ("08006", 1)])
def test_it_is_given_up_at_last_and_other_errors_at_once(sqlstate: str, tries_made: int) -> None:
    """A server that has gone does not come back by being asked five times."""
    act, tries = losing(100, sqlstate)
    with pytest.raises(OperationalError):
        act()
    assert len(tries) == tries_made
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_part_of_a_transaction_is_not_repeated_by_itself() -> None:
    """The server has undone all of it, not the part."""
    act, tries = losing(1, "40P01")
    with pytest.raises(OperationalError), transaction.atomic():
        act()
    assert len(tries) == 1


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Run all in threads with connections of their own; return what went wrong."""
    wrong: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 # told to the test
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return wrong


@on_a_server
@pytest.mark.django_db(transaction=True)
def test_two_that_wait_for_each_other_both_get_through() -> None:
    """Evidence: a real deadlock of two rows, one of the two undone by the server and done again."""
    for _ in range(2):
        leave(JobName.SWEEP)
    first, second = Job.objects.order_by("id").values_list("pk", flat=True)
    both_hold, tries = threading.Barrier(2), []

    def locking(one: int, other: int) -> Callable[[], None]:
        @in_turn
        def act() -> None:
            tries.append(one)
            Job.objects.select_for_update().get(pk=one)
            if tries.count(one) == 1:
                both_hold.wait(SECONDS)
            Job.objects.filter(pk=other).update(failure="seen")

        return act

    assert at_once(locking(first, second), locking(second, first)) == []
    assert len(tries) == 3
    assert set(Job.objects.values_list("failure", flat=True)) == {"seen"}


@on_a_server
@pytest.mark.django_db(transaction=True)
def test_a_waiting_job_left_once_more_waits_for_who_left_it() -> None:
    """Else a worker would take it, not see what is not committed yet, and nobody would do it again."""
    leave(JobName.SWEEP, key="one")
    left, taken = threading.Event(), threading.Event()
    early: list[Job] = []

    def leaving() -> None:
        with transaction.atomic():
            leave(JobName.SWEEP, key="one")
            left.set()
            assert taken.wait(SECONDS)

    def taking() -> None:
        assert left.wait(SECONDS)
        early.extend(take(at=datetime.now(UTC)))
        taken.set()

    assert at_once(leaving, taking) == []
    assert early == []
    assert len(take(at=datetime.now(UTC))) == 1
    assert Job.objects.count() == 1
