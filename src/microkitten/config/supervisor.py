"""Starts a store's processes in order, watches them, and stops them together: `microkitten serve`.

The vault comes first, then everything that asks it. A child that dies is started again with growing pauses;
one that keeps dying stops the store: one that half works is worse than one that says why it does not. When another
policy was adopted, vault, web and worker change places with new ones that work by it.
"""

import asyncio
import fcntl
import os
import signal
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from microkitten.config import adopting, announcing, preparation, runtime
from microkitten.config.child import Child, GaveUp
from microkitten.config.preparation import Prepared
from microkitten.config.processes import (
    PICTURES_DRAWN,
    SOURCE,
    WEB_LISTENS,
    Program,
    other_programs,
    pictures_program,
    vault_program,
)
from microkitten.config.reporting import say
from microkitten.config.store import Serving, read
from microkitten.policy import PolicyError, versions
from microkitten.web.store import Store

VAULT_SECONDS_MAX = 30.0
RENEWAL_SECONDS = 6 * 3600.0
LOOK_SECONDS = 2.0  # how often it is looked whether another policy is in force, besides when a signal says so
TAKEOVER_SECONDS_MAX = 60.0
LISTENING_SECONDS = 0.05  # from a worker's word to its socket
FINISH_SECONDS = 1.0  # what the old web and worker have to finish what they began; then the vault changes
EXIT_GAVE_UP = 70
BY_POLICY = ("worker", "web")


class Supervisor:
    """All children of one store; `run` returns the exit status."""

    def __init__(self, store: Store, serving: Serving, prepared: Prepared, *, reload: bool) -> None:
        who = prepared.who
        self._store, self._serving, self._who, self._reload = store, serving, who, reload
        self._is_first = prepared.is_first
        self._vault = Child(vault_program(store, who), store.folder)
        self._others = [self._child(program) for program in other_programs(store, serving, who)]
        self._samples = Child(pictures_program(store, who), store.folder)
        self._governing = versions.in_force(store.folder)
        self._adopted = asyncio.Event()
        self._listening = asyncio.Semaphore(0)  # released by each of web's workers that begins to listen
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
        loop.add_signal_handler(adopting.SIGNAL, self._adopted.set)
        self._do(self._vault.watch())
        self._do(self._start())
        try:
            await self._stop.wait()
        finally:
            await self._stop_all()
        if self.failure:
            say(f"stopped: {self.failure}")
        return EXIT_GAVE_UP if self.failure else 0

    def _child(self, program: Program) -> Child:
        """Return a child whose word that it listens is heard, all others passed on."""

        def log(line: str) -> None:
            if line.endswith(f"| {WEB_LISTENS}"):
                self._listening.release()
            else:
                say(line)

        return Child(program, self._store.folder, log=log)

    def _do(self, work: Coroutine[object, object, object], *, of: Child | None = None) -> None:
        """Run some work; if a child is given up, all ends, but for one (`of`) that has not taken over yet."""

        async def guarded() -> None:
            try:
                await work
            except (GaveUp, announcing.NotReady) as error:
                if of is not None and of is not self._vault and of not in self._others:
                    say(str(error))
                    return
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
        await announcing.wait_for_web(self._store, self._serving)
        say(f"{'web answers':<34} {time.monotonic() - began:6.1f} s")
        self._do(self._follow_policy())
        if self._reload:
            self._do(self._watch_code())
            self._do(self._watch_policy())
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

    # Certificates

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

    # The policy in force

    async def _follow_policy(self) -> None:
        """Let the processes change whenever another policy is in force than the one they work by (P0)."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._adopted.wait()
            self._adopted.clear()
            if (path := versions.in_force(self._store.folder)) != self._governing:
                await self._switch()
                self._governing = path

    async def _switch(self) -> None:
        """Put new processes in the old ones' places so that no request is turned away.

        The new web listens beside the old one before that stops; what it needs of the vault waits for the new
        vault, which waits for the old one's folder, and that goes when the old web has finished.
        """
        began = time.monotonic()
        try:
            loaded = await asyncio.to_thread(versions.governing, self._store.folder)
        except PolicyError as error:  # what was adopted did load: somebody has edited it since
            say(f"the policy in force cannot be loaded; nothing changes:\n{error}")
            return
        vault = Child(vault_program(self._store, self._who), self._store.folder)
        programs = other_programs(self._store, self._serving, self._who)
        others = [self._child(one) for one in programs if one.name in BY_POLICY]
        self._listening = asyncio.Semaphore(0)
        first = [vault, *(child for child in others if child.program.name == "web")]
        for child in first:  # alone, so that it listens sooner; a job can wait for its worker
            self._do(child.watch(), of=child)
        try:
            async with asyncio.timeout(TAKEOVER_SECONDS_MAX):
                for _ in range(self._serving.workers):
                    await self._listening.acquire()
                await asyncio.sleep(LISTENING_SECONDS)
        except TimeoutError:
            say(f"version {loaded.version} of the policy is in force, but its processes do not start;")
            say("the old ones go on until a restart; see the lines above")
            await asyncio.gather(*(child.stop() for child in first))
            return
        for child in others:
            if child not in first:
                self._do(child.watch(), of=child)
        old = [child for child in self._others if child.program.name in BY_POLICY]
        old_vault, self._vault = self._vault, vault
        self._others = [*(child for child in self._others if child not in old), *others]
        finishing = [asyncio.create_task(child.stop()) for child in old]
        await asyncio.wait(finishing, timeout=FINISH_SECONDS)
        await old_vault.stop()
        await asyncio.gather(*finishing)
        say(f"{f'version {loaded.version} of the policy governs':<34} {time.monotonic() - began:6.1f} s")

    async def _watch_policy(self) -> None:
        """Adopt each edit that can be adopted, and say of the others why not (`--reload`)."""
        path = self._store.folder / versions.EDITED
        before = _changed_at(path)
        while True:
            await asyncio.sleep(0.5)
            if (now := _changed_at(path)) == before:
                continue
            before = now
            await asyncio.to_thread(adopting.adopt_or_say, self._store, at=datetime.now(UTC))
            self._adopted.set()

    async def _watch_code(self) -> None:
        before = await asyncio.to_thread(_state_of_code, self._store.folder)
        while await asyncio.to_thread(_state_of_code, self._store.folder) == before:
            await asyncio.sleep(1)
        say("changed: starting again")
        self.again = True
        self._stop.set()


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # an editor puts the new file in the old one's place
        return 0


def _state_of_code(folder: Path) -> int:
    watched = [folder / "store.toml"]
    for root, _, names in os.walk(SOURCE / "microkitten"):
        watched += [Path(root, name) for name in names if not name.endswith((".pyc", ".part"))]
    states = [(str(path), _changed_at(path)) for path in watched]
    return hash(tuple(states))


def serve(folder: Path, *, reload: bool = False) -> int:
    """Prepare and serve the store in `folder` until it is stopped; returns the exit status."""
    store, serving = read(folder)
    signal.signal(adopting.SIGNAL, signal.SIG_IGN)  # it may come before there is anything to change
    with (folder / runtime.LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{folder} is being served already; stop that first, or name another folder")
            return 1
        runtime.sign(lock)
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
