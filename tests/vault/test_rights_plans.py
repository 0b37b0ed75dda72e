"""What an erasure and an export read is found by an index, however many people there are (P43)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.vault.at_once import AtOnce
from tests.vault.test_rights_erase import mailed, placed
from tests.vault_database import ENGINE

from microkitten.vault.server.database import Database
from microkitten.vault.server.verbs import consents, erase, notices, rights

pytestmark = pytest.mark.skipif(ENGINE != "sqlite", reason="a server plans by what its tables hold")


@contextmanager
def heard(one: AtOnce, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Note each query."""
    said: list[tuple[str, tuple[Any, ...]]] = []
    database = one.vault.database
    for name in ("rows", "run"):
        usual = getattr(database, name)

        def noting(sql: str, *values: Any, usual: Any = usual) -> Any:
            said.append((sql, values))
            return usual(sql, *values)

        monkeypatch.setattr(database, name, noting)
    yield said


def plans(database: Database, sql: str, values: tuple[Any, ...]) -> list[str]:
    """Return how a query would be done."""
    return [row[-1] for row in database.rows(f"EXPLAIN QUERY PLAN {sql}", *values)]


@pytest.mark.skipif(ENGINE != "sqlite", reason="PostgreSQL plans by how much there is, and a test has little")
@pytest.mark.parametrize("act", ["preview", "export", "erase", "restrict", "withdraw", "notices"])
def test_no_verb_reads_a_whole_table(one: AtOnce, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table of people is searched by an index, never scanned."""
    anna, _, token = placed(one)
    mailed(one, anna)
    visitor, _ = one.visitor(asked=True)
    work = one.work("person", token)
    acts = {
        "preview": lambda: rights.preview_erasure(work, person=anna),
        "export": lambda: rights.export(work, person=anna, purpose="rights", start=0),
        "erase": lambda: erase.erase(work, person=anna, reason="asked"),
        "restrict": lambda: rights.restrict(work, person=anna, on=True, reason="dispute"),
        "withdraw": lambda: consents.withdraw(one.work("web:visitors"), person=visitor, purpose="customize"),
        "notices": lambda: notices.notices(one.work("operator")),
    }
    with heard(one, monkeypatch) as said:
        acts[act]()
    assert said
    for sql, values in said:
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            for step in plans(one.vault.database, sql, values):
                assert not re.match(r"SCAN (?!.*USING .*INDEX)", step), (sql, step)


def test_an_export_asks_once_for_each_table(one: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many entries and hand-overs there are."""
    counts = []
    for mails in (1, 20):
        anna, _, token = placed(one)
        for number in range(mails):
            mailed(one, anna, once=f"{anna.hex}-{number}")
        with heard(one, monkeypatch) as said:
            rights.export(one.work("person", token), person=anna, purpose="rights", start=0)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_an_erasure_asks_as_often_however_much_there_is(one: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of statements does not grow with entries and hand-overs."""
    counts = []
    for mails in (1, 20):
        anna, _, token = placed(one)
        for number in range(mails):
            mailed(one, anna, once=f"{anna.hex}-{number}")
        with heard(one, monkeypatch) as said:
            erase.erase(one.work("person", token), person=anna, reason="asked")
        counts.append(len(said))
    assert counts[0] == counts[1]
