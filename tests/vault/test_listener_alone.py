"""The sockets by themselves: whose they are on the disk, and who is heard before a byte of theirs is read (P35)."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from microkitten.vault import wire
from microkitten.vault.server.listener import Listener
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
