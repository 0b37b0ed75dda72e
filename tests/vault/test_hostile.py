"""Callers that mean no good, or cannot speak: the vault answers with a word or a closed line, and goes on
(P35)."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from tests.vault.conftest import CHECKOUT, a_sale
from tests.vault_process import RunningVault

from microkitten import __version__
from microkitten.policy import purpose
from microkitten.vault import door, wire
from microkitten.vault.ids import uuid7
from microkitten.vault.types import Given, Refused, VaultAway

pytestmark = pytest.mark.slow


def knock(running: RunningVault, role: str = "web") -> socket.socket:
    """Connect without a word."""
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(10)
    line.connect(str((running.folder / "run").resolve() / f"{role}.sock"))
    return line


def greeting(role: str = "web", **other: Any) -> dict[str, Any]:
    """Return what a caller says first."""
    return {
        "protocol": wire.PROTOCOL,
        "role": role,
        "policy": door.policy_hash(),
        "release": __version__,
        **other,
    }


def greeted(running: RunningVault) -> socket.socket:
    """Connect and greet."""
    line = knock(running)
    wire.send(line, greeting())
    assert wire.receive(line, wait_seconds=5)["role"] == "web"
    return line


def answer(line: socket.socket, data: bytes) -> Any:
    """Send raw bytes and read one answer; None if the line was closed."""
    try:
        line.sendall(data)
        return wire.receive(line, wait_seconds=8)
    except (OSError, wire.Gone):
        return None


def frame(data: bytes) -> bytes:
    """Put a length before bytes."""
    return len(data).to_bytes(4, "big") + data


def asks(*all_: dict[str, Any], by: Any = None) -> bytes:
    """Return the frame of a batch."""
    return frame(wire.encode({"by": by, "asks": list(all_), "id": uuid7().hex}))


WEB = {"name": "web:checkout", "token": ""}
MALFORMED = [
    frame(b""),
    frame(b"hello"),
    frame(b"[]"),
    frame(b"null"),
    frame(b'{"asks":[],"by":null}'),
    frame(b'{"asks":[{}],"by":null}'),
    frame(b'{"asks":[{"do":1}],"by":null}'),
    frame(b'{"asks":[{"do":[]}],"by":null}'),
    frame(b'{"asks":{"do":"checkpoint"},"by":null}'),
    frame(b'{"asks":[{"do":"checkpoint"}]}'),
    frame(b'{"asks":[{"do":"checkpoint"}],"by":null}'),
    frame(b'{"asks":[{"do":"checkpoint"}],"by":null,"id":"1"}'),
    frame(b'{"asks": [{"do":"checkpoint"}],"by":null}'),
    asks({"do": "checkpoint", "extra": 1}),
    asks({"do": "nonsense"}),
    asks({"do": "__class__"}),
    asks({"do": "claim", "persons": []}),
    asks({"do": "checkpoint"}, by="web"),
    asks({"do": "checkpoint"}, by={"name": "web:checkout"}),
    asks({"do": "checkpoint"}, by={"name": 1, "token": ""}),
    asks({"do": "inclusion", "index": -1}),
    asks({"do": "inclusion", "index": "1"}),
    asks({"do": "inclusion", "index": True}),
    asks({"do": "claim", "persons": ["x"]}, by=WEB),
    asks({"do": "claim", "persons": ["0" * 32, "0" * 32]}, by=WEB),
    asks({"do": "claim", "persons": {"a": 1}}, by=WEB),
    asks({"do": "use", "purpose": "deliver", "persons": {"x": []}, "facts": {}}, by=WEB),
    asks({"do": "use", "purpose": "Deliver'; --", "persons": {}, "facts": {}}, by=WEB),
    asks({"do": "use", "purpose": "deliver", "persons": {}, "facts": {"a": [1]}}, by=WEB),
    asks(
        {"do": "collect", "person": "0" * 32, "kind": "customer", "purpose": "confirm", "given": {}}, by=WEB
    ),
    asks(
        {"do": "collect", "person": "0" * 32, "kind": "customer", "purpose": "confirm", "given": {"a": "b"}},
        by=WEB,
    ),
    asks({"do": "sign_in_staff", "token": "x"}, {"do": "checkpoint"}, by=WEB),
    asks(*[{"do": "checkpoint"}] * 1001),
    b"\xff\xff\xff\xff",
    b"\x00\x10\x00\x01",
    frame(b"[" * 100_000),
    frame(os.urandom(2_000)),
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_a_malformed_batch_is_refused_and_the_vault_goes_on(called: RunningVault, number: int) -> None:
    """Each misshape ends that line, and nothing else."""
    assert answer(greeted(called), MALFORMED[number]) in (None, {"error": "malformed"})
    assert door.checkpoint()


def test_noise_of_all_lengths_harms_nobody(called: RunningVault) -> None:
    """Random frames, also right in the middle of a true one."""
    true = asks({"do": "checkpoint"})
    for number in range(60):
        line = greeted(called)
        spoilt = bytearray(true)
        spoilt[secrets.randbelow(len(spoilt))] = secrets.randbelow(256)
        answer_ = answer(line, bytes(spoilt) if number % 2 else frame(secrets.token_bytes(number)))
        assert answer_ is None or "answers" in answer_ or "error" in answer_ or "refused" in answer_
        line.close()
    assert door.checkpoint()


@pytest.mark.parametrize(
    "wrong",
    [
        {"protocol": 1},
        {"protocol": "2"},
        {"role": "worker"},
        {"policy": "0" * 64},
        {"release": "9.9"},
        {"release": None},
    ],
)
def test_a_caller_of_another_policy_or_release_is_not_heard(
    called: RunningVault, wrong: dict[str, Any]
) -> None:
    """Page and table of different versions refuse to talk (P0)."""
    line = knock(called)
    wire.send(line, greeting(**wrong))
    theirs = wire.receive(line, wait_seconds=5)
    assert theirs["release"] == __version__  # it says who it is, so that both sides can say what differs
    assert answer(line, asks({"do": "checkpoint"})) is None


def test_the_door_says_what_differs(called: RunningVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merchant who edited the policy and restarted one process of two learns so."""
    door.checkpoint()
    door.line.hang_up()
    monkeypatch.setattr(door.line, "__version__", "0.0.0")
    with pytest.raises(VaultAway, match="release"):
        door.checkpoint()


def test_a_slow_caller_holds_up_nobody(called: RunningVault) -> None:
    """Lines that say nothing, half a length, or half a frame are given up; others are served meanwhile."""
    silent, halting = knock(called), greeted(called)
    halting.sendall(b"\x00\x00")
    unread = greeted(called)
    started = time.monotonic()
    assert door.checkpoint()
    assert time.monotonic() - started < 2
    for line in (silent, halting):
        assert line.recv(1) == b""
    unread.close()
    assert time.monotonic() - started < 9


def test_a_caller_who_never_reads_is_hung_up_on(called: RunningVault) -> None:
    """An answer that is not taken holds one thread for seconds, and nobody else."""
    line = greeted(called)
    line.settimeout(1)
    with suppress(TimeoutError):
        for _ in range(40):
            line.sendall(asks(*[{"do": "ledger_key"}] * 1000))
    started = time.monotonic()
    assert door.checkpoint()
    assert time.monotonic() - started < 2
    time.sleep(wire.FRAME_SECONDS_MAX + 0.7)
    line.settimeout(2)
    with suppress(ConnectionError):
        while line.recv(1 << 20):  # what lay in the line already, and then its end
            pass


def test_a_thousand_asks_in_one_frame_are_answered_and_one_more_is_not(called: RunningVault) -> None:
    """Every batch has a limit."""
    line = greeted(called)
    assert len(answer(line, asks(*[{"do": "ledger_key"}] * 1000))["answers"]) == 1000
    assert answer(line, asks(*[{"do": "ledger_key"}] * 1001)) == {"error": "malformed"}


def test_many_lines_are_served_at_once_and_too_many_are_hung_up_on(called: RunningVault) -> None:
    """A flood of connections finds an end, and the vault is there afterwards."""
    lines = []
    for _ in range(150):
        try:
            lines.append(knock(called))
        except BlockingIOError:  # more waiting than the kernel keeps: turned away as well
            continue
    time.sleep(0.3)
    closed = 0
    for line in lines:
        line.setblocking(False)
        try:
            closed += line.recv(1) == b""
        except BlockingIOError:
            pass
        except OSError:
            closed += 1
        line.close()
    assert 10 <= closed < 150
    time.sleep(0.3)
    assert door.checkpoint()


def test_many_threads_get_their_own_answers(called: RunningVault) -> None:
    """Batches share a commit, never an answer."""
    sales = [a_sale() for _ in range(6)]
    failures: list[object] = []

    def read(number: int) -> None:
        sale = sales[number]
        for _ in range(15):
            with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
                if (
                    opened.reveal(sale.customer, "customer.name")
                    != sale.values[sale.customer, "customer.name"]
                ):
                    failures.append(number)
        door.line.hang_up()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_value_in_no_log(called: RunningVault) -> None:
    """The vault logs who was turned away, and never what was said."""
    with pytest.raises(Refused):
        door.collect(
            door.new_person(),
            "customer",
            {"customer.name": Given("kqsecretname\x00", "checkout.name")},
            purpose=purpose.confirm,
            by=CHECKOUT,
        )
    assert "kqsecretname" not in called.log()
