"""Runs tests on spoilt source without loading them anew: collected once, and each mutant in a fork of its own.

In the fork the spoilt file lies on disk, for the processes that the tests start, and the functions already loaded get
its code. What the sound program made while it was loaded stays; so a mutant that survives here is tried again by
`cold`, which loads everything from the spoilt file.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

QUIET = ("-x", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "--durations=0")


class Forks:
    """A plugin of pytest: takes jobs instead of running the tests, and runs the tests in a fork for each."""

    def __init__(self, tree: Path, answers: int) -> None:
        self._tree, self._answers = tree, answers
        self._red: Path | None = None

    def pytest_runtestloop(self, session: Any) -> bool | None:
        """Answer jobs until there are no more; in a fork, go on to the tests."""
        store = Path(os.environ["MICROKITTEN_STORE"])
        kept = store.with_name(f"{store.name}-kept")
        shutil.copytree(store, kept, symlinks=True)
        gc.collect()
        gc.freeze()
        for line in sys.stdin:
            job = json.loads(line)
            shutil.rmtree(store, ignore_errors=True)
            shutil.copytree(kept, store, symlinks=True)
            store.chmod(0o755)
            path = self._tree / job["file"] if job["file"] else None
            before = path.read_text() if path is not None else ""
            scratch = Path(tempfile.mkdtemp(prefix="mm-", dir="/tmp"))
            scratch.chmod(0o755)
            if path is not None:
                spoil(path, job["text"])
            began = time.monotonic()
            child = os.fork()
            if child == 0:
                self._red = scratch / "red"
                self._begin(scratch, path, job["text"])
                return None
            code = wait(child, job["seconds_max"])
            red = scratch / "red"
            words = red.read_text() if red.exists() else ""
            if path is not None:
                path.write_text(before)
            shutil.rmtree(scratch, ignore_errors=True)
            answer = {"code": code, "seconds": round(time.monotonic() - began, 2), "words": words}
            os.write(self._answers, json.dumps(answer).encode() + b"\n")
        shutil.rmtree(kept, ignore_errors=True)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note the first test that turns red."""
        if report.failed and self._red is not None and not self._red.exists():
            self._red.write_text(report.nodeid)

    def _begin(self, scratch: Path, path: Path | None, text: str) -> None:
        os.setsid()
        os.environ |= {"TMPDIR": str(scratch), "PYTEST_DEBUG_TEMPROOT": str(scratch)}
        tempfile.tempdir = str(scratch)
        if path is not None:
            patch(path, text)


def spoil(path: Path, text: str) -> None:
    """Write a spoilt file, and take its compiled form away: two texts of one second and size look alike."""
    for stale in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        stale.unlink()
    path.write_text(text)


def patch(path: Path, text: str) -> int:
    """Give every loaded function of a file its spoilt code. Returns: how many changed."""
    new = {}
    waiting: list[CodeType] = [compile(text, str(path), "exec")]
    while waiting:
        code = waiting.pop()
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
        new[code.co_qualname] = code
    changed = 0
    gc.unfreeze()
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == str(path):
            code = new.get(thing.__code__.co_qualname)
            if code is None or "<lambda>" in code.co_qualname:
                continue
            with suppress(ValueError):  # other free variables: left to the cold run
                thing.__code__ = code
                changed += 1
    return changed


def wait(child: int, seconds_max: float) -> int:
    """Wait for a child, and end its whole session: a vault that a test has left running goes too."""
    began, pause, code = time.monotonic(), 0.002, None
    while code is None and time.monotonic() - began < seconds_max:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if code is None:
        os.waitpid(child, 0)
    return -1 if code is None else code


def main() -> None:
    """Collect the tests that are named, then take jobs: a line in, a line out."""
    tree, tests = Path(sys.argv[1]), sys.argv[2:]
    answers = os.dup(1)
    silent = os.open(os.environ.get("MUTATE_SAID", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(silent, number)
    os.chdir(tree)
    os.environ |= {"PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True
    sys.path[:] = [str(tree / "src"), str(tree), *(place for place in sys.path if not place.endswith("/src"))]
    code = 99
    try:
        import pytest

        code = int(pytest.main([*tests, *QUIET], plugins=[Forks(tree, answers)]))
    except BaseException:  # noqa: BLE001 # whatever it is, the process ends here and says why
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
