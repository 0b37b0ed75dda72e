"""Runs mutants in copies of the tree: first on tests collected once, and those that live through it all anew."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.mutation.code import CodeMutant
from tests.mutation.targets import Target

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
SECONDS_MAX = 180.0
BUNCH_MAX = 20  # mutants for which tests are collected once
GREEN, NO_TESTS, TIMED_OUT = 0, 5, -1
Job = tuple[Target, CodeMutant]


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant; `red` is the test that turned red first."""

    target: Target
    mutant: CodeMutant
    fate: str
    seconds: float
    red: str


class Server:
    """A process that answers each line with a line."""

    def __init__(self, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(HERE / script), *arguments],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, file: str, text: str, tests: Iterable[str]) -> dict[str, Any]:
        """Run tests with a file spoilt; with none, as a check that they are green. Raises: RuntimeError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {"file": file, "text": text, "tests": list(tests), "seconds_max": SECONDS_MAX}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that runs the tests has ended")
        answer: dict[str, Any] = json.loads(line)
        if answer["code"] == NO_TESTS:
            raise RuntimeError(f"no tests were found in {tests}")
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


def run_all(work: list[Job], *, processes: int, quick: bool = False, quiet: bool = False) -> list[Outcome]:
    """Run mutants, several at a time; `quick` leaves out the second try. Raises: RuntimeError if some were not run."""
    waiting: SimpleQueue[list[Job]] = SimpleQueue()
    for _, group in groupby(work, key=lambda job: job[0]):
        jobs = list(group)
        for start in range(0, len(jobs), BUNCH_MAX):
            waiting.put(jobs[start : start + BUNCH_MAX])
    done: list[Outcome] = []
    wrong: list[str] = []

    def work_off(tree: Path) -> None:
        try:
            _line(tree, waiting, done, len(work), quick, quiet)
        except Exception as error:  # noqa: BLE001 # told by whoever waits for the thread
            wrong.append(str(error))

    with copies(min(processes, waiting.qsize())) as trees:
        lines = [threading.Thread(target=work_off, args=(tree,)) for tree in trees]
        for line in lines:
            line.start()
        for line in lines:
            line.join()
    if len(done) != len(work):
        raise RuntimeError(f"{len(work) - len(done)} mutants were not run: {'; '.join(wrong)}")
    return done


@contextmanager
def copies(count: int) -> Iterator[list[Path]]:
    """Give copies of the tree, to be spoilt at will."""
    folder = Path(tempfile.mkdtemp(prefix="mutants-"))
    folder.chmod(0o755)
    try:
        trees = [folder / str(number) for number in range(count)]
        for tree in trees:
            tree.mkdir()
            for name in ("src", "tests", "bench", "docs", "bin"):
                shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
            for path in ROOT.iterdir():
                if path.is_file():
                    shutil.copy(path, tree / path.name)
        yield trees
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _line(
    tree: Path,
    waiting: SimpleQueue[list[Job]],
    done: list[Outcome],
    total: int,
    quick: bool,
    quiet: bool,
) -> None:
    """Work bunches off in one copy of the tree."""
    known = {one["id"] for one in tomllib.loads((HERE / "equivalent.toml").read_text()).get("mutant", [])}
    cold: Server | None = None
    while True:
        try:
            jobs = waiting.get_nowait()
        except Empty:
            break
        warm = Server("warm.py", str(tree), *jobs[0][0].tests)
        if (sound := warm.ask("", "", ()))["code"] != GREEN:
            raise RuntimeError(f"the sound program does not pass {jobs[0][0].tests}: {sound['words']}")
        for target, mutant in jobs:
            answer = warm.ask(mutant.file, mutant.text, ())
            if answer["code"] == GREEN and mutant.id not in known and not quick:
                cold = cold or Server("cold.py", str(tree))
                answer = cold.ask(mutant.file, mutant.text, (*target.tests, *target.more))
            fate = {GREEN: "survived", TIMED_OUT: "timed out"}.get(answer["code"], "killed")
            if fate == "survived" and mutant.id in known:
                fate = "equivalent"
            done.append(Outcome(target, mutant, fate, answer["seconds"], answer["words"]))
            if not quiet:
                print(f"{len(done):4}/{total} {fate:10} {answer['seconds']:6.1f} s  {mutant.id}", flush=True)
        warm.close()
    if cold is not None:
        cold.close()


def are_sound(outcomes: list[Outcome]) -> bool:
    """Run the tests that turned red once more on a copy that is not spoilt: there they must be green."""
    red = sorted({one.red for one in outcomes if "::" in one.red and "\n" not in one.red})
    if not red:
        return True
    with copies(1) as (tree,):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=1", *red]
        environ = {**os.environ, "PYTHONPATH": str(tree / "src")}
        code = subprocess.run(command, cwd=tree, env=environ, check=False).returncode
    print(
        f"the {len(red)} tests that killed are {'green' if code == 0 else 'NOT GREEN'} on the sound program"
    )
    return code == 0
