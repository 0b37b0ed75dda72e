"""The sandbox's two secrets, a file each, so that who checks webhooks need not be able to move money."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

API_KEY_FILE = "api.key"
WEBHOOK_KEY_FILE = "webhook.key"


class BadKeyFile(Exception):
    """A key file that others can read, or that holds no key; carries the file's name only."""


def ensure(folder: Path) -> None:
    """Make the sandbox's folder (0700) and whichever key file (0600) is missing in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _ensure_file(folder / API_KEY_FILE, "sk_" + secrets.token_urlsafe(32))
    _ensure_file(
        folder / WEBHOOK_KEY_FILE, "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    )


def read(path: Path) -> str:
    """Return the key in a file.

    :raises BadKeyFile: if the file is missing, empty, or open to other people of the machine.
    """
    try:
        with path.open(encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & 0o007:
                raise BadKeyFile(f"{path.name} can be read by anyone on this machine")
            key = file.read(256).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeyFile(f"{path.name} cannot be read") from error
    if len(key) < 32:
        raise BadKeyFile(f"{path.name} holds no key")
    return key


def _ensure_file(path: Path, key: str) -> None:
    """Write a key as a whole or not at all: a crash must not leave an empty one to be trusted later."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        pass  # another start was first: its key is the key
    finally:
        part.unlink()
