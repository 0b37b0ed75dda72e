"""The queue: work stands with its transaction, is held under a lease, comes again after a failure or a death."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from microkitten.config.jobs import TASKS
from microkitten.vault.types import Refused
from microkitten.web.queue import worker
from microkitten.web.queue.models import Job
from microkitten.web.queue.names import JobName
from microkitten.web.queue.outbox import leave
from microkitten.web.queue.worker import drain, renew, run, take

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def soon(seconds: float = 1) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


class Failing(Exception):
    """Comes again."""


class Hopeless(Exception):
    """Does not."""

    permanent = True


def doing(*errors: Exception | None) -> tuple[dict[JobName, Callable[..., object]], list[object]]:
    """Return a task that raises these one after the other, and what it was called with."""
    calls: list[object] = []

    def act(**ids: object) -> None:
        error = errors[len(calls)] if len(calls) < len(errors) else None
        calls.append(ids)
        if error is not None:
            raise error

    return dict.fromkeys(JobName, act), calls


def test_every_name_has_its_task() -> None:
    assert set(TASKS) == set(JobName)


def test_what_is_left_is_done_once_and_gone() -> None:
    leave(JobName.CLAIM, order="a")
    tasks, calls = doing()
    assert drain(tasks) == 1
    assert calls == [{"order": "a"}]
    assert not Job.objects.exists()
    assert drain(tasks) == 0


def test_a_transaction_that_is_rolled_back_takes_its_job_along() -> None:
    def sale() -> None:
        with transaction.atomic():
            leave(JobName.CLAIM, key="claim:a", order="a")
            leave(JobName.SEND_MAIL, order="a", kind="confirmation")
            raise Failing

    with pytest.raises(Failing):
        sale()
    assert not Job.objects.exists()


def test_a_leased_job_is_nobody_elses_until_the_lease_is_over() -> None:
    leave(JobName.CLAIM, order="a")
    at = soon()
    (job,) = take(at=at)
    assert take(at=at + timedelta(seconds=worker.LEASE_SECONDS - 1)) == []
    (again,) = take(at=at + timedelta(seconds=worker.LEASE_SECONDS))
    assert (again.pk, again.attempts) == (job.pk, 2)
    # Each death under it holds it twice as long: what kills its worker comes back ever later.
    assert again.lease_until is not None
    held = again.lease_until - (at + timedelta(seconds=worker.LEASE_SECONDS))
    assert held == timedelta(seconds=2 * worker.LEASE_SECONDS)


def test_the_lease_of_a_running_job_is_renewed() -> None:
    leave(JobName.CLAIM, order="a")
    at = soon()
    (job,) = take(at=at)
    for third in range(1, 10):
        renew([job], at=at + timedelta(seconds=third * worker.LEASE_SECONDS / 2))
    assert take(at=at + timedelta(seconds=4 * worker.LEASE_SECONDS)) == []
    assert len(take(at=at + timedelta(seconds=6 * worker.LEASE_SECONDS))) == 1


def test_whoever_lost_its_lease_neither_ends_nor_renews_nor_puts_back_the_job() -> None:
    leave(JobName.CLAIM, order="a")
    at = soon()
    (late,) = take(at=at)
    (held,) = take(at=at + timedelta(seconds=worker.LEASE_SECONDS))
    before = Job.objects.values().get()
    renew([late], at=at + timedelta(seconds=2 * worker.LEASE_SECONDS))
    run(late, doing(Failing())[0])
    run(late, doing(Hopeless())[0])
    run(late, doing()[0])
    assert Job.objects.values().get() == before
    run(held, doing()[0])
    assert not Job.objects.exists()


def test_a_failure_comes_again_later_each_time_and_is_given_up_in_the_end() -> None:
    leave(JobName.CLAIM, order="a")
    tasks, calls = doing(*[Failing("with words")] * worker.ATTEMPTS_MAX)
    waits = []
    for _ in range(worker.ATTEMPTS_MAX):
        job = Job.objects.get()
        assert job.failed_at is None
        Job.objects.update(next_at=NOW)
        before = datetime.now(UTC)
        (taken,) = take(at=before)
        assert not run(taken, tasks)
        waits.append((Job.objects.get().next_at - before).total_seconds())
    assert waits[0] == pytest.approx(0.5, abs=0.3)
    assert waits[:10] == sorted(waits[:10])
    assert waits[3] > 6 * waits[0]
    assert max(waits) == pytest.approx(worker.BACKOFF_SECONDS_MAX, abs=2)
    job = Job.objects.get()
    assert job.failed_at is not None
    assert job.failure == "Failing"
    assert len(calls) == worker.ATTEMPTS_MAX
    assert take(at=soon(10**6)) == []


def test_a_permanent_failure_is_not_tried_again_but_kept() -> None:
    leave(JobName.CLAIM, key="claim:a", order="a")
    tasks, calls = doing(Hopeless("the words of an error that names nobody"))
    assert drain(tasks) == 0
    assert take(at=soon(10**6)) == []
    job = Job.objects.get()
    assert (job.failure, job.key, len(calls)) == ("Hopeless", None, 1)
    leave(JobName.CLAIM, key="claim:a", order="a")  # the next one is not held back by it
    assert drain(tasks) == 1


def test_one_failing_job_does_not_stop_the_others() -> None:
    leave(JobName.CLAIM, order="a")
    leave(JobName.CLAIM, order="b")
    tasks, calls = doing(Failing())
    assert drain(tasks) == 1
    assert calls == [{"order": "a"}, {"order": "b"}]


def test_a_key_waits_once_until_it_is_taken() -> None:
    for _ in range(3):
        leave(JobName.LOOK_UP_PAYMENT, key="look:a", payment="a")
    leave(JobName.LOOK_UP_PAYMENT, key="look:b", payment="b")
    assert Job.objects.count() == 2
    (taken,) = take(at=soon())
    # It may have looked already: what is asked from now on is another look.
    leave(JobName.LOOK_UP_PAYMENT, key="look:a", payment="a")
    assert Job.objects.count() == 3
    run(taken, doing()[0])
    assert Job.objects.count() == 2


def test_a_failed_job_waits_under_its_key_again() -> None:
    leave(JobName.LOOK_UP_PAYMENT, key="look:a", payment="a")
    assert drain(doing(Failing())[0]) == 0
    leave(JobName.LOOK_UP_PAYMENT, key="look:a", payment="a")
    assert Job.objects.get().key == "look:a"


def test_a_failed_job_gives_way_to_the_same_one_left_meanwhile() -> None:
    leave(JobName.LOOK_UP_PAYMENT, key="look:a", payment="a")
    (taken,) = take(at=soon())
    leave(JobName.LOOK_UP_PAYMENT, key="look:a", payment="a")
    assert not run(taken, doing(Failing())[0])
    job = Job.objects.get()
    assert (job.key, job.attempts) == ("look:a", 0)


def test_a_job_that_kills_its_worker_each_time_is_given_up() -> None:
    leave(JobName.CLAIM, order="a")
    Job.objects.update(attempts=worker.ATTEMPTS_MAX)
    assert take(at=soon()) == []
    assert Job.objects.get().failure == "Killed"
    assert take(at=soon(10**6)) == []


def test_what_is_put_off_waits() -> None:
    leave(JobName.SWEEP, delay_seconds=60)
    assert take(at=soon()) == []
    assert len(take(at=soon(61))) == 1


def test_pictures_never_stand_before_a_payment() -> None:
    for number in range(5):
        leave(JobName.MAKE_PICTURE, picture=number)
    leave(JobName.START_PAYMENT, payment="a")
    assert [job.name for job in take(at=soon(), slow=False, limit=9)] == ["start-payment"]
    assert [job.name for job in take(at=soon(), slow=True, limit=1)] == ["make-picture"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_throughput(capsys: pytest.CaptureFixture[str]) -> None:
    """On the disk of this machine, each job durably taken and durably ended; the aim is 200 a second."""
    count = 400
    for number in range(count):
        leave(JobName.CLAIM, order=str(number))
    began = time.perf_counter()
    assert drain(doing()[0]) == count
    rate = count / (time.perf_counter() - began)
    with capsys.disabled():
        print(f"\nqueue: {rate:.0f} jobs a second")
    assert rate > 50  # far below the aim: a shared machine must not fail this


PROGRAM = Path(__file__).with_name("queue_worker.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A database and a log for worker processes of their own."""
    subprocess.run([sys.executable, PROGRAM, "make", tmp_path], check=True, timeout=60)
    return tmp_path


def program(word: str, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, PROGRAM, word, folder])


def done(folder: Path) -> list[str]:
    path = folder / "done"
    return path.read_text().split() if path.exists() else []


def wait_for(is_so: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
def test_what_a_killed_worker_held_is_done_by_the_next_one(folder: Path) -> None:
    """SIGKILL in the middle of a job: its lease runs out, and another worker does it once, to the end."""
    first = program("hang", folder)
    try:
        wait_for(lambda: (folder / "begun").exists())
    finally:
        first.kill()
        first.wait()
    assert done(folder) == []
    second = program("work", folder)
    try:
        wait_for(lambda: len(done(folder)) == 20)
        time.sleep(2)  # more than a lease
    finally:
        second.terminate()
        assert second.wait(20) == 0
    assert sorted(done(folder), key=int) == [str(number) for number in range(20)]


@pytest.mark.slow
def test_a_job_longer_than_its_lease_runs_once_however_many_workers_there_are(folder: Path) -> None:
    workers = [program("slow", folder) for _ in range(2)]
    try:
        wait_for(lambda: len(done(folder)) >= 20, 60)
    finally:
        for one in workers:
            one.terminate()
        assert [one.wait(30) for one in workers] == [0, 0]
    assert sorted(done(folder), key=int) == [str(number) for number in range(20)]


def refused(why: str) -> Refused:
    return Refused(rule="confirm.mail", statement="P21", why=why)


def test_a_job_waits_for_a_contract_as_long_as_it_takes_and_is_then_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """P15, P21: an ended contract stops the mail, and does not lose it; the operator reads why."""
    leave(JobName.SEND_MAIL, key="mail:a", order="a", kind="confirmation")
    at = soon()
    tasks, calls = doing(*[refused("contract")] * (worker.ATTEMPTS_MAX + 10))
    for _ in range(worker.ATTEMPTS_MAX + 10):
        (job,) = take(at=at)
        assert not run(job, tasks)
        at = soon(worker.CONTRACT_WAIT_SECONDS + 1)
        assert take(at=soon(worker.CONTRACT_WAIT_SECONDS / 2)) == []
    (waiting,) = Job.objects.all()
    assert (waiting.failed_at, waiting.key, waiting.attempts) == (None, "mail:a", 0)
    assert "P21, rule confirm.mail: the party's contract has ended" in caplog.text
    leave(JobName.SEND_MAIL, key="mail:a", order="a", kind="confirmation")
    assert Job.objects.count() == 1
    (job,) = take(at=at)
    assert run(job, tasks)
    assert len(calls) == worker.ATTEMPTS_MAX + 11
    assert not Job.objects.exists()


def test_another_refusal_is_given_up_in_the_end() -> None:
    """Waiting is for contracts alone: who was erased does not come back."""
    leave(JobName.SEND_MAIL, order="a", kind="confirmation")
    tasks, _ = doing(refused("erased"))
    Job.objects.update(attempts=worker.ATTEMPTS_MAX - 1)
    (job,) = take(at=soon())
    assert not run(job, tasks)
    assert Job.objects.get().failed_at is not None
