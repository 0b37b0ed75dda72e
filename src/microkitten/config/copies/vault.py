"""The vault's side of backups: a process of its user, that is handed open files and asked by a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from microkitten.config.identities import Identity, becoming
from microkitten.config.processes import COMMAND_SECONDS_MAX, environment

MODULE: Final = "microkitten.vault.server.copies"


class VaultSaid(Exception):
    """What the vault's side says is wrong."""


class Side:
    """One such process."""

    def __init__(self, act: str, store: Path, handle: int | None = None) -> None:
        words = [sys.executable, "-m", MODULE, act, str(store)]
        kept = (handle,) if handle is not None else ()
        self._process = subprocess.Popen(
            [*words, *(("--handle", str(handle)) if handle is not None else ())],
            env=environment(store, "operator"),
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=kept,
            text=True,
            preexec_fn=becoming(_owner(store)),
        )

    def say(self, *words: str) -> None:
        """Say lines; a process that has ended already is found out by `hear`."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write("".join(f"{word}\n" for word in words))
            self._process.stdin.flush()

    def end_words(self) -> None:
        """Say that nothing more will be said."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def hear(self) -> dict[str, Any]:
        """Return what it says next. Raises: VaultSaid if it ends instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise VaultSaid(self._last_words())
        told: dict[str, Any] = json.loads(line)
        return told

    def wait(self) -> None:
        """Let it end. Raises: VaultSaid if it ended with a mistake."""
        self.end_words()
        if self._process.wait(COMMAND_SECONDS_MAX) != 0:
            raise VaultSaid(self._last_words())

    def _last_words(self) -> str:
        self._process.wait(COMMAND_SECONDS_MAX)
        assert self._process.stderr is not None
        said = self._process.stderr.read().strip()
        return said.rpartition("\n")[2] or f"the vault's side ended with status {self._process.returncode}"

    def close(self) -> None:
        """End it, whatever it does."""
        self.end_words()
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


@contextmanager
def side(act: str, store: Path, handle: int | None = None) -> Iterator[Side]:
    """Give a process of the vault's side; `handle` stays the caller's to close."""
    made = Side(act, store, handle)
    try:
        yield made
    finally:
        made.close()


def copy_out(store: Path, to: Path) -> Mapping[str, Any]:
    """Write the vault's copy into a file. Returns: what is told of it. Raises: VaultSaid."""
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with side("backup", store, handle) as vault:
            told = vault.hear()
            vault.wait()
        os.fsync(handle)
    finally:
        os.close(handle)
    return told


def _owner(store: Path) -> Identity:
    try:
        found = (store / "vault").stat()
    except FileNotFoundError:
        return Identity("vault", os.geteuid(), os.getegid(), (), 0o077)
    return Identity("vault", found.st_uid, found.st_gid, (), 0o077)
