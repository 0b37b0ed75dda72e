"""What comes over the line, shape by shape: the largest that fits, the first that does not, and no type but its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from microkitten.vault import wire
from microkitten.vault.server import shapes
from microkitten.vault.server.listener import _job
from microkitten.vault.server.verbs import VERBS
from microkitten.vault.values import LIST_VALUES_MAX, MESSAGE_CHARS_MAX
from microkitten.vault.wire import Malformed, Role

ID = "0123456789abcdef" * 2  # the same in every process: tests are named by it
TEXT_CHARS_MAX = MESSAGE_CHARS_MAX * 2
PARTS_MAX = LIST_VALUES_MAX * 2
GIVEN = ["Anna", "checkout.name"]


class Text(str):
    """A text that is more than one."""

    __slots__ = ()


FIT: list[tuple[shapes.Shape, Any, Any]] = [
    (shapes.word, "web:orders", "web:orders"),
    (shapes.word, "a" * 64, "a" * 64),
    (shapes.short, "x" * shapes.SHORT_CHARS_MAX, "x" * shapes.SHORT_CHARS_MAX),
    (shapes.text, "x" * TEXT_CHARS_MAX, "x" * TEXT_CHARS_MAX),
    (shapes.number, 0, 0),
    (shapes.identity, ID, UUID(ID)),
    (shapes.identities, [ID], [UUID(ID)]),
    (shapes.words, ["a", "b"], ["a", "b"]),
    (shapes.given, GIVEN, shapes.Told("Anna", "checkout.name")),
    (shapes.given, [["x"] * PARTS_MAX, "a.b"], shapes.Told(["x"] * PARTS_MAX, "a.b")),
    (shapes.given, [{"city": "Troy"}, "a.b"], shapes.Told({"city": "Troy"}, "a.b")),
    (shapes.given_values, {"customer.name": GIVEN}, {"customer.name": shapes.Told("Anna", "checkout.name")}),
    (shapes.wanted, {ID: ["a"]}, {UUID(ID): ["a"]}),
    (shapes.facts, {"a": 10**6, "b": "c"}, {"a": 10**6, "b": "c"}),
]

MISFITS: list[tuple[shapes.Shape, Any]] = [
    (shapes.word, "Web"),
    (shapes.word, "a" * 65),
    (shapes.word, "a\n"),
    (shapes.word, 1),
    (shapes.word, Text("a")),
    (shapes.short, "x" * (shapes.SHORT_CHARS_MAX + 1)),
    (shapes.short, ["x"]),
    (shapes.text, "x" * (TEXT_CHARS_MAX + 1)),
    (shapes.text, ["x"]),
    (shapes.number, -1),
    (shapes.number, True),
    (shapes.number, 1.0),
    (shapes.identity, ID.upper() + "g"),
    (shapes.identity, str(UUID(ID))),
    (shapes.identity, 1),
    (shapes.identities, [ID, ID]),
    (shapes.identities, [UUID(int=number).hex for number in range(shapes.PERSONS_MAX + 1)]),
    (shapes.identities, (ID,)),
    (shapes.words, ["a", "a"]),
    (shapes.words, [f"a{number}" for number in range(shapes.FIELDS_MAX + 1)]),
    (shapes.given, ["Anna"]),
    (shapes.given, []),
    (shapes.given, [*GIVEN, "more"]),
    (shapes.given, [["x"] * (PARTS_MAX + 1), "a.b"]),
    (shapes.given, [["x", 1], "a.b"]),
    (shapes.given, [{"city": 1}, "a.b"]),
    (shapes.given, [1, "a.b"]),
    (shapes.given, ["Anna", "Not a word"]),
    (shapes.given_values, {}),
    (shapes.given_values, {f"a{number}": GIVEN for number in range(shapes.FIELDS_MAX + 1)}),
    (shapes.wanted, [ID]),
    (shapes.facts, {"a": ["b"]}),
    (shapes.facts, {"a": "x" * (shapes.SHORT_CHARS_MAX + 1)}),
    (shapes.facts, {f"a{number}": 1 for number in range(shapes.FACTS_MAX + 1)}),
]


@pytest.mark.parametrize(("shape", "value", "read"), FIT)
def test_what_fits_is_read(shape: shapes.Shape, value: Any, read: Any) -> None:
    """Up to its maximum."""
    assert shape(value) == read


@pytest.mark.parametrize(("shape", "value"), MISFITS)
def test_what_does_not_fit_is_malformed(shape: shapes.Shape, value: Any) -> None:
    """One more than its maximum, another type, one thing twice."""
    with pytest.raises(Malformed):
        shape(value)


# Batches

BY = {"name": "web:checkout", "token": "t"}
CLAIM = {"do": "claim", "persons": [ID]}
PUBLIC = {"do": "status"}
ALONE = {"do": "staff_token", "name": ""}


def batch(*asks: Any, by: Any = BY, **other: Any) -> dict[str, Any]:
    """Return a message."""
    return {"by": by, "asks": list(asks), "id": ID, **other}


@pytest.mark.parametrize(
    ("message", "count"),
    [
        (batch(CLAIM), 1),
        (batch(CLAIM, PUBLIC), 2),
        (batch(PUBLIC, by=None), 1),
        (batch(ALONE), 1),
        (batch(*[CLAIM] * wire.ASKS_MAX), wire.ASKS_MAX),
    ],
)
def test_a_batch_is_typed(message: dict[str, Any], count: int) -> None:
    """With who asks, if anybody does."""
    job = _job(message, Role.WEB)
    assert len(job.asks) == count
    assert job.batch == UUID(ID)
    assert (job.actor, job.token) == ((None, "") if message["by"] is None else ("web:checkout", "t"))
    for (verb, given), ask in zip(job.asks, message["asks"], strict=True):
        assert verb is VERBS[ask["do"]]
        assert given == ({"persons": [UUID(ID)]} if ask is CLAIM else {"name": ""} if ask is ALONE else {})


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ([], "batch"),
        ({"by": BY, "asks": [CLAIM]}, "batch"),
        (batch(CLAIM, more=1), "batch"),
        ({"by": BY, "asks": {"do": "status"}, "id": ID}, "batch"),
        (batch(), "asks"),
        (batch(*[CLAIM] * (wire.ASKS_MAX + 1)), "asks"),
        (batch(CLAIM, by=None), "nobody asks"),
        (batch(PUBLIC, CLAIM, by=None), "nobody asks"),
        (batch(CLAIM, by="web:checkout"), "actor"),
        (batch(CLAIM, by={"name": "web:checkout"}), "actor"),
        (batch(CLAIM, by={**BY, "role": "web"}), "actor"),
        (batch(CLAIM, by={"name": "web:checkout", "token": 1}), "actor"),
        (batch(ALONE, ALONE), "stands alone"),
        (batch(CLAIM, ALONE), "stands alone"),
        (batch("claim"), "verb"),
        (batch({"do": "sell"}), "verb"),
        (batch({"do": ["claim"]}), "verb"),
        (batch({"do": "claim"}), "verb"),
        (batch({**CLAIM, "more": 1}), "verb"),
        (batch(CLAIM, id="1"), "id"),
    ],
)
def test_any_other_batch_is_malformed(message: Any, why: str) -> None:
    """For its own reason."""
    with pytest.raises(Malformed, match=f"^{why}$"):
        _job(message, Role.WEB)
