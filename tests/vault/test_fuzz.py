"""Whatever comes over the line, the vault answers with a word, does nothing by halves, and goes on (P35)."""

from __future__ import annotations

import json
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.vault import frames
from tests.vault.conftest import OPERATOR, VISITORS, Sale, a_sale, calling, role, staff_pass
from tests.vault.test_hostile import greeting, knock
from tests.vault_process import RunningVault, remove_vault, run_vault, start_vault

from microkitten import policy
from microkitten.vault import door, wire

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz")]
WELL_FORMED, DAMAGED, UNFINISHED = 500, 500, 40
MEMORY_MORE_MAX = 24_000_000
TOKEN = re.compile(r"kq[bcdfghjkmnpqrstvwxz]{14}")
KNOWN = {"answers", "refused", "error"}
quick = settings(
    deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@dataclass
class Target:
    """A vault that is fuzzed, what is in it, how it answered, and a line to each of its sockets."""

    running: RunningVault
    sales: list[Sale]
    tokens: list[str]
    ends: Counter[str] = field(default_factory=Counter)
    lines: dict[str, socket.socket] = field(default_factory=dict)

    def line(self, name: str) -> socket.socket:
        """Return a greeted line; a new one if the last was hung up."""
        if name not in self.lines:
            line = knock(self.running, name)
            wire.send(line, greeting(name))
            wire.receive(line, wait_seconds=5)
            self.lines[name] = line
        return self.lines[name]

    def say(self, name: str, data: bytes, *, wait: float = 8.0) -> Any:
        """Send bytes. Returns: the answer; None if there was none."""
        line = self.line(name)
        try:
            line.sendall(data)
            reply = wire.receive(line, wait_seconds=wait)
        except (OSError, wire.Gone):
            reply = None
        if reply is None or "error" in reply:
            self.lines.pop(name).close()
        self.ends["hung up" if reply is None else next(iter(reply.keys() & KNOWN), "unknown")] += 1
        return reply

    def process(self, name: str) -> int:
        """Return a number of the process: memory in bytes, or threads."""
        status = Path(f"/proc/{self.running.process.pid}/status").read_text()
        found = re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)
        assert found
        return int(found[1]) * (1024 if name.startswith("Vm") else 1)

    def entries(self) -> int:
        """Return how many entries there are."""
        return sum(one.entries for one in door.counts())


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A vault whose rates are no hindrance, with people in it and passes that are good."""
    running = start_vault(
        tmp_path_factory.mktemp("fuzzed"), profile="classic", arguments=("--rates-times", "1000")
    )
    with calling(running):
        sales = [a_sale(), a_sale(recipients=2), a_sale(claimed=False)]
        tokens = [sales[0].order_pass.token, staff_pass().token, door.assign_visitor(by=VISITORS)]
        yield Target(running, sales, tokens)
    remove_vault(running)


def fuzz(target: Target, examples: int, strategy: Any, act: Callable[[Any], None]) -> None:
    """Do something with so many examples."""
    settings(quick, max_examples=examples)(given(strategy)(act))()


def batches(target: Target) -> Any:
    """Return well-formed batches about this vault."""
    rules = policy.load(target.running.folder / "policy.toml")
    return frames.batches(rules, [one for sale in target.sales for one in sale.people], target.tokens)


def test_batches_of_every_verb_end_in_a_known_word(target: Target) -> None:
    """Well formed or with one thing wrong: allowed, refused or malformed, and never an error of the program."""
    before = target.entries()

    def act(asked: tuple[str, Any]) -> None:
        name, message = asked
        reply = target.say(name, frames.frame(message))
        assert reply is None or set(reply) <= KNOWN
        if reply is not None and "answers" not in reply:
            assert not TOKEN.search(str(reply))
            assert reply.get("error") in {None, "malformed", "replay"}, (reply, message)

    role_ = st.sampled_from([str(one) for one in wire.Role])
    fuzz(target, WELL_FORMED, st.tuples(role_, frames.spoilt(batches(target))), act)
    assert target.ends["answers"] > WELL_FORMED // 50, target.ends
    assert target.ends["refused"] > WELL_FORMED // 10, target.ends
    assert target.entries() > before


def test_damaged_frames_harm_nobody(target: Target) -> None:
    """Bits changed, ends cut off, lengths that lie: read as nothing else than what they are."""

    def act(data: bytes) -> None:
        line = target.line("web")
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)  # a frame that is too short ends here, and is not waited for
            while line.recv(65_536):
                pass
        except OSError:
            pass
        target.lines.pop("web").close()
        target.ends["damaged"] += 1

    whole = frames.spoilt(batches(target)).map(frames.frame)
    fuzz(target, DAMAGED, frames.damaged(whole), act)
    assert door.checkpoint()


def test_lines_dropped_at_any_moment_harm_nobody(target: Target) -> None:
    """Closed in the middle of a frame, closed before the answer, in pieces, one frame behind the other."""

    def act(asked: tuple[Any, int, bool]) -> None:
        message, cut, is_hasty = asked
        data = frames.frame(message)
        line = target.lines.pop("web", None) or target.line("web")
        target.lines.pop("web", None)
        try:
            line.sendall(data[: cut % len(data)])
            if not is_hasty:
                line.sendall(data[cut % len(data) :] + data[: cut % 7])
        except OSError:
            pass
        line.close()

    fuzz(
        target,
        UNFINISHED,
        st.tuples(frames.spoilt(batches(target)), st.integers(0, 10_000), st.booleans()),
        act,
    )
    assert door.checkpoint()


def test_afterwards_all_is_as_it_should_be(target: Target) -> None:
    """It answers at once, has no thread and no memory more than a used vault has, and its ledger is whole."""
    if not target.ends:
        pytest.skip("nothing was fuzzed before this in the same process")
    for line in target.lines.values():
        line.close()
    target.lines.clear()
    began = time.monotonic()
    sale = a_sale()
    assert time.monotonic() - began < 2
    end = time.monotonic() + 8
    while target.process("Threads") > len(wire.Role) + 6 and time.monotonic() < end:
        time.sleep(0.1)
    assert target.process("Threads") <= len(wire.Role) + 6
    warm = target.process("VmRSS")

    def speak(message: Any) -> None:
        target.say("web", frames.frame(message))

    for _ in range(2):
        fuzz(
            target,
            150,
            frames.spoilt(batches(target)),
            lambda one: target.say("web", frames.frame(one)) and None,
        )
    more = target.process("VmRSS") - warm
    assert more < MEMORY_MORE_MAX
    with role("operator"):
        alarms = {one.kind for one in door.alarms(by=OPERATOR)}
    assert "malformed" in alarms
    entries, log = target.entries(), target.running.log()
    for line in target.lines.values():
        line.close()
    door.line.hang_up()
    assert target.running.stop() == 0
    told = json.loads(run_vault(target.running.folder, "verify").stdout)
    assert told["entries"] >= entries
    held = TOKEN.findall(str([one.values for one in [*target.sales, sale]]))
    assert len(held) > 10
    assert not [one for one in [*held, *target.tokens] if one in log]
    assert "Traceback" not in log
    print(f"\nfuzzed: {dict(target.ends)}; {entries} entries, {more / 1e6:.1f} MB more, log {len(log)} bytes")
