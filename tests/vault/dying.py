"""Run as a process of its own: does one thing to a vault and is killed at a chosen step of it, as by a power cut.

`python -m tests.vault.dying STORE OPERATION PERSON TARGET WHEN NTH`
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from microkitten.policy import purpose
from microkitten.vault.server import process
from microkitten.vault.server.clock import Clock
from microkitten.vault.server.folder import Folder
from microkitten.vault.server.verbs import VERBS, Verb, erase, rotate, sweep
from microkitten.vault.server.work import Work
from microkitten.vault.server.writer import Job, Writer
from microkitten.vault.wire import Role

DAY = 86_400


def die_at(target: str, when: str, nth: int) -> None:
    """Let the process be killed just before or just after the nth call of a function."""
    module, _, qualname = target.partition(":")
    owner: Any = importlib.import_module(module)
    *path, last = qualname.split(".")
    for part in path:
        owner = getattr(owner, part)
    usual, calls = getattr(owner, last), [0]

    @functools.wraps(usual)
    def watched(*told: Any, **more: Any) -> Any:
        calls[0] += 1
        if when == "before" and calls[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = usual(*told, **more)
        if when == "after" and calls[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, last, watched)


def erased(work: Work, *, person: UUID) -> None:
    """Erase somebody, as at their own wish."""
    box = work.vault.keyring.of(person)
    if box is None:  # the killed try had come to its end
        return
    erase.destroy(work, box, purpose.rights, reason="asked")


def main() -> None:
    """Do it."""
    store, operation, person, target, when, nth = sys.argv[1:]
    offset = 200 * DAY if operation == "lapse" else 0
    vault = process.open_vault(Folder(Path(store)), Clock(offset))
    writer = Writer(vault)
    vault.turning = False
    writer.start()
    one = {"person": UUID(person)}
    asks = {
        "erase": (Role.OPERATOR, "operator", Verb(erased, {}), one),
        "root": (Role.OPERATOR, "operator", VERBS["rotate_root"], {}),
        "rekey": (Role.WORKER, "job:sweep", Verb(rotate.rekey, {}), {}),
        "lapse": (Role.WORKER, "job:sweep", Verb(sweep.sweep, {}), {}),
    }
    if operation == "rekey":
        writer.do(Job(Role.OPERATOR, "operator", "", [(VERBS["begin_rekey"], {})]))
    die_at(target, when, int(nth))
    role, actor, verb, parts = asks[operation]
    reply = writer.do(Job(role, actor, "", [(verb, parts)]))
    writer.stop()
    vault.keyring.close()
    vault.database.close()
    if "answers" not in reply:
        raise SystemExit(str(reply))


if __name__ == "__main__":
    main()
