"""The sockets by themselves: whose they are on the disk, and who is heard before a byte of theirs is read (P35)."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from microkitten.vault import wire
from microkitten.vault.door import line as door_line
from microkitten.vault.ids import uuid7
from microkitten.vault.server import lines as lines_module
from microkitten.vault.server import listener as listener_module
from microkitten.vault.server import replays as replays_module
from microkitten.vault.server.lines import Line, Lines
from microkitten.vault.server.listener import Listener
from microkitten.vault.server.replays import Replays
from microkitten.vault.server.writer import Job
from microkitten.vault.types import VaultAway
from microkitten.vault.wire import Role

GREETING = {"protocol": 2, "policy": "ab", "release": "1"}
ME, OTHER = os.geteuid(), os.geteuid() + 1


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give both ends of a line; who is at the other end, the kernel says: this very user."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        yield ours, theirs


def is_welcome(uids: dict[Role, int], **said: Any) -> tuple[bool, bytes]:
    """Knock at a listener. Returns: whether one is welcome, and what one hears."""
    listener = Listener(Path(), uids, GREETING, cast(Any, None))
    with pair() as (ours, theirs):
        wire.send(theirs, {**GREETING, "role": "web", **said})
        welcome = listener._who(ours, Role.WEB) == ME and listener._is_welcome(ours, Role.WEB)
        ours.shutdown(socket.SHUT_WR)
        theirs.settimeout(5)
        return welcome, theirs.recv(1_000)


def test_only_the_roles_own_user_is_heard() -> None:
    """Another gets no greeting at all; one of another role, policy or release gets ours, and no more."""
    welcome, heard = is_welcome({Role.WEB: ME})
    assert welcome
    assert b'"policy":"ab"' in heard
    assert is_welcome({Role.WEB: OTHER}) == (False, b"")
    for said in ({"role": "worker"}, {"policy": "cd"}, {"release": "2"}, {"protocol": 1}):
        welcome, heard = is_welcome({Role.WEB: ME}, **said)
        assert not welcome
        assert json.loads(heard[4:])["differs"] == list(said), "both sides are told what differs"


def test_a_socket_is_open_to_others_only_where_one_must_come_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And gone when the vault stops."""
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    listener = Listener(Path(), {Role.WEB: OTHER, Role.OPERATOR: ME}, GREETING, cast(Any, None))
    listener.open(own_uid=ME)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    listener.close()
    assert modes == {"web.sock": 0o666, "operator.sock": 0o600}
    assert list(tmp_path.iterdir()) == []


class Stuck:
    """A writer that answers nobody before it is let."""

    def __init__(self) -> None:
        self.free, self.taken = threading.Event(), 0

    def do(self, _job: object) -> dict[str, Any]:
        """Wait."""
        self.taken += 1
        assert self.free.wait(10)
        return {"answers": []}


def test_more_batches_than_may_wait_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """And take no other role's room: the operator is heard while web floods."""
    monkeypatch.setattr(listener_module, "WAITING_MAX", {Role.WEB: 2, Role.OPERATOR: 1})
    stuck = Stuck()
    listener = Listener(Path(), {}, GREETING, cast(Any, stuck))
    said: list[object] = []

    def ask(role: Role) -> None:
        said.append(listener._do(Job(role, None, "", [])))

    threads = [threading.Thread(target=ask, args=(Role.WEB,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 5
    while len(said) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    assert said == [None] * 3, "those who did not find room were told so at once"
    assert stuck.taken == 2
    threads.append(threading.Thread(target=ask, args=(Role.OPERATOR,)))
    threads[-1].start()
    while stuck.taken < 3 and time.monotonic() < end:
        time.sleep(0.01)
    stuck.free.set()
    for thread in threads:
        thread.join()
    assert said[3:] == [{"answers": []}] * 3
    ask(Role.WEB)
    assert said[-1] == {"answers": []}, "room is given back"


def a_line(role: Role = Role.WEB, uid: int = 7, *, greeted: bool = True, since: float = 0.0) -> Line:
    """Return a line that nobody has at the other end."""
    ours, theirs = socket.socketpair()
    OTHER_ENDS.append(theirs)
    return Line(ours, role, uid, greeted=greeted, since=since)


OTHER_ENDS: list[socket.socket] = []


def is_hung_up(line: Line) -> bool:
    """Tell whether the vault has hung up on a line."""
    line.socket.setblocking(False)
    try:
        return line.socket.recv(1) == b""
    except BlockingIOError:
        return False


def test_whoever_is_silent_for_longest_makes_room() -> None:
    """Never one that is being answered, or has just said something, or is still greeting."""
    lines = Lines()
    oldest, spoken, busy, greeting = a_line(since=1), a_line(since=0), a_line(since=0), a_line(greeted=False)
    greeting.waits()
    busy.talks()
    OTHER_ENDS[-3].sendall(b"x")
    crowd = [a_line(since=10 + number) for number in range(lines_module.A_ROLE_MAX[Role.WEB] - 4)]
    for line in (oldest, spoken, busy, greeting, *crowd):
        assert lines.admit(line) == (True, False)
    assert lines.admit(a_line()) == (True, True)
    assert [line for line in (oldest, spoken, busy, greeting, *crowd) if is_hung_up(line)] == [oldest]
    slow = a_line(greeted=False, since=time.monotonic() - 1)
    lines.leave(busy)
    assert lines.admit(slow) == (True, False)
    assert lines.admit(a_line()) == (True, True)
    assert is_hung_up(slow), "first of all whoever does not even greet"
    assert lines.admit(a_line(Role.OPERATOR)) == (True, False), "each role has its own"


def test_one_user_does_not_take_what_others_need() -> None:
    """Whatever roles the lines are of."""
    lines = Lines()
    for role, most in lines_module.A_ROLE_MAX.items():
        for _ in range(most):
            line = a_line(role)
            line.talks()
            if not lines.admit(line)[0]:
                break
    assert len(lines._open) == lines_module.A_UID_MAX
    assert lines.admit(a_line(Role.OPERATOR)) == (False, True)
    assert lines.admit(a_line(Role.OPERATOR, uid=8)) == (True, False)


def test_one_batch_has_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent anew it is the same until it was answered; with other words, or later, it is nobody's."""
    made, batch = Replays(), uuid7()
    assert made.is_good(batch, b"a")
    assert made.is_good(batch, b"a"), "the line broke before the answer"
    assert not made.is_good(batch, b"b")
    made.answered(batch)
    assert not made.is_good(batch, b"a")
    made.answered(batch, was_heard=False)
    assert made.is_good(batch, b"a")
    made.answered(uuid7())
    old = UUID(int=uuid7().int - (61_000 << 80))
    early = UUID(int=uuid7().int + (61_000 << 80))
    assert not made.is_good(old, b"a")
    assert not made.is_good(early, b"a")
    assert not made.is_good(uuid4(), b"a")
    monkeypatch.setattr(replays_module, "KEPT_MAX", 10)
    for _ in range(50):
        assert made.is_good(uuid7(), b"a")
    assert len(made._seen) == 10


def test_the_door_comes_again_when_the_vault_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with what is never sent twice, since nothing was done; and gives up after its three seconds."""
    sent: list[dict[str, Any]] = []
    replies = [{"error": "busy"}] * 3 + [{"answers": [7]}]
    monkeypatch.setattr(door_line, "_line", lambda: SimpleNamespace(socket=None))
    monkeypatch.setattr(door_line, "BUSY_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(wire, "send", lambda _line, message: sent.append(message))
    monkeypatch.setattr(wire, "receive", lambda _line, **_: replies.pop(0))
    assert door_line.ask({"asks": []}, repeatable=False) == [7]
    assert len({message["id"] for message in sent}) == 1
    assert len(sent) == 4
    replies += [{"error": "busy"}] * 10_000
    monkeypatch.setattr(door_line, "RETRY_SECONDS_MAX", 0.05)
    with pytest.raises(VaultAway, match="more to do"):
        door_line.ask({"asks": []}, repeatable=True)
