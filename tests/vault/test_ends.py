"""Rights that end: by a contract's last midnight nothing goes out, and an address opens only in its time (P7,
P21)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from tests.vault.conftest import CONFIRM, ORDERS, PAY, Sale, a_sale, calling, role, staff_pass, token
from tests.vault_process import RunningVault, remove_vault, start_vault

from microkitten import policy
from microkitten.policy import purpose
from microkitten.vault import door
from microkitten.vault.server.work import Refusal, Work
from microkitten.vault.types import Disclosure, Given, Refused
from microkitten.vault.wire import Role

HOUR, DAY = 3600, 86_400
slow = pytest.mark.slow


def with_contracts(since: date, until: date, review: date) -> str:
    """Return the packaged policy, its parties under contracts of these days."""
    days = f"from = {since.isoformat()}, until = {until.isoformat()}, review = {review.isoformat()}"
    text, count = re.subn(
        r"from = \S+, until = \S+, review = \S+(?= })", days, policy.packaged_text("classic")
    )
    assert count == 2
    return text


def midnight(day: date) -> int:
    """Return the first second of a day, UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@dataclass
class Hand:
    """A clock that a test sets."""

    at: int

    def now(self) -> int:
        """Return what it shows."""
        return self.at


def work_at(clock: Hand, *, until: date, review: date) -> Work:
    """Return a batch that begins now, by a clock of the test, in a vault without anything but its policy."""
    rules = policy.parse(with_contracts(date(2026, 1, 1), until, review), file="policy.toml")
    vault: Any = SimpleNamespace(policy=rules, clock=clock)
    work = Work(vault, Role.WORKER, "job:confirm", "", clock.now(), uuid4())
    work._pass = ("", None, frozenset())
    return work


def hands_over(work: Work) -> str:
    """Ask for a mail; return nothing if it may go out, else the statement and the reason."""
    try:
        work.decide("disclose", "customer.email", purpose.confirm, frozenset({"claimed"}), party="mail")
    except Refusal as refusal:
        return f"{refusal.statement} {refusal.why}"
    return ""


@pytest.mark.parametrize(
    ("until", "review"), [(date(2027, 3, 1), date(2027, 3, 1)), (date(2028, 1, 1), date(2027, 3, 1))]
)
def test_a_contract_ends_with_the_exact_second_even_in_the_middle_of_a_batch(
    until: date, review: date
) -> None:
    """23:59:59 goes out, 00:00:00 does not, whenever the batch began; an overdue review is an end as well."""
    end = midnight(date(2027, 3, 1))
    clock = Hand(end - 1)
    work = work_at(clock, until=until, review=review)
    assert hands_over(work) == ""
    clock.at = end
    assert hands_over(work) == "P21 contract"
    clock.at = end - 100  # a clock that goes back within a batch brings nothing back before its beginning
    assert hands_over(work) == ""
    assert hands_over(work_at(Hand(end), until=until, review=review)) == "P21 contract"
    assert (
        hands_over(work_at(Hand(midnight(date(2025, 12, 31))), until=until, review=review)) == "P21 contract"
    )


def test_a_contract_that_begins_tomorrow_is_none_today() -> None:
    """Its first second counts, the one before does not."""
    begin = midnight(date(2026, 1, 1))
    days = {"until": date(2027, 3, 1), "review": date(2027, 1, 1)}
    assert hands_over(work_at(Hand(begin - 1), **days)) == "P21 contract"
    assert hands_over(work_at(Hand(begin), **days)) == ""


def test_a_contract_cannot_replace_another_condition() -> None:
    """Who has not ordered gets no mail: the refusal is the rule's own, and no job waits for a date."""
    work = work_at(Hand(midnight(date(2027, 3, 1))), until=date(2027, 3, 1), review=date(2027, 3, 1))
    with pytest.raises(Refusal) as caught:
        work.decide("disclose", "customer.email", purpose.confirm, frozenset(), party="mail")
    assert caught.value.statement == "P15"
    assert "needs claimed" in caught.value.why


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[RunningVault]:
    """A vault whose parties' contracts end with the next midnight but one."""
    today = datetime.now(UTC).date()
    end = today + timedelta(days=2)
    (tmp_path / "policy.toml").write_text(with_contracts(today - timedelta(days=9), end, end))
    made = start_vault(tmp_path)
    with calling(made):
        yield made
    remove_vault(made)


def end_of(running: RunningVault) -> int:
    """Return the moment at which the contracts end."""
    return midnight(policy.load(running.folder / "policy.toml").parties["mail"].contract.until)


def mail(sale: Sale) -> Disclosure:
    """Ask for what a confirmation takes."""
    with role("worker"):
        return door.disclose(
            sale.customer, ["customer.name", "customer.email"], to="mail", purpose=purpose.confirm, by=CONFIRM,
            facts={"kind": "confirmation"}, once=token(),
        )  # fmt: skip


@slow
def test_nothing_is_disclosed_from_the_midnight_on_at_which_a_contract_ends(ending: RunningVault) -> None:
    """Neither a mail nor a payment; what was signed just before is not sent after; the record stays (P21)."""
    anna = a_sale()
    ending.restart(clock_offset=end_of(ending) - int(time.time()) - 120)
    assert mail(anna).until.timestamp() == end_of(ending)
    ending.restart(clock_offset=end_of(ending) - int(time.time()))
    with pytest.raises(Refused) as caught:
        mail(anna)
    assert (caught.value.rule, caught.value.statement, caught.value.why) == (
        "confirm.mail",
        "P21",
        "contract",
    )
    assert caught.value.waits
    facts: dict[str, int | str] = {"amount_minor": 1200, "currency": "USD", "reference": token()}
    with role("worker"), pytest.raises(Refused) as caught:
        door.disclose(
            anna.customer, [], to="card_processor", purpose=purpose.bill, by=PAY, facts=facts, once=token()
        )
    assert (caught.value.statement, caught.value.why) == ("P21", "contract")


@slow
def test_disclosures_over_midnight_stop_and_none_comes_after(ending: RunningVault) -> None:
    """Asked again and again over the end: yes, yes, no, no; and no yes is good beyond midnight (P21)."""
    anna = a_sale()
    end = end_of(ending)
    ending.restart(clock_offset=end - int(time.time()) - 3)
    said: list[bool] = []
    whys: set[str] = set()
    stop = time.monotonic() + 20
    while said.count(False) < 20:
        assert time.monotonic() < stop
        time.sleep(0.01)  # as fast as the worker's rate allows
        try:
            assert mail(anna).until.timestamp() <= end
            said.append(True)
        except Refused as refused:
            said.append(False)
            whys.add(refused.why)
    assert said[0] is True
    assert said == sorted(said, reverse=True)
    assert whys == {"contract"}


@slow
def test_staff_open_an_address_for_its_time_and_not_a_day_longer(tmp_path: Path) -> None:
    """After that the record is still there, and its own people see it; for shipping it is over (P7)."""
    running = start_vault(tmp_path, profile="classic")
    with calling(running):
        anna = a_sale()
        wanted = {anna.recipients[0]: ["recipient.name", "recipient.address"]}
        within = policy.load(tmp_path / "policy.toml").rules["deliver.open"].within
        assert within is not None
        running.restart(clock_offset=within.seconds_max() - 120)
        with door.use(purpose.deliver, wanted, by=staff_pass()) as opened:
            assert opened.reveal(anna.recipients[0], "recipient.name") is not None
        running.restart(clock_offset=within.seconds_max() + 60)
        with pytest.raises(Refused) as caught:
            door.use(purpose.deliver, wanted, by=staff_pass())
        assert (caught.value.rule, caught.value.statement) == ("deliver.open", "P7")
        assert "its time is over" in caught.value.why
        email = Given(cast("str", anna.values[anna.customer, "customer.email"]), "proof.email")
        again = door.prove(anna.customer, "customer.email", email, covers=anna.people, by=ORDERS)
        assert again is not None
        me = Sale(anna.customer, anna.recipients, again).me
        with door.use(purpose.deliver, wanted, by=me) as opened:
            assert opened.reveal(anna.recipients[0], "recipient.name") is not None
    remove_vault(running)
