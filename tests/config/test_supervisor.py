"""Children are restarted, given up on, and stopped with all they have started; none outlives its parent."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from microkitten.config import child as children
from microkitten.config import identities
from microkitten.config.processes import SOURCE, Program

pytestmark = pytest.mark.slow
SLEEPS = "import time; time.sleep(60)"


def child(code: str, said: list[str] | None = None) -> children.Child:
    """Return a watched stand-in that runs `code`."""
    lines: list[str] = [] if said is None else said
    program = Program("standin", ("-c", textwrap.dedent(code)), identities.one_user().worker, "")
    return children.Child(program, Path("/tmp"), log=lines.append)


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def run(work: Awaitable[None]) -> None:
    async def main() -> None:
        await work

    asyncio.run(main())


def is_alive(pid: int) -> bool:
    """Whether a process runs (one that has ended and waits to be collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_child_comes_back() -> None:
    """Whatever killed it: the shop is there again within a second."""

    async def scene() -> None:
        said: list[str] = []
        one = child(SLEEPS, said)
        watching = asyncio.create_task(one.watch())
        await until(lambda: one.pid > 0)
        first = one.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: one.pid != first)
        assert is_alive(one.pid)
        assert "signal 9" in said[0]
        await one.stop()
        await watching
        assert not is_alive(one.pid)

    run(scene())


def test_a_child_that_does_not_stay_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop of restarts hides the reason: after the fifth within a minute it is said instead."""
    monkeypatch.setattr(children, "PAUSE_SECONDS_FIRST", 0.001)
    said: list[str] = []
    with pytest.raises(children.GaveUp, match="6 times within 60 s, lastly with status 3"):
        run(child("import sys; print('the reason'); sys.exit(3)", said).watch())
    assert sum("the reason" in line for line in said) == 6
    assert all(line.startswith("standin") for line in said)


def test_stopping_ends_a_child_that_will_not_listen_and_what_it_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stop takes seconds, never minutes, and leaves no process that holds a port."""
    monkeypatch.setattr(children, "STOP_SECONDS_MAX", 0.5)
    deaf = f"""
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(subprocess.Popen([sys.executable, "-c", {SLEEPS!r}]).pid, flush=True)
    time.sleep(60)
    """

    async def scene() -> None:
        said: list[str] = []
        one = child(deaf, said)
        watching = asyncio.create_task(one.watch())
        await until(lambda: len(said) > 0)
        grandchild = int(said[0].split()[-1])
        began = time.monotonic()
        await one.stop()
        await watching
        assert time.monotonic() - began < 3
        await until(lambda: not is_alive(grandchild))

    run(scene())


def test_a_child_that_leaves_heirs_behind_is_missed_at_once() -> None:
    """Web's own workers outlive a kill of their parent, with its port and its output: they must go first."""
    heirs = f"""
    import subprocess, sys, time
    print(subprocess.Popen([sys.executable, "-c", {SLEEPS!r}]).pid, flush=True)
    time.sleep(60)
    """

    async def scene() -> None:
        said: list[str] = []
        one = child(heirs, said)
        watching = asyncio.create_task(one.watch())
        await until(lambda: len(said) > 0)
        heir, first = int(said[0].split()[-1]), one.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: one.pid != first and not is_alive(heir))
        await one.stop()
        await watching

    run(scene())


def test_a_child_inherits_no_secret_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an operator's shell holds tokens that a broken web process would find."""
    monkeypatch.setenv("CLOUD_TOKEN", "canary")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "somewhere.else")

    async def scene() -> None:
        said: list[str] = []
        one = child("import os, time; print(sorted(os.environ), flush=True); time.sleep(60)", said)
        watching = asyncio.create_task(one.watch())
        await until(lambda: len(said) > 0)
        assert "CLOUD_TOKEN" not in said[0]
        assert "DJANGO_SETTINGS_MODULE" not in said[0]
        assert "MICROKITTEN_STORE" in said[0]
        await one.stop()
        await watching

    run(scene())


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for the parent's death")
def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """Even kill -9 of the supervisor leaves nothing running, so that the next start finds its ports free."""
    code = f"""
    import asyncio
    from pathlib import Path
    from microkitten.config import child, identities
    from microkitten.config.processes import Program
    program = Program("standin", ("-c", {SLEEPS!r}), identities.one_user().worker, "")
    async def main():
        one = child.Child(program, Path("/tmp"), log=print)
        task = asyncio.create_task(one.watch())
        while not one.pid:
            await asyncio.sleep(0.01)
        print(one.pid, flush=True)
        await task
    asyncio.run(main())
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_alive(pid)
    parent.kill()
    parent.wait()
    run(until(lambda: not is_alive(pid)))
    parent.stdout.close()
