"""A real vault process for tests: made, started, waited for, killed and started again; the clock may be
another."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.vault_database import give_database

SOURCE = Path(__file__).resolve().parents[1] / "src"
MODULE = "microkitten.vault.server"
START_SECONDS_MAX = 20.0


@dataclass(slots=True)
class RunningVault:
    """One vault process of one store's folder."""

    folder: Path
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start, and wait until it listens."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", MODULE, "serve", str(self.folder), *self.arguments],
            env=environment(self.folder),
            stderr=(self.folder / "vault.log").open("ab"),
        )
        self.wait()

    def wait(self) -> None:
        """Wait until the vault listens. Raises: RuntimeError with its last words if it does not."""
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with socket.socket(socket.AF_UNIX) as line:
                try:
                    line.connect(str((self.folder / "run").resolve() / "operator.sock"))
                    return
                except OSError:
                    time.sleep(0.02)
        raise RuntimeError(f"the vault did not start: {self.log()[-2000:]}")

    def log(self) -> str:
        """Return all that it has said."""
        return (self.folder / "vault.log").read_text()

    def kill(self) -> None:
        """End it at once, wherever it stands."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it cleanly. Returns: its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def restart(self, *, clock_offset: int = 0) -> None:
        """Stop and start again, the vault's clock moved."""
        if self.process.poll() is None:
            self.stop()
        self.arguments = ("--clock-offset", str(clock_offset), *self.arguments[2:])
        self.start()


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a process that belongs to the vault of a folder."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SOFTHSM2_CONF") if name in os.environ
    }
    return {**kept, "PYTHONPATH": str(SOURCE), "MICROKITTEN_STORE": str(folder)}


def run_vault(folder: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the vault's commands to its end; before `migrate` a vault is given its database."""
    if command == "migrate":
        give_database(folder)
    return subprocess.run(
        [sys.executable, "-m", MODULE, command, str(folder), *arguments],
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def start_vault(
    folder: Path, *, profile: str | None = None, clock_offset: int = 0, arguments: tuple[str, ...] = ()
) -> RunningVault:
    """Make what the folder lacks of a vault (the packaged policy included), start it and wait for it.

    Params: `profile` writes the packaged policy of that profile; `arguments` go to `serve`, such as
    `--uid web=65534`.
    """
    from microkitten import policy

    rules = folder / "policy.toml"
    if profile is not None or not rules.exists():
        rules.write_text(policy.packaged_text(profile or "classic", day=datetime.now(UTC).date()))
    made = run_vault(folder, "migrate")
    if made.returncode:
        raise RuntimeError(made.stderr)
    running = RunningVault(folder, ("--clock-offset", str(clock_offset), *arguments))
    running.start()
    return running


def remove_vault(running: RunningVault) -> None:
    """Stop a vault and remove the folder of its sockets; the store's own folder is its maker's to remove."""
    if running.process.poll() is None:
        running.stop()
    shutil.rmtree((running.folder / "run").resolve(), ignore_errors=True)
