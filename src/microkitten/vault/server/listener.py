"""The sockets, one a role: whoever connects is checked by the kernel's word, greeted, and heard frame by
frame."""

from __future__ import annotations

import logging
import socket
import struct
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from microkitten.vault import wire
from microkitten.vault.server import limits, shapes
from microkitten.vault.server.alarms import Alarmed, Alarms
from microkitten.vault.server.lines import Line, Lines
from microkitten.vault.server.replays import Replays
from microkitten.vault.server.verbs import VERBS, Verb
from microkitten.vault.server.writer import Job, Writer
from microkitten.vault.wire import Gone, Malformed, Role

GREETED_BY: Final = ("protocol", "role", "policy", "release")
GREETING_SECONDS_MAX: Final = 3.0
SILENCE_SECONDS_MAX: Final = 3600.0
# Batches of a role that wait or are being worked off: what is more is told to come again, and no other role's
# room is taken.
WAITING_MAX: Final = {Role.WEB: 96, Role.WORKER: 24, Role.OPERATOR: 12}
WAITING_SECONDS_MAX: Final = 0.25
_CREDENTIALS: Final = struct.Struct("3i")  # pid, uid, gid
_SAID_SECONDS: Final = 60.0  # the same thing is logged once in
log = logging.getLogger("microkitten.vault")


class Listener:
    """All sockets of one vault."""

    def __init__(
        self,
        runtime: Path,
        uids: Mapping[Role, int],
        greeting: Mapping[str, Any],
        writer: Writer,
        alarms: Alarms | None = None,
    ) -> None:
        self._runtime, self._uids, self._greeting, self._writer = runtime, uids, dict(greeting), writer
        self._alarms = alarms or Alarms()
        self._sockets: list[socket.socket] = []
        self._lines, self._replays = Lines(), Replays()
        self._room = {role: threading.BoundedSemaphore(most) for role, most in WAITING_MAX.items()}
        self._said: dict[str, float] = {}

    def open(self, *, own_uid: int) -> None:
        """Bind and listen; a socket is open to other uids only if its role has another than ours."""
        for role, uid in self._uids.items():
            path = self._runtime / f"{role}.sock"
            path.unlink(missing_ok=True)
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.bind(str(path))
            # Any uid may knock where another than ours must be let in: who it is, the kernel
            # says and `_who` checks.
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
        """Let in who may come in; who may not costs no thread."""
        while True:
            try:
                heard, _ = door.accept()
            except OSError:
                return
            uid = self._who(heard, role)
            line = Line(heard, role, -1 if uid is None else uid)
            if uid is None or not self._admit(line):
                heard.close()
                continue
            threading.Thread(target=self._answer, args=(line,), name=f"{role} line", daemon=True).start()

    def _who(self, heard: socket.socket, role: Role) -> int | None:
        """Return the peer's uid by the kernel's word, before its first byte is read; None if it may not speak here."""
        pid, uid, _ = _CREDENTIALS.unpack(
            heard.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        )
        if uid == self._uids[role]:
            return int(uid)
        self._alarms.note(Alarmed.UID, role=role, actor=f"uid {uid}")
        self._say(f"uid {uid} may not speak as {role}", f"pid {pid}")
        return None

    def _admit(self, line: Line) -> bool:
        is_in, was_full = self._lines.admit(line)
        if was_full:
            self._alarms.note(Alarmed.FLOOD, role=line.role)
            self._say(f"more lines of role {line.role} than can be heard")
        return is_in

    def _say(self, what: str, more: str = "") -> None:
        """Log a thing, but not as often as somebody likes to make it happen."""
        now = time.monotonic()
        if len(self._said) > 1_000:
            self._said.clear()
        if now - self._said.get(what, -_SAID_SECONDS) >= _SAID_SECONDS:
            self._said[what] = now
            log.warning("%s %s", what, more)

    def _answer(self, line: Line) -> None:
        try:
            if self._is_welcome(line.socket, line.role):
                line.greeted = True
                self._talk(line)
        except Gone:
            pass
        except Malformed:
            self._alarms.note(Alarmed.MALFORMED, role=line.role)
            with suppress(Gone):
                wire.send(line.socket, {"error": "malformed"})
        finally:
            self._lines.leave(line)
            line.socket.close()

    def _is_welcome(self, line: socket.socket, role: Role) -> bool:
        """Hear the greeting and tell ours, with what differs. Raises: Gone, Malformed."""
        theirs = wire.receive(line, wait_seconds=GREETING_SECONDS_MAX, rest_seconds=GREETING_SECONDS_MAX)
        if type(theirs) is not dict:
            raise Malformed("greeting")
        ours = {**self._greeting, "role": str(role)}
        differs = [part for part in GREETED_BY if theirs.get(part) != ours[part]]
        wire.send(line, {**ours, "differs": differs})
        if differs:
            self._say(f"a caller of role {role} has another {' and '.join(differs)}, and was not heard")
        return not differs

    def _talk(self, line: Line) -> None:
        while True:
            line.waits()
            frame = wire.receive_bytes(line.socket, wait_seconds=SILENCE_SECONDS_MAX)
            line.talks()
            job = _job(wire.decode(frame), line.role)
            if not self._replays.is_good(job.batch, frame):
                self._alarms.note(Alarmed.REPLAY, role=line.role, actor=job.actor or "")
                wire.send(line.socket, {"error": "replay"})
                continue
            reply = self._do(job)
            if reply is None:
                wire.send(line.socket, {"error": "busy"})
                continue
            self._reply(line.socket, reply, job.batch)

    def _do(self, job: Job) -> dict[str, Any] | None:
        """Have a batch worked off; None if so many wait that it was not taken on."""
        room = self._room[job.role]
        if not room.acquire(timeout=WAITING_SECONDS_MAX):
            return None
        try:
            return self._writer.do(job)
        finally:
            room.release()

    def _reply(self, heard: socket.socket, reply: dict[str, Any], batch: UUID) -> None:
        self._replays.answered(batch)  # before it is heard: whoever hears it could repeat it at once
        try:
            try:
                wire.send(heard, reply)
            except Malformed:
                wire.send(heard, {"error": "the answer is too large for one frame"})
        except Gone:
            self._replays.answered(batch, was_heard=False)
            raise


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
    named = zip(message["asks"], asks, strict=True)
    taken = [limits.charge(role, ask["do"], parts) for ask, (verb, parts) in named if not verb.is_public]
    charges = [one for one in taken if one is not None]
    return Job(role, by["name"][:64], by["token"][:200], asks, batch, charges=charges)


def _ask(ask: Any) -> tuple[Verb, dict[str, Any]]:
    verb = VERBS.get(ask["do"]) if type(ask) is dict and type(ask.get("do")) is str else None
    if verb is None or ask.keys() - {"do"} != verb.shape.keys():
        raise Malformed("verb")
    return verb, {part: read(ask[part]) for part, read in verb.shape.items()}
