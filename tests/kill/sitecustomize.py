"""Runs first in each process of a store under test, and kills it where the test has asked for that.

Python imports a module of this name at its start. A copy lies in a folder of the test's beside `plan.json`, which
names functions to watch, constants to set and functions to replace; a file in `armed/` arms a point, and is moved
to `fired/` by the one process that dies of it.
"""

import functools
import json
import os
import signal
import subprocess
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
PLAN = json.loads((HERE / "plan.json").read_text())
POINTS = PLAN["points"]  # name -> [module:qualname, "call" | "return", whole group?]
CONSTANTS = PLAN["constants"]  # module:name -> value
EMPTY = PLAN["empty"]  # module:qualname -> text returned, or file whose bytes are
MODULES = {target.partition(":")[0] for target, *_ in POINTS.values()} | {
    target.partition(":")[0] for target in (*CONSTANTS, *EMPTY)
}


def die(name: str, whole: bool) -> None:
    """End as a power cut does, if the point is armed; whoever takes the file is the only one."""
    try:
        (HERE / "armed" / name).rename(HERE / "fired" / name)
    except FileNotFoundError:
        return
    if whole:
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def watch(module: ModuleType, qualname: str, name: str, when: str, whole: bool) -> None:
    """Put the point before or after a function."""
    owner: Any = module
    *path, last = qualname.split(".")
    for part in path:
        owner = getattr(owner, part)
    original = getattr(owner, last)

    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if when == "call":
            die(name, whole)
        answer = original(*args, **kwargs)
        if when == "return":
            die(name, whole)
        return answer

    setattr(owner, last, watched)


def prepare(module: ModuleType) -> None:
    """Do to a module, just imported, all that the plan says of it."""
    for name, (target, when, whole) in POINTS.items():
        if target.partition(":")[0] == module.__name__:
            watch(module, target.partition(":")[2], name, when, whole)
    for target, value in CONSTANTS.items():
        if target.partition(":")[0] == module.__name__:
            assert hasattr(module, target.partition(":")[2]), target
            setattr(module, target.partition(":")[2], value)
    for target, file in EMPTY.items():
        if target.partition(":")[0] == module.__name__:
            content = (HERE / file).read_bytes() if file else ""
            setattr(module, target.partition(":")[2], lambda *_args, _content=content, **_kwargs: _content)


class Finder:
    """Finds as Python does, and prepares what it found as soon as it is loaded."""

    @staticmethod
    def find_spec(name: str, path: Any = None, _target: Any = None) -> ModuleSpec | None:
        """Return the module's own spec, its loader followed by `prepare`."""
        if name not in MODULES:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            prepare(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign] # of this one loader
        return spec


def pass_on() -> None:
    """Let processes that this one starts begin with this file as well: they get an environment of their own."""
    start = subprocess.Popen.__init__

    def begin(self: Any, *args: Any, env: dict[str, str] | None = None, **kwargs: Any) -> None:
        if env is not None:
            env = {**env, "PYTHONPATH": os.pathsep.join([env.get("PYTHONPATH", ""), str(HERE)])}
        start(self, *args, env=env, **kwargs)

    subprocess.Popen.__init__ = begin  # type: ignore[method-assign] # of this test run's own processes


if "pictures" in sys.orig_argv[-3:]:
    os._exit(0)  # drawing the sample goods is no part of these tests, and takes minutes of computing
sys.meta_path.insert(0, Finder)  # type: ignore[arg-type] # a finder may be a class
pass_on()
