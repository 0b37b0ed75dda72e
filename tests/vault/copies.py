"""The vault's side of backups in tests: what `microkitten backup` and `restore` let its process do, without a shop."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vault_process import environment

MODULE = "microkitten.vault.server.copies"


@dataclass(frozen=True)
class Copy:
    """A copy of a vault's database, and what a manifest tells of it."""

    path: Path
    told: dict[str, Any]


def back_up(folder: Path, to: Path) -> Copy:
    """Take a copy, also of a vault that serves."""
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    done = _run("backup", folder, handle)
    os.close(handle)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    told |= {"sha256": hashlib.sha256(to.read_bytes()).hexdigest(), "time": "2026-11-01", "release": "0.1.0"}
    return Copy(to, told)


def restore(folder: Path, copy: Copy, *, word: str = "switch") -> dict[str, Any]:
    """Bring a copy back into a vault that does not serve. Returns: the preview, and `done`."""
    done = attempt(folder, copy, word=word)
    assert done.returncode == 0, done.stderr
    heard = [json.loads(line) for line in done.stdout.splitlines()]
    return {**heard[0], **(heard[1] if len(heard) > 1 else {})}


def attempt(
    folder: Path, copy: Copy, *, word: str = "switch", environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Try to bring a copy back."""
    handle = os.open(copy.path, os.O_RDONLY)
    try:
        return _run("restore", folder, handle, [json.dumps(copy.told), word], environ)
    finally:
        os.close(handle)


def rehearse(folder: Path, copy: Copy, people: Sequence[str] = ()) -> dict[str, Any]:
    """Try whether a copy would come back."""
    handle = os.open(copy.path, os.O_RDONLY)
    done = _run("rehearse", folder, handle, [json.dumps(copy.told), *people])
    os.close(handle)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _run(
    act: str,
    folder: Path,
    handle: int,
    words: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", MODULE, act, str(folder), "--handle", str(handle)],
        env=environment(folder) | dict(environ or {}), input="".join(f"{word}\n" for word in words),
        pass_fds=(handle,), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
