"""The sockets, one a role: whoever connects is checked by the kernel's word, greeted, and heard frame by
frame."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from microkitten.vault import wire
from microkitten.vault.server import shapes
from microkitten.vault.server.verbs import VERBS, Verb
from microkitten.vault.server.writer import Job, Writer
from microkitten.vault.wire import Gone, Malformed, Role

LINES_A_ROLE_MAX: Final = 128
GREETING_SECONDS_MAX: Final = 3.0
SILENCE_SECONDS_MAX: Final = 3600.0
_CREDENTIALS: Final = struct.Struct("3i")  # pid, uid, gid
log = logging.getLogger("microkitten.vault")


class Listener:
    """All sockets of one vault."""

    def __init__(
        self, runtime: Path, uids: Mapping[Role, int], greeting: Mapping[str, Any], writer: Writer
    ) -> None:
        self._runtime, self._uids, self._greeting, self._writer = runtime, uids, dict(greeting), writer
        self._sockets: list[socket.socket] = []

    def open(self, *, own_uid: int) -> None:
        """Bind and listen; a socket is open to other uids only if its role has another than ours."""
        for role, uid in self._uids.items():
            path = self._runtime / f"{role}.sock"
            path.unlink(missing_ok=True)
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.bind(str(path))
            # Any uid may knock where another than ours must be let in: who it is, the kernel
            # says and `_answer` checks.
            path.chmod(0o600 if uid == own_uid else 0o666)
            line.listen(256)
            self._sockets.append(line)
            threading.Thread(target=self._accept, args=(line, role), name=f"{role} door", daemon=True).start()

    def close(self) -> None:
        """Take no more calls."""
        for line in self._sockets:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for role in self._uids:
            (self._runtime / f"{role}.sock").unlink(missing_ok=True)

    def _accept(self, door: socket.socket, role: Role) -> None:
        free = threading.BoundedSemaphore(LINES_A_ROLE_MAX)
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            if not free.acquire(blocking=False):
                log.warning("more than %d lines of role %s", LINES_A_ROLE_MAX, role)
                line.close()
                continue
            threading.Thread(
                target=self._answer, args=(line, role, free), name=f"{role} line", daemon=True
            ).start()

    def _answer(self, line: socket.socket, role: Role, free: threading.BoundedSemaphore) -> None:
        try:
            if self._is_welcome(line, role):
                self._talk(line, role)
        except Gone:
            pass
        except Malformed:
            with suppress(Gone):
                wire.send(line, {"error": "malformed"})
        finally:
            line.close()
            free.release()

    def _is_welcome(self, line: socket.socket, role: Role) -> bool:
        """Check the peer's uid before its first byte is read, then the greeting. Raises: Gone, Malformed."""
        pid, uid, _ = _CREDENTIALS.unpack(
            line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )
        if uid != self._uids[role]:
            log.warning("uid %d (pid %d) may not speak as %s", uid, pid, role)
            return False
        theirs = wire.receive(line, wait_seconds=GREETING_SECONDS_MAX, rest_seconds=GREETING_SECONDS_MAX)
        ours = {**self._greeting, "role": str(role)}
        wire.send(line, ours)
        named = ("protocol", "role", "policy", "release")
        return isinstance(theirs, dict) and all(theirs.get(part) == ours[part] for part in named)

    def _talk(self, line: socket.socket, role: Role) -> None:
        while True:
            message = wire.receive(line, wait_seconds=SILENCE_SECONDS_MAX)
            reply = self._writer.do(_job(message, role))
            try:
                wire.send(line, reply)
            except Malformed:
                wire.send(line, {"error": "the answer is too large for one frame"})


def _job(message: Any, role: Role) -> Job:
    """Check and type a batch. Raises: Malformed."""
    if (
        type(message) is not dict
        or message.keys() != {"by", "asks", "id"}
        or type(message["asks"]) is not list
    ):
        raise Malformed("batch")
    if not 0 < len(message["asks"]) <= wire.ASKS_MAX:
        raise Malformed("asks")
    asks, batch = [_ask(ask) for ask in message["asks"]], shapes.identity(message["id"])
    by = message["by"]
    if by is None:
        if not all(verb.is_public for verb, _ in asks):
            raise Malformed("nobody asks")
        return Job(role, None, "", asks, batch)
    if (
        type(by) is not dict
        or by.keys() != {"name", "token"}
        or not all(type(part) is str for part in by.values())
    ):
        raise Malformed("actor")
    if len(asks) > 1 and any(verb.is_alone for verb, _ in asks):
        raise Malformed("stands alone")
    return Job(role, by["name"][:64], by["token"][:200], asks, batch)


def _ask(ask: Any) -> tuple[Verb, dict[str, Any]]:
    verb = VERBS.get(ask["do"]) if type(ask) is dict and type(ask.get("do")) is str else None
    if verb is None or ask.keys() - {"do"} != verb.shape.keys():
        raise Malformed("verb")
    return verb, {part: read(ask[part]) for part, read in verb.shape.items()}
