"""Who can hold a root key in the tests: a file, a token of softhsm2, a key service's double as a real HTTP server."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from microkitten.vault.server.custody import Context, Custody, made

PIN = "4711"
CUSTODIES = ("file", "pkcs11", "aws-kms")
_MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)


@dataclass(frozen=True)
class Custodian:
    """One kind of custody, ready to be asked."""

    kind: str
    spec: str

    def at(self, folder: Path, *, store: str = "store-1", place: str = "vault") -> Custody:
        """Return the custody of a place in this folder."""
        folder.mkdir(mode=0o700, exist_ok=True)
        return made(self.spec, folder, Context(store, place))

    def file(self, folder: Path, epoch: int) -> Path:
        """Return the file that stands for an epoch."""
        return folder / f"root-{epoch}.{'key' if self.kind == 'file' else 'wrapped'}"


def missing(kind: str) -> str:
    """Return why a kind cannot be tried on this machine, or nothing; a build machine has to have all."""
    wants = {"pkcs11": "pkcs11", "aws-kms": "moto"}.get(kind)
    if wants and importlib.util.find_spec(wants) is None:
        return f"the library {wants} is not installed"
    if kind == "pkcs11" and (shutil.which("softhsm2-util") is None or softhsm() is None):
        return "softhsm2 is not installed (apt install softhsm2)"
    return ""


def softhsm() -> Path | None:
    """Return softhsm2's module, if the machine has it."""
    return next((path for path in _MODULES if path.exists()), None)


@contextmanager
def custodian(kind: str, folder: Path) -> Iterator[Custodian]:
    """Start a custodian whose things lie in `folder`; skip, with the reason, where the machine has none."""
    if reason := missing(kind):
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    if kind == "file":
        yield Custodian(kind, "file")
    elif kind == "pkcs11":
        yield Custodian(kind, a_token(folder))
    else:
        with key_service(folder) as spec:
            yield Custodian(kind, spec)


def a_token(folder: Path, label: str = "shop") -> str:
    """Make a token in softhsm2 and return its spec."""
    settings = folder / "softhsm2.conf"
    if not settings.exists():
        (folder / "tokens").mkdir()
        settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "0815"]
    subprocess.run(command, check=True, capture_output=True)
    import pkcs11  # late: the machine may not have it, then nothing comes here

    pkcs11.lib(str(softhsm())).reinitialize()  # it has read its settings, and who is there, only once
    pin = folder / "pin"
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)
    return f"pkcs11:token={label}?module-path={softhsm()}&pin-source=file:{pin}"


@contextmanager
def key_service(folder: Path) -> Iterator[str]:
    """Run the double of the key service and yield the spec that reaches it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    credentials = folder / "credentials"
    credentials.write_text("[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    credentials.chmod(0o600)
    with (folder / "service.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/moto-api/", server)
        yield f"aws-kms:region=eu-central-1?endpoint=http://127.0.0.1:{port}&credentials-file={credentials}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def _wait_for(address: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        assert server.poll() is None, "the key service's double ended"
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            assert time.monotonic() < end, "the key service's double does not answer"
            time.sleep(0.1)
        else:
            return
