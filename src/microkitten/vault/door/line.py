"""One connection of one thread to the vault: found by the store's folder, greeted, and rebuilt for three
seconds when it breaks."""

import os
import random
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from microkitten import __version__
from microkitten.policy import versions
from microkitten.vault import wire
from microkitten.vault.disclosure import learn_key
from microkitten.vault.ids import uuid7
from microkitten.vault.types import Refused, VaultAway

RETRY_SECONDS_MAX: Final = 3.0
RETRY_PAUSE_SECONDS: Final = 0.05
BUSY_PAUSE_SECONDS: Final = (
    0.2  # at most; by chance, so that those who were told to come again do not come together
)
ANSWER_SECONDS_MAX: Final = 10.0

_mine = threading.local()


class _OtherPolicy(wire.Gone):
    """The vault works by another policy than we do: never talked to, but waited for, as one of us may be new."""

    def __init__(self) -> None:
        super().__init__("the vault's policy differs from ours")


class _Busy(wire.Gone):
    """So many wait that the vault did not take the batch on: nothing was done, so it may always be sent anew."""

    def __init__(self) -> None:
        super().__init__("the vault has more to do than it can take on")


class _Line:
    """A greeted socket, and whose it is: a forked child or another store never talks on its parent's line."""

    def __init__(self, place: tuple[int, str, str]) -> None:
        self.place = place
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.policy_hash = ""
        try:
            self._greet(*place[1:])
        except BaseException:
            self.socket.close()
            raise

    def _greet(self, store: str, role: str) -> None:
        self.socket.settimeout(ANSWER_SECONDS_MAX)
        # The runtime folder is short, the store's own path may be too long for a socket's address.
        self.socket.connect(str(Path(store, "run").resolve() / f"{role}.sock"))
        ours = {
            "protocol": wire.PROTOCOL,
            "role": role,
            "policy": _policy_hash(store),
            "release": __version__,
        }
        wire.send(self.socket, ours)
        theirs = wire.receive(self.socket, wait_seconds=ANSWER_SECONDS_MAX)
        for part, value in ours.items():
            if theirs.get(part) != value:
                if part == "policy":
                    raise _OtherPolicy
                raise VaultAway(f"the vault's {part} differs from ours ({theirs.get(part)}, not {value})")
        learn_key(bytes.fromhex(theirs["disclosure_key"]))
        self.policy_hash = theirs["policy"]

    def is_stale(self) -> bool:
        """Tell whether the other side has hung up since the last answer."""
        try:
            self.socket.settimeout(0)
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


def _policy_hash(store: str) -> str:
    """Return the hash of the policy that this process shows and works by."""
    if settings.configured and hasattr(settings, "POLICY"):
        return str(settings.POLICY.hash)
    return versions.governing(Path(store)).hash


def _line() -> _Line:
    place = (
        os.getpid(),
        os.environ.get("MICROKITTEN_STORE", "demo-store"),
        os.environ.get("MICROKITTEN_ROLE", "web"),
    )
    line: _Line | None = getattr(_mine, "line", None)
    if line is not None and (line.place != place or line.is_stale()):
        hang_up()
        line = None
    if line is None:
        line = _mine.line = _Line(place)
    return line


def hang_up() -> None:
    """Close this thread's line, if it has one."""
    line: _Line | None = getattr(_mine, "line", None)
    if line is not None:
        with suppress(OSError):
            line.socket.close()
        _mine.line = None


def ask(message: dict[str, Any], *, repeatable: bool) -> list[Any]:
    """Send one batch and return its answers in order; sent anew it has the same id, and is known as the same.

    Params: `repeatable` if doing it twice is as good as once, so that it may be sent anew when the vault
    dies under it. Raises: Refused (nothing was done), VaultAway.
    """
    end = time.monotonic() + RETRY_SECONDS_MAX
    message = {**message, "id": uuid7().hex}
    while True:
        sent = False
        try:
            line = _line()
            sent = True
            wire.send(line.socket, message)
            reply = wire.receive(line.socket, wait_seconds=ANSWER_SECONDS_MAX)
            if reply.get("error") == "busy":
                raise _Busy
            return _answers(reply)
        except _Busy as error:
            if time.monotonic() > end:
                raise VaultAway(str(error)) from None
            time.sleep(random.uniform(0, BUSY_PAUSE_SECONDS))  # noqa: S311 # to come apart, not to be secret
        except (OSError, wire.Gone) as error:
            hang_up()
            if (sent and not repeatable) or time.monotonic() > end:
                raise VaultAway(_why(error)) from None
            time.sleep(RETRY_PAUSE_SECONDS)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, _OtherPolicy) else type(error).__name__


def _answers(reply: dict[str, Any]) -> list[Any]:
    if "answers" in reply:
        answers: list[Any] = reply["answers"]
        return answers
    if "refused" in reply:
        no = reply["refused"]
        raise Refused(rule=no["rule"], statement=no["statement"], why=no["why"])
    hang_up()
    raise VaultAway(str(reply.get("error", "no answer")))


def greeted_policy_hash() -> str:
    """Return the policy hash that both sides agreed on. Raises: VaultAway."""
    end = time.monotonic() + RETRY_SECONDS_MAX
    while True:
        try:
            return _line().policy_hash
        except (OSError, wire.Gone) as error:
            if time.monotonic() > end:
                raise VaultAway(_why(error)) from None
            time.sleep(RETRY_PAUSE_SECONDS)
