"""Starts a store's processes in order, watches them, and stops them together: `microkitten serve`.

The vault comes first, then everything that asks it. A child that dies is started again with growing pauses;
one that keeps dying stops the store: one that half works is worse than one that says why it does not.
"""

import asyncio
import fcntl
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from microkitten.config import announcing, preparation, runtime
from microkitten.config.identities import becoming
from microkitten.config.preparation import Prepared
from microkitten.config.processes import (
    PICTURES_DRAWN,
    SOURCE,
    Program,
    environment,
    other_programs,
    pictures_program,
    vault_program,
)
from microkitten.config.reporting import say
from microkitten.config.store import Serving, read
from microkitten.web.store import Store

RESTARTS_MAX = 5
RESTARTS_WITHIN_SECONDS = 60.0
PAUSE_SECONDS_FIRST = 0.2
STOP_SECONDS_MAX = 6.0
VAULT_SECONDS_MAX = 30.0
RENEWAL_SECONDS = 6 * 3600.0
LINE_BYTES_MAX = 65_536
EXIT_GAVE_UP = 70


class GaveUp(Exception):
    """A process that does not stay up; carries its name and how it ended."""


class Child:
    """One watched process: restarted when it dies, stopped when told to, its words passed on line by line."""

    def __init__(self, program: Program, folder: Path, *, log: Callable[[str], None] = say) -> None:
        self.program = program
        self.pid = 0
        self._folder = folder
        self._log = log
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._ends: deque[float] = deque(maxlen=RESTARTS_MAX + 1)

    async def watch(self) -> None:
        """Keep the process running until `stop`; raises `GaveUp` when it will not stay up."""
        while not self._stopping.is_set():
            status = await self.run_once()
            if self._stopping.is_set():
                return
            self._ends.append(time.monotonic())
            how = f"signal {-status}" if status < 0 else f"status {status}"
            full = len(self._ends) > RESTARTS_MAX
            if full and self._ends[-1] - self._ends[0] <= RESTARTS_WITHIN_SECONDS:
                times = f"{len(self._ends)} times within {RESTARTS_WITHIN_SECONDS:.0f} s"
                raise GaveUp(f"{self.program.name} ended {times}, lastly with {how}; see its lines above")
            recent = sum(1 for end in self._ends if self._ends[-1] - end <= RESTARTS_WITHIN_SECONDS)
            pause = PAUSE_SECONDS_FIRST * 2 ** (recent - 1)
            self._log(f"{self.program.name} ended with {how}; started again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """End the process: asked first, made to after `STOP_SECONDS_MAX`, with all that it has started."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await process.wait()
        except TimeoutError:
            self._log(f"{self.program.name} did not end in {STOP_SECONDS_MAX:.0f} s and was killed")
        self._sweep()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, if it runs."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def run_once(self) -> int:
        """Run the process to its end, whatever that is; returns its status, negative for a signal."""
        program = self.program
        # A pipe of our own: asyncio's would hold back the news of an end until heirs of the process close it.
        words, theirs = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *program.arguments,
                env=environment(self._folder, program.role),
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=theirs,
                stderr=asyncio.subprocess.STDOUT,
                process_group=0,  # Ctrl-C reaches the supervisor alone, which stops all in order
                preexec_fn=becoming(program.identity, port=program.port),
            )
        finally:
            os.close(theirs)
        self.pid = self._process.pid
        if self._stopping.is_set():  # told to stop while it was being started
            self._process.terminate()
        passing = asyncio.create_task(self._pass_on(words))
        try:
            return await self._process.wait()
        finally:
            self._sweep()
            await passing

    async def _pass_on(self, words: int) -> None:
        reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: protocol, os.fdopen(words, "rb")
        )
        try:
            while True:
                with suppress(ValueError):  # a line longer than any of ours is left out
                    line = await reader.readline()
                    if not line:
                        return
                    self._log(f"{self.program.name:<7}| {line.decode(errors='replace').rstrip()}")
        finally:
            transport.close()

    def _sweep(self) -> None:
        """Kill what the process has left behind: web's own workers hold its port."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


class Supervisor:
    """All children of one store; `run` returns the exit status."""

    def __init__(self, store: Store, serving: Serving, prepared: Prepared, *, reload: bool) -> None:
        who = prepared.who
        self._store, self._serving, self._who, self._reload = store, serving, who, reload
        self._is_first = prepared.is_first
        self._vault = Child(vault_program(store, who), store.folder)
        self._others = [Child(program, store.folder) for program in other_programs(store, serving, who)]
        self._samples = Child(pictures_program(store, who), store.folder)
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.failure = ""
        self.again = False  # start anew after the end: the code has changed

    async def run(self) -> int:
        """Serve until a signal comes (0) or something will not stay up (70)."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._renew)
        self._do(self._vault.watch())
        self._do(self._start())
        try:
            await self._stop.wait()
        finally:
            await self._stop_all()
        if self.failure:
            say(f"stopped: {self.failure}")
        return EXIT_GAVE_UP if self.failure else 0

    def _do(self, work: Coroutine[object, object, object]) -> None:
        async def guarded() -> None:
            try:
                await work
            except (GaveUp, announcing.NotReady) as error:
                self.failure = self.failure or str(error)
                self._stop.set()
            except BaseException:  # a mistake of ours must not leave half a store running
                self._stop.set()
                raise

        self._tasks.append(asyncio.create_task(guarded()))

    async def _start(self) -> None:
        """Start what needs the vault, and say when the first request would succeed."""
        began = time.monotonic()
        await announcing.wait_for_vault(self._store.folder, VAULT_SECONDS_MAX)
        say(f"{'vault answers':<34} {time.monotonic() - began:6.1f} s")
        began = time.monotonic()
        for child in self._others:
            self._do(child.watch())
        self._do(self._renew_in_time())
        if self._reload:
            self._do(self._watch_code())
        await announcing.wait_for_web(self._store, self._serving)
        say(f"{'web answers':<34} {time.monotonic() - began:6.1f} s")
        undrawn = not (self._store.folder / PICTURES_DRAWN).exists()
        if self._store.sample and self._serving.pictures == "all" and undrawn:
            self._do(self._samples.run_once())
        await announcing.announce(self._store, self._who, with_token=self._store.sample or self._is_first)

    async def _stop_all(self) -> None:
        """Stop in order: what people reach, then who finishes its job, then the vault that both may need."""
        worker = [child for child in self._others if child.program.name == "worker"]
        front = [child for child in (*self._others, self._samples) if child not in worker]
        for group in (front, worker, [self._vault]):
            await asyncio.gather(*(child.stop() for child in group))
        for task in self._tasks:
            task.cancel()
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    def _renew(self) -> None:
        """Make a new certificate if the present one nears its end, and let web take up what lies there."""
        preparation.certificates(self._store, self._who, at=datetime.now(UTC))
        for child in self._others:
            if child.program.name == "web":
                child.signal(signal.SIGHUP)

    async def _renew_in_time(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL_SECONDS)
            if preparation.certificates(self._store, self._who, at=datetime.now(UTC)):
                self._renew()

    async def _watch_code(self) -> None:
        before = await asyncio.to_thread(_state_of_code, self._store.folder)
        while await asyncio.to_thread(_state_of_code, self._store.folder) == before:
            await asyncio.sleep(1)
        say("changed: starting again")
        self.again = True
        self._stop.set()


def _state_of_code(folder: Path) -> int:
    watched = [folder / "store.toml", folder / "policy.toml"]
    for root, _, names in os.walk(SOURCE / "microkitten"):
        watched += [Path(root, name) for name in names if not name.endswith((".pyc", ".part"))]
    states = []
    for path in watched:
        with suppress(OSError):
            states.append((str(path), path.stat().st_mtime_ns))
    return hash(tuple(states))


def serve(folder: Path, *, reload: bool = False) -> int:
    """Prepare and serve the store in `folder` until it is stopped; returns the exit status."""
    store, serving = read(folder)
    with (folder / runtime.LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{folder} is being served already; stop that first, or name another folder")
            return 1
        try:
            announcing.need_ports(store, serving)
            prepared = preparation.prepare(store, serving)
        except preparation.CannotPrepare as error:
            say(f"stopped: {error}")
            return 1
        supervisor = Supervisor(store, serving, prepared, reload=reload)
        status = asyncio.run(supervisor.run())
        runtime.release(folder)
    if supervisor.again:
        os.execv(sys.executable, [sys.executable, "-m", "microkitten", *sys.argv[1:]])  # noqa: S606 # as before
    say("stopped")
    return status
