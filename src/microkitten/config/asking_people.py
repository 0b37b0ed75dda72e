"""Asks the vault, as its operator, what somebody's rights need; the request goes by a pipe, where no list of processes
shows it (P43)."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from microkitten.config import runtime
from microkitten.config.identities import Identity, becoming
from microkitten.config.processes import COMMAND_SECONDS_MAX, environment


class CannotAsk(Exception):
    """The vault could not be asked, or did not answer; carries its words, never a value."""


def ask(folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the vault's answer: `answer`, `refused` or `erased`.

    As operator of a vault that runs, else as the user whose vault it is. Raises: CannotAsk.
    """
    owner = None
    if not runtime.is_served(folder) and (folder / "vault").exists():
        found = (folder / "vault").stat()
        owner = Identity("vault", found.st_uid, found.st_gid, (), 0o077)
    done = subprocess.run(
        [sys.executable, "-m", "microkitten.vault.server", "people", str(folder)],
        env=environment(folder, "operator"),
        cwd="/",
        input=json.dumps(dict(request)).encode(),
        capture_output=True,
        preexec_fn=becoming(owner) if owner else None,
        check=False,
        timeout=COMMAND_SECONDS_MAX,
    )
    if done.returncode:
        raise CannotAsk(done.stderr.decode(errors="replace").strip() or "the vault did not answer")
    told: dict[str, Any] = json.loads(done.stdout)
    return told
