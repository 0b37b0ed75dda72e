"""What the merchant must look at is gathered, entered and told; and no answer waits for it (P35)."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.vault.at_once import HOUR, AtOnce, refused
from tests.vault.conftest import OPERATOR, ORDERS, a_sale, role, staff_pass
from tests.vault.test_hostile import WEB, answer, asks, frame, greeted
from tests.vault_database import vault_line
from tests.vault_process import RunningVault, run_vault

from microkitten.config import check_live
from microkitten.policy import purpose
from microkitten.vault import door, wire
from microkitten.vault.ids import uuid7
from microkitten.vault.server import alarms as written
from microkitten.vault.server.alarms import Alarmed, Alarms
from microkitten.vault.server.limits import OF_ROLES, Charge, charge
from microkitten.vault.server.verbs import alarms
from microkitten.vault.types import Actor, Alarm, Given, Refused, VaultAway
from microkitten.vault.wire import Role

slow = pytest.mark.slow


def heard(kind: str) -> list[Alarm]:
    """Return the alarms of a kind that the operator is told of."""
    door.checkpoint()  # with its commit, what connections noticed is written
    with role("operator"):
        return [one for one in door.alarms(by=OPERATOR) if one.kind == kind]


def write(one: AtOnce, made: Alarms, at: int) -> list[dict[str, object]]:
    """Write what was noted. Returns: all alarms there are."""
    made.write(one.vault.database, one.vault.journal, at)
    made.committed()
    return written.listed(one.vault.database)


def test_an_hours_alarms_of_one_kind_are_one(one: AtOnce) -> None:
    """Counted on until somebody has seen it or the hour is over; each begins with an entry."""
    made, at, entered = Alarms(), one.at - one.at % HOUR, one.entered
    assert write(one, made, at) == []
    for _ in range(3):
        made.note(Alarmed.RATE, role="web", actor="web:orders", purpose="rights")
    (first,) = write(one, made, at)
    assert (first["count"], first["entry"], first["seen_at"]) == (3, entered, None)
    made.note(Alarmed.RATE, role="web", actor="web:orders", purpose="rights")
    (first,) = write(one, made, at + 60)
    assert (first["count"], first["at"], first["last_at"]) == (4, at, at + 60)
    assert one.entered == entered + 1
    alarms.seen(one.work("operator"), id=int(str(first["id"])))
    made.note(Alarmed.RATE, role="web", actor="web:orders", purpose="rights")
    assert [row["count"] for row in write(one, made, at + 61)] == [1, 4], "what comes after a look is new"
    made.note(Alarmed.RATE, role="web", actor="web:orders", purpose="rights")
    assert len(write(one, made, at + HOUR)) == 3
    assert one.entered == entered + 3


def test_what_could_not_be_written_is_written_next_time(one: AtOnce) -> None:
    """A full disk swallows no alarm."""
    made = Alarms()
    made.note(Alarmed.TRIES, role="web")
    one.vault.database.mark()
    mark = one.vault.journal.mark()
    made.write(one.vault.database, one.vault.journal, one.at)
    one.vault.database.undo()
    one.vault.journal.undo(mark)
    made.failed()
    made.note(Alarmed.TRIES, role="web")
    assert [row["count"] for row in write(one, made, one.at)] == [2]


def test_a_flood_of_different_alarms_fills_no_memory(one: AtOnce) -> None:
    """Above some hundred kinds at once the others are one."""
    made = Alarms()
    for number in range(1_000):
        made.note(Alarmed.UID, role="web", actor=f"uid {number}")
    rows = write(one, made, one.at)
    assert len(rows) == written.KINDS_AT_ONCE_MAX + 1
    (other,) = [row for row in rows if row["actor"] == "other"]
    assert other["count"] == 1_000 - written.KINDS_AT_ONCE_MAX


def test_an_invented_actor_is_unknown(one: AtOnce) -> None:
    """No word of a caller's own reaches the merchant's page or the ledger."""
    made = Alarms()
    made.note(Alarmed.REPLAY, role="web", actor="<script>")
    (row,) = write(one, made, one.at)
    assert row["actor"] == "unknown"


def test_refusals_alarm_in_number(one: AtOnce) -> None:
    """One is a slip; a hundred within an hour are a search."""
    made = Alarms()

    def refuse(count: int, at: int) -> None:
        for _ in range(count):
            made.refused(role="web", actor="web:orders", purpose="deliver", why="no row", at=at)

    refuse(written.REFUSALS_AN_HOUR - 1, one.at)
    refuse(written.REFUSALS_AN_HOUR - 1, one.at + HOUR)
    assert write(one, made, one.at) == []
    refuse(1, one.at + HOUR)
    (row,) = write(one, made, one.at)
    assert (row["kind"], row["actor"]) == ("refusals", "web:orders")


def test_a_clock_set_back_is_noticed(one: AtOnce) -> None:
    """While it runs, and while it was down: lives are counted by that clock (P7)."""
    made = Alarms()
    one.customer()
    assert write(one, made, one.at + HOUR) == []
    assert [row["kind"] for row in write(one, made, one.at)] == ["clock set back"]
    later = Alarms()
    write(one, later, one.at - HOUR)
    assert [row["count"] for row in write(one, later, one.at)] == [1, 1]


@pytest.mark.parametrize("actor", ["merchant", "shipping", "web:orders", "person"])
def test_only_operator_and_merchant_are_told(one: AtOnce, actor: str) -> None:
    """Who attacks shall not read what was noticed."""
    for token in ("", "x"):
        with refused("staff" if actor == "merchant" else "actor"):
            alarms.listed(one.work(actor, token))
        with refused("staff" if actor == "merchant" else "actor"):
            alarms.seen(one.work(actor, token), id=1)
    _, token = one.clerk()
    if actor == "merchant":
        assert alarms.listed(one.work(actor, token)) == []
    with refused("absent"):
        alarms.seen(one.work("operator"), id=77)


def test_a_batch_about_a_hundred_people_costs_a_hundred() -> None:
    """Persons are counted, not frames; what is about nobody costs one, and a sign-in nothing (P35)."""
    people = {uuid7(): ["recipient.name"] for _ in range(100)}
    asked = {"purpose": "deliver", "persons": people, "facts": {}}
    assert charge(Role.WEB, "use", asked) == Charge("web/deliver", 100, "deliver")
    assert charge(Role.WEB, "use", {**asked, "purpose": "nonsense"}) == Charge("web/other", 100, "")
    assert charge(Role.OPERATOR, "use", asked) == Charge("operator/other", 100, "")
    assert charge(Role.WEB, "claim", {"persons": list(people)}) == Charge("web/collect", 100, "")
    assert charge(Role.WEB, "find", {"field": "visitor.cookie", "value": "x"}) == Charge("web/cookie", 1, "")
    assert charge(Role.WEB, "find", {"field": "customer.email", "value": "x"}) == Charge("web/find", 1, "")
    assert charge(Role.WEB, "standing", {"persons": []}) == Charge("web/rights", 1, "")
    assert charge(Role.WEB, "sign_in_staff", {"token": "x"}) is None


def test_the_table_is_made_of_roles_and_words_only() -> None:
    """Each role has a row for what has none of its own, so nothing goes uncounted."""
    assert {name.partition("/")[0] for name in OF_ROLES} == set(Role)
    assert {f"{role}/other" for role in Role} <= OF_ROLES.keys()


@slow
def test_who_opens_too_much_is_stopped_entered_and_told(called: RunningVault) -> None:
    """Two hundred parcels packed at once are opened; the page that reads on is refused, and others are not."""
    sale, clerk = a_sale(), staff_pass()
    (recipient,) = sale.recipients
    for _ in range(200):
        door.use(purpose.deliver, {recipient: ["recipient.name"]}, by=clerk)
    crowd: dict[UUID, list[str]] = {recipient: [], **{uuid7(): [] for _ in range(250)}}
    with pytest.raises(Refused, match="rate") as no:
        door.use(purpose.deliver, crowd, by=clerk)
    assert (no.value.rule, no.value.why) == ("", "rate")
    with door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me) as opened:
        assert opened.reveal(sale.customer, "customer.name")
    (alarm,) = heard("rate")
    assert (alarm.role, alarm.actor, alarm.purpose, alarm.count) == ("web", "shipping", "deliver", 1)
    assert alarm.entry is not None
    assert door.inclusion(alarm.entry)
    assert "alarm: rate; role web, actor shipping" in called.log()
    with role("operator"):
        door.alarm_seen(alarm.id, by=OPERATOR)
    (alarm,) = heard("rate")
    assert alarm.seen_at is not None


@slow
def test_wrong_tokens_do_not_keep_the_right_one_out(called: RunningVault) -> None:
    """However fast they come, and whatever alarm that is."""
    members = Actor("web:members")
    whys = set()
    for _ in range(80):
        with pytest.raises(Refused) as no:
            door.sign_in_staff("wrong", by=members)
        whys.add(no.value.why)
    assert whys == {"pass", "rate"}
    merchant = Actor("merchant", staff_pass().token)
    assert [one.actor for one in door.alarms(by=merchant) if one.kind == "rate" and not one.seen_at] == [
        "web:members"
    ]


@slow
def test_six_tries_alarm(called: RunningVault) -> None:
    """Somebody guesses whose order it is (P3)."""
    sale = a_sale()
    given = Given("wrong@example.com", "proof.email")
    for _ in range(5):
        assert door.prove(sale.customer, "customer.email", given, covers=[], by=ORDERS) is None
    with pytest.raises(Refused, match="tries"):
        door.prove(sale.customer, "customer.email", given, covers=[], by=ORDERS)
    assert [one.actor for one in heard("tries")] == ["web:orders"]


@slow
def test_a_replayed_frame_does_nothing(called: RunningVault) -> None:
    """The same bytes over another line, other bytes under the same id, an id of last week, an id without a time."""
    person = uuid7()
    given = {"customer.name": ["Anna", "checkout.name"]}
    collect = {
        "do": "collect",
        "person": person.hex,
        "kind": "customer",
        "purpose": "confirm",
        "given": given,
    }
    first = asks(collect, {"do": "keep_open", "persons": [person.hex]}, by=WEB)
    assert "answers" in answer(greeted(called), first)
    told = wire.decode(first[4:])
    before = [one for one in door.counts() if one.kind != "use"]
    again = {**told, "asks": [{"do": "keep_open", "persons": [person.hex]}]}
    for replayed in (told, again, {**told, "id": "0" * 32}, {**told, "id": uuid4().hex}):
        assert answer(greeted(called), frame(wire.encode(replayed))) == {"error": "replay"}
    (alarm,) = heard("replay")
    assert [one for one in door.counts() if one.kind != "use"] == before
    assert (alarm.role, alarm.actor, alarm.count) == ("web", "web:checkout", 4)


@slow
def test_the_malformed_and_the_flood_are_told(called: RunningVault) -> None:
    """Frames that are none, and more lines than can be heard."""
    for _ in range(3):
        answer(greeted(called), frame(b"hello"))
    lines = []
    for _ in range(300):
        line = socket.socket(socket.AF_UNIX)
        line.setblocking(False)
        try:
            line.connect(str((called.folder / "run").resolve() / "web.sock"))
        except BlockingIOError:  # the kernel keeps no more of them waiting
            time.sleep(0.01)
        lines.append(line)
    time.sleep(0.5)
    for line in lines:
        line.close()
    assert heard("malformed")[0].count == 3
    assert heard("flood")[0].role == "web"


@slow
def test_a_tampered_value_is_told(called: RunningVault) -> None:
    """What was put at another's place does not open, and somebody must have put it there."""
    sale = a_sale()
    with vault_line(called.folder) as line:
        line.execute("UPDATE vault_record SET version = version + 1 WHERE person = ?", [sale.customer.hex])
    with pytest.raises(VaultAway, match="does not open"):
        door.use(purpose.rights, {sale.customer: ["customer.name"]}, by=sale.me)
    assert [one.actor for one in heard("does not open")] == ["person"]


def test_the_table_of_the_docs_is_the_one_in_force() -> None:
    """Whoever runs a shop can read what it may open."""
    page = (Path(__file__).resolve().parents[2] / "docs/operating/rates.md").read_text()
    told = {
        name: int(rate.replace(",", ""))
        for name, rate in re.findall(r"^\| `(\w+/\w+)` \| ([\d,]+) \|", page, re.MULTILINE)
    }
    assert told == OF_ROLES
    assert {kind for kind in Alarmed if f"| `{kind}` |" in page} == set(Alarmed)


@slow
def test_check_shows_what_nobody_has_looked_at(called: RunningVault) -> None:
    """With whom it was, and what to type; and no more once somebody has."""
    for _ in range(2):
        answer(greeted(called), frame(b"hello"))
    door.checkpoint()
    told = run_vault(called.folder, "alarms").stdout.encode()
    found = [one for one in check_live.alarms(told, called.folder) if "malformed" in one.what]
    assert len(found) == 1
    assert (found[0].id, found[0].severity) == ("W052", "warning")
    assert "(web)" in found[0].what
    assert run_vault(called.folder, "alarms", "--seen").returncode == 0
    assert list(check_live.alarms(run_vault(called.folder, "alarms").stdout.encode(), called.folder)) == []
    assert [one.id for one in check_live.alarms(b"", called.folder)] == ["E053"]
