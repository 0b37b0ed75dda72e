"""One message, one spelling: what is not exactly that is not read (P35)."""

import socket
import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microkitten.policy.words import ACTORS
from microkitten.vault import wire

MESSAGES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(MESSAGES)
def test_a_message_comes_back_as_it_was(message: object) -> None:
    """Whatever can be said can be read."""
    try:
        data = wire.encode(message)
    except wire.Malformed:
        return  # a key with a lone surrogate
    assert wire.decode(data) == message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{} ",
        b' {"a":1}',
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"NaN",
        b"Infinity",
        b"-0",
        b"9007199254740993",
        b"1" * 5000,
        b'"\\u0041"',
        b'"\\ud800"',
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
)
def test_any_other_spelling_is_refused(data: bytes) -> None:
    """Two readers of one message must never read two things."""
    with pytest.raises(wire.Malformed):
        wire.decode(data)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    """Noise is answered with Malformed, never with another error."""
    with suppress(wire.Malformed):
        wire.decode(data)


def test_roles_speak_for_their_own_actors_only() -> None:
    """A page cannot be a job, and neither can be the operator."""
    theirs = {
        wire.Role.WEB: {"web:checkout", "web:orders", "person", "shipping", "merchant"},
        wire.Role.WORKER: {"job:pay", "job:sweep"},
        wire.Role.OPERATOR: {"operator"},
    }
    every = set().union(*theirs.values(), {"", "admin", "root"})
    for role, own in theirs.items():
        assert {actor for actor in every if role.speaks_for(actor)} == own


def test_each_actor_of_the_policy_has_one_socket() -> None:
    """A new one speaks nowhere until somebody decides where (P11)."""
    for actor in ACTORS:
        assert len([role for role in wire.Role if role.speaks_for(actor)]) == 1, actor
    assert frozenset().union(*wire.SPEAKS_FOR.values()) <= ACTORS.keys()


def test_a_frame_that_trickles_in_is_given_up() -> None:
    """A byte now and then does not hold a thread for longer than the whole frame may take."""
    ours, theirs = socket.socketpair()
    theirs.sendall((200).to_bytes(4, "big"))
    stop = threading.Event()

    def trickle() -> None:
        with suppress(OSError):
            while not stop.wait(0.05):
                theirs.sendall(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    began = time.monotonic()
    with pytest.raises(wire.Gone):
        wire.receive(ours, wait_seconds=1, rest_seconds=0.4)
    assert time.monotonic() - began < 1
    stop.set()
    thread.join()


def test_a_frame_that_announces_too_much_is_not_waited_for() -> None:
    """Four bytes must not make the vault set aside four gigabytes."""
    ours, theirs = socket.socketpair()
    theirs.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(wire.Malformed):
        wire.receive(ours, wait_seconds=1)


def test_a_frame_that_never_ends_is_given_up() -> None:
    """A slow caller costs a few seconds and one thread."""
    ours, theirs = socket.socketpair()
    threading.Thread(target=theirs.sendall, args=(b"\x00\x00\x00\x10abc",)).start()
    with pytest.raises(wire.Gone):
        wire.receive(ours, wait_seconds=1, rest_seconds=0.2)
