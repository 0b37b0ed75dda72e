"""What an earlier release handed over without counting to whom is told as that, and is nobody's zero (P20, P22)."""

import json
import re
from typing import Any

import pytest
from django.test import RequestFactory

from microkitten.shop.privacy.views import figures as views
from microkitten.vault import door
from microkitten.vault.types import Count
from tests.buying import text_of

UNTOLD = "by an earlier release, which did not count by party"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two mails of an earlier release, and one payment since."""
    counts = (
        Count("2026-10", "disclosure", "confirm", "", 2),
        Count("2026-11", "disclosure", "bill", "card_processor", 1),
    )
    monkeypatch.setattr(door, "counts", lambda: counts)
    monkeypatch.setattr(door, "checkpoint", lambda: "localhost:vault\n7\nroot\n")


def page(view: Any) -> str:
    """Return a page as it is answered."""
    return str(view(RequestFactory().get("/")).content.decode())


@pytest.mark.usefixtures("counted")
def test_the_sums_name_no_party_for_what_no_party_was_told_of() -> None:
    """Sum, bar and row say why; the named parties have their own figures, and the whole is the sum of all."""
    shown = page(views.never_sold)
    sums = dict(re.findall(r"<dt>(.*?)</dt><dd>(\d+)</dd>", shown))
    assert sums[UNTOLD] == "2"
    assert sums["handed over for work"] == "3"
    assert sorted(count for name, count in sums.items() if name.startswith("of these to: ")) == ["0", "1"]
    assert "of these to: <" not in shown
    assert f'data-label="To">{UNTOLD}</td>' in shown
    assert f"October 2026: {UNTOLD}, " in text_of(shown)


@pytest.mark.usefixtures("counted")
def test_a_right_that_an_earlier_release_may_have_used_is_not_called_unused() -> None:
    """Of its purpose something went out, to whom nobody counted."""
    rows = re.findall(r"<tr(.*?)</tr>", page(views.parties), re.DOTALL)
    mail = [row for row in rows if ">confirm.mail</td>" in row]
    assert mail
    assert all(f"{UNTOLD}: 2" in row and "never used" not in row and "unused" not in row for row in mail)
    paid = [row for row in rows if 'data-label="Handed over">1</td>' in row]
    assert paid
    assert all(UNTOLD not in row for row in paid)


@pytest.mark.usefixtures("counted")
def test_machines_are_told_the_same() -> None:
    """With an empty party."""
    told = json.loads(page(views.never_sold_json))
    assert [(row["party"], row["entries"]) for row in told["disclosures"]] == [("", 2), ("card_processor", 1)]
    assert (told["total"], told["sold"]) == (3, 0)
