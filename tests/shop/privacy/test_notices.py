"""Notices to parties: each is told until it says that it did it, ever later, and overdue ones are seen (P43)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from microkitten.config import check_live
from microkitten.providers.errors import ProviderError
from microkitten.providers.notices import Acknowledgement, PartyNotice
from microkitten.shop.privacy.actions import notices
from microkitten.vault import door
from microkitten.vault.types import Actor, Notice
from microkitten.web.queue.models import Job
from microkitten.web.queue.names import JobName

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_notice(party: str = "mail", age: float = 0, **parts: object) -> Notice:
    """Return a notice made so many seconds ago."""
    made = NOW - timedelta(seconds=age)
    whole = Notice(
        id=uuid4(), kind="erasure", party=party, reference="REF-7", entry=7, made_at=made,
        due_at=made + timedelta(days=30), sent_at=None, acknowledged_at=None, answer="",
    )  # fmt: skip
    return replace(whole, **parts)  # type: ignore[arg-type] # named as its fields are


class Vault:
    """Keeps notices, and who asked."""

    def __init__(self, *held: Notice) -> None:
        self.held = list(held)
        self.by: set[str] = set()

    def notices(self, *, by: Actor) -> list[Notice]:
        self.by.add(by.name)
        return self.held

    def notice_sent(self, notice: UUID, *, by: Actor) -> None:
        self.by.add(by.name)
        self._put(notice, sent_at=NOW)

    def notice_acknowledged(self, notice: UUID, answer: str, *, by: Actor) -> None:
        self.by.add(by.name)
        self._put(notice, acknowledged_at=NOW, answer=answer)

    def _put(self, notice: UUID, **parts: object) -> None:
        self.held = [replace(one, **parts) if one.id == notice else one for one in self.held]  # type: ignore[arg-type] # as above


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A vault without notices."""
    held = Vault()
    for name in ("notices", "notice_sent", "notice_acknowledged"):
        monkeypatch.setattr(door, name, getattr(held, name))
    return held


@pytest.fixture
def party(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A mail service that gives these answers, the first one first, and notes what it was told."""
    answers: list[object] = []

    def heed(notice: PartyNotice) -> Acknowledgement:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Acknowledgement)
        told.append(notice)
        return answer

    told: list[PartyNotice] = []
    answers_told = Told(answers, told)
    monkeypatch.setattr(notices, "PARTIES", {"mail": heed})
    return answers_told


class Told(list[object]):
    """The answers to come, and as `told` what was told."""

    def __init__(self, answers: list[object], told: list[PartyNotice]) -> None:
        super().__init__()
        self.answers, self.told = answers, told


def test_a_party_that_did_it_is_told_once(vault: Vault, party: Told) -> None:
    """Sent and acknowledged in one, under the notice's own id; nothing of the person goes along."""
    vault.held = [a_notice()]
    party.answers.append(Acknowledgement(True, "done: x"))
    for _ in range(2):
        notices.tell(notice=vault.held[0].id)
    assert party.told == [PartyNotice("erasure", "REF-7", str(vault.held[0].id))]
    assert (vault.held[0].acknowledged_at, vault.held[0].answer) == (NOW, "done: x")
    assert vault.by == {"job:notify"}


def test_heard_is_asked_again_until_it_is_done(vault: Vault, party: Told) -> None:
    """Sent, and still open."""
    vault.held = [a_notice()]
    party.answers += [Acknowledgement(False, "heard: x"), Acknowledgement(True, "done: x")]
    notices.tell(notice=vault.held[0].id)
    assert (vault.held[0].sent_at, vault.held[0].acknowledged_at) == (NOW, None)
    notices.tell(notice=vault.held[0].id)
    assert vault.held[0].acknowledged_at == NOW
    assert len({one.once for one in party.told}) == 1


@pytest.mark.parametrize("permanent", [True, False])
def test_a_fault_leaves_the_notice_open_and_its_line_names_nobody(
    vault: Vault, party: Told, permanent: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither sent nor acknowledged, and no other notice waits for it."""
    vault.held = [a_notice()]
    party.answers.append(ProviderError("sandbox answered 503: away", permanent=permanent))
    notices.tell(notice=vault.held[0].id)
    assert (vault.held[0].sent_at, vault.held[0].acknowledged_at) == (None, None)
    assert "503" in caplog.text


def test_an_unknown_notice_or_party_is_left_alone(vault: Vault, party: Told) -> None:
    """A party that no program can reach is told by letter."""
    vault.held = [a_notice("courier")]
    notices.tell(notice=uuid4())
    notices.tell(notice=vault.held[0].id)
    assert vault.held[0].sent_at is None


@pytest.mark.parametrize(
    ("age", "wait"), [(0, 0), (59, 0), (60, 60), (3600, 3600), (86_400, 21_600), (40 * 86_400, 21_600)]
)
@pytest.mark.django_db
def test_each_try_waits_as_long_as_the_notice_is_old(
    vault: Vault, age: float, wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is told at once, then ever later, at most every six hours, for ever until it is acknowledged."""
    vault.held = [a_notice(age=age)]
    notices.owe(at=NOW)
    notices.owe(at=NOW)
    (job,) = Job.objects.all()
    assert (job.name, job.key) == (JobName.TELL_PARTY, f"tell:{vault.held[0].id}")
    assert abs((job.next_at - job.created_at).total_seconds() - wait) < 1


@pytest.mark.django_db
def test_what_is_acknowledged_or_told_by_letter_is_owed_no_job(vault: Vault) -> None:
    """Nothing to do for the worker."""
    vault.held = [a_notice(acknowledged_at=NOW), a_notice("courier")]
    notices.owe(at=NOW)
    assert Job.objects.count() == 0


def test_the_list_says_how_it_stands(vault: Vault) -> None:
    """Overdue after 30 days, whatever it waits for; it names parties as the policy does, and nobody else."""
    vault.held = [
        a_notice(age=31 * 86_400), a_notice("courier", age=31 * 86_400), a_notice("courier"), a_notice(),
        a_notice(sent_at=NOW), a_notice(age=31 * 86_400, acknowledged_at=NOW),
    ]  # fmt: skip
    rows = notices.listed(token="t", at=NOW)
    assert [row.state for row in rows] == [
        "overdue", "overdue", "to be told by letter", "being told", "told, not yet done", "acknowledged",
    ]  # fmt: skip
    assert [row.is_late for row in rows] == [True, True, False, False, False, False]
    assert (rows[0].party, rows[1].party) == (settings.POLICY.parties["mail"].title, "courier")
    assert vault.by == {"merchant"}


def test_every_party_of_the_policy_is_told_by_program() -> None:
    """A party that is added and left out here is told by letter: say so on purpose, by changing this."""
    assert set(notices.PARTIES) == set(settings.POLICY.parties)


def test_the_merchants_check_tells_what_is_open_and_what_is_overdue() -> None:
    """A note while there is time, a warning after 30 days, an error if the vault tells nothing."""
    rows = [
        {"kind": "erasure", "party": party, "made_at": int(NOW.timestamp()), "due_at": int(due.timestamp())}
        for party, due in (
            ("mail", NOW - timedelta(days=1)), ("mail", NOW + timedelta(days=9)),
            ("card_processor", NOW + timedelta(days=9)),
        )
    ]  # fmt: skip
    told = f"vault: said before\n{json.dumps({'notices': rows})}".encode()
    found = list(check_live.notices(told, at=NOW, address="https://shop"))
    assert [(one.id, one.severity) for one in found] == [("N057", "note"), ("W056", "warning")]
    assert "the first due on 2026-12-01" in found[0].what
    assert "mail has not acknowledged 1 of 2" in found[1].what
    assert [one.id for one in check_live.notices(b"", at=NOW, address="")] == ["E055"]
    assert list(check_live.notices(b'{"notices": []}', at=NOW, address="")) == []
