"""Who is connected: so many lines a role and a user, and when all are taken, the one that has been silent for longest
makes room; so that nobody who only holds lines keeps others out (P35)."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from microkitten.vault.wire import Role

A_ROLE_MAX: Final = {Role.WEB: 128, Role.WORKER: 32, Role.OPERATOR: 16}
A_UID_MAX: Final = 144  # one user may hold several roles; of each something is left for the others
GREETING_SECONDS_FREE: Final = 0.25  # so long nobody who has yet to greet is hung up on


@dataclass(slots=True, eq=False)
class Line:
    """One connection: `quiet` while nothing of it is being read, done or answered."""

    socket: socket.socket
    role: Role
    uid: int
    greeted: bool = False
    quiet: bool = True
    since: float = field(default_factory=time.monotonic)

    def talks(self) -> None:
        """Something of it is being worked on."""
        self.quiet = False

    def waits(self) -> None:
        """It is the other side's turn."""
        self.quiet, self.since = True, time.monotonic()


class Lines:
    """All connections of one vault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[Line] = set()

    def admit(self, line: Line) -> tuple[bool, bool]:
        """Let a line in, if need be in another's place. Returns: whether it is in, and whether all were taken."""
        was_full = False
        with self._lock:
            for group, most in (
                ([one for one in self._open if one.role is line.role], A_ROLE_MAX[line.role]),
                ([one for one in self._open if one.uid == line.uid], A_UID_MAX),
            ):
                if len(group) < most:
                    continue
                was_full = True
                if not self._spare(group):
                    return False, True
            self._open.add(line)
        return True, was_full

    def leave(self, line: Line) -> None:
        """Forget a line."""
        with self._lock:
            self._open.discard(line)

    def close(self) -> None:
        """Hang up on everybody."""
        with self._lock:
            for line in self._open:
                _hang_up(line)

    def _spare(self, group: list[Line]) -> bool:
        """Hang up on whoever has not greeted in time, or else on whoever has been silent for longest."""
        now = time.monotonic()
        found = [one for one in group if not one.greeted and now - one.since > GREETING_SECONDS_FREE]
        found = found or [one for one in group if one.greeted and one.quiet and not _has_spoken(one)]
        if not found:
            return False
        oldest = min(found, key=lambda one: one.since)
        self._open.discard(oldest)
        _hang_up(oldest)
        return True


def _has_spoken(line: Line) -> bool:
    """Tell whether something has come that its thread has yet to read."""
    try:
        return bool(line.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False


def _hang_up(line: Line) -> None:
    with suppress(OSError):
        line.socket.shutdown(socket.SHUT_RDWR)
