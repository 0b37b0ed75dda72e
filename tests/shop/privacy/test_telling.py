"""The time line: entries of the ledger in words, alike ones together, the newest first (P42, P43)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from microkitten.policy.words import ACTORS
from microkitten.shop.privacy.actions import alarms, telling
from microkitten.vault.server.alarms import Alarmed
from microkitten.vault.types import EntryView


def entry(index: int, kind: str = "use", **parts: Any) -> EntryView:
    """Return an entry about somebody."""
    whole: dict[str, Any] = {
        "at": f"2026-11-22T12:{index:02}Z", "purpose": "deliver", "actor": "shipping", "fields": ("recipient.name",),
        "party": "", "outcome": "", "policy": "x", "leaf": b"", "salt": b"", "detail": b"",
    }  # fmt: skip
    return EntryView(index=index, kind=kind, **{**whole, **parts})


def test_each_line_says_what_by_whom_and_why() -> None:
    """An opening by staff, in the policy's own words."""
    (line,), older = telling.lines([("Whoever gets parcel 1", entry(7))])
    assert (line.index, line.title, line.by) == (7, "Opened", ACTORS["shipping"])
    assert line.at == datetime(2026, 11, 22, 12, 7, tzinfo=UTC)
    assert line.why == "to get what was bought to the people it is for"
    assert (line.what, line.whose, older) == ("the receiver's name", "whoever gets parcel 1", 0)


def test_looks_of_ones_own_are_one_line() -> None:
    """Else the page would soon be about itself."""
    looks = [
        ("You", entry(one, actor="person", purpose="rights", outcome=outcome))
        for one, outcome in enumerate(("", "standing", "export", "preview", "entries"))
    ]
    found, _ = telling.lines(
        [*looks, ("You", entry(9, "disclosure", party="mail", fields=("customer.email",)))]
    )
    assert [(line.title, line.count) for line in found] == [
        ("Handed to the mail service", 1), ("You looked at it yourself", 5),
    ]  # fmt: skip
    assert found[1].index == 4


def test_what_was_done_to_several_at_once_is_one_line() -> None:
    """An order for three: the pass is one thing that happened."""
    told = [
        (who, entry(one, "grant", at="2026-11-22T12:00Z", outcome="kept open", fields=()))
        for one, who in enumerate(("You", "Whoever gets parcel 1", "Whoever gets parcel 2"))
    ]
    (line,), _ = telling.lines(told)
    assert line.whose == "you, whoever gets parcel 1, whoever gets parcel 2"
    assert line.count == 1
    (first, second), _ = telling.lines([*told[:1], ("You", entry(5, "grant", outcome="proven", fields=()))])
    assert first.title != second.title


def test_a_long_line_ends_and_says_how_much_is_left() -> None:
    """The file has all of it."""
    found, older = telling.lines(
        [("", entry(one, at=f"2026-11-22T{one % 24:02}:{one // 24:02}Z")) for one in range(90)]
    )
    assert (len(found), older) == (telling.LINES_MAX, 30)
    assert found[0].index == 89


def test_words_that_nobody_knows_are_shown_as_they_are() -> None:
    """Entries of an earlier policy name fields, parties and purposes that are gone."""
    old = entry(1, "disclosure", party="courier", purpose="extras", fields=("customer.fax",), actor="job:fax")
    (line,), _ = telling.lines([("You", old)])
    assert (line.title, line.what, line.why, line.by) == (
        "Handed to courier",
        "customer.fax",
        "extras",
        "job:fax",
    )
    assert telling.typed_in("fax.number") == "fax.number"
    assert telling.typed_in("correction.name") == "here, as a correction"


def test_every_alarm_has_its_meaning_and_its_remedy() -> None:
    """A kind that the vault learns and this page does not fails here by its name."""
    assert set(alarms.MEANINGS) == {kind.value for kind in Alarmed}
