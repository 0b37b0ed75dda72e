"""Killed at each line: `python custody_crash.py SPEC DIR keep|drop STRIDE` runs one act of a custody in children of
its own and ends the first before its first line, the next further on, until one comes through; each time other
children look at what is left, as after a restart. Prints one line for each kill.
"""

from __future__ import annotations

import os
import signal
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType, MethodType
from typing import Any

from microkitten.vault.server import custody
from microkitten.vault.server.custody import Context, Lost, files, key_file, payload  # noqa: F401 # loaded before the kills
from microkitten.vault.server.folder import Doubt

WATCHED = ("/custody/", "/server/folder.py")
OLD, NEW, LATER = b"o" * 32, b"n" * 32, b"l" * 32


def in_a_child(act: Callable[[], None]) -> int:
    """Run in a child that shares nothing that a library keeps. Returns: its exit status, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 # told, and ended: a child must not go on as its parent
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_before(line: int, act: Callable[[], None]) -> None:
    """Run an act, and end this process for good before it comes to the n-th line of ours."""
    seen: set[tuple[str, int, int]] = set()  # a line counts once for each line that it was called from

    def watch(frame: FrameType, event: str, _arg: Any) -> Any:
        if not any(part in frame.f_code.co_filename for part in WATCHED):
            return None
        if event == "line":
            back = frame.f_back.f_lineno if frame.f_back else 0
            seen.add((frame.f_code.co_filename, frame.f_lineno, back))
            if len(seen) == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return watch

    sys.settrace(watch)
    act()
    sys.settrace(None)


def warm(spec: str, base: Path) -> None:
    """Load beforehand what is slow to load and has no connection yet."""
    held = custody.made(spec, base, Context("warm", "vault"))
    if isinstance(service := getattr(held, "_service", None), MethodType):
        client = service()
        type(held)._service = lambda _self: client  # type: ignore[attr-defined] # of the key service alone


def emptied(spec: str) -> None:
    """Let a key service forget all keys: the more there are, the more lines an act has."""
    if "endpoint=" in spec:
        endpoint = spec.partition("endpoint=")[2].partition("&")[0]
        urllib.request.urlopen(f"{endpoint}/moto-api/reset", data=b"", timeout=30).close()


def try_at(line: int, spec: str, base: Path, act: str) -> bool:
    """Try one kill and look at what is left. Returns: whether the act came to be killed."""
    folder = base / f"{act}-{line}"
    folder.mkdir(mode=0o700)

    def asked() -> custody.Custody:
        return custody.made(spec, folder, Context(str(folder), "vault"))

    def before() -> None:
        asked().keep(1, OLD)
        if act == "drop":
            asked().keep(2, NEW)

    def happening() -> None:
        held = asked()
        killed_before(line, lambda: held.keep(2, NEW) if act == "keep" else held.drop(1))

    def after_keep() -> None:
        held = asked()
        assert held.bring(1) == OLD, "the root that was there is gone"
        if 2 in custody.epochs(folder):
            with suppress(Lost):
                assert held.bring(2) == NEW, "another root came back"
        held.drop(2)  # what the start does with what was not decided
        assert is_lost(held, 2), "dropped, and there still"
        held.keep(2, LATER)
        assert held.bring(2) == LATER
        assert is_tidy(folder, {1, 2})

    def after_drop() -> None:
        held = asked()
        assert held.bring(2) == NEW, "the root that shall stay is gone"
        held.drop(1)
        assert is_lost(held, 1), "dropped, and there still"
        assert is_tidy(folder, {2})

    emptied(spec)
    assert in_a_child(before) == 0
    ended = in_a_child(happening)
    assert ended in {0, -signal.SIGKILL}, f"the act ended with {ended}"
    assert in_a_child(after_keep if act == "keep" else after_drop) == 0, f"after a kill before line {line}"
    return ended != 0


def is_lost(held: custody.Custody, epoch: int) -> bool:
    """Return whether an epoch cannot be brought."""
    try:
        held.bring(epoch)
    except Lost:
        return True
    except Doubt:
        return False
    return False


def is_tidy(folder: Path, epochs: set[int]) -> bool:
    """Return whether the folder holds one file for each of the epochs, and nothing else."""
    return len(list(folder.iterdir())) == len(epochs) and set(custody.epochs(folder)) == epochs


def main() -> None:
    """Kill at each line until the act comes through."""
    spec, base, act = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    warm(spec, base)
    line = 1
    while try_at(line, spec, base, act):
        print(f"killed before line {line}: well")
        line += int(sys.argv[4])


if __name__ == "__main__":
    main()
