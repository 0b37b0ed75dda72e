"""One watched process of a store: started again with growing pauses when it dies, given up when it will not stay up,
stopped with all that it has started.
"""

import asyncio
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from microkitten.config.identities import becoming
from microkitten.config.processes import Program, environment
from microkitten.config.reporting import say

RESTARTS_MAX = 5
RESTARTS_WITHIN_SECONDS = 60.0
PAUSE_SECONDS_FIRST = 0.2
STOP_SECONDS_MAX = 6.0
LINE_BYTES_MAX = 65_536


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
