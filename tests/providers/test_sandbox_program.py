"""The sandbox as a program: what it keeps, what it survives, whom it talks to (P4, P14)."""

from __future__ import annotations

import contextlib
import csv
import json
import random
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from tests.outside import ASKS, BAD, GOOD, ROOT, Certificates, Sandbox, bill, shop
from tests.providers.conftest import Pair

from microkitten.providers.cards import Status
from microkitten.providers.errors import ProviderError


def numbers(shared: Path) -> list[str]:
    """Return the public test numbers of many brands."""
    with (shared / "data" / "test-pans" / "card-numbers.csv").open() as file:
        known = [row["pan"] for row in csv.DictReader(file)]
    with (shared / "data" / "test-pans" / "brands.csv").open() as file:
        known += [row["prefix_or_pan"] for row in csv.DictReader(file) if len(row["prefix_or_pan"]) >= 12]
    return [*known, *(number.replace(" ", "") for number in (GOOD, BAD, ASKS))]


@pytest.mark.slow
def test_no_number_code_or_name_is_kept_anywhere(pair: Pair, shared: Path) -> None:
    """After every test number of every brand was typed, right and wrong, no file and no output holds one (P4)."""
    typed = numbers(shared)
    assert len(typed) > 40
    session = pair.open()
    for number in typed:
        if number == typed[-3]:
            session = pair.open()  # from here on the cards that pay
        pair.sandbox.pay(session.id, number, cc_name="Zebediah Quicksilver")
        pair.sandbox.pay(session.id, number, cc_csc="9x7")
        pair.sandbox.send(f"/pay/{session.id}?cc-number={number}", {"cc-number": number})
        pair.sandbox.send(f"/pay/{number}", {})
    assert pair.sandbox.stop() == 0
    pair.sandbox.start()
    kept = {path: path.read_bytes() for path in pair.sandbox.store.rglob("*") if path.is_file()}
    assert any(b"card_" in content for content in kept.values()), "the search looks where cards are kept"
    for path, content in kept.items():
        flat = content.replace(b" ", b"").replace(b"-", b"")
        assert not [number for number in typed if number.encode() in flat], path
        assert b"Quicksilver" not in content, path
        assert b"9x7" not in content, path
    assert b"4242" in b"".join(kept.values()), "last four digits are kept, so the search would see more"


def test_its_files_are_its_own(pair: Pair) -> None:
    """Keys and sessions can be read by nobody else on the machine."""
    folder = pair.sandbox.store / "sandbox"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} >= {"api.key", "webhook.key", "sandbox.sqlite3"}


def test_the_secret_key_opens_the_api_and_nothing_else_does(pair: Pair) -> None:
    """Without it no session is made, seen, charged or turned, and no knob either."""
    session = pair.open()
    for method, path in [
        ("POST", "/v1/sessions"), ("GET", f"/v1/sessions/{session.id}"), ("POST", f"/v1/sessions/{session.id}/void"),
        ("POST", f"/v1/sessions/{session.id}/captures"), ("GET", "/_state"), ("POST", "/_knobs"),
    ]:  # fmt: skip
        for given in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer sk_wrong"}):
            where = pair.sandbox.origin + path
            answer = requests.request(
                method, where, headers=given, verify=str(pair.sandbox.files.authority), timeout=5
            )
            assert answer.status_code == 401
    assert pair.client.look_up(session.id).status is Status.OPEN


@pytest.mark.parametrize("field", ["return_url", "webhook_url"])
@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "{0}.evil.example/", "{0}@evil.example/x", "/x"]
)
def test_it_leads_and_talks_to_the_shop_only(pair: Pair, field: str, address: str) -> None:
    """A stolen key must not make it send browsers or notices elsewhere."""
    urls = {"return_url": pair.shop.origin + "/a", "webhook_url": pair.shop.origin + "/b"}
    urls[field] = address.format(pair.shop.origin)
    with pytest.raises(ProviderError) as refused:
        pair.client.create_session(bill(), **urls)
    assert refused.value.permanent


def test_an_unknown_field_is_an_error(pair: Pair) -> None:
    """It could be someone's name (P30)."""
    asked = {"amount_minor": 1, "currency": "USD", "reference": "REFERENCE", "description": "for Anna"}
    assert pair.sandbox.api("POST", "/v1/sessions", asked)["error"] == "bad_request"


def test_it_starts_quickly_and_without_the_shop() -> None:
    """No Django, no requests, no cipher library: it shares nothing with the shop but words."""
    code = (
        "import sys; from microkitten.providers.cards.sandbox import __main__;"
        "print([name for name in ('django', 'requests', 'cryptography', 'microkitten.vault') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "wrong", [["--shop-address", "http://localhost"], ["--knob", "speed=1"], ["--knob", "after_decline=x"]]
)
def test_it_refuses_to_start_wrongly(tmp_path: Path, files: Certificates, wrong: list[str]) -> None:
    """With a word that says why."""
    command = [sys.executable, "-m", "microkitten.providers.cards.sandbox", str(tmp_path), "--port", "1"]
    proof = [
        "--certificate",
        str(files.certificate),
        "--key",
        str(files.key),
        "--shop-address",
        "https://localhost",
    ]
    path = {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([*command, *proof, *wrong], env=path, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert done.stderr.startswith("sandbox: ")


def test_a_webhook_is_repeated_until_it_is_acknowledged(pair: Pair) -> None:
    """Failures of the shop do not lose a notice; each try carries the same id and a fresh signature."""
    pair.shop.answers += [500, 404, 302, 503]
    session = pair.open()
    pair.sandbox.pay(session.id, GOOD)
    came = pair.shop.wait_for(5)
    now = datetime.now(UTC)
    assert {pair.client.verify_webhook(headers, body, at=now).object_id for headers, body in came} == {
        session.id
    }
    assert len({headers["webhook-id"] for headers, _ in came}) == 1
    time.sleep(0.4)
    assert len(pair.shop.came) == 5, "acknowledged: it comes no more"


def test_a_webhook_survives_a_power_cut_and_a_shop_that_is_down(tmp_path: Path, files: Certificates) -> None:
    """Paid, killed before the notice went out, started again, the shop back much later: it arrives."""
    with shop(files) as listener:
        port = int(listener.origin.rpartition(":")[2])
        sandbox = Sandbox(tmp_path / "store", files, listener.origin, webhook_hold=True).start()
        pair = Pair(sandbox, listener)
        session = pair.open()
        sandbox.pay(session.id, GOOD)
        sandbox.kill()
        assert listener.came == []
    sandbox.knobs["webhook_hold"] = False
    sandbox.start()
    assert sandbox.api("GET", "/_state")["webhooks_waiting"] == 1
    with shop(files, port) as listener:
        headers, body = listener.wait_for(1)[0]
        assert pair.client.verify_webhook(headers, body, at=datetime.now(UTC)).object_id == session.id
    sandbox.stop()


def test_webhooks_may_come_twice_at_once_and_in_the_wrong_order(pair_with: Callable[..., Pair]) -> None:
    """The knobs by which the shop's own tests are made hard."""
    pair = pair_with(webhook_copies=2, webhook_newest_first=True, webhook_hold=True)
    session = pair.open()
    pair.sandbox.pay(session.id, BAD)
    pair.sandbox.pay(session.id, GOOD)
    assert pair.sandbox.api("GET", "/_state")["webhooks_waiting"] == 4
    assert pair.sandbox.api("POST", "/_knobs", {"webhook_hold": False}) == {}
    kinds = [json.loads(body)["type"] for _, body in pair.shop.wait_for(4)]
    assert sorted(kinds) == ["payment.authorized"] * 2 + ["payment.declined"] * 2
    assert len({headers["webhook-id"] for headers, _ in pair.shop.came}) == 2
    assert "error" in pair.sandbox.api("POST", "/_knobs", {"no_such_knob": 1})


@pytest.mark.parametrize(("when", "came_first"), [("before", True), ("after", False)])
def test_a_webhook_may_come_before_or_after_the_browser(
    pair_with: Callable[..., Pair], when: str, came_first: bool
) -> None:
    """The shop must bear both."""
    pair = pair_with(webhook_when=when, webhook_delay_seconds=5)
    session = pair.open()
    assert pair.sandbox.pay(session.id, GOOD).status_code == 303
    assert bool(pair.shop.came) is came_first


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_each_step_done_once_or_not_at_all(
    tmp_path: Path, files: Certificates
) -> None:
    """Create, pay, capture, each cut off by kill -9 and asked for again: one session, one charge, one capture."""
    chance = random.Random(7)
    with shop(files) as listener:
        sandbox = Sandbox(tmp_path / "store", files, listener.origin).start()
        pair = Pair(sandbox, listener)
        for turn in range(6):
            disclosure = bill(1000, f"REF-{turn}", uuid4())
            _cut(sandbox, partial(pair.open, disclosure), chance)
            session = pair.open(disclosure)
            assert pair.open(disclosure) == session
            _cut(sandbox, partial(sandbox.pay, session.id, GOOD), chance)
            sandbox.pay(session.id, GOOD)
            _cut(sandbox, partial(pair.client.capture, session.id, 1000, once="all"), chance)
            assert pair.client.capture(session.id, 1000, once="all").captured_minor == 1000
        state = sandbox.api("GET", "/_state")
        assert state["charges"] == {f"REF-{turn}": 1 for turn in range(6)}
        assert set(state["captured_minor"].values()) == {1000}
        until = time.monotonic() + 20
        while sandbox.api("GET", "/_state")["webhooks_waiting"] and time.monotonic() < until:
            time.sleep(0.05)  # some come twice: killed between the acknowledgment and its note
        told = {headers["webhook-id"] for headers, _ in listener.came}
        assert len(told) == 12, "one notice of each authorization and each capture"
        sandbox.stop()
    with sqlite3.connect(sandbox.store / "sandbox" / "sandbox.sqlite3") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _cut(sandbox: Sandbox, step: Callable[[], object], chance: random.Random) -> None:
    """Start a step, kill the sandbox some milliseconds later, start it again."""

    def careless() -> None:
        with contextlib.suppress(ProviderError, requests.RequestException):
            step()

    thread = threading.Thread(target=careless)
    thread.start()
    time.sleep(chance.uniform(0, 0.03))
    sandbox.kill()
    thread.join()
    sandbox.start()


def test_ten_buyers_at_once_are_each_charged_once(pair: Pair) -> None:
    """Every one of them presses Pay three times at the same moment."""
    sessions = [pair.open(bill(reference=f"REF-{n}")) for n in range(10)]
    threads = [
        threading.Thread(target=pair.sandbox.pay, args=(it.id, GOOD)) for it in sessions for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pair.sandbox.api("GET", "/_state")["charges"] == {f"REF-{n}": 1 for n in range(10)}
    assert len({headers["webhook-id"] for headers, _ in pair.shop.wait_for(10)}) == 10
